"""Which trades are stored: spans of ids by venue and instrument."""

from bisect import bisect_right
from collections.abc import Iterator


class Spans:
    """Whole numbers, as spans that neither touch nor overlap."""

    def __init__(self) -> None:
        self._firsts: list[int] = []
        self._lasts: list[int] = []

    def __iter__(self) -> Iterator[tuple[int, int]]:
        return zip(self._firsts, self._lasts, strict=True)

    def __contains__(self, number: int) -> bool:
        place = bisect_right(self._firsts, number) - 1
        return place >= 0 and number <= self._lasts[place]

    def add(self, number: int) -> bool:
        """False when it is there already."""
        if self._lasts and number == self._lasts[-1] + 1:
            self._lasts[-1] = number
            return True
        if number in self:
            return False
        place = bisect_right(self._firsts, number)
        touches_left = place > 0 and self._lasts[place - 1] == number - 1
        touches_right = place < len(self._firsts) and self._firsts[place] == number + 1
        if touches_left and touches_right:
            self._lasts[place - 1] = self._lasts.pop(place)
            del self._firsts[place]
        elif touches_left:
            self._lasts[place - 1] = number
        elif touches_right:
            self._firsts[place] = number
        else:
            self._firsts.insert(place, number)
            self._lasts.insert(place, number)
        return True


class Ledger:
    """The database's trades, each once."""

    def __init__(self) -> None:
        self.stored: dict[tuple[str, str], Spans] = {}
        self.repeats = 0

    def store(self, venue: str, instrument: str, trade_id: int) -> None:
        spans = self.stored.setdefault((venue, instrument), Spans())
        if not spans.add(trade_id):
            self.repeats += 1

    def count(self) -> int:
        """Trades that are stored."""
        return sum(last - first + 1 for spans in self.stored.values() for first, last in spans)
