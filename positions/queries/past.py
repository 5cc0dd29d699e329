"""The last changes of an account's positions, as they are told under the plain names."""

from positions.board.byhand import CHANGES, PastChange
from positions.models import PositionChange


def past_changes(pk: int) -> list[PastChange]:
    """Newest first."""
    rows = PositionChange.objects.filter(account=pk)[:CHANGES]
    return [
        PastChange(
            symbol=row.symbol,
            side=row.side,
            kind=row.kind,
            size_before=row.size_before,
            size_after=row.size_after,
            source=row.source,
            at=row.happened_at,
        )
        for row in rows
    ]
