"""The forms of a new API token. The token itself is made when its row is saved, and is shown once."""

from datetime import timedelta
from typing import Any, Final

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.forms import CheckboxSelectMultiple, IntegerField, ModelForm, MultipleChoiceField
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dashboard.models import ApiToken
from dashboard.people.roles import may_operate
from dashboard.protocol.topics import OF_STAFF, Topic
from dashboard.tokens.secret import make, parse
from feeds.clock import SystemClock

DAYS: Final = 90
MOST_DAYS: Final = 366
# What each topic tells.
WORDS: Final = {
    Topic.PRICE: gettext_lazy("the price shown, and quotes"),
    Topic.TRADES: gettext_lazy("single trades"),
    Topic.CANDLES: gettext_lazy("bars of the chart"),
    Topic.FLOW: gettext_lazy("what takers buy and sell"),
    Topic.VENUES: gettext_lazy("exchanges and their state"),
    Topic.HEALTH: gettext_lazy("uptime, latency, gaps"),
    Topic.ALERTS: gettext_lazy("alerts and failovers"),
    Topic.TRAPS: gettext_lazy("detected patterns"),
    Topic.POSITIONS: gettext_lazy("your positions"),
    Topic.ORDERS: gettext_lazy("your orders and fills"),
    Topic.ACCOUNT: gettext_lazy("your accounts and balances"),
    Topic.DEBUG: gettext_lazy("the lines of accounts, for operators"),
    Topic.PUBLISHED: gettext_lazy("what clients publish"),
    Topic.REDIS: gettext_lazy("the Redis servers"),
    Topic.LOG: gettext_lazy("the system's log, for operators"),
}
# Of one user, at the same time.
MOST_TOKENS: Final = 20


class TokenForm(ModelForm):
    """Of a token whose owner is known already."""

    topics = MultipleChoiceField(
        label=gettext_lazy("May read"),
        required=False,
        choices=[
            (topic.value, format_lazy("{topic}: {words}", topic=topic.value, words=words))
            for topic, words in WORDS.items()
        ],
        widget=CheckboxSelectMultiple,
        help_text=gettext_lazy("By WebSocket and by REST. Mark none for all topics that its owner may."),
    )
    days = IntegerField(
        label=gettext_lazy("Ends after"),
        initial=DAYS,
        min_value=1,
        max_value=MOST_DAYS,
        help_text=format_lazy(gettext_lazy("Days, at most {most}."), most=MOST_DAYS),
    )

    class Meta:
        model = ApiToken
        fields = ["name", "topics", "days", "may_publish"]

    # Once it is saved.
    secret = ""

    def offer_to(self, owner: User) -> None:
        """Leaves out what this owner may not."""
        if not owner.has_perm("dashboard.publish"):
            del self.fields["may_publish"]
        if not may_operate(owner):
            topics: Any = self.fields["topics"]
            topics.choices = [(value, text) for value, text in topics.choices if value not in OF_STAFF]

    def clean(self) -> dict[str, Any]:
        super().clean()
        if owner := self._owner():
            self._hold_to_rights(owner)
            if owner.api_tokens.filter(ApiToken.live(SystemClock().now())).count() >= MOST_TOKENS:
                told = {"owner": owner, "count": MOST_TOKENS}
                raise ValidationError(_("%(owner)s has %(count)s tokens. Revoke one first.") % told)
        return self.cleaned_data

    def save(self, commit: bool = True) -> Any:
        self.secret = make()
        self.instance.prefix, self.instance.digest = parse(self.secret)
        self.instance.expires_at = SystemClock().now() + timedelta(days=self.cleaned_data["days"])
        return super().save(commit)

    def _owner(self) -> Any:
        return self.instance.owner

    def _hold_to_rights(self, owner: User) -> None:
        if self.cleaned_data.get("may_publish") and not owner.has_perm("dashboard.publish"):
            self.add_error("may_publish", _("%(owner)s may not publish.") % {"owner": owner})
        for topic in sorted(OF_STAFF.intersection(self.cleaned_data.get("topics", ()))):
            if not may_operate(owner):
                self.add_error("topics", _("%(topic)s is for operators.") % {"topic": topic})


class AdminTokenForm(TokenForm):
    """Of a token whose owner is chosen."""

    class Meta(TokenForm.Meta):
        fields = ["owner", *TokenForm.Meta.fields]

    def _owner(self) -> Any:
        """None where that choice was no good."""
        return self.cleaned_data.get("owner")
