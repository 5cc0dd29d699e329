"""The form of a venue: each field says what the venue itself wants, which is what an empty one stands for."""

from datetime import UTC, datetime
from typing import Any, Final

from django.forms import ModelForm
from django.utils.translation import gettext as _

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

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        dialect = REGISTRY.get(self.instance.code)
        for name, text in (_help(dialect) if dialect else {}).items():
            if name in self.fields:
                self.fields[name].help_text = text
        if "url" in self.fields:
            self.fields["url"].widget.attrs |= {"inputmode": "url", "spellcheck": "false"}
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
        "connects_allowed": _("Connections that all workers may try together.") + " " + _most(dialect.connects),
        "messages_allowed": _("Messages of ours on one connection, pongs included.") + " " + _most(dialect.messages),
        "circuit_reason": _("It is kept in the history of this page."),
        "circuit_until": _("UTC, at most 24 hours from now. Then the circuit breaker decides again."),
    }


def _help_with_address(dialect: Dialect) -> str:
    own = ", ".join(address.own_urls(dialect))
    said = {"own": own, "hosts": ", ".join(address.hosts(dialect))}
    if len(dialect.urls) > 1:
        return _("Empty: %(own)s, in turn. Hosts: %(hosts)s.") % said
    return _("Empty: %(own)s. Hosts: %(hosts)s.") % said


def _help_with_pings(dialect: Dialect) -> str:
    choice = terms.ping_choice(dialect)
    if choice is None:
        return _("Leave it empty: %(venue)s decides how often.") % {"venue": dialect.name}
    said = {"own": f"{dialect.ping_every:g}", "least": f"{choice.least:g}", "most": f"{choice.most:g}"}
    return _("Empty: %(own)s s. From %(least)s to %(most)s s.") % said


def _most(published: Rate) -> str:
    said = {"count": published.count, "seconds": f"{published.within:g}"}
    return _("Empty: %(count)s in %(seconds)s s, which is the most.") % said
