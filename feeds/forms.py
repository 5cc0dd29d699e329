"""The form of a venue: each field says what the venue itself wants, which is what an empty one stands for."""

from datetime import UTC, datetime
from typing import Any, Final

from django.forms import ModelForm, TextInput

from feeds import address, override, terms
from feeds.models import Venue
from feeds.pace import Rate
from feeds.venues import REGISTRY
from feeds.venues.base import Venue as Dialect

NO_OVERRIDE: Final[dict[str, Any]] = {"circuit": "", "circuit_reason": "", "circuit_until": None}


class VenueForm(ModelForm):
    class Meta:
        model = Venue
        fields = "__all__"
        widgets = {"url": TextInput(attrs={"size": 60, "inputmode": "url", "spellcheck": "false"})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        dialect = REGISTRY.get(self.instance.code)
        for name, text in (_help(dialect) if dialect else {}).items():
            if name in self.fields:
                self.fields[name].help_text = text
        if not override.in_force(self.instance.circuit, self.instance.circuit_until, datetime.now(UTC)):
            self.initial.update(NO_OVERRIDE)

    def clean(self) -> dict[str, Any]:
        """What stood beside a word that is taken back goes with it."""
        super().clean()
        return self.cleaned_data if self.cleaned_data.get("circuit") else self.cleaned_data | NO_OVERRIDE


def _help(dialect: Dialect) -> dict[str, str]:
    return {
        "url": _help_with_address(dialect),
        "ping_every": _help_with_pings(dialect),
        "connects_allowed": f"Connections that all workers may try together. {_most(dialect.connects)}",
        "messages_allowed": f"Messages of ours on one connection, pongs included. {_most(dialect.messages)}",
        "circuit_reason": "It is kept in the history of this page.",
        "circuit_until": "UTC, at most 24 hours from now. Then the circuit breaker decides again.",
    }


def _help_with_address(dialect: Dialect) -> str:
    own = ", ".join(address.own_urls(dialect))
    return f"Empty: {own}{', in turn' if len(dialect.urls) > 1 else ''}. Hosts: {', '.join(address.hosts(dialect))}."


def _help_with_pings(dialect: Dialect) -> str:
    choice = terms.ping_choice(dialect)
    if choice is None:
        return f"Leave it empty: {dialect.name} decides how often."
    return f"Empty: {dialect.ping_every:g} s. From {choice.least:g} to {choice.most:g} s."


def _most(published: Rate) -> str:
    return f"Empty: {published.count} in {published.within:g} s, which is the most."
