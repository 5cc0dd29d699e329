"""What of the past somebody wants to see: kind, instrument, venue, width of bars, and time."""

from datetime import datetime, timedelta
from typing import Any, Final

from django import forms
from django.contrib.auth.models import User
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dashboard.history.kinds import KINDS, Kind
from dashboard.manner import local, zone_name
from dashboard.people.roles import may_operate
from feeds.api.asking import FIRST, LAST
from feeds.clock import SystemClock
from feeds.market.candles import WIDTHS
from feeds.queries import listed_feeds, venue_names
from positions.queries.visible import visible_accounts

_WRITTEN: Final = "%Y-%m-%dT%H:%M"
_REFUSED: Final = {"invalid": gettext_lazy("Write it as 2026-11-21T12:00.")}
USUAL: Final = timedelta(hours=1)


class Time(forms.DateTimeInput):
    input_type = "datetime-local"

    def __init__(self) -> None:
        super().__init__(format=_WRITTEN)


def _can_be_asked(at: datetime) -> None:
    if not FIRST <= at < LAST:
        raise forms.ValidationError(_("Choose a time from 1970 to 2099."))


class HistoryForm(forms.Form):
    kind = forms.ChoiceField(label=gettext_lazy("What"))
    instrument = forms.ChoiceField(label=gettext_lazy("Instrument"), required=False)
    venue = forms.ChoiceField(label=gettext_lazy("Venue"), required=False)
    account = forms.ChoiceField(label=gettext_lazy("Account"), required=False)
    timeframe = forms.ChoiceField(
        label=gettext_lazy("Width of a bar"), required=False, choices=[(name, name) for name in WIDTHS]
    )
    from_at = forms.DateTimeField(
        label=gettext_lazy("From"),
        widget=Time,
        input_formats=[_WRITTEN],
        validators=[_can_be_asked],
        error_messages=_REFUSED,
    )
    to_at = forms.DateTimeField(
        label=gettext_lazy("Until"),
        widget=Time,
        input_formats=[_WRITTEN],
        validators=[_can_be_asked],
        error_messages=_REFUSED,
    )

    def offer(self, user: User) -> None:
        """What there is, and this user may see."""
        codes = dict.fromkeys(code for feed in listed_feeds() for code in feed.codes)
        may = may_operate(user)
        kinds = [(name, kind.title) for name, kind in KINDS.items() if may or not kind.is_of_operators]
        self._offer("kind", kinds)
        self._offer("instrument", [("", _("All")), *((code, code) for code in codes)])
        self._offer("venue", [("", _("All")), *venue_names().items()])
        accounts = [(str(account.id), account.label) for account in visible_accounts(user)]
        self._offer("account", [("", _("All")), *accounts])
        zone = zone_name(SystemClock().now())
        self.fields["from_at"].help_text = _("%(zone)s; included.") % {"zone": zone}
        self.fields["to_at"].help_text = _("%(zone)s; not included.") % {"zone": zone}

    def _offer(self, name: str, choices: list[tuple[str, Any]]) -> None:
        field: Any = self.fields[name]
        field.choices = choices

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        if "kind" in found:
            for name in KINDS[found["kind"]].needs:
                if not found.get(name):
                    self.add_error(name, _("Choose one: there is much of it."))
        if found.get("from_at") and found.get("to_at") and found["from_at"] >= found["to_at"]:
            self.add_error("to_at", _("It has to be after the beginning."))
        return found

    @property
    def chosen(self) -> Kind:
        return KINDS[self.cleaned_data["kind"]]

    def asked(self) -> dict[str, str]:
        """As the API is asked for it: only what means something there."""
        said = self.cleaned_data
        meant = [name for name in ("instrument", "venue", "account", "timeframe") if self._is_meant(name)]
        times = {"from": said["from_at"].isoformat(), "to": said["to_at"].isoformat()}
        return {name: said[name] for name in meant} | times

    def _is_meant(self, name: str) -> bool:
        return name in self.chosen.asks and bool(self.cleaned_data[name])


def beginning(now: datetime, kind: str) -> dict[str, str]:
    """The last hour, of the first instrument and the first venue where the kind needs them."""
    needs = KINDS[kind].needs if kind in KINDS else frozenset()
    code = next((code for feed in listed_feeds() for code in feed.codes if "instrument" in needs), "")
    venue = next((code for code in venue_names() if "venue" in needs), "")
    to_at = now.replace(second=0, microsecond=0) + timedelta(minutes=1)
    return {
        "kind": kind,
        "instrument": code,
        "venue": venue,
        "timeframe": "1m",
        "from_at": local(to_at - USUAL).strftime(_WRITTEN),
        "to_at": local(to_at).strftime(_WRITTEN),
    }
