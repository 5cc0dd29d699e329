"""What a client says once it is in, and what comes of it."""

from collections.abc import Iterable
from typing import Final

from dashboard.audience import Interest
from dashboard.hub import SourceName
from dashboard.manner import Manner
from dashboard.protocol import answers, codes
from dashboard.protocol.commands import Painted, Ping, Place, Pong, Resume, Said, Subscribe, Unsubscribe, Wish
from dashboard.sockets.client import Client
from dashboard.sockets.directory import Feeds
from dashboard.sockets.guard import GuardedConsumer
from dashboard.sockets.identity import Identity
from dashboard.sockets.order import Order, Refused, judged_again, name_of, order
from dashboard.sockets.resume import read_resume
from dashboard.sockets.station import STATION, Station
from dashboard.sources import PUBLISHED

MOST_ORDERS: Final = 200


class Conversation(GuardedConsumer):
    """By protocol 2: docs/websocket.md."""

    def __init__(self, station: Station = STATION) -> None:
        super().__init__(station)
        self._orders: dict[Wish, Order] = {}
        self._has_resumed = False

    async def hear(self, said: Said) -> None:
        if self.client is None:
            raise ValueError("Log in first.")
        if isinstance(said, Painted):
            self.station.hub.delivery.painted(said.received_at)
        elif isinstance(said, Ping):
            self.writer.answer(answers.Pong(id=said.id))
        elif isinstance(said, Subscribe):
            await self._subscribe(said)
        elif isinstance(said, Unsubscribe):
            self._unsubscribe(said)
        elif isinstance(said, Resume):
            self._resume(said, self.client)
        # A pong was taken for what it says before.
        elif not isinstance(said, Pong):
            await self.hear_more(said)

    async def hear_more(self, said: Said) -> None:
        """What is not understood on every socket. Override this."""
        raise ValueError("This is not understood here.")

    def manner(self, identity: Identity) -> Manner:
        """How this client is told things. Override this for one of people."""
        return Manner()

    def refuse(self, code: int, text: str, id: int | None) -> None:
        self.writer.answer(answers.Error(code=code, text=text, id=id))

    def rights_changed(self) -> None:
        """Who lost what is subscribed to has to go; who may see more accounts gets them."""
        if self.identity is None:
            return
        manner = self.manner(self.identity)
        if any(made.source.room != PUBLISHED and made.source.manner != manner for made in self._orders.values()):
            self.end(codes.CHANGED, "You want to read in another manner: load this page again.")
            return
        try:
            orders = {name: judged_again(made, self.identity) for name, made in self._orders.items()}
        except Refused as refused:
            self.end(refused.code, refused.text)
            return
        grown = [made for name, made in orders.items() if made != self._orders[name]]
        if grown:
            self._keep(orders)
            self._listen(grown)
            self.writer.answer(answers.Subscribed(topics=[made.taken(set()) for made in grown]))

    async def _subscribe(self, said: Subscribe) -> None:
        try:
            feeds = await self.station.directory.feeds()
        except TimeoutError:
            self.refuse(
                codes.NOT_AVAILABLE, "The database does not say which feeds there are. Try again later.", said.id
            )
            return
        orders: dict[Wish, Order] = {}
        for wish in said.topics:
            if made := self._accepted(wish, feeds, len(orders), said.id):
                orders[name_of(wish)] = made
        # The same wish may mean another feed by now.
        self._drop(name for name, made in orders.items() if self._orders.get(name, made).source != made.source)
        self._keep(self._orders | orders)
        recovered = self._listen(orders.values())
        self.writer.answer(answers.Subscribed(id=said.id, topics=[made.taken(recovered) for made in orders.values()]))

    def _accepted(self, wish: Wish, feeds: Feeds, more: int, id: int | None) -> Order | None:
        try:
            if name_of(wish) not in self._orders and len(self._orders) + more >= MOST_ORDERS:
                raise Refused(codes.TOO_MANY, f"A connection may subscribe to {MOST_ORDERS} topics.")
            if self.identity is None:
                raise Refused(codes.NOT_LOGGED_IN, "You are not logged in.")
            return order(wish, self.identity, feeds, self.manner(self.identity))
        except Refused as refused:
            self.refuse(refused.code, refused.text, id)
            return None

    def _listen(self, orders: Iterable[Order]) -> set[Interest]:
        """Of each source all at once: its state comes in one piece."""
        wanted: dict[SourceName, dict[Interest, Place | None]] = {}
        for made in orders:
            of_source = wanted.setdefault(made.source, {})
            for interest in made.interests:
                # Of two places neither can be meant.
                of_source[interest] = made.wish.after if interest not in of_source else None
        recovered: set[Interest] = set()
        for source, interests in wanted.items():
            recovered |= self.station.hub.subscribe(self.writer.outbox, source, interests)
        return recovered

    def _keep(self, orders: dict[Wish, Order]) -> None:
        self._orders = orders
        if self.client:
            self.client.topics = [name.title for name in orders]

    def _unsubscribe(self, said: Unsubscribe) -> None:
        gone = [name for wish in said.topics if (name := name_of(wish)) in self._orders]
        self._drop(gone)
        self.writer.answer(answers.Unsubscribed(id=said.id, topics=gone))

    def _drop(self, names: Iterable[Wish]) -> None:
        """Another wish may mean the same; then it goes on."""
        gone = [self._orders[name] for name in dict.fromkeys(names)]
        self._keep({name: made for name, made in self._orders.items() if made not in gone})
        for made in gone:
            others = (each.interests for each in self._orders.values() if each.source == made.source)
            self.station.hub.unsubscribe(self.writer.outbox, made.source, made.interests.difference(*others))
        if not self._orders:
            self.station.hub.leave(self.writer.outbox)

    def _resume(self, said: Resume, client: Client) -> None:
        try:
            if self._has_resumed:
                raise ValueError("You are back already.")
            remembered = read_resume(said.token, client.user_id, self.station.clock.now())
            counts = remembered.messages, remembered.errors
            other = self.station.registry.resume(client, remembered.client_id, *counts)
        except ValueError as error:
            self.refuse(codes.NOT_ALLOWED, str(error), said.id)
            return
        self._has_resumed = True
        if other:
            other.close(codes.REPLACED, "You are connected elsewhere now.")
        told = answers.Resumed(id=said.id, client=client.id, messages=client.message_count, errors=client.error_count)
        self.writer.answer(told)
        self.renew(client)
