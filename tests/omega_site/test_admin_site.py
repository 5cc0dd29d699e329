"""The admin as a site: its menu, its help, its policy."""

import pytest
from allauth.mfa.models import Authenticator
from django.contrib import admin
from django.contrib.auth.models import Permission, User
from django.test import Client, RequestFactory
from django.urls import reverse
from unfold.admin import ModelAdmin

from omega_site.admin.menu import groups

pytestmark = pytest.mark.django_db
OWN = ("feeds", "positions", "dashboard", "auth", "account")


def test_every_page_of_rows_is_in_the_theme() -> None:
    """Issue 8, point 5: one that is not has plain fields in the middle of it."""
    plain = [str(page) for page in admin.site._registry.values() if not isinstance(page, ModelAdmin)]
    assert plain == []


def test_every_field_says_what_it_means(admin_user: User) -> None:
    """Issue 8, point 5: for who is no programmer; passwords say what they must be like."""
    request = RequestFactory().get("/admin/")
    request.user = admin_user
    silent = []
    for model, page in admin.site._registry.items():
        if model._meta.app_label not in OWN or not page.has_change_permission(request):
            continue
        row = model._default_manager.first()
        form = page.get_form(request, row, change=bool(row))
        fields = form(instance=row).visible_fields()
        silent += [f"{model._meta.label}.{each.name}" for each in fields if not each.help_text]
    assert silent == []


def test_menu_shows_what_its_reader_may_see(client: Client) -> None:
    """D-02: grouped, and no more than there are rights."""
    ada = User.objects.create_user("ada", is_staff=True)
    ada.user_permissions.add(Permission.objects.get(codename="view_venue"))
    client.force_login(ada)
    request = client.get(reverse("admin:index")).wsgi_request
    shown = {group["title"]: [item["title"] for item in group["items"]] for group in groups(request) if group["items"]}
    assert shown == {"OMEGA": ["Prices", "Live positions", "System"], "Market": ["Venues"]}


def test_eval_is_allowed_below_the_admin_and_nowhere_else(admin_client: Client) -> None:
    """S9: the theme's controls need it; styles inside a page are forbidden there too."""
    policies = {
        path: admin_client.get(path)["Content-Security-Policy"] for path in ("/admin/", "/admin/nowhere/", "/tokens/")
    }
    assert ["unsafe-eval" in policy for policy in policies.values()] == [True, True, False]
    assert not any("unsafe-inline" in policy for policy in policies.values())


def test_secret_of_a_second_factor_is_on_no_page(admin_client: Client, admin_user: User) -> None:
    """S12: who reads it is somebody else; not even for administrators."""
    factor = Authenticator.objects.create(user=admin_user, type="totp", data={"secret": "SECRETOFTHEFACTOR"})
    page = admin_client.get(reverse("admin:mfa_authenticator_change", args=[factor.pk])).content.decode()
    assert admin_user.get_username() in page
    assert "SECRETOFTHEFACTOR" not in page
