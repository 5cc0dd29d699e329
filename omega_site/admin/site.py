"""The admin's site: the theme's, with our colours from a file, since our pages carry no styles inside."""

from typing import TYPE_CHECKING, Any

from allauth.account.decorators import secure_admin_login
from allauth.account.utils import get_next_redirect_url
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from dashboard.people.roles import may_operate

if TYPE_CHECKING:
    from django.contrib.admin import AdminSite as ThemedSite
else:
    from unfold.sites import UnfoldAdminSite as ThemedSite


class AdminSite(ThemedSite):
    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        """Without the colours, the theme writes no <style> element into the page."""
        return {**super().each_context(request), "colors": None}

    def has_permission(self, request: HttpRequest) -> bool:
        """What somebody may do in here, the rights of their role say."""
        return may_operate(request.user)

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """There is one login for all: a door of its own would have no second factor, and no limit. Who is in already
        goes on; allauth asks for staff, and an operator need not be.
        """
        if self.has_permission(request):
            return redirect(get_next_redirect_url(request) or "admin:index")
        answer: HttpResponse = secure_admin_login(super().login)(request)
        return answer
