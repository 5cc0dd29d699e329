"""What to do about a connection that does not come about: by the reason where it says enough, else by the step."""

from typing import Final

from feeds.texts import gettext_noop as noop

_BY_REASON: Final = {
    "certificate": noop(
        "Do not trust this line: check this machine's clock and certificates, and who stands in between."
    ),
    "handshake": noop(
        "Read the status: 403 and 451 are bans, 418 and 429 limits, 404 is a wrong path, 5xx is the venue's."
    ),
    "refused": noop("Check the symbols in the listings of this venue."),
    "no_ack": noop("The venue listens but does not answer: see its status page, then test again."),
    "silent": noop("The venue answers but sends no prices: check the symbols, see its status page, then test again."),
    "no_pong": noop("The line loses what we send: check the network between here and the venue."),
    "closed": noop("The venue ended it: see its reason, its limits and its status page."),
    "protocol": noop("What answers there is not this venue: check the address."),
}
_BY_STEP: Final = {
    "address": noop("Correct the address of this venue, or empty it to use the venue's own."),
    "limits": noop("Wait for so long, then test again. The workers count as well."),
    "token": noop("Check the network and the address: a token is asked for there."),
    "DNS": noop("Check the network and the name server of this machine."),
    "TCP": noop("Check the network, the firewall and the port of the address."),
    "TLS": noop("Check what stands between here and the venue: TLS was not completed."),
}
_OTHERWISE: Final = noop("See the venue's status page, then test again.")


def advise(step: str, reason: str) -> str:
    return _BY_REASON.get(reason) or _BY_STEP.get(step, _OTHERWISE)
