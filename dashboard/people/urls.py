"""Routes of the login and of one's own account. allauth finds its pages by the names that it gave them."""

from allauth.account import views as account
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as codes
from allauth.mfa.totp import views as totp
from django.contrib.auth.views import LogoutView
from django.urls import path, re_path

from dashboard.people import views

urlpatterns = [
    path("login/", account.login, name="login"),
    path("login/", account.login, name="account_login"),
    path("logout/", LogoutView.as_view(), name="logout"),
    path("logout/", LogoutView.as_view(), name="account_logout"),
    path("login/again/", account.reauthenticate, name="account_reauthenticate"),
    path("login/off/", account.account_inactive, name="account_inactive"),
    path("login/code/", mfa.authenticate, name="mfa_authenticate"),
    path("login/code/again/", mfa.reauthenticate, name="mfa_reauthenticate"),
    path("login/forgotten/", views.forgotten, name="account_reset_password"),
    path("login/forgotten/sent/", account.password_reset_done, name="account_reset_password_done"),
    re_path(
        r"^login/new-password/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        account.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
    path(
        "login/new-password/done/",
        account.password_reset_from_key_done,
        name="account_reset_password_from_key_done",
    ),
    path("settings/", views.settings, name="settings"),
    path("settings/password/", account.password_change, name="account_change_password"),
    path("settings/password/first/", account.password_set, name="account_set_password"),
    path("settings/sessions/", views.sessions, name="sessions"),
    path("settings/sessions/<int:pk>/end/", views.end_session, name="session-end"),
    path("settings/sessions/end/", views.end_sessions, name="sessions-end"),
    path("settings/second-factor/", mfa.index, name="mfa_index"),
    path("settings/second-factor/on/", totp.activate_totp, name="mfa_activate_totp"),
    path("settings/second-factor/off/", totp.deactivate_totp, name="mfa_deactivate_totp"),
    path("settings/second-factor/codes/", codes.view_recovery_codes, name="mfa_view_recovery_codes"),
    path("settings/second-factor/codes/new/", codes.generate_recovery_codes, name="mfa_generate_recovery_codes"),
    path("settings/second-factor/codes/file/", codes.download_recovery_codes, name="mfa_download_recovery_codes"),
]
