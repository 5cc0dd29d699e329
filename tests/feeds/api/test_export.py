"""A history as a file: whole, in order, exact, harmless to open, and honest where it breaks off."""

import csv
import io
import time
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from typing import Any, Final

import msgspec
import pytest
from asgiref.sync import async_to_sync, sync_to_async
from django.contrib.auth.models import Group, User
from django.core.cache import caches
from django.db import OperationalError
from django.test import Client, RequestFactory
from django.urls import resolve

from feeds.api import export
from feeds.api.writing import FORMS, Columns
from feeds.models import Alert, Trade
from tests.feeds.rows import make_rows
from tests.feeds.samples import NOON

pytestmark = pytest.mark.django_db
ROOT: Final = "/api/v1/"
ASKED: Final = {"instrument": "BTC-USDT", "from": "2026-11-20T00:00:00Z", "to": "2026-11-21T00:00:00Z"}
HISTORIES: Final = ("trades", "quotes", "candles", "gaps", "failovers", "alerts", "health-snapshots")


@pytest.fixture
def reader(client: Client) -> Client:
    caches["memory"].clear()
    user = User.objects.create_user("ada")
    user.groups.add(Group.objects.get(name="Operator"))
    client.force_login(user)
    return client


@pytest.fixture
def short_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(export, "CHUNK", 10)


def exported(reader: Client, route: str, form: str, **asked: str) -> bytes:
    return read(reader.get(f"{ROOT}{route}/export/", {"as": form, **asked}))


@async_to_sync
async def read(answer: Any) -> bytes:
    """As an ASGI server reads it."""
    assert answer.status_code == 200, answer.content
    content: AsyncIterator[bytes] = aiter(answer)
    return b"".join([part async for part in content])


def store(count: int) -> None:
    """Trades from noon on; three share each moment."""
    Trade.objects.bulk_create(
        Trade(
            venue_id="binance",
            instrument_id="BTC-USDT",
            trade_id=str(number),
            price="64250.100000000000000001",
            size="0.00000001",
            side="buy",
            traded_at=NOON + timedelta(seconds=number // 3),
            received_at=NOON,
        )
        for number in range(count)
    )


@pytest.mark.usefixtures("short_chunks")
@pytest.mark.parametrize("count", [0, 1, 10, 47])
def test_an_export_is_the_whole_range_oldest_first(reader: Client, count: int) -> None:
    """D-05: however the chunks are cut."""
    store(count)
    lines = exported(reader, "trades", "ndjson", **ASKED).splitlines()
    assert [msgspec.json.decode(line)["trade_id"] for line in lines] == [str(number) for number in range(count)]


def test_both_forms_tell_what_a_page_tells(reader: Client) -> None:
    """D-05: the same names and the same texts, digit by digit."""
    store(3)
    page = reader.get(f"{ROOT}trades/", {**ASKED, "order": "asc"}).json()["results"]
    table = list(csv.DictReader(io.StringIO(exported(reader, "trades", "csv", **ASKED).decode())))
    assert [msgspec.json.decode(line) for line in exported(reader, "trades", "ndjson", **ASKED).splitlines()] == page
    assert table == [{name: str(value) for name, value in row.items()} for row in page]


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("route", HISTORIES)
def test_every_history_has_an_export(reader: Client, route: str, form: str) -> None:
    """D-05: by the filters of its list."""
    make_rows()
    own = {"trades": ASKED, "quotes": ASKED, "candles": {**ASKED, "venue": "htx"}}
    times = {name: ASKED[name] for name in ("from", "to")}
    answer = reader.get(f"{ROOT}{route}/export/", {"as": form, **own.get(route, times)})
    about = "".join(f"-{own[route][name]}" for name in ("instrument", "venue") if name in own.get(route, {}))
    name = f"{route}{about}-2026-11-20T0000-2026-11-21T0000.{form}"
    assert answer["Content-Disposition"] == f'attachment; filename="{name}"'
    assert len(read(answer).splitlines()) == (2 if form == "csv" else 1)


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"])
def test_a_text_that_a_spreadsheet_would_run_is_only_a_text(reader: Client, text: str) -> None:
    """S20: it gets an apostrophe in CSV, and stays what it is in NDJSON."""
    Alert.objects.create(feed_id="main", kind="blind", subject="binance", text=text, raised_at=NOON)
    times = {name: ASKED[name] for name in ("from", "to")}
    [row] = csv.DictReader(io.StringIO(exported(reader, "alerts", "csv", **times).decode(), newline=""))
    assert (row["text"], row["subject"]) == (f"'{text}", "binance")
    assert msgspec.json.decode(exported(reader, "alerts", "ndjson", **times))["text"] == text


def test_a_number_is_never_touched() -> None:
    """S20: -1.5 of a spread or a loss is a number."""
    row = {"pnl": "-1.5", "age": -0.5, "note": "-1.5", "is_maker": True}
    columns = Columns(list(row), ["note"], ["is_maker"])
    assert FORMS["csv"].lines([row], columns) == b"-1.5,-0.5,'-1.5,true\r\n"


class Broken:
    """A database that is gone after so many chunks."""

    def __init__(self, whole: int, monkeypatch: pytest.MonkeyPatch) -> None:
        self._left, self._read = whole, export.Export._chunk
        monkeypatch.setattr(export.Export, "_chunk", self._chunk_of(self._read))

    def _chunk_of(self, read: Callable[..., export.Chunk]) -> Callable[..., export.Chunk]:
        def chunk(view: export.Export, *args: Any) -> export.Chunk:
            if self._left == 0:
                raise OperationalError("gone")
            self._left -= 1
            return read(view, *args)

        return chunk


@pytest.mark.usefixtures("short_chunks")
def test_ndjson_that_breaks_off_ends_with_what_is_no_row(reader: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """D-05: two chunks of rows, then the error."""
    store(47)
    Broken(2, monkeypatch)
    lines = exported(reader, "trades", "ndjson", **ASKED).splitlines()
    assert (len(lines), set(msgspec.json.decode(lines[-1]))) == (21, {"error"})


@pytest.mark.usefixtures("short_chunks")
def test_csv_that_breaks_off_has_no_end(reader: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """D-05: any line of it would be a row, so the server cuts it off (tests/omega_site/test_slow_reader.py)."""
    store(47)
    Broken(2, monkeypatch)
    with pytest.raises(OperationalError):
        exported(reader, "trades", "csv", **ASKED)


def test_an_export_that_cannot_begin_is_answered_with_a_status(reader: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """C13: 503 in words, not a file of one line."""
    Broken(0, monkeypatch)
    answer = reader.get(f"{ROOT}trades/export/", ASKED)
    assert (answer.status_code, answer["Retry-After"]) == (503, "5")


@pytest.mark.usefixtures("short_chunks")
def test_the_head_of_an_export_is_asked_without_its_rows(reader: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """C13: one chunk says whether it can be told; a second one would fail here."""
    store(47)
    Broken(1, monkeypatch)
    asked = RequestFactory().head(f"{ROOT}trades/export/", ASKED)
    asked.user = User.objects.get(username="ada")
    # Django's client for tests would drop the rows itself.
    answer = resolve(asked.path).func(asked)
    assert answer["Content-Disposition"] == 'attachment; filename="trades-BTC-USDT-2026-11-20T0000-2026-11-21T0000.csv"'
    assert read(answer) == b""


@pytest.mark.parametrize("asked", [{"as": "xml"}, {"limit": "10"}, {"cursor": "x"}, {"venue__name": "x"}])
def test_what_an_export_cannot_be_asked_is_refused(reader: Client, asked: dict[str, str]) -> None:
    """S8: a limit would be a file that looks whole."""
    answer = reader.get(f"{ROOT}trades/export/", {**ASKED, **asked})
    assert (answer.status_code, set(answer.json()["fields"])) == (400, set(asked))


def test_who_exports_too_often_is_told_when_to_come_again(reader: Client) -> None:
    """C13: 20 exports a minute, and lists are counted by themselves: 600."""
    answers = [reader.get(f"{ROOT}alerts/export/") for _ in range(21)]
    assert [answer.status_code for answer in answers] == [200] * 20 + [429]
    assert 0 < int(answers[-1]["Retry-After"]) <= 60
    assert reader.get(f"{ROOT}alerts/").status_code == 200


def test_only_so_many_exports_are_written_at_once(reader: Client) -> None:
    """C13: two of a user, three of all; whoever comes later is told to wait, and one that began goes on."""
    bob = Client()
    bob.force_login(User.objects.create_user("bob"))
    begun = [who.get(f"{ROOT}alerts/export/") for who in (reader, reader, bob)]
    refused = asked_amid(begun, lambda: [who.get(f"{ROOT}alerts/export/") for who in (reader, bob)])
    assert [answer.status_code for answer in refused] == [429, 429]
    assert [answer.json()["error"].partition(" exports")[0] for answer in refused] == ["2 of your", "3"]
    assert int(refused[0]["Retry-After"]) > 0
    assert exported(reader, "alerts", "csv")


@async_to_sync
async def asked_amid(begun: list[Any], ask: Callable[[], list[Any]]) -> list[Any]:
    """What is answered while the first part of these is read, and no more."""
    contents = [aiter(answer) for answer in begun]
    assert all([await anext(content) for content in contents])
    answers: list[Any] = await sync_to_async(ask)()
    assert [part for content in contents async for part in content] == []
    return answers


def test_who_asks_too_often_is_told_when_to_come_again(reader: Client) -> None:
    """C13: 600 questions a minute, each user by themselves."""
    asked_at = [time.time()] * 599
    caches["counters"].set(f"throttle_user_{User.objects.get(username='ada').pk}", asked_at, 60)
    assert [reader.get(f"{ROOT}instruments/").status_code for _ in range(2)] == [200, 429]
    other = Client()
    other.force_login(User.objects.create_user("bob"))
    assert other.get(f"{ROOT}instruments/").status_code == 200
