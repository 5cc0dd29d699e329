"""API tokens in the admin: who has which, a new one that is shown once, and an end to any."""

from typing import Any, Final

from django.contrib import admin, messages
from django.contrib.auth.models import User
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_variables

from dashboard.models import ApiToken
from dashboard.tokens.form import AdminTokenForm
from feeds.admin.base import ModelAdmin
from feeds.admin.confirmation import ask
from feeds.clock import SystemClock

_SHOWN: Final = ["owner", "name", "prefix", "scope", "may_publish", "created_at", "expires_at", "last_used_at"]


REVOKING: Final = gettext_lazy(
    "Programs that use one of these are cut off within seconds, and never get in with it again. This cannot be undone:"
    " a new token has to be made and entered there."
)


class StateFilter(admin.SimpleListFilter):
    title = gettext_lazy("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("live", _("live")), ("ended", _("revoked or expired"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[ApiToken]) -> QuerySet[ApiToken]:
        live = ApiToken.live(SystemClock().now())
        return {"live": queryset.filter(live), "ended": queryset.exclude(live)}.get(self.value() or "", queryset)


class TokenAdmin(ModelAdmin):
    form = AdminTokenForm
    list_display = ["prefix", "name", "owner", "scope", "may_publish", "expires_at", "last_used_at", "revoked_at"]
    list_filter = [StateFilter, "may_publish", ("owner", admin.RelatedOnlyFieldListFilter)]
    search_fields = ["prefix", "name", "owner__username"]
    list_select_related = ["owner"]
    actions = ["revoke"]
    what_deleting_does = gettext_lazy("Programs that use it are cut off. To keep it in the list, revoke it instead.")
    help_texts = {
        "owner": gettext_lazy("The program may what this person may, and no more. It ends with that person's rights."),
        "name": gettext_lazy("What it is for, so that somebody knows later what ends when it is revoked."),
        "may_publish": gettext_lazy("The program may send messages to others, as long as its owner may."),
    }

    @admin.display(description=gettext_lazy("topics"))
    def scope(self, token: ApiToken) -> str:
        return ", ".join(token.topics) or _("all that its owner may")

    @admin.action(description=gettext_lazy("Revoke the selected API tokens"), permissions=["change"])
    def revoke(self, request: HttpRequest, queryset: QuerySet[ApiToken]) -> HttpResponse | None:
        """One by one, so that each end is told to the sockets, and is in the history."""
        if question := ask(self, request, queryset, _("Revoke API tokens"), str(REVOKING)):
            return question
        live = queryset.filter(revoked_at=None)
        for token in live:
            token.revoke(SystemClock().now())
            self.log_change(request, token, _("Revoked."))
        text = _("Revoked: %(count)s. Whoever used one of them is cut off.") % {"count": len(live)}
        messages.success(request, text)
        return None

    # --- A token that is there is only looked at

    def get_fields(self, request: HttpRequest, obj: ApiToken | None = None) -> list[Any]:
        return [*_SHOWN, "revoked_at"] if obj else [*AdminTokenForm.Meta.fields]

    def has_change_permission(self, request: HttpRequest, obj: ApiToken | None = None) -> bool:
        """For the list, where it means to revoke."""
        return obj is None and super().has_change_permission(request)

    # --- A new one

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Who sees the token is its owner: to make one for somebody else is for those who may be anybody."""
        if db_field.name == "owner" and not request.user.is_superuser:
            kwargs["queryset"] = User.objects.filter(username=request.user.get_username())
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        return {"owner": request.user.pk, **super().get_changeform_initial_data(request)}

    @method_decorator(sensitive_variables())
    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return super().changeform_view(request, *args, **kwargs)

    def save_model(self, request: HttpRequest, obj: ApiToken, form: AdminTokenForm, change: bool) -> None:
        super().save_model(request, obj, form, change)
        request.secret = form.secret  # type: ignore[attr-defined]  # for `response_add`

    def response_add(self, request: HttpRequest, obj: ApiToken, post_url_continue: str | None = None) -> HttpResponse:
        """The token is in this answer and nowhere else: a message after a redirect would wait in a cookie."""
        secret = request.secret  # type: ignore[attr-defined]  # from `save_model`
        context = {
            **self.admin_site.each_context(request),
            "title": _("A new API token"),
            "opts": self.opts,
            "token": obj,
            "secret": secret,
        }
        return render(request, "admin/dashboard/apitoken/made.html", context)
