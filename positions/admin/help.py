"""What is said beside the fields of an account in the admin: what they mean, and what a dangerous change does."""

from typing import Final

from django.utils.translation import gettext_lazy as _

from feeds.admin.base import Danger

ACCOUNT: Final = {
    "label": _("How people call it, on every page."),
    "environment": _("Where the key was made: live, or demo trading. A key of the one is refused by the other."),
    "is_enabled": _("On: a worker follows it, and its positions are shown. Off: nobody asks BitGet anything."),
    "profile": _("How often what the stream says is compared with what REST says. Active asks BitGet more often."),
    "owner": _("Who may change it. Administrators may, too."),
    "groups": _("Whose members may see it as well, and not change it."),
    "override_reason": _("Why a key that may do more than read is taken all the same. Whoever comes later reads it."),
}
CREDENTIALS: Final = _("Of a key that may only read.")
RIGHTS: Final = _("Of a key that may more.")
KEY: Final = _("As BitGet shows it where the key is made. It may read, and nothing else.")
SECRET: Final = _("BitGet shows it once, when the key is made. It is never shown here.")
PASSPHRASE: Final = _("What was typed at BitGet when the key was made. It is never shown here.")
ENDS_ON: Final = _("BitGet says it where the key is made, and nowhere else. You are warned two weeks before.")
OVERRIDE: Final = _("Only with a reason, and only what is marked here.")
DANGERS: Final = (
    Danger(
        "is_enabled",
        "off",
        _("Nobody follows this account then: its positions stay as they are now on every page, marked as old."),
    ),
    Danger(
        "api_key",
        "changed",
        _(
            "The stored key, secret and passphrase are replaced for good, once BitGet takes the new ones. The line is"
            " closed and opened again with them."
        ),
    ),
    Danger(
        "override_rights",
        "on",
        _("A key with this right can move money if it is ever stolen from here. OMEGA itself only reads."),
    ),
)
DELETING: Final = _(
    "Nobody follows this account any more, and its key is forgotten. Its positions, orders, fills, balances and its"
    " history are deleted with it, and cannot be read again from BitGet for more than 90 days back. To pause it, switch"
    " it off instead."
)
