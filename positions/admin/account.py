"""Accounts in the admin: write-only credentials, what BitGet said of the key, and a test of it."""

from collections.abc import Iterable
from datetime import timedelta
from functools import partial
from typing import Any, Final
from uuid import uuid4

from django.contrib import messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_POST

from feeds.admin.base import ModelAdmin
from feeds.storage import lease
from positions.admin import help, key
from positions.admin.forms import SECRETS, AccountForm, TriedForm
from positions.admin.now import LinesNow
from positions.admin.trial import Trial, keep, try_key
from positions.keys.encryption import CannotOpen, open_credentials
from positions.keys.verdict import Outcome, Verdict
from positions.models import (
    Account,
    BalanceSnapshot,
    Drift,
    Fill,
    Order,
    Position,
    PositionChange,
    StreamEvent,
)
from positions.queries.visible import visible_accounts

TEST_EVERY: Final = timedelta(seconds=10)
_GO_WITH_IT: Final = (Position, PositionChange, Order, Fill, BalanceSnapshot, Drift, StreamEvent)


class AccountAdmin(ModelAdmin):
    form = TriedForm
    help_texts = help.ACCOUNT
    dangers = help.DANGERS
    what_deleting_does = help.DELETING
    change_form_outer_before_template = "admin/positions/account/now.html"
    list_display = ["label", "environment", "kind", "api_key", "is_enabled", "key_is", "checked_at", "ends", "owner"]
    api_key, key_is, ends, verdict_text = map(staticmethod, (key.api_key, key.key_is, key.ends, key.verdict_text))
    readonly_fields = ["verdict_text", "checked_at", "kind", "uid"]
    fieldsets = [
        (None, {"fields": ["label", "environment", "is_enabled", "profile", "owner", "groups"]}),
        (
            lazy("Credentials"),
            {"fields": [*SECRETS, "ends_on"], "description": help.CREDENTIALS},
        ),
        (
            lazy("Rights"),
            {"fields": ["override_rights", "override_reason"], "description": help.RIGHTS},
        ),
        (lazy("What BitGet said"), {"fields": ["verdict_text", "checked_at", "kind", "uid"]}),
    ]

    # --- Who may see and change what

    def get_queryset(self, request: HttpRequest) -> QuerySet[Account]:
        return super().get_queryset(request).filter(pk__in=[seen.id for seen in visible_accounts(request.user)])

    def has_change_permission(self, request: HttpRequest, obj: Account | None = None) -> bool:
        return super().has_change_permission(request, obj) and _is_of(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Account | None = None) -> bool:
        return super().has_delete_permission(request, obj) and _is_of(request, obj)

    def get_readonly_fields(self, request: HttpRequest, obj: Account | None = None) -> list[str]:
        """To give an account away is for those who see them all."""
        return [*self.readonly_fields, *([] if request.user.is_superuser else ["owner"])]

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        return {"owner": request.user.pk, **super().get_changeform_initial_data(request)}

    def get_deleted_objects(
        self, objs: Iterable[Account], request: HttpRequest
    ) -> tuple[list[str], dict[str, int], set[str], list[str]]:
        """What goes with an account is counted and not listed: there may be very many fills."""
        accounts = list(objs)
        counts = {
            str(model._meta.verbose_name_plural): model._default_manager.filter(account__in=accounts).count()
            for model in _GO_WITH_IT
        }
        is_allowed = all(self.has_delete_permission(request, account) for account in accounts)
        return [str(account) for account in accounts], counts, set() if is_allowed else {"account"}, []

    # --- Saving

    @sensitive_variables()
    @method_decorator(sensitive_post_parameters(*SECRETS))
    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """BitGet is asked before Django's transaction: that locks SQLite for everybody who writes."""
        if request.method == "POST":
            request.trial = self._try(request, object_id)  # type: ignore[attr-defined]  # for `get_form`
        return super().changeform_view(request, object_id, *args, **kwargs)

    def get_form(self, request: HttpRequest, obj: Account | None = None, change: bool = False, **kwargs: Any) -> Any:
        """A class of its own for each request."""
        form: Any = super().get_form(request, obj, change, **kwargs)
        form.trial = getattr(request, "trial", None)
        return form

    @sensitive_variables()
    def _try(self, request: HttpRequest, object_id: str | None) -> Trial | None:
        """None where there is nothing to ask, and where Django will not save."""
        account = self.get_object(request, unquote(object_id)) if object_id else None
        if object_id:
            is_allowed = account is not None and self.has_change_permission(request, account)
        else:
            is_allowed = self.has_add_permission(request)
        if not is_allowed:
            return None
        of_account = super().get_form(request, account, change=bool(account), form=AccountForm)
        form: Any = of_account(request.POST, instance=account)
        return try_key(form.instance, form.asked) if form.is_valid() and form.asked else None

    def save_model(self, request: HttpRequest, obj: Account, form: TriedForm, change: bool) -> None:
        if not change and not request.user.is_superuser:
            obj.owner = request.user  # type: ignore[assignment]  # who gets here is logged in
        obj.save(update_fields=form.written if change else None)
        if form.trial:
            _tell(request, obj, form.trial.verdict)

    # --- The list and the page

    def get_list_display(self, request: HttpRequest) -> list[Any]:
        now = LinesNow(view.id for view in visible_accounts(request.user))
        return [*self.list_display, now.line, now.heard, now.compared]

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
        if account := context.get("original"):
            context["table"] = partial(LinesNow([account.pk]).table, account)
        return super().render_change_form(request, context, *args, **kwargs)

    # --- The test

    def get_urls(self) -> list[URLPattern]:
        test = self.admin_site.admin_view(self.test_connection)
        return [path("<int:pk>/test/", test, name="positions_account_test"), *super().get_urls()]

    @method_decorator(require_POST)
    def test_connection(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Of what is saved."""
        account = get_object_or_404(self.get_queryset(request), pk=pk)
        if not self.has_change_permission(request, account):
            raise PermissionDenied
        if lease.claim(f"probe:account:{pk}", uuid4().hex, TEST_EVERY):
            self._test(request, account)
        else:
            messages.warning(request, _("It was tested just now. Wait for ten seconds."))
        return redirect("admin:positions_account_change", pk)

    def _test(self, request: HttpRequest, account: Account) -> None:
        try:
            trial = try_key(account, open_credentials(account))
        except CannotOpen as error:
            messages.error(request, str(error))
            return
        if not keep(account, trial):
            messages.warning(request, _("This account was changed meanwhile. Test it again."))
            return
        self.log_change(request, account, _("Connection test: %(outcome)s") % {"outcome": trial.verdict.outcome})
        _tell(request, account, trial.verdict)


def _is_of(request: HttpRequest, account: Account | None) -> bool:
    """Groups may see an account, and not more."""
    return account is None or request.user.is_superuser or account.owner_id == request.user.pk


def _tell(request: HttpRequest, account: Account, verdict: Verdict) -> None:
    if verdict.outcome is Outcome.TAKEN:
        messages.success(request, key.taken(verdict))
    for problem in verdict.problems:
        messages.error(request, problem)
    for warning in verdict.warnings:
        messages.warning(request, warning)
    if not account.is_enabled:
        messages.warning(request, _("%(account)s is switched off: nobody follows it.") % {"account": account})
