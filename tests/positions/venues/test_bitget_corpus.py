"""Every BitGet frame of the corpus beside the repository, against what its source states and another parser."""

from decimal import Decimal
from typing import Any, Final

import pytest

from positions.management.lines import as_lines
from positions.venues.bitget_bare import read_any
from tests.positions.venues.recordings import Sample, samples
from tests.real_input import needs_recordings

SAMPLES: Final = samples()
# The line that a frame of this kind is to give.
TYPES: Final = {
    "position": "position",
    "position-history": "closed_position",
    "order": "order",
    "order-entry": "order",
    "trigger-order": "order",
    "fill": "fill",
    "account": "balance",
    "equity": "balance",
    "trade": "trade",
    "heartbeat": "pong",
    "error": "refused",
}
# Their words for ours. "fee" is a cost there; "average" has none where nothing was filled.
PEER_FIELDS: Final = {
    "position": {"entryPrice": "entry_price", "contracts": "size", "leverage": "leverage", "initialMargin": "margin"},
    "order": {"filled": "filled", "average": "average_price", "triggerPrice": "trigger_price"},
    "fill": {"price": "price", "amount": "size"},
}
# The peer takes the latest fill for the total: DISAGREEMENTS.md, section 8.
PEER_IS_WRONG: Final = {("bitget/v2-private/023", "filled")}


def lines(sample: Sample) -> list[dict[str, Any]]:
    return [line for event in read_any(sample.text) for line in as_lines(event)]


def of(*kinds: str) -> list[Any]:
    return [pytest.param(sample, id=sample.id) for sample in SAMPLES if sample.kind in kinds]


@needs_recordings
@pytest.mark.parametrize("sample", of(*TYPES))
def test_frame_gives_lines_of_its_kind_and_no_others(sample: Sample) -> None:
    """F-12: a flat account and an empty list give none of it."""
    told = {line["type"] for line in lines(sample)}
    assert told == {TYPES[sample.kind]} or told == {"flat"} and '"data":[]' in sample.text


@needs_recordings
@pytest.mark.parametrize("sample", of("candle", "book"))
def test_books_and_candles_give_nothing(sample: Sample) -> None:
    """They are not asked for."""
    assert lines(sample) == []


@needs_recordings
@pytest.mark.parametrize("sample", of("ack"))
def test_acknowledgement_is_understood(sample: Sample) -> None:
    """Of a login or a subscription."""
    assert [line["type"] for line in lines(sample)] in (["subscribed"], ["logged_in"])


@needs_recordings
@pytest.mark.parametrize("sample", of("ticker"))
def test_ticker_has_the_stated_prices(sample: Sample) -> None:
    """The best prices of an order book are no ticker of ours."""
    stated = sample.stated[0] if isinstance(sample.stated, list) else {}
    ours = {line["type"]: line for line in lines(sample)}
    for theirs, field in (("lastPrice", "last_price"), ("markPrice", "mark_price"), ("indexPrice", "index_price")):
        if theirs in stated:
            # Stated with the sixteen digits of a double.
            assert abs(Decimal(ours["ticker"][field]) - Decimal(str(stated[theirs]))) < Decimal("1e-9")


@needs_recordings
@pytest.mark.parametrize("sample", of("trade"))
def test_trades_are_exactly_the_expected_ones(sample: Sample) -> None:
    """F-12: with all digits, in the order of the frame."""
    ours = [{key: value for key, value in line.items() if key != "type"} for line in lines(sample)]
    assert ours == sample.expected


@needs_recordings
@pytest.mark.parametrize("sample", of("position"))
def test_position_is_as_its_source_states_it(sample: Sample) -> None:
    """The venue's own names; "empty" is a flat account."""
    stated = (sample.stated or {}).get("position_store_after_this_frame")
    ours = lines(sample)
    if stated == "empty":
        assert ours == [{"type": "flat"}]
    elif stated:
        (position,) = ours
        told = (position["symbol"], position["side"], position["size"], position["entry_price"])
        assert told == (stated["instId"], stated["holdSide"], stated["total"], stated["openPriceAvg"])


@needs_recordings
@pytest.mark.parametrize("sample", of("position", "order", "order-entry", "trigger-order", "fill"))
def test_numbers_are_those_of_the_other_parser(sample: Sample) -> None:
    """Compared as decimals; a market order has no price of its own, whatever they say."""
    theirs = (sample.peer_parse or {}).get("result") or []
    for line, peer in zip(lines(sample), theirs, strict=False):
        for name, field in PEER_FIELDS.get(line["type"], {}).items():
            if name in peer and line.get(field) is not None and (sample.id, name) not in PEER_IS_WRONG:
                assert Decimal(line[field]) == Decimal(peer[name]), (sample.id, name)
        assert peer.get("side", line.get("side")) == line.get("side")


@needs_recordings
def test_balances_are_those_of_the_other_parser() -> None:
    """They call the frozen part used; of futures they take what may be transferred for free."""
    seen = set()
    for sample in (param.values[0] for param in of("account")):
        peers = (sample.peer_parse or {}).get("result") or {}
        for line in lines(sample):
            if (peer := peers.get(line["coin"])) and "frozen" in line:
                assert Decimal(line["frozen"]) == Decimal(peer["used"])
                seen.add(sample.id)
    assert len(seen) >= 4
