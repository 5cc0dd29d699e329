"""Panels as somebody may see them: what they may not see keeps its place, and says no more than that. Pure."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace

from django.utils.translation import gettext as _

from dashboard.panels.kinds import About
from dashboard.panels.placed import Placed


@dataclass(frozen=True)
class Viewer:
    """Who looks, and which accounts they may see. In a preview that is nobody: some member of a group."""

    is_staff: bool
    accounts: Collection[int]
    is_somebody: bool = True


def gated(panels: Iterable[Placed], viewer: Viewer) -> list[Placed]:
    return [_gated(panel, viewer) for panel in panels]


def _gated(panel: Placed, viewer: Viewer) -> Placed:
    refusal = _refusal(panel, viewer)
    return replace(panel, account=None, refusal=refusal) if refusal else panel


def _refusal(panel: Placed, viewer: Viewer) -> str:
    if panel.kind.is_for_staff and not viewer.is_staff:
        return _("Only staff may see this panel.")
    if panel.account is not None and panel.account not in viewer.accounts:
        return _("You may not see this account.")
    if panel.kind.about is About.ACCOUNT and panel.account is None and not viewer.is_somebody:
        return _("Each member sees an account of their own here.")
    return ""
