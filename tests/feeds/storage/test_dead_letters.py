"""What the database cannot take is set aside with its reason, and stored when what was wrong is right."""

import pytest
from django.contrib.auth.models import Permission, User
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from msgspec import structs

from feeds.admin.inbox import STORED_AT_ONCE
from feeds.models import DeadLetter, Instrument, Trade
from feeds.storage import latest
from feeds.storage.drain import Drain
from feeds.storage.latest import LoggedTrade
from tests.feeds.page import text_of
from tests.feeds.samples import logged
from tests.feeds.storage.log import append, pending, stored
from tests.redis_server import RedisServer

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize(
    ("poison", "reason"),
    [
        (logged(7, instrument="NO-SUCH"), "foreign key"),
        (logged(7, venue="nowhere"), "foreign key"),
        (b"not json", "DecodeError"),
        (b"{}", "ValidationError"),
        (b'\0\xff"', "DecodeError"),
        (latest.encode(logged(7)).replace(b'"buy"', b'"hold"'), "ValidationError"),
        (latest.encode(logged(7)).replace(b'"76000.10"', b'"NaN"'), "decimal number"),
    ],
    ids=["instrument", "venue", "no json", "empty", "no text", "side", "not a number"],
)
def test_poison_is_set_aside_with_its_reason(
    drain: Drain, shared_redis: RedisServer, poison: LoggedTrade | bytes, reason: str
) -> None:
    """D9: the batch is halved until the one bad row is alone; the others are stored in the same step."""
    append(shared_redis, *map(logged, range(5)), poison, *map(logged, range(10, 15)))
    assert drain.step() == 11
    assert stored() == [*range(5), *range(10, 15)]
    letter = DeadLetter.objects.get()
    assert reason.lower() in letter.reason.lower()
    assert letter.server == "primary"
    if isinstance(poison, LoggedTrade):
        assert latest.decode_trade(letter.content) == poison
    assert pending(shared_redis) == 0


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite takes any text")
@pytest.mark.parametrize("trade_id", ["1" * 41, "1\0"], ids=["too long", "NUL"])
def test_what_only_postgresql_refuses_is_set_aside(drain: Drain, shared_redis: RedisServer, trade_id: str) -> None:
    """D9: also where it fails while a batch is copied."""
    append(shared_redis, logged(1), structs.replace(logged(7), trade_id=trade_id), logged(2))
    drain.step()
    assert stored() == [1, 2]
    assert "DataError" in DeadLetter.objects.get().reason


def test_poison_that_is_delivered_again_is_one_letter(drain: Drain, shared_redis: RedisServer) -> None:
    """D8 D9: also where the drain died before it acknowledged."""
    append(shared_redis, b"not json")
    drain.step()
    with shared_redis.client() as client:
        client.xgroup_setid("trade_log", "database", "0")
    assert drain.step() == 1
    assert DeadLetter.objects.count() == 1


def test_a_batch_of_nothing_but_poison_holds_nothing_up(drain: Drain, shared_redis: RedisServer) -> None:
    """D9: a whole batch of an instrument that is gone; what comes next is stored."""
    append(shared_redis, *(logged(number, instrument="GONE") for number in range(100)), logged(1000))
    drain.step()
    assert (DeadLetter.objects.count(), stored(), pending(shared_redis)) == (100, [1000], 0)


def say_store_again(client: Client) -> str:
    """What staff reads after the action on all letters."""
    page = reverse("admin:feeds_deadletter_changelist")
    pks = list(DeadLetter.objects.values_list("pk", flat=True))
    form = {"action": "store_again", "_selected_action": pks, "confirmed": "yes"}
    return text_of(client.post(page, form, follow=True).content)


def test_staff_stores_a_letter_again_and_reads_what_happened(
    drain: Drain, shared_redis: RedisServer, admin_client: Client
) -> None:
    """D9: while it is still wrong the page says why; afterwards the trade is there, once."""
    append(shared_redis, logged(7, instrument="NEW-USDT"))
    drain.step()
    assert "cannot be stored: IntegrityError" in say_store_again(admin_client)
    assert stored() == []
    Instrument.objects.create(code="NEW-USDT", base="NEW", quote="USDT")
    assert "is stored." in say_store_again(admin_client)
    assert "is stored already." in say_store_again(admin_client)
    assert Trade.objects.get().instrument_id == "NEW-USDT"


def test_so_many_letters_at_once_and_no_more(db: None, admin_client: Client) -> None:
    """D9: nobody waits for thousands of transactions; how many are left is told."""
    letters = [
        DeadLetter(
            server="primary", entry_id=f"{number}-0", content="not json", reason="x", set_aside_at=timezone.now()
        )
        for number in range(STORED_AT_ONCE + 1)
    ]
    DeadLetter.objects.bulk_create(letters)
    told = say_store_again(admin_client)
    assert told.count("cannot be stored") == STORED_AT_ONCE
    assert "1 more were not tried" in told


def test_who_may_only_look_cannot_store(drain: Drain, shared_redis: RedisServer, client: Client) -> None:
    """D9: the action needs the permission to change."""
    append(shared_redis, logged(7, instrument="NEW-USDT"))
    drain.step()
    user = User.objects.create_user("viewer", is_staff=True)
    user.user_permissions.add(Permission.objects.get(codename="view_deadletter"))
    client.force_login(user)
    page = client.get(reverse("admin:feeds_deadletter_changelist")).content.decode()
    assert "foreign key" in page.lower()
    assert "store_again" not in page
    Instrument.objects.create(code="NEW-USDT", base="NEW", quote="USDT")
    say_store_again(client)
    assert stored() == []
