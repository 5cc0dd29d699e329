"""The pages of one's own account: what it looks like, and where it is logged in."""

from typing import Final

from allauth.account.views import password_reset
from allauth.mfa.utils import is_mfa_enabled
from allauth.usersessions.models import UserSession
from django.conf import settings as site
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from dashboard.people import sessions as logins
from dashboard.people.preference import Preference
from dashboard.people.settings_form import SettingsForm

GET_OR_POST: Final = ["GET", "HEAD", "POST"]


class Visit(HttpRequest):
    """Of somebody who is logged in."""

    user: User


@require_http_methods(GET_OR_POST)
@login_required
@cache_control(private=True, no_store=True)
def settings(request: Visit) -> HttpResponse:
    """How one wants to read, and the ways to everything else of one's account."""
    chosen = Preference.objects.filter(pk=request.user.pk).first() or Preference(user=request.user)
    form = SettingsForm(request.POST if request.method == "POST" else None, instance=chosen)
    if form.is_bound and form.is_valid():
        form.save()
        messages.success(request, _("Your settings are saved."))
        return redirect("settings")
    context = {"form": form, "has_second_factor": is_mfa_enabled(request.user)}
    return render(request, "dashboard/people/settings.html", context)


@require_safe
@login_required
@cache_control(private=True, no_store=True)
def sessions(request: Visit) -> HttpResponse:
    context = {"sessions": logins.sessions_of(request.user), "current": request.session.session_key}
    return render(request, "dashboard/people/sessions.html", context)


@require_POST
@login_required
def end_session(request: Visit, pk: int) -> HttpResponse:
    """One of one's own. Its pages go to the login at once."""
    logins.end(get_object_or_404(UserSession, pk=pk, user=request.user))
    messages.success(request, _("That session has ended."))
    return redirect("sessions")


@require_POST
@login_required
def end_sessions(request: Visit) -> HttpResponse:
    """All of them, this one too."""
    logins.end_all(request.user)
    logout(request)
    return redirect("login")


def forgotten(request: HttpRequest) -> HttpResponse:
    """A new password by e-mail; where none can be sent, who else can help."""
    if not site.HAS_EMAIL:
        return render(request, "account/ask_administrator.html")
    answer: HttpResponse = password_reset(request)
    return answer
