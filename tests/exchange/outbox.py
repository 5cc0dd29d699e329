"""What goes out on one connection: in order, spoiled by the venue's faults, in the ledger once it is sent."""

from __future__ import annotations

import asyncio
import struct
from collections.abc import Iterable

from aiohttp import WSMsgType, web

from tests.exchange.dialect import HANG_UP, Action, Close, Data, Frame, Ping, Pong, Say
from tests.exchange.faults import Fault, FaultName, Faults
from tests.exchange.ledger import Ledger
from tests.exchange.shuffle import Shuffle

# A client that reads too little to keep up is cut, as venues do, before it costs much memory.
QUEUE_FRAMES = 20_000
NO_CODE = 1005


class Outbox:
    def __init__(self, venue: str, number: int, socket: web.WebSocketResponse, faults: Faults, ledger: Ledger) -> None:
        self.is_closing = False  # a close frame is queued or sent: nothing may follow it
        self.close_code: int | None = None  # of the close frame that was sent
        self.told_at = _now()  # when the last frame went out
        self._venue, self._number, self._socket = venue, number, socket
        self._faults, self._ledger = faults, ledger
        self._queue: asyncio.Queue[tuple[float, Action]] = asyncio.Queue(QUEUE_FRAMES)
        self._data_frames = 0
        self._shuffle = Shuffle(number)

    def put(self, actions: Iterable[Action]) -> None:
        """Queue the actions; raises `asyncio.QueueFull` for a client that does not keep up."""
        for action in actions:
            for spoiled in self._spoil(action):
                if not self.is_closing:
                    self._queue.put_nowait((_now(), spoiled))
                    self.is_closing = isinstance(spoiled, Close)

    async def put_patiently(self, data: Data) -> None:
        """Queue a frame of a recording, waiting for a slow client."""
        for spoiled in self._spoil(data):
            await self._queue.put((_now(), spoiled))

    async def write(self) -> None:
        """Send what is queued, up to a close frame. Raises `ConnectionError` where the line has to be cut."""
        while self.close_code is None:
            queued_at, action = await self._queue.get()
            slow = self._strike("slow")
            if slow:
                await asyncio.sleep(queued_at + slow.delay_ms / 1000 - _now())
            await self._send(action)

    async def send_close(self, close: Close) -> None:
        """By hand: aiohttp's own close would hang up at once, and could not leave the code out."""
        self.is_closing = True
        self.close_code = close.code
        payload = b"" if close.code == NO_CODE else struct.pack("!H", close.code) + close.reason.encode()
        await self._socket.send_frame(payload, WSMsgType.CLOSE)

    def _spoil(self, action: Action) -> list[Action]:
        """What the venue's faults make of one action."""
        if isinstance(action, Pong) or (isinstance(action, Say) and action.is_pong):
            return [] if self._strike("swallow_pongs") else [action]
        if not isinstance(action, Data):
            return [action]
        if self._strike("mute"):
            return []
        self._data_frames += 1
        spoiled: list[Action] = [] if self._is_turn("drop") else [*self._reorder(action)]
        if self._strike("duplicate"):
            spoiled = [each for each in spoiled for _ in range(2)]
        if self._is_turn("garbage"):
            spoiled.append(Say(action.frame[: len(action.frame) // 2]))
        return spoiled

    def _reorder(self, data: Data) -> list[Data]:
        shuffle = self._strike("shuffle")
        return self._shuffle.take(data, shuffle.window) if shuffle else [*self._shuffle.release(), data]

    def _is_turn(self, name: FaultName) -> bool:
        fault = self._faults.find(self._venue, name)
        return fault is not None and self._data_frames % fault.every == 0 and self._strike(name) is not None

    def _strike(self, name: FaultName) -> Fault | None:
        """The fault, if it is on: whatever it does is done to what goes out now, and counted."""
        return self._faults.hit(self._venue, name)

    async def _send(self, action: Action) -> None:
        match action:
            case Ping(payload):
                await self._socket.ping(payload)
            case Pong(payload):
                await self._socket.pong(payload)
            case Close():
                if action == HANG_UP:
                    raise ConnectionAbortedError
                await self.send_close(action)
            case Say(frame):
                await self._send_frame(frame)
            case Data(frame):
                await self._send_frame(frame)
                self._note(action)

    async def _send_frame(self, frame: Frame) -> None:
        if isinstance(frame, str):
            await self._socket.send_str(frame)
        else:
            await self._socket.send_bytes(frame)
        self.told_at = _now()

    def _note(self, data: Data) -> None:
        for trade in data.trades:
            self._ledger.write_trade(trade, self._number)
        if data.recorded_index is not None:
            self._ledger.write_frame(self._venue, data.recorded_index, self._number)


def _now() -> float:
    return asyncio.get_running_loop().time()
