"""The last changes of an account's positions, as people read them by hand."""

from positions.board.byhand import CHANGES, PastChange
from positions.models import PositionChange

_FIELDS = ("symbol", "side", "kind", "size_before", "size_after", "source", "happened_at")


def last_changes(account: int) -> list[PastChange]:
    """Newest first. Blocking."""
    rows = PositionChange.objects.filter(account=account).order_by("-noticed_at", "-id")
    return [PastChange(*row) for row in rows.values_list(*_FIELDS)[:CHANGES]]
