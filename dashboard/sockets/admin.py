"""The admin's page of live clients: who is connected to any process right now, and a button to send one away."""

from typing import Any

from asgiref.sync import async_to_sync
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from dashboard.sockets.dismissal import send_away
from dashboard.sockets.herald import read_all
from feeds.admin.read_only import ReadOnlyAdmin


class LiveClientAdmin(ReadOnlyAdmin):
    """There is no table behind it: each load of the page reads what the processes told Redis last."""

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        return [
            path("", view(self.changelist_view), name="dashboard_liveclient_changelist"),
            path("<str:client_id>/disconnect/", view(self.disconnect), name="dashboard_liveclient_disconnect"),
        ]

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        lines = async_to_sync(read_all)()
        context = {
            **self.admin_site.each_context(request),
            "title": _("Live clients"),
            "opts": self.opts,
            "is_down": lines is None,
            "clients": lines or [],
            "may_disconnect": _may_disconnect(request),
        }
        return TemplateResponse(request, "admin/live_clients.html", context)

    @method_decorator(require_POST)
    def disconnect(self, request: HttpRequest, client_id: str) -> HttpResponse:
        if not _may_disconnect(request):
            raise PermissionDenied
        if send_away(client_id, request.user.get_username()):
            text = _("%(client)s is being disconnected.") % {"client": client_id}
            self.message_user(request, text, messages.SUCCESS)
        else:
            self.message_user(
                request, _("%(client)s is not connected any more.") % {"client": client_id}, messages.WARNING
            )
        return redirect("admin:dashboard_liveclient_changelist")


def _may_disconnect(request: HttpRequest) -> bool:
    return bool(request.user.has_perm("dashboard.disconnect_liveclient"))
