"""One client connection: its venue's limits, its heartbeat, its recording, and how it ended."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from aiohttp import WSMessage, WSMsgType, web

from tests.exchange import tasks
from tests.exchange.dialect import HANG_UP, Action, Close, Conversation, Data, Limits, Pong
from tests.exchange.faults import Faults
from tests.exchange.ledger import Ledger
from tests.exchange.outbox import NO_CODE, Outbox
from tests.exchange.recording import RecordedFrame, pace
from tests.exchange.window import Window

CLOSE_ANSWERED_WITHIN = 1.0
TALK = (WSMsgType.TEXT, WSMsgType.BINARY, WSMsgType.PING, WSMsgType.PONG)


@dataclass(frozen=True, slots=True)
class Scene:
    """What all connections of one venue share."""

    venue: str
    limits: Limits
    violations: Counter[str]
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
        self._flood = Window(scene.limits.messages, scene.limits.messages_within)
        self._heard_at = _now()
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
            work = (self._write, self._beat, self._fill_silence, self._end_idleness, self._expire)
            self._tasks = [tasks.start(duty()) for duty in work]
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
        self._heard_at = _now()
        if self._flood.is_over(self._heard_at):
            self._scene.violations["messages"] += 1
            self.do(self.talk.refuse_flood())
        elif message.type is WSMsgType.PING:
            self.do([Pong(bytes(message.data))])
        elif message.type is WSMsgType.PONG:
            self.do(self.talk.hear_pong(bytes(message.data)))  # aiohttp gives a bytearray
        else:
            self.talk.is_rejecting = self._scene.faults.find(self.venue, "reject") is not None
            self.do(self.talk.answer(message.data, self._scene.clock()))
            self._play_when_subscribed()

    async def _write(self) -> None:
        try:
            await self._outbox.write()
            await asyncio.sleep(CLOSE_ANSWERED_WITHIN)
        except ConnectionError:
            pass  # the client is gone, or has to go
        self.hang_up()

    async def _beat(self) -> None:
        while (every := self._scene.limits.beat_every) is not None:
            await asyncio.sleep(every)
            beat = self.talk.beat(self._scene.clock())
            if any(isinstance(action, Close) for action in beat):
                self._scene.violations["answer_within"] += 1
            self.do(beat)

    async def _fill_silence(self) -> None:
        while (after := self._scene.limits.silence_after) is not None:
            await asyncio.sleep(self._outbox.told_at + after - _now())
            if _now() - self._outbox.told_at >= after:
                self.do(self.talk.fill_silence(self._scene.clock()))
                await asyncio.sleep(after)

    async def _end_idleness(self) -> None:
        """End a connection on which neither side has said anything for too long."""
        after = self._scene.limits.idle_after
        if after is None:
            return
        rest = after
        while rest > 0:
            await asyncio.sleep(rest)
            rest = max(self._heard_at, self._outbox.told_at) + after - _now()
        self._scene.violations["idle_after"] += 1
        self.do([self.talk.idle_close])

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
        self.close_code = self._outbox.close_code or HANG_UP.code
        self.closed_at = self._scene.clock()
        self._ended.set()
        if self._request.transport and self._socket.prepared:  # a bad handshake still has to be answered
            self._request.transport.close()


def _now() -> float:
    return asyncio.get_running_loop().time()
