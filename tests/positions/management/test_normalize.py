"""`manage.py normalize` prints what recorded frames say."""

import base64
import gzip
import io
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from tests.real_input import RECORDINGS, needs_recordings

TRADE = '{"e":"trade","E":2,"s":"BTCUSDT","t":5,"p":"58001.03000000","q":"0.1","T":1672515782136,"m":true,"M":true}'
FIELDS = ("frame", "symbol", "side", "id", "ts")


def normalize(venue: str, path: Path) -> list[dict[str, Any]]:
    output = io.StringIO()
    call_command("normalize", venue, str(path), stdout=output)
    return [json.loads(line) for line in output.getvalue().splitlines()]


def recording(path: Path, *lines: dict[str, object]) -> Path:
    text = "".join(json.dumps(line) + "\n" for line in ({"meta": {}}, *lines))
    path.write_bytes(gzip.compress(text.encode()) if path.suffix == ".gz" else text.encode())
    return path


def test_each_thing_said_is_a_line(tmp_path: Path) -> None:
    """F-12: inbound frames are counted, outbound ones are not."""
    path = recording(
        tmp_path / "some.jsonl",
        {"t": 1.0, "dir": "out", "text": '{"method":"SUBSCRIBE"}'},
        {"t": 1.1, "dir": "in", "text": '{"result":null,"id":1}'},
        {"t": None, "dir": "in", "text": TRADE},
        {"t": 1.2, "dir": "in", "text": '{"e":'},
    )
    assert normalize("binance", path) == [
        {"frame": 0, "type": "subscribed", "key": "1"},
        {
            "frame": 1,
            "type": "trade",
            "symbol": "BTCUSDT",
            "price": "58001.03000000",
            "size": "0.1",
            "side": "sell",
            "id": "5",
            "ts": "2022-12-31T19:43:02.136000Z",
        },
        {"frame": 2, "type": "bad_frame", "reason": "json", "excerpt": "'{\"e\":'"},
    ]


def test_binary_frames_in_a_compressed_file_are_read(tmp_path: Path) -> None:
    """F-12: HTX's frames are gzip inside base64 inside a gzip file."""
    frame = base64.b64encode(gzip.compress(b'{"ping":7}')).decode()
    path = recording(tmp_path / "some.jsonl.gz", {"t": 1.0, "dir": "in", "b64": frame})
    assert normalize("htx", path) == [{"frame": 0, "type": "reply", "text": '{"pong":7}'}]


def test_private_and_public_frames_of_accounts_are_read(tmp_path: Path) -> None:
    """M-05 B-09: what is missing is left out, what is empty is null, and an empty snapshot is a flat account."""
    argument = '"arg":{"instType":"USDT-FUTURES","channel":"positions","instId":"default"}'
    row = '{"instId":"XRPUSDT","holdSide":"long","total":"3.0","liquidationPrice":"-5.88","uTime":"1741850543856"}'
    path = recording(
        tmp_path / "some.jsonl",
        {"t": 1.0, "dir": "in", "text": f'{{"action":"snapshot",{argument},"data":[{row}]}}'},
        {"t": 1.1, "dir": "in", "text": f'{{"action":"snapshot",{argument},"data":[]}}'},
        {"t": 1.2, "dir": "in", "text": '{"code":"00000","data":[{"marginCoin":"USDT","available":"0.00000000"}]}'},
        {"t": 1.3, "dir": "in", "text": f'{{"action":"snapshot",{argument},"data":[{{"total":"3"}}]}}'},
    )
    said = normalize("bitget", path)
    assert said[:3] == [
        {
            "frame": 0,
            "type": "position",
            "symbol": "XRPUSDT",
            "side": "long",
            "size": "3.0",
            "liquidation_price": None,
            "updated_at": "2025-03-13T07:22:23.856000Z",
            "raw": {},
        },
        {"frame": 1, "type": "flat"},
        {"frame": 2, "type": "balance", "coin": "USDT", "available": "0.00000000", "raw": {}},
    ]
    assert [line["type"] for line in said[3:]] == ["bad_frame"]


@pytest.mark.parametrize("content", [b"not json\n", b'{"dir":"in","b64":"*"}\n', b"\xff\xfe\n", b"[1]\n"])
def test_file_that_is_no_recording_is_one_sentence(tmp_path: Path, content: bytes) -> None:
    """It names the file."""
    path = tmp_path / "wrong.jsonl"
    path.write_bytes(content)
    with pytest.raises(CommandError, match=r"wrong\.jsonl is not a readable recording"):
        normalize("binance", path)


def test_missing_and_cut_files_are_one_sentence(tmp_path: Path) -> None:
    """Neither ends in a traceback."""
    cut = tmp_path / "cut.jsonl.gz"
    cut.write_bytes(gzip.compress(b'{"meta":{}}\n' * 1000)[:-20])
    for path in (tmp_path / "missing.jsonl", cut):
        with pytest.raises(CommandError, match="not a readable recording"):
            normalize("binance", path)


def test_unknown_venue_is_refused(tmp_path: Path) -> None:
    """The choices are the registry, and the venue of accounts."""
    with pytest.raises(CommandError, match="invalid choice"):
        normalize("nowhere", tmp_path / "some.jsonl")


@needs_recordings
@pytest.mark.parametrize(
    "name",
    [
        "binance/us-aggtrade-bookticker-kline-2021-10-12",
        "kucoin/match-ticker-candles-2021-04-25",
        "bybit/v5-spot-2026-08-09-btcusdt",
        "okx/v5-2022-02-27",
        "okx/v5-2022-05-13",
        "htx/trade-detail-2021-04-17-5sym-a",
        "gate/v4-spot-2021-04-22-6sym",
        "bitget/v1-mix-2022-04-07-dashusdt",
        "bitget/v1-spot-2022-04-07",
    ],
)
def test_real_recording_gives_exactly_the_expected_trades(name: str) -> None:
    """F-12: as other people's parsers read them."""
    expected = [
        json.loads(line)
        for line in gzip.decompress((RECORDINGS / f"{name}.expected.jsonl.gz").read_bytes()).splitlines()
    ]
    said = normalize(code_of(name), RECORDINGS / f"{name}.jsonl.gz")
    found = [line for line in said if line["type"] == "trade"]
    assert [[line[key] for key in FIELDS] for line in found] == [[line[key] for key in FIELDS] for line in expected]
    for key in ("price", "size"):
        assert [Decimal(line[key]) for line in found] == [Decimal(line[key]) for line in expected]
    assert not [line for line in said if line["type"] == "bad_frame"]


@needs_recordings
@pytest.mark.parametrize(
    "name",
    [
        "binance/samples-spot",
        "kucoin/samples-2021-2022",
        "kucoin/samples-current",
        "bybit/samples-v5",
        "okx/samples-v5",
        "kraken/samples-v2",
        "gate/samples-v4",
        "bitget/samples-v1",
        "bitget/samples-v2",
        "bitget/samples-v3",
    ],
)
def test_real_frames_give_exactly_the_expected_trades(name: str) -> None:
    """F-12: single frames up to October 2026; HTX's are there as text, which it never sends."""
    path = RECORDINGS / f"{name}.jsonl"
    samples = [json.loads(line) for line in path.read_text().splitlines()]
    expected = [
        {"frame": number, **trade} for number, sample in enumerate(samples) for trade in sample.get("expected", [])
    ]
    found = [line for line in normalize(code_of(name), path) if line["type"] == "trade"]
    assert [[line[key] for key in FIELDS] for line in found] == [[line[key] for key in FIELDS] for line in expected]
    for key in ("price", "size"):
        assert [Decimal(line[key]) for line in found] == [Decimal(line[key]) for line in expected]


def code_of(name: str) -> str:
    """The folder of Gate.io has a shorter name."""
    return name.split("/")[0].replace("gate", "gateio")
