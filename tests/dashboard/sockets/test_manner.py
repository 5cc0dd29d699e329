"""What is pushed comes in the manner of who listens, as the page did."""

import pytest
from channels.db import database_sync_to_async
from django.contrib.auth.models import User
from django.test import Client

from dashboard.models import Preference
from dashboard.sockets.door import Door
from feeds.storage.live import LiveStore
from positions.models import Account
from tests.clock import ManualClock
from tests.dashboard.accounts.samples import LONG, positions_state, write
from tests.dashboard.conftest import Visitor
from tests.dashboard.sockets.talking import browser, make_token, program

pytestmark = pytest.mark.django_db(transaction=True)


async def test_two_readers_of_one_account_hear_it_each_in_their_manner(
    site: Door, operator: Visitor, ada_account: Account, store: LiveStore
) -> None:
    """A program too: it always hears English, plain numbers and UTC."""
    root = await User.objects.acreate(username="root", is_superuser=True)
    await Preference.objects.acreate(user=root, language="de", numbers="continental", zone="Europe/Berlin")
    reader = Visitor(root, Client())
    await database_sync_to_async(reader.client.force_login)(root)
    await write(store, positions_state(ada_account.pk, LONG))
    token = await make_token(root)
    heard = []
    async with browser(operator, site) as plain, browser(reader, site) as other, program(token, site) as machine:
        for talk in (plain, other, machine):
            await talk.subscribe("positions")
            heard.append((await talk.next("position"))["positions"][0])
    assert heard[0] == heard[2]
    plain_text, other_text = heard[0]["pnl"]["text"], heard[1]["pnl"]["text"]
    assert plain_text != other_text
    assert plain_text.translate({ord(","): ".", ord("."): ","}) == other_text


async def test_a_page_whose_reader_chose_anew_is_loaded_anew(
    site: Door, visitor: Visitor, ada_account: Account, clock: ManualClock
) -> None:
    """Half of it would stay as it was; nothing of the old manner is taken for the new one's place."""
    async with browser(visitor, site) as talk:
        await talk.subscribe("positions")
        await Preference.objects.acreate(user=visitor.user, numbers="spaced")
        await clock.advance(5)
        assert (await talk.closed())[0] == 4003


async def test_the_end_of_all_sessions_ends_the_sockets(site: Door, visitor: Visitor, clock: ManualClock) -> None:
    """S3: a page that is open elsewhere goes to the login."""
    async with browser(visitor, site) as talk:
        await talk.subscribe("health")
        await database_sync_to_async(visitor.client.post)("/settings/sessions/end/")
        await clock.advance(5)
        assert (await talk.closed())[0] == 4401
