"""One private socket: login, subscriptions, and what its account pushes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from tests.exchange.bitget.gate import Refusal, Visitor, judge_login
from tests.exchange.bitget.spelling import Row
from tests.exchange.bitget.talk import Talk
from tests.exchange.bitget.wire import Wire, text
from tests.exchange.dialect import Action, Close, Data, Handshake, Say

if TYPE_CHECKING:
    from tests.exchange.bitget.account import DeskAccount, Topic
    from tests.exchange.bitget.desk import BitgetDesk


class PrivateTalk(Talk):
    def __init__(self, desk: BitgetDesk, wire: Wire, handshake: Handshake, visitor: Visitor) -> None:
        super().__init__(desk, wire, handshake)
        self.account: DeskAccount | None = None  # once it is logged in
        self._visitor = visitor

    def login(self, arg: Row) -> Sequence[Action]:
        """A login that is refused ends the connection."""
        account = self.desk.find_key(str(arg.get("apiKey", "")))
        uid = "" if account is None else account.card.uid
        if self.desk.faults.is_login_unanswered:
            self.desk.note_login(uid, self.wire.version, "")
            return []
        try:
            if self.desk.faults.login_code:
                raise Refusal(self.desk.faults.login_code, "error")
            judge_login(None if account is None else account.card, arg, self._visitor, self.desk.now())
        except Refusal as refusal:
            self.desk.note_login(uid, self.wire.version, refusal.code)
            echo = f": {arg}" if self.desk.faults.is_echoing else ""
            return [self.refuse(refusal.code, f"{refusal.message}{echo}"), Close(1000)]
        self.account = account
        self.desk.note_login(uid, self.wire.version, "0")
        return [Say(text(self.wire.logged_in()))]

    def subscribe(self, arg: Row) -> Sequence[Action]:
        """Positions are told at once; of orders and balances nothing is until they change."""
        if self.account is None:
            self.desk.subscribed_before_login += 1
            return [self.refuse("30004", "User need to log in", arg)]
        channel = str(arg.get(self.wire.word, ""))
        if objection := ("30001", "doesn't exist") if self.is_rejecting else self.wire.objection(arg):
            return [self.refuse(*objection, arg)]
        if channel in self.desk.faults.unacknowledged:
            return []
        self.topics[channel] = None
        acknowledgement = Say(text(self.wire.subscribed(arg)))
        if self.wire.channels[channel] != "positions":
            return [acknowledgement]
        return [acknowledgement, self._push(channel, self.wire.positions(self.account, None))]

    def unsubscribe(self, arg: Row) -> None:
        self.topics.pop(str(arg.get(self.wire.word, "")), None)

    def tell(self, account: DeskAccount, topic: Topic, what: object) -> Sequence[Action]:
        return [self._push(channel, self.wire.rows(account, what)) for channel in self._channels(topic)]

    def say(self, topic: Topic, row: Row) -> Sequence[Action]:
        return [self._push(channel, [row]) for channel in self._channels(topic)]

    def _channels(self, topic: Topic) -> list[str]:
        return [channel for channel in self.topics if self.wire.channels[channel] == topic]

    def _push(self, channel: str, rows: list[Row]) -> Data:
        return Data(self.wire.push(channel, rows, self.desk.now()))
