"""Orders for faults: how long they last, what they cover, which make no sense."""

from __future__ import annotations

import pytest

from tests.exchange.faults import Fault, FaultError, Faults


def test_fault_ends_by_itself() -> None:
    """`seconds` is counted on the clock that was handed in."""
    now = 100.0
    faults = Faults(["binance"], strike=lambda fault: None, monotonic=lambda: now)
    faults.set("binance", "mute", seconds=5)
    now = 104.9
    assert faults.find("binance", "mute")
    now = 105.0
    assert faults.active() == []


def test_clearing_can_name_one_fault() -> None:
    """The other faults of the venue stay."""
    struck: list[Fault] = []
    faults = Faults(["binance", "htx"], strike=struck.append)
    faults.set("*", "mute")
    faults.set("htx", "slow", delay_ms=5)
    faults.set("*", "hang_up")
    faults.clear("htx", "mute")
    assert [(fault.venue, fault.fault) for fault in faults.active()] == [("binance", "mute"), ("htx", "slow")]
    assert [fault.venue for fault in struck] == ["binance", "htx"]


@pytest.mark.parametrize(
    "order",
    [
        {"venue": "binance", "fault": "nonsense"},
        {"venue": "nowhere", "fault": "mute"},
        {"venue": "binance", "fault": "mute", "colour": "red"},
        {"venue": "binance", "fault": "close", "code": 1006},
        {"venue": "binance", "fault": "garbage", "every": 0},
        [],
    ],
)
def test_senseless_fault_is_refused(order: object) -> None:
    """A fault that cannot happen is an error with a sentence, not silence."""
    with pytest.raises(FaultError, match=r"\.$"):
        Faults(["binance"], strike=lambda fault: None).begin(order)
