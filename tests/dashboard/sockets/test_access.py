"""W-15, suite security, second part: what somebody who is logged in may hear, and for how long."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from channels.db import database_sync_to_async
from django.contrib.auth.models import Group, Permission, User
from django.test import Client
from msgspec import structs

from dashboard.protocol.topics import OF_ACCOUNTS, Topic
from dashboard.sockets.door import Door
from dashboard.sockets.resume import resume_token
from feeds.storage import keys
from feeds.storage.live import LiveStore
from feeds.storage.logbook import LogLine, encode
from positions.models import Account
from tests.clock import ManualClock
from tests.dashboard.accounts.samples import LONG, account_state, debug_state, orders_state, positions_state, write
from tests.dashboard.conftest import Visitor
from tests.dashboard.sockets.talking import Talk, browser, make_token, program
from tests.redis_server import RedisServer
from tests.waiting import wait_for

pytestmark = pytest.mark.django_db(transaction=True)


async def tell(store: LiveStore, account: Account) -> None:
    """All that a worker tells of an account."""
    line = structs.replace(LONG, symbol=f"HELD{account.pk}USDT")
    now = datetime.now(UTC)
    await write(store, positions_state(account.pk, line), orders_state(account.pk), account_state(account.pk, now=now))
    await write(store, debug_state(account.pk))


async def refusals(talk: Talk, *wishes: dict[str, Any]) -> list[tuple[int, str]]:
    """What was refused of these."""
    await talk.say("subscribe", id=7, topics=list(wishes))
    found = []
    while (message := await talk.next_of("error", "subscribed"))["type"] == "error":
        assert message["id"] == 7
        found.append((message["code"], message["text"]))
    assert len(message["topics"]) == len(wishes) - len(found)
    return found


@pytest.fixture
def bob(bob_account: Account) -> Visitor:
    client = Client()
    client.force_login(bob_account.owner)
    return Visitor(bob_account.owner, client)


@pytest.mark.parametrize("topic", sorted(OF_ACCOUNTS - {Topic.DEBUG}))
async def test_anothers_account_is_not_there(
    site: Door, visitor: Visitor, ada_account: Account, bob_account: Account, topic: str
) -> None:
    """S6: the answer is the same as for an account that nobody has."""
    nobodys = bob_account.pk + 1000
    async with browser(visitor, site) as talk:
        wishes = [{"topic": topic, "account": account} for account in (bob_account.pk, nobodys, ada_account.pk)]
        first, second = await refusals(talk, *wishes)
        assert first[0] == second[0] == 4404
        assert first[1].replace(str(bob_account.pk), "N") == second[1].replace(str(nobodys), "N")


@pytest.mark.parametrize(
    ("flags", "own", "others"),
    [({}, 4403, 4403), ({"is_staff": True}, 0, 4404), ({"is_staff": True, "is_superuser": True}, 0, 0)],
)
async def test_debug_is_for_staff_and_of_accounts_that_they_may_see(
    site: Door,
    visitor: Visitor,
    ada_account: Account,
    bob_account: Account,
    flags: dict[str, bool],
    own: int,
    others: int,
) -> None:
    """M-11, S6: to look after the site is not to see everybody's money."""
    await User.objects.filter(pk=visitor.user.pk).aupdate(**flags)
    async with browser(visitor, site) as talk:
        for account, code in ((ada_account, own), (bob_account, others)):
            refused = await refusals(talk, {"topic": "debug", "account": account.pk})
            assert [refusal[0] for refusal in refused] == ([code] if code else [])


async def test_the_debug_record_comes_where_it_was_asked_for(
    site: Door, operator: Visitor, ada_account: Account, store: LiveStore
) -> None:
    """M-11: with its topic, and with no other."""
    await tell(store, ada_account)
    async with browser(operator, site) as talk:
        await talk.subscribe("debug")
        assert (await talk.next("debug"))["messages"][0]["text"].startswith("🔮 OMEGA DEBUG ")
    async with browser(operator, site) as talk:
        await talk.subscribe("positions", "orders", "account", "price", "health")
        assert '"type":"debug"' not in await talk.until_tick()


async def test_log_is_for_staff_and_comes_with_its_topic_alone(
    site: Door, bob: Visitor, operator: Visitor, own_redis: RedisServer
) -> None:
    """B-16: what processes warn of is for operators; how Redis does is for everybody."""
    line = LogLine(datetime.now(UTC), "ERROR", "worker 7", "feeds", "the feed broke")
    with own_redis.client() as client:
        client.xadd(keys.EVENT_LOG, {keys.EVENT_FIELD: encode(line)})
    async with browser(bob, site) as talk:
        assert [code for code, _ in await refusals(talk, {"topic": "log"})] == [4403]
        await talk.subscribe("redis")
        assert (await talk.next("redis"))["servers"][0]["name"] == "primary"
    async with browser(operator, site) as talk:
        await talk.subscribe("log")
        assert (await talk.next("log"))["lines"][0]["text"] == "the feed broke"


async def test_not_a_byte_of_anothers_account_is_sent(
    site: Door, visitor: Visitor, bob: Visitor, ada_account: Account, bob_account: Account, store: LiveStore
) -> None:
    """S6: one reader serves all; each is handed what is their own."""
    await tell(store, ada_account)
    await tell(store, bob_account)
    async with browser(bob, site) as theirs, browser(visitor, site) as ours:
        await theirs.subscribe("positions", "orders", "account")
        assert (await ours.subscribe("positions", "orders", "account"))["topics"][0]["accounts"] == [ada_account.pk]
        frames = await ours.until_tick()
        await theirs.next("position", account=bob_account.pk)
    frames += "".join(ours.frames)
    assert f"HELD{ada_account.pk}USDT" in frames
    assert f"HELD{bob_account.pk}USDT" not in frames
    assert f'"account":{bob_account.pk},' not in frames


async def test_a_token_narrows_what_its_owner_may_hear(site: Door, visitor: Visitor, ada_account: Account) -> None:
    """W-17: permission by topic; the scope of a token is a bound, never a gift."""
    token = await make_token(visitor.user, (Topic.PRICE, Topic.DEBUG))
    async with program(token, site) as talk:
        wanted = ("price", "trades", "positions", "debug")
        refused = await refusals(talk, *({"topic": topic} for topic in wanted))
        assert [code for code, _ in refused] == [4403, 4403, 4403]


def _not_staff(visitor: Visitor, account: Account) -> None:
    User.objects.filter(pk=visitor.user.pk).update(is_staff=False, is_superuser=False)


def _other_owner(visitor: Visitor, account: Account) -> None:
    Account.objects.filter(pk=account.pk).update(owner=User.objects.create_user("carol"))


def _no_account(visitor: Visitor, account: Account) -> None:
    Account.objects.filter(pk=account.pk).delete()


@pytest.mark.parametrize(
    ("topic", "end"), [("debug", _not_staff), ("positions", _other_owner), ("orders", _no_account)]
)
async def test_a_right_that_is_gone_closes_the_socket(
    site: Door,
    visitor: Visitor,
    ada_account: Account,
    store: LiveStore,
    clock: ManualClock,
    topic: str,
    end: Callable[[Visitor, Account], None],
) -> None:
    """S4: within 5 s, and what was private before is not told any more."""
    await User.objects.filter(pk=visitor.user.pk).aupdate(is_staff=True)
    await tell(store, ada_account)
    async with browser(visitor, site) as talk:
        await talk.subscribe({"topic": topic, "account": ada_account.pk})
        await database_sync_to_async(end)(visitor, ada_account)
        await clock.advance(5)
        assert (await talk.closed())[0] == 4403
        await tell(store, ada_account)
        assert talk.socket.output_queue.empty()


async def test_a_group_that_is_left_takes_its_accounts_along(
    site: Door, visitor: Visitor, bob_account: Account, store: LiveStore, clock: ManualClock
) -> None:
    """S4: what a group may see comes and goes with it; the account that comes, comes by itself."""
    desk = await Group.objects.acreate(name="desk")
    await bob_account.groups.aadd(desk)
    await tell(store, bob_account)
    async with browser(visitor, site) as talk:
        assert (await talk.subscribe("positions"))["topics"][0]["accounts"] == []
        await visitor.user.groups.aadd(desk)
        await clock.advance(5)
        assert (await talk.next("subscribed", id=None))["topics"][0]["accounts"] == [bob_account.pk]
        assert (await talk.next("position"))["account"] == bob_account.pk
        await visitor.user.groups.aremove(desk)
        await clock.advance(5)
        assert (await talk.closed())[0] == 4403


async def test_a_right_that_nobody_uses_closes_nothing(
    site: Door, operator: Visitor, ada_account: Account, clock: ManualClock
) -> None:
    """S4: who is staff no more and listened to prices goes on doing so, and gets no debug record."""
    async with browser(operator, site) as talk, browser(operator, site) as witness:
        await talk.subscribe("price", {"topic": "positions", "account": ada_account.pk})
        await witness.subscribe("debug")
        await database_sync_to_async(_not_staff)(operator, ada_account)
        await clock.advance(5)
        # Of one user all sockets are looked at together.
        assert (await witness.closed())[0] == 4403
        assert [code for code, _ in await refusals(talk, {"topic": "debug"})] == [4403]


def _let_publish(user: User) -> None:
    user.user_permissions.add(Permission.objects.get(content_type__app_label="dashboard", codename="publish"))


async def test_to_publish_is_a_right_of_its_own(site: Door, visitor: Visitor, clock: ManualClock) -> None:
    """S4: it takes the owner's permission and the token's; without either the answer is 4403, at the next command."""
    free, bound = await make_token(visitor.user, may_publish=True), await make_token(visitor.user)
    async with program(free, site) as talk:
        await talk.say("publish", id=1, name="signals", data={})
        assert (await talk.next("error", id=1))["code"] == 4403
        await database_sync_to_async(_let_publish)(visitor.user)
        await clock.advance(5)

        async def publish() -> dict[str, Any] | None:
            await talk.say("publish", id=2, name="signals", data={})
            answer = await talk.next_of("accepted", "error")
            return answer if answer["type"] == "accepted" else None

        assert (await wait_for(publish))["topic"] == "ada/signals"
    async with program(bound, site) as talk:
        await talk.say("publish", id=3, name="signals", data={})
        assert (await talk.next("error", id=3))["code"] == 4403


async def test_a_page_cannot_publish(site: Door, visitor: Visitor) -> None:
    """W-19: a browser's socket only listens."""
    await database_sync_to_async(_let_publish)(visitor.user)
    async with browser(visitor, site) as talk:
        await talk.say("publish", id=1, name="signals", data={})
        assert (await talk.next("error"))["code"] == 4400


async def test_a_resume_token_of_another_is_refused(
    site: Door, visitor: Visitor, bob: Visitor, clock: ManualClock
) -> None:
    """S19: stolen, forged or too old, the connection stays the new one that it is."""
    async with browser(bob, site) as theirs, browser(visitor, site) as ours:
        stolen = (await theirs.next("hello"))["resume"]
        mine = await ours.next("hello")
        for number, token in enumerate((stolen, mine["resume"][:-1], "", "a:b:c")):
            await ours.say("resume", id=number, token=token)
            assert (await ours.next("error", id=number))["code"] == 4403
        old = resume_token(mine["client"], visitor.user.pk, 1, 0, clock.now() - timedelta(seconds=301))
        await ours.say("resume", id=9, token=old)
        assert (await ours.next("error", id=9))["code"] == 4403
        await ours.say("ping", id=10)
        await ours.next("pong", id=10)
        await theirs.say("ping", id=1)
        await theirs.next("pong", id=1)
