"""Whether a panel can show what it is told to."""

from django.utils.translation import gettext as _

from dashboard.panels.kinds import About, Kind


def misfits(kind: Kind, *, feed: str, instrument: str, has_account: bool) -> dict[str, str]:
    """By field what is wrong, in words; nothing where all is well. What is left empty is the page's, and fits."""
    wrong = {}
    if instrument and kind.about is not About.INSTRUMENT:
        wrong["instrument"] = _("This kind of panel shows no instrument. Leave it empty.")
    if has_account and kind.about is not About.ACCOUNT:
        wrong["account"] = _("This kind of panel shows no account. Leave it empty.")
    if feed and kind.about not in (About.FEED, About.INSTRUMENT):
        wrong["feed"] = _("This kind of panel shows no feed. Leave it empty.")
    return wrong
