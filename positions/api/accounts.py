"""/api/v1/accounts/: who they are. Of the key only how it is: what opens it, its end and whose it is stay here."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import generics, serializers
from rest_framework.request import Request

from feeds.api.asking import Period, only_known
from feeds.api.listing import History
from feeds.api.private import Private
from feeds.api.row import Moment, RowSerializer
from feeds.storage.deadline import LONGEST_S, within
from positions.api.own import WordFilter, no_such_account
from positions.models import Account
from positions.queries.visible import ids_of
from positions.words import AccountKind, Environment


class AccountRow(RowSerializer):
    id = serializers.IntegerField()
    label = serializers.CharField(  # type: ignore[assignment]  # DRF takes fields off the class
        help_text="How people call it."
    )
    environment = serializers.ChoiceField([each.value for each in Environment])
    kind = serializers.ChoiceField(["", *(each.value for each in AccountKind)], help_text="Empty: not known yet.")
    profile = serializers.ChoiceField(Account.Profile.values, help_text="How often the stream is compared with REST.")
    is_enabled = serializers.BooleanField(help_text="Followed by a worker.")
    checked_at = Moment(allow_null=True, help_text="When the key was tried last.")
    expires_at = Moment(allow_null=True, help_text="When the key ends, as its owner says.")
    created_at = Moment()


class AccountsAsked(Period):
    time_field = "created_at"
    usual = None
    environment = WordFilter(Environment)


@extend_schema(summary="Accounts that you may see")
class Accounts(History):
    topic = "account"
    serializer_class = AccountRow
    filterset_class = AccountsAsked

    def rows(self) -> QuerySet[Account]:
        return _own(self.request)


# As text, so that what is no number is answered by us, in JSON.
@extend_schema(summary="One account", parameters=[OpenApiParameter("account", int, OpenApiParameter.PATH)])
class OneAccount(Private, generics.RetrieveAPIView[Any]):
    topic = "account"
    serializer_class = AccountRow

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        only_known(request, frozenset())

    def get_object(self) -> Any:
        account = self.kwargs["account"]
        is_number = account.isascii() and account.isdecimal() and len(account) < 19
        with within(LONGEST_S):
            row = is_number and _own(self.request).filter(pk=account).values(*AccountRow.columns()).first()
        if not row:
            raise no_such_account(account)
        return row


def _own(request: Request) -> QuerySet[Account]:
    return Account.objects.filter(pk__in=ids_of(request.user))
