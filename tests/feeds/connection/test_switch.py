"""From a bad first venue to the next one's price: how long nothing is heard."""

from collections.abc import AsyncIterator
from ssl import SSLContext
from time import monotonic
from typing import Final

import pytest
import pytest_asyncio
from pytest_django import Settings
from trustme import CA

from feeds.models import Venue
from feeds.storage.database import DatabaseThread
from tests.exchange.market import RandomMarket
from tests.exchange.server import Exchange
from tests.faults import certificate, wire
from tests.faults.memory import MIB
from tests.faults.peer import Script, peer
from tests.faults.proxy import proxy
from tests.faults.scripts import answer, never_answer, upgrade
from tests.faults.toxics import reset
from tests.feeds.connection.listener import address
from tests.feeds.connection.observer import Observer
from tests.feeds.connection.running import running

pytestmark = pytest.mark.django_db(transaction=True)

# Without a second connection that waits for its turn.
SWITCH_WITHIN_S: Final = 2.5
STRANGER: Final = certificate.context(certificate.of_an_unknown_authority(CA()))


@pytest_asyncio.fixture
async def lively(settings: Settings) -> AsyncIterator[Exchange]:
    """Where the other venues are."""
    async with Exchange(market=RandomMarket(rate=40)) as exchange:
        settings.REPLAY_EXCHANGE_URL = exchange.url
        yield exchange


async def move(database: DatabaseThread, url: str) -> None:
    await database.run(lambda: Venue.objects.filter(code="binance").update(url=url))


@pytest.mark.usefixtures("lively")
@pytest.mark.parametrize(
    ("script", "tls", "reason"),
    [
        (never_answer, STRANGER, "certificate"),
        (answer("503 Oh", "Content-Type: text/html", body=b"<p>Oh"), None, "handshake"),
        (answer("302 There", "Location: ws://127.0.0.1:9/"), None, "handshake"),
        (upgrade([wire.frame(b"x" * (MIB + 1))]), None, "protocol"),
        (upgrade([wire.frame(b"{}", wire.TEXT_WITH_RESERVED_BIT)]), None, "protocol"),
    ],
    ids=["certificate", "page", "redirect", "large frame", "reserved bit"],
)
async def test_bad_first_venue_costs_less_than_a_switch_may(
    observer: Observer,
    database: DatabaseThread,
    monkeypatch: pytest.MonkeyPatch,
    script: Script,
    tls: SSLContext | None,
    reason: str,
) -> None:
    """E3 E6 E16 E23: the next one's price is there within 2.5 s from the start, and the reason beside the first."""
    monkeypatch.setenv("no_proxy", "*")
    async with peer(script, tls) as there:
        await move(database, f"{'wss' if tls else 'ws'}://{there.host}/")
        began = monotonic()
        async with running():
            await observer.price_from("kucoin", SWITCH_WITHIN_S)
            assert monotonic() - began < SWITCH_WITHIN_S
            state = await observer.venue_in_state("binance", "disconnected")
    assert state.reason.startswith(f"{reason}: ")


async def test_line_that_breaks_costs_less_than_a_switch_may(
    lively: Exchange, observer: Observer, database: DatabaseThread
) -> None:
    """E13: RST in the middle of the trades; the next one's price is there within 2.5 s."""
    async with proxy(lively.host, lively.port) as line:
        await move(database, address(lively, "binance").replace(str(lively.port), str(line.port)))
        async with running():
            await observer.price_from("binance")
            line.toxic = reset
            await observer.price_from("kucoin", SWITCH_WITHIN_S)
            state = await observer.venue_in_state("binance", "disconnected")
    assert state.reason == "closed: the line was cut without a word"
