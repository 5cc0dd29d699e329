"""What becomes of a dashboard: one change at a time, told to whoever looks at it."""

from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from django.db import transaction
from django.http import Http404
from pytest_django import DjangoCaptureOnCommitCallbacks

from dashboard.dashboards import changes
from dashboard.dashboards.order import MOST_PANELS, Arrangement, Slot
from dashboard.models import Dashboard, Panel
from dashboard.panels.placed import row
from dashboard.sockets.control import Control
from feeds.models import Instrument
from positions.models import Account
from tests.dashboard.dashboards.samples import board_of, kinds_of, numbers_of, panel_of

pytestmark = pytest.mark.django_db


def test_an_arrangement_is_saved_at_once(ada: User) -> None:
    """Issue 8, 2: order, sizes and what was removed; a size that is none changes nothing."""
    dashboard = board_of(ada)
    price, venues, tape = numbers_of(dashboard)
    slots = [Slot(tape, "XL"), Slot(price, "HUGE"), Slot(999, "S")]
    changes.arrange(dashboard, Arrangement(dashboard.revision, slots, [venues]))
    assert kinds_of(dashboard) == ["tape:XL", "price:L"]
    assert dashboard.revision == 1


def test_who_was_overtaken_is_told_and_loses_nothing(ada: User) -> None:
    """Issue 8, 2: the second of two is refused with the revision that there is; saved over it, both are there."""
    dashboard = board_of(ada)
    price, venues, tape = numbers_of(dashboard)
    seen = Dashboard.objects.get(), Dashboard.objects.get()
    changes.add(seen[0], panel_of(dashboard, kind="uptime", size="S"))
    wanted = [Slot(number, "S") for number in (tape, venues, price)]
    with pytest.raises(changes.Overtaken) as overtaken:
        changes.arrange(seen[1], Arrangement(0, wanted))
    assert kinds_of(dashboard) == ["price:L", "venues:L", "tape:M", "uptime:S"]
    changes.arrange(seen[1], Arrangement(overtaken.value.revision, wanted))
    assert kinds_of(dashboard) == ["tape:S", "venues:S", "price:S", "uptime:S"]


def test_each_change_is_told_once_it_is_committed(
    ada: User, said: list[Control], django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    """D-08: with the revision that a page then loads; what is rolled back never was."""
    dashboard = board_of(ada)
    number = numbers_of(dashboard)[0]
    with django_capture_on_commit_callbacks(execute=True):
        changes.move(dashboard, number, 1)
        changes.resize(dashboard, number, "S")
        changes.remove(dashboard, number)
        changes.rename(dashboard, "Other")
        assert said == []
    pk = dashboard.pk
    with django_capture_on_commit_callbacks(execute=True), transaction.atomic():
        changes.touch(dashboard)
        transaction.set_rollback(True)
    with django_capture_on_commit_callbacks(execute=True):
        changes.delete(Dashboard.objects.get())
    assert [each.changed for each in said] == [[(pk, revision)] for revision in (1, 2, 3, 4, 5)]


def test_a_new_title_stays_whatever_else_is_changed(ada: User) -> None:
    """Issue 8, 2: by a page that was read before it was renamed."""
    dashboard = board_of(ada)
    stale = Dashboard.objects.get()
    changes.rename(dashboard, "Other")
    changes.move(stale, numbers_of(stale)[0], 1)
    assert (Dashboard.objects.get().title, stale.title) == ("Other", "Other")


@pytest.mark.parametrize(
    "change",
    [
        lambda board: changes.rename(board, "Other"),
        lambda board: changes.resize(board, 1, "S"),
        lambda board: changes.add(board, Panel(kind="price")),
        lambda board: changes.arrange(board, Arrangement(0, [])),
        changes.touch,
    ],
    ids=["rename", "resize", "add", "arrange", "touch"],
)
def test_what_was_deleted_meanwhile_is_not_found(ada: User, change: Callable[[Dashboard], None]) -> None:
    """Issue 8, 2: by somebody else, after the view has found it: 404, as a moment later."""
    dashboard = board_of(ada)
    changes.delete(Dashboard.objects.get())
    with pytest.raises(Http404):
        change(dashboard)


def test_there_is_an_end_to_it(ada: User) -> None:
    """S16: of dashboards and of panels; who has to delete one is told so."""
    dashboard = board_of(ada)
    for _ in range(MOST_PANELS - 3):
        panel_of(dashboard)
    with pytest.raises(changes.TooMany, match="Remove one first"):
        changes.add(dashboard, panel_of(board_of(ada)))
    for _ in range(changes.MOST_DASHBOARDS - 2):
        board_of(ada)
    with pytest.raises(changes.TooMany, match="Delete one first"):
        board_of(ada)


def test_a_copy_has_the_same_panels_and_another_owner(ada: User) -> None:
    """Issue 8, 2: with instruments and accounts; what becomes of it touches the original no more."""
    account = Account.objects.create(label="Of Ada", owner=ada)
    original = board_of(ada, *(each.kind.code for each in row("price")))
    panel_of(original, instrument=Instrument.objects.get(), feed="main")
    panel_of(original, account=account)
    placed = [panel.placed for panel in original.panels.all()]
    copy = changes.make(User.objects.create_user("bob"), "Copy", [each for each in placed if each])
    columns = ("kind", "size", "feed", "instrument", "account")
    assert list(copy.panels.values_list(*columns)) == list(original.panels.values_list(*columns))
    changes.remove(copy, numbers_of(copy)[0])
    assert original.panels.count() == 3


def test_what_went_takes_its_panels_along(ada: User) -> None:
    """A panel of an account that is no more would show another one's numbers under the same title."""
    dashboard = board_of(ada, "price")
    account = Account.objects.create(label="Of Ada", owner=ada)
    panel_of(dashboard, account=account)
    account.delete()
    assert kinds_of(dashboard) == ["price:L"]


def test_a_kind_of_another_version_is_passed_over(ada: User) -> None:
    """After a downgrade the page goes on without it, and keeps it."""
    dashboard = board_of(ada)
    panel = panel_of(dashboard, kind="hologram")
    assert (panel.placed, str(panel)) == (None, "hologram")
