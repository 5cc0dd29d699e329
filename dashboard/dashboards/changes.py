"""What becomes of dashboards. Each change is one transaction and one revision, and is told to the pages that are open.

Whoever calls these has looked whether the user may. Blocking.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Final

from django.contrib.auth.models import User
from django.db import transaction
from django.http import Http404
from django.utils.translation import gettext as _

from dashboard.dashboards.order import MOST_PANELS, Arrangement, moved, ordered
from dashboard.models import Dashboard, Panel
from dashboard.panels.placed import Placed
from dashboard.sockets.control import tell_changed

# Of one user.
MOST_DASHBOARDS: Final = 20


class TooMany(Exception):
    """There is no room for one more; says so in words for the user."""


class Gone(Http404):
    """Somebody deleted the dashboard meanwhile. A view that leaves it alone answers as one that found none."""


class Overtaken(Exception):
    """Somebody else changed the dashboard meanwhile: it has another revision by now."""

    def __init__(self, revision: int) -> None:
        super().__init__()
        self.revision = revision


def make(owner: User, title: str, panels: Iterable[Placed]) -> Dashboard:
    """A new dashboard of this user's, with panels like these."""
    with transaction.atomic():
        User.objects.select_for_update().get(pk=owner.pk)
        if owner.dashboards.count() >= MOST_DASHBOARDS:
            raise TooMany(_("You have %(most)s dashboards. Delete one first.") % {"most": MOST_DASHBOARDS})
        dashboard = Dashboard.objects.create(owner=owner, title=title)
        Panel.objects.bulk_create(_row(dashboard, place, panel) for place, panel in enumerate(panels))
        return dashboard


def add(dashboard: Dashboard, panel: Panel) -> None:
    """As the last one."""
    with changing(dashboard) as panels:
        if len(panels) >= MOST_PANELS:
            raise TooMany(_("A dashboard has at most %(most)s panels. Remove one first.") % {"most": MOST_PANELS})
        panel.dashboard, panel.place = dashboard, len(panels)
        panel.save()


def arrange(dashboard: Dashboard, wanted: Arrangement) -> None:
    """Raises Overtaken where the dashboard is not the one any more of which the arrangement was made."""
    with changing(dashboard) as panels:
        if dashboard.revision != wanted.revision:
            raise Overtaken(dashboard.revision)
        sizes = {slot.number: slot.size for slot in wanted.panels if slot.size in Dashboard.Width}
        numbers = [panel.pk for panel in panels]
        order = ordered(numbers, [slot.number for slot in wanted.panels], wanted.removed)
        _put(panels, order, sizes)
        dashboard.panels.exclude(pk__in=order).delete()


def move(dashboard: Dashboard, number: int, by: int) -> None:
    """One panel so many places later. Nothing for one that is gone."""
    with changing(dashboard) as panels:
        numbers = [panel.pk for panel in panels]
        if number in numbers:
            _put(panels, moved(numbers, number, by), {})


def resize(dashboard: Dashboard, number: int, size: str) -> None:
    with changing(dashboard) as panels:
        _put(panels, [panel.pk for panel in panels], {number: size})


def remove(dashboard: Dashboard, number: int) -> None:
    with changing(dashboard) as panels:
        _put(panels, [panel.pk for panel in panels if panel.pk != number], {})
        dashboard.panels.filter(pk=number).delete()


def rename(dashboard: Dashboard, title: str) -> None:
    with changing(dashboard, "title"):
        dashboard.title = title


def delete(dashboard: Dashboard) -> None:
    """Pages that show it are told to look again."""
    tell = partial(tell_changed, dashboard.pk, dashboard.revision + 1)
    dashboard.delete()
    transaction.on_commit(tell)


def touch(dashboard: Dashboard) -> None:
    """It was changed elsewhere, in the admin."""
    with changing(dashboard):
        pass


@contextmanager
def changing(dashboard: Dashboard, *columns: str) -> Iterator[list[Panel]]:
    """The panels in their order, while nobody else changes them; `dashboard` is brought up to date. Of its own columns
    only these are saved.
    """
    with transaction.atomic():
        rows = Dashboard.objects.select_for_update().filter(pk=dashboard.pk)
        now = rows.values_list("title", "revision").first()
        if now is None:
            raise Gone
        dashboard.title, dashboard.revision = now
        yield list(dashboard.panels.all())
        dashboard.revision += 1
        dashboard.save(update_fields=[*columns, "revision", "updated_at"])
        transaction.on_commit(partial(tell_changed, dashboard.pk, dashboard.revision))


def _put(panels: Sequence[Panel], order: Sequence[int], sizes: dict[int, str]) -> None:
    places = {number: place for place, number in enumerate(order)}
    kept = [panel for panel in panels if panel.pk in places]
    for panel in kept:
        panel.place, panel.size = places[panel.pk], sizes.get(panel.pk, panel.size)
    Panel.objects.bulk_update(kept, ["place", "size"])


def _row(dashboard: Dashboard, place: int, panel: Placed) -> Panel:
    return Panel(
        dashboard=dashboard,
        kind=panel.kind.code,
        feed=panel.feed,
        instrument_id=panel.instrument or None,
        account_id=panel.account,
        size=panel.size,
        place=place,
    )
