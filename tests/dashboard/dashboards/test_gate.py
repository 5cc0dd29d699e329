"""What of a page somebody may not see."""

from dashboard.dashboards.gate import Viewer, gated
from dashboard.panels.fit import misfits
from dashboard.panels.kinds import About, Kind, Size
from dashboard.panels.placed import Placed

POSITION = Kind("position", "Position", About.ACCOUNT, Size.M)
LOG = Kind("log", "Log", About.SITE, Size.L, is_for_staff=True)
PRICE = Kind("price", "Price", About.INSTRUMENT, Size.L)


def shown(panel: Placed, viewer: Viewer) -> Placed:
    (shown,) = gated([panel], viewer)
    return shown


def test_a_foreign_account_is_named_to_nobody() -> None:
    """D-02: neither its label nor its number is on the page; the panel keeps its place."""
    panel = shown(Placed(7, POSITION, Size.L, account=3), Viewer(is_staff=True, accounts=[1, 2]))
    assert (panel.number, panel.size, panel.account) == (7, Size.L, None)
    assert panel.refusal == "You may not see this account."
    assert panel.template == "dashboard/panels/refused.html"


def test_a_panel_about_no_account_in_particular_is_everybodys() -> None:
    """One dashboard serves all members of a group; a preview, in which nobody looks, says so."""
    panel = Placed(1, POSITION, Size.M)
    assert shown(panel, Viewer(is_staff=False, accounts=[])) == panel
    preview = Viewer(is_staff=False, accounts=[5], is_somebody=False)
    assert shown(panel, preview).refusal == "Each member sees an account of their own here."


def test_panels_for_staff_are_for_staff() -> None:
    """D-02: whoever put them on the dashboard."""
    panel = Placed(1, LOG, Size.L)
    assert shown(panel, Viewer(is_staff=False, accounts=[])).refusal == "Only staff may see this panel."
    assert shown(panel, Viewer(is_staff=True, accounts=[])) == panel


def test_a_panel_is_told_only_what_it_can_show() -> None:
    """Each field by its own words; what is left empty always fits."""
    nothing = {"feed": "", "instrument": "", "has_account": False}
    everything = {"feed": "main", "instrument": "BTC-USDT", "has_account": True}
    for kind, wrong in (
        (PRICE, {"account"}),
        (POSITION, {"instrument", "feed"}),
        (LOG, {"instrument", "account", "feed"}),
    ):
        assert misfits(kind, **nothing) == {}  # type: ignore[arg-type]  # as the fields of a form
        told = misfits(kind, **everything)  # type: ignore[arg-type]  # as the fields of a form
        assert set(told) == wrong
        assert all(text.endswith("Leave it empty.") for text in told.values())
