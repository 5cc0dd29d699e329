"""Every kind of frame and answer that BitGet is known to send, read in all three generations."""

import pytest

from feeds.errors import BadFrame
from feeds.venues.base import Frame
from positions.management.lines import as_lines
from positions.types import Orders, Positions, Subscribed
from positions.venues.bitget import DIALECTS
from positions.venues.bitget_bare import read_any
from positions.venues.bitget_frames import parse
from positions.words import AccountKind
from tests.positions.venues.recordings import Case, cases

CASES = cases()


def lines(frame: Frame) -> list[dict[str, object]]:
    try:
        return [line for event in read_any(frame) for line in as_lines(event)]
    except BadFrame as error:
        return [{"type": "bad_frame", "reason": error.reason}]


@pytest.mark.parametrize("case", CASES.values(), ids=list(CASES))
def test_frame_says_what_is_written_beside_it(case: Case) -> None:
    """M-08 B-09 B-27: what is left out is not there, what is empty is null, the rest has the digits of the wire."""
    assert lines(case.frame) == case.lines


def test_frames_are_the_same_as_bytes() -> None:
    """A socket may give either."""
    for case in CASES.values():
        assert lines(case.frame.encode()) == case.lines


@pytest.mark.parametrize("kind", AccountKind)
def test_both_worlds_are_routed_by_channel_or_topic(kind: AccountKind) -> None:
    """B-22: a frame says itself of which world it is."""
    frames = (
        '{"event":"subscribe","arg":{"instType":"USDT-FUTURES","channel":"orders","instId":"default"}}',
        '{"event":"subscribe","arg":{"instType":"UTA","topic":"order"}}',
    )
    assert [DIALECTS[kind].parse(frame) for frame in frames] == [[Subscribed("orders")], [Subscribed("order")]]


CLASSIC = '"instType":"USDT-FUTURES","channel":"positions","instId":'
UNIFIED = '"instType":"UTA","topic":"position"'


@pytest.mark.parametrize(
    ("action", "argument", "rows", "is_whole"),
    [
        ("snapshot", f'{CLASSIC}"default"', "", True),
        ("snapshot", f'{CLASSIC}"default"', '{"instId":"BTCUSDT","holdSide":"long"}', True),
        ("update", f'{CLASSIC}"default"', "", False),
        ("snapshot", f'{CLASSIC}"BTCUSDT"', "", False),
        ("snapshot", UNIFIED, "", True),
        ("update", UNIFIED, "", False),
        ("snapshot", UNIFIED, '{"symbol":"BTCUSDT","posSide":"long","size":"1"}', False),
    ],
)
def test_only_a_snapshot_of_all_is_whole(action: str, argument: str, rows: str, is_whole: bool) -> None:
    """B9: an empty one is flat; a unified account tells closed positions one by one instead."""
    (event,) = parse(f'{{"action":"{action}","arg":{{{argument}}},"data":[{rows}]}}')
    assert isinstance(event, Positions)
    assert event.is_whole is is_whole


@pytest.mark.parametrize("data", ["", ',"data":null', ',"data":{}', ',"data":""'])
def test_push_without_its_rows_is_not_a_flat_account(data: str) -> None:
    """B9: missing is not zero."""
    with pytest.raises(BadFrame):
        parse(f'{{"action":"snapshot","arg":{{{CLASSIC}"default"}}{data}}}')


def test_unified_stream_is_followed_for_usdt_futures_only() -> None:
    """Its one stream has spot, margin and coin-margined futures too, and leaving a row out never means flat."""
    dialect = DIALECTS[AccountKind.UNIFIED]
    orders = (
        '{"action":"snapshot","arg":{"instType":"UTA","topic":"order"},"data":['
        '{"category":"spot","symbol":"BTCUSDT","orderId":"1"},'
        '{"category":"usdt-futures","symbol":"BTCUSDT","orderId":"2"}]}'
    )
    (told,) = dialect.parse(orders)
    assert isinstance(told, Orders)
    assert [order.order_id for order in told.orders] == ["2"]
    position = '{"symbol":"BTCUSD","posSide":"long","size":"1","marginCoin":"BTC"}'
    (held,) = dialect.parse(f'{{"action":"snapshot","arg":{{"topic":"position"}},"data":[{position}]}}')
    assert held == Positions((), is_whole=False)
