"""Who goes when a user has no seat left."""

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest

from dashboard.protocol import codes
from dashboard.sockets.client import Client
from dashboard.sockets.door import USER_SEATS
from dashboard.sockets.registry import Registry
from dashboard.sockets.seat import take_seat
from tests.clock import ManualClock

ADA = 4711


class Row:
    """Eight open sockets of one user. A socket that is closed gives its seat back, and asks for nothing any more."""

    def __init__(self, clock: ManualClock) -> None:
        self.clock, self.registry = clock, Registry(clock)
        self.closed: list[tuple[Client, int]] = []
        self._leave: dict[Client, Callable[[], None]] = {}
        self._more: list[Callable[[], None]] = []
        self.clients = [self._sit() for _ in range(8)]

    def _sit(self) -> Client:
        leave = take_seat(ADA, self.registry, self.clock)
        assert leave
        client = self.registry.open("client", ADA, "ada", "::1", lambda code, _: self._close(client, code))
        self._leave[client] = leave
        return client

    def _close(self, client: Client, code: int) -> None:
        self.closed.append((client, code))
        client.asked_at = None
        self._leave.pop(client)()

    def one_more(self) -> bool:
        leave = take_seat(ADA, self.registry, self.clock)
        if leave:
            self._more.append(leave)
        return leave is not None

    def end(self) -> None:
        for leave in [*self._leave.values(), *self._more]:
            leave()


@pytest.fixture
def row(clock: ManualClock) -> Iterator[Row]:
    row = Row(clock)
    yield row
    row.end()
    assert USER_SEATS.taken(ADA) == 0


def asked(client: Client, row: Row, seconds_ago: float) -> None:
    client.asked_at = row.clock.now() - timedelta(seconds=seconds_ago)


def test_who_owes_an_answer_for_longest_makes_room(row: Row) -> None:
    """C8: eight that were cut off come back one after another, before their old sockets are known to be dead."""
    for number, client in enumerate(row.clients):
        asked(client, row, 3.5 + number)
    assert row.one_more()
    assert row.closed == [(row.clients[7], codes.REPLACED)]
    assert row.clients[7] in row.registry.of_user(ADA)
    assert row.one_more()
    assert [client for client, _ in row.closed] == [row.clients[7], row.clients[6]]


@pytest.mark.parametrize("owes_s", [None, 0.5, 2.9])
def test_nobody_goes_who_is_well(row: Row, owes_s: float | None) -> None:
    """A program that only publishes hears no ticks, and a tick may be on its way."""
    for client in row.clients if owes_s else []:
        asked(client, row, owes_s or 0)
    assert not row.one_more()
    assert row.closed == []
