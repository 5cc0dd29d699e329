"""One client connection: its venue's limits, its heartbeat, its recording, and how it ended."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from aiohttp import WSMessage, WSMsgType, web

from tests.exchange import tasks
from tests.exchange.dialect import Action, Close, Conversation, Data, Limits, Pong
from tests.exchange.faults import Faults
from tests.exchange.ledger import Ledger
from tests.exchange.outbox import NO_CODE, Outbox
from tests.exchange.recording import RecordedFrame, pace

CLOSE_ANSWERED_WITHIN = 1.0
ABNORMAL = 1006
TALK = (WSMsgType.TEXT, WSMsgType.BINARY, WSMsgType.PING, WSMsgType.PONG)


@dataclass(frozen=True, slots=True)
class Scene:
    """What all connections of one venue share."""

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
        self._scene, self._request = scene, request
        self._socket = web.WebSocketResponse(autoping=False, autoclose=False, compress=False, heartbeat=None)
        self._outbox = Outbox(scene.venue, number, self._socket, scene.faults, scene.ledger)
        self._heard_at: deque[float] = deque()
        self._tasks: list[asyncio.Task[None]] = []
        self._is_playing = False
        self._ended = asyncio.Event()

    @property
    def is_open(self) -> bool:
        return self.closed_at is None

    @property
    def topics(self) -> list[str]:
        return list(self.talk.topics)

    async def serve(self) -> web.WebSocketResponse:
        try:
            await self._socket.prepare(self._request)
            self._tasks = [tasks.start(work()) for work in (self._write, self._beat, self._expire)]
            self.do(self.talk.greet(self._scene.clock()))
            self._play_when_subscribed()
            await self._read()
        finally:
            await self._end()
        return self._socket

    def do(self, actions: Sequence[Action]) -> None:
        """Send, in turn, what the conversation wants to be sent."""
        try:
            self._outbox.put(actions)
        except asyncio.QueueFull:
            self.hang_up()

    def give_notice(self) -> None:
        self.do(self.talk.give_notice(self._scene.clock()))

    def hang_up(self) -> None:
        """Cut the line, without a close frame if none was sent before."""
        if self._request.transport:
            self._request.transport.abort()

    async def leave(self) -> None:
        """Close because the exchange ends; a client that does not read cannot hold it up."""
        self.do([Close(1001, "Going away")])
        try:
            await asyncio.wait_for(self._ended.wait(), 2 * CLOSE_ANSWERED_WITHIN)
        except TimeoutError:
            self.hang_up()

    async def _read(self) -> None:
        while (message := await self._socket.receive()).type in TALK:
            if not self._outbox.is_closing:
                self._hear(message)
        if message.type is WSMsgType.CLOSE and self._outbox.close_code is None:
            await self._outbox.send_close(Close(message.data or NO_CODE))

    def _hear(self, message: WSMessage) -> None:
        self.frames_received += 1
        if self._is_too_fast():
            self.do([Close(1008, "Too many requests")])
        elif message.type is WSMsgType.PING:
            if not self._scene.faults.find(self.venue, "swallow_pongs"):
                self.do([Pong(bytes(message.data))])
        elif message.type is WSMsgType.PONG:
            self.do(self.talk.hear_pong(bytes(message.data)))  # aiohttp gives a bytearray
        else:
            self.talk.is_rejecting = self._scene.faults.find(self.venue, "reject") is not None
            self.do(self.talk.answer(message.data, self._scene.clock()))
            self._play_when_subscribed()

    def _is_too_fast(self) -> bool:
        limits = self._scene.limits
        if limits.messages is None:
            return False
        now = asyncio.get_running_loop().time()
        self._heard_at.append(now)
        while now - self._heard_at[0] >= limits.messages_within:
            self._heard_at.popleft()
        return len(self._heard_at) > limits.messages

    async def _write(self) -> None:
        try:
            await self._outbox.write()
            await asyncio.sleep(CLOSE_ANSWERED_WITHIN)
        except ConnectionError:
            pass  # the client is gone
        self.hang_up()

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
            self.do([Close(1001, "Going away")])

    def _play_when_subscribed(self) -> None:
        """Start the venue's recording, once, when something is subscribed."""
        if self._scene.recording is not None and self.talk.topics and not self._is_playing:
            self._is_playing = True
            self._tasks.append(tasks.start(self._play(self._scene.recording)))

    async def _play(self, recording: Sequence[RecordedFrame]) -> None:
        async for recorded in pace(recording, self._scene.speed):
            await self._outbox.put_patiently(Data(recorded.frame, recorded_index=recorded.index))

    async def _end(self) -> None:
        await tasks.stop(self._tasks)
        self.close_code = self._outbox.close_code or ABNORMAL
        self.closed_at = self._scene.clock()
        self._ended.set()
        if self._request.transport and self._socket.prepared:  # a bad handshake still has to be answered
            self._request.transport.close()
