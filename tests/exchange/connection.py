"""One client connection: limits, heartbeat, outgoing queue, and what the faults do to them."""

from __future__ import annotations

import asyncio
import struct
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from aiohttp import WSMessage, WSMsgType, web

from tests.exchange.dialect import Action, Close, Conversation, Data, Limits, Ping, Pong, Say
from tests.exchange.faults import Faults
from tests.exchange.ledger import Ledger
from tests.exchange.recording import RecordedFrame

# A client that reads too little to keep up is cut, as venues do, before it costs much memory.
QUEUE_FRAMES = 20_000
CLOSE_ANSWERED_WITHIN = 1.0
ABNORMAL = 1006
NO_CODE = 1005


@dataclass(frozen=True, slots=True)
class Scene:
    """What the connections of one venue have in common."""

    venue: str
    limits: Limits
    faults: Faults
    ledger: Ledger
    clock: Callable[[], datetime]
    recording: Sequence[RecordedFrame] | None
    speed: float


class Connection:
    """Serves one WebSocket from its handshake to its end, and afterwards is the record of it."""

    def __init__(self, number: int, scene: Scene, talk: Conversation, request: web.Request) -> None:
        self.number, self.venue, self.talk = number, scene.venue, talk
        self.path = request.path_qs
        self.opened_at = scene.clock()
        self.closed_at: datetime | None = None
        self.close_code: int | None = None  # as the client sees it
        self.frames_received = 0
        self._scene, self._transport = scene, request.transport
        self._socket = web.WebSocketResponse(autoping=False, autoclose=False, compress=False, heartbeat=None)
        self._queue: asyncio.Queue[tuple[float, Action]] = asyncio.Queue(QUEUE_FRAMES)
        self._heard_at: deque[float] = deque()
        self._data_frames = 0
        self._is_leaving = False
        self._tasks: list[asyncio.Task[None]] = []

    @property
    def is_open(self) -> bool:
        return self.closed_at is None

    @property
    def topics(self) -> list[str]:
        return list(self.talk.topics)

    async def serve(self, request: web.Request) -> web.WebSocketResponse:
        await self._socket.prepare(request)
        self._tasks = [asyncio.create_task(work()) for work in (self._write, self._beat, self._expire)]
        try:
            self.do(self.talk.greet(self._scene.clock()))
            self._play_when_subscribed()
            await self._read()
        finally:
            await self._end()
        return self._socket

    def do(self, actions: Sequence[Action]) -> None:
        """Queue what the conversation wants to happen."""
        for action in actions:
            for spoiled in self._spoil(action):
                self._put(spoiled)

    def give_notice(self) -> None:
        self.do(self.talk.give_notice(self._scene.clock()))

    def hang_up(self) -> None:
        """Cut the line without a close frame."""
        self._is_leaving = True
        self.close_code = self.close_code or ABNORMAL
        if self._transport:
            self._transport.abort()

    def _put(self, action: Action) -> None:
        if self._is_leaving:
            return
        self._is_leaving = isinstance(action, Close)
        try:
            self._queue.put_nowait((asyncio.get_running_loop().time(), action))
        except asyncio.QueueFull:
            self.hang_up()

    def _spoil(self, action: Action) -> list[Action]:
        """What the venue's faults make of one action."""
        if not isinstance(action, Data):
            return [action]
        if self._scene.faults.find(self.venue, "mute"):
            return []
        actions: list[Action] = [action]
        if self._scene.faults.find(self.venue, "duplicate"):
            actions.append(action)
        self._data_frames += 1
        garbage = self._scene.faults.find(self.venue, "garbage")
        if garbage and self._data_frames % garbage.every == 0:
            actions.append(Say(action.frame[: len(action.frame) // 2]))
        return actions

    async def _read(self) -> None:
        while (message := await self._socket.receive()).type in (
            WSMsgType.TEXT,
            WSMsgType.BINARY,
            WSMsgType.PING,
            WSMsgType.PONG,
        ):
            if not self._is_leaving:
                self._hear(message)
        if message.type is WSMsgType.CLOSE:
            await self._answer_close(message.data or NO_CODE)

    def _hear(self, message: WSMessage) -> None:
        self.frames_received += 1
        if self._is_too_fast():
            self._put(Close(1008, "Too many requests"))
        elif message.type is WSMsgType.PING:
            if not self._scene.faults.find(self.venue, "swallow_pongs"):
                self._put(Pong(message.data))
        elif message.type is WSMsgType.PONG:
            self.do(self.talk.hear_pong(message.data))
        else:
            self.talk.is_rejecting = self._scene.faults.find(self.venue, "reject") is not None
            self.do(self.talk.answer(message.data, self._scene.clock()))
            self._play_when_subscribed()

    def _is_too_fast(self) -> bool:
        allowed = self._scene.limits.messages_per_second
        if allowed is None:
            return False
        now = asyncio.get_running_loop().time()
        self._heard_at.append(now)
        while now - self._heard_at[0] >= 1.0:
            self._heard_at.popleft()
        return len(self._heard_at) > allowed

    async def _answer_close(self, code: int) -> None:
        if self.close_code is None:
            self.close_code = code
            await self._send_close(Close(code))

    async def _write(self) -> None:
        try:
            while True:
                queued_at, action = await self._queue.get()
                await self._delay(queued_at)
                await self._send(action)
                if isinstance(action, Close):
                    await asyncio.sleep(CLOSE_ANSWERED_WITHIN)
                    self.hang_up()
        except ConnectionError:
            self.hang_up()  # the client is gone; the reading side notices and ends the connection

    async def _delay(self, queued_at: float) -> None:
        slow = self._scene.faults.find(self.venue, "slow")
        if slow:
            await asyncio.sleep(queued_at + slow.delay_ms / 1000 - asyncio.get_running_loop().time())

    async def _send(self, action: Action) -> None:
        match action:
            case Ping(payload):
                await self._socket.ping(payload)
            case Pong(payload):
                await self._socket.pong(payload)
            case Close(code):
                self.close_code = code
                await self._send_close(action)
            case Say(frame) | Data(frame):
                await (self._socket.send_str if isinstance(frame, str) else self._socket.send_bytes)(frame)
        if isinstance(action, Data):
            self._note(action)

    async def _send_close(self, close: Close) -> None:
        """By hand: aiohttp's own close would hang up at once, and could not leave the code out."""
        payload = b"" if close.code == NO_CODE else struct.pack("!H", close.code) + close.reason.encode()
        await self._socket.send_frame(payload, WSMsgType.CLOSE)

    def _note(self, data: Data) -> None:
        for trade in data.trades:
            self._scene.ledger.write_trade(trade, self.number)
        if data.recorded_index is not None:
            self._scene.ledger.write_frame(self.venue, data.recorded_index, self.number)

    async def _beat(self) -> None:
        while (every := self._scene.limits.beat_every) is not None:
            await asyncio.sleep(every)
            self.do(self.talk.beat(self._scene.clock()))

    async def _expire(self) -> None:
        """No connection lives longer than its venue allows."""
        limits = self._scene.limits
        if limits.life_after is not None:
            await asyncio.sleep(limits.life_after - limits.notice_before)
            self.give_notice()
            await asyncio.sleep(limits.notice_before)
            self._put(Close(1001, "Going away"))

    def _play_when_subscribed(self) -> None:
        """Start the venue's recording, once, when something is subscribed."""
        if self._scene.recording is not None and self.talk.topics and len(self._tasks) == 3:
            self._tasks.append(asyncio.create_task(self._play(self._scene.recording)))

    async def _play(self, recording: Sequence[RecordedFrame]) -> None:
        loop = asyncio.get_running_loop()
        started_at, speed = loop.time(), self._scene.speed
        for recorded in recording:
            if speed:
                await asyncio.sleep(started_at + recorded.after / speed - loop.time())
            for action in self._spoil(Data(recorded.frame, recorded_index=recorded.index)):
                await self._queue.put((loop.time(), action))

    async def _end(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self.close_code = self.close_code or ABNORMAL
        self.closed_at = self._scene.clock()
        if self._transport:
            self._transport.close()
