"""A panel in its place on a page."""

from dataclasses import dataclass

from dashboard.panels.kinds import KINDS, Kind, Size


@dataclass(frozen=True)
class Placed:
    """`number` is its own on its page. An empty `feed` is the first one, an empty `instrument` that of the page,
    without an `account` it is the first one that the user may see.
    """

    number: int
    kind: Kind
    size: Size
    feed: str = ""
    instrument: str = ""
    account: int | None = None
    # Why who looks at the page may not see it, in words.
    refusal: str = ""

    @property
    def template(self) -> str:
        return "dashboard/panels/refused.html" if self.refusal else self.kind.template


def row(*codes: str) -> list[Placed]:
    """Panels of these kinds, each as wide as its kind is: `price`, or `price:M` for another width."""
    placed = []
    for number, each in enumerate(codes, 1):
        code, _, size = each.partition(":")
        kind = KINDS[code]
        placed.append(Placed(number, kind, Size(size) if size else kind.size))
    return placed
