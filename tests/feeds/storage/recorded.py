"""What a recorder is given, and what of it comes to the log."""

from collections.abc import Iterable

from feeds.storage import keys, latest
from feeds.storage.live import LiveStore
from feeds.storage.recorder import Recorder, States
from tests.feeds.samples import logged, numbers


def no_states() -> States:
    return {}


async def in_log(store: LiveStore) -> list[int]:
    entries = await store.read_log(after=b"0", limit=10_000)
    return numbers(latest.decode_trade(fields[keys.TRADE_FIELD]) for _, fields in entries)


async def add(recorder: Recorder, trade_numbers: Iterable[int]) -> None:
    for number in trade_numbers:
        await recorder.add(logged(number))
