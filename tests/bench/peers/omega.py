"""Our own venues, exactly as a session calls them."""

from feeds.types import Event, Quote, Trade
from feeds.venues import REGISTRY
from tests.bench.worker import Frame, Order, Row, serve


class OmegaReader:
    def __init__(self, order: Order) -> None:
        self._parse = REGISTRY[order.venue].parse
        self._frames = order.one_pass()

    def rows(self, frame: Frame) -> list[Row]:
        return [_row(event) for event in self._parse(frame)]

    def read(self) -> None:
        parse = self._parse
        for frame in self._frames:
            parse(frame)


def _row(event: Event) -> Row:
    match event:
        case Trade():
            return ["trade", str(event.price), str(event.size), event.side.value]
        case Quote():
            return ["quote", str(event.bid), str(event.ask)]
    return [type(event).__name__]


if __name__ == "__main__":
    serve(OmegaReader)
