"""Every page in the language that shows what was not translated."""

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from asgiref.sync import async_to_sync
from django.test import Client
from pytest_django import Settings

from dashboard.models import Dashboard, Panel, Preference
from dashboard.panels.kinds import KINDS
from feeds.storage.live import LiveStore
from positions.models import Account
from tests.dashboard.conftest import Visitor, Writer
from tests.dashboard.samples import feed_state, price_state, trade
from tests.dashboard.tokens.samples import token_of
from tests.feeds.rows import make_rows as make_market
from tests.positions.admin.rows import make_rows as make_account
from tests.texts import pseudo

PAGES = (
    *("/", "/instruments/BTC-USDT/", "/positions/", "/system/", "/debug/position_component_debug.html"),
    *("/dashboards/", "/settings/", "/settings/sessions/", "/settings/password/", "/settings/second-factor/"),
    *("/tokens/", "/notices/", "/no-such-page/", "/admin/"),
)

# Names, codes, and what was seen, in technical words: the titles of what is told in sentences.
DATA = re.compile(
    r"""(?x)
    [a-z_0-9:]+ | .*\*{9} | .*\|\ OMEGA | \S+\ (?:@|=|→)\ .* | Main.* | .*\d\d:\d\d | \d+-\d+
    | (?:Binance|KuCoin|Bybit|Kraken|Gate\.io):? | BitGet\ ·\ Main | Binance\ →\ htx | 0\.00312\ bps
    | silent:\ no\ market\ data\ for\ 3\ s | No\ venue\ delivers | the\ venue\ has\ them\ no\ more | Connected\.
    | position\ BTCUSDT\ long | BTC-USDT\ (?:buy|sell)\ .* | Primary.* | Drain | \w+…\ \(test\)
    | Venue:main:binance\ connected
    | English | Deutsch | TradingView\ Lightweight\ Charts™ | https://\S+ | Administrator | Operator | Viewer
    | (?:Africa|America|Antarctica|Arctic|Asia|Atlantic|Australia|Europe|Indian|Pacific)/.*
    | True | False | Date
    # What libraries say without gettext.
    | (?:0\ )?[Aa]uthenticators?
    # Names of rights, which Django keeps in the database.
    | .*\|\ Can\ .*
    """
)


@pytest.fixture
def reader(visitor: Visitor, redis_server: str, settings: Settings, tmp_path: Path) -> Client:
    """Somebody who may see everything, of which there is something, and reads the language."""
    pseudo.write_to(tmp_path)
    settings.LOCALE_PATHS = [tmp_path]
    user = visitor.user
    user.is_staff = user.is_superuser = True
    user.save()
    Preference.objects.create(user=user, language="de")
    token_of(user)
    make_market()
    make_account(Account.objects.create(label="Main", owner=user))
    board = Dashboard.objects.create(title="BOARD", owner=user)
    for place, kind in enumerate(KINDS.values(), 1):
        Panel.objects.create(dashboard=board, kind=kind.code, size=kind.size.value, place=place)
    async_to_sync(show)(redis_server)
    return visitor.client


async def show(url: str) -> None:
    now = datetime.now(UTC)
    store = LiveStore(url)
    writer = Writer(store)
    last = trade(1, "64123.45", now)
    await writer.log(last)
    await writer.show(price_state(last, now))
    await writer.show(feed_state(now))
    await store.close()


def page(client: Client, path: str) -> str:
    html = client.get(path, follow=True).content.decode()
    assert "⟦" in html, path
    return html


def left(path: str, html: str) -> list[str]:
    """What is left over on a page, without the data."""
    return [f"{path}: {text}" for text in pseudo.bare(html) if not DATA.fullmatch(text)]


@pytest.mark.timeout(300)
def test_every_page_says_all_through_gettext(reader: Client) -> None:
    """Issue 8, point 8: what a person reads is translated, or a name, a number or a code. Of the admin the lists, the
    first row of each, and a new one.
    """
    seen = {path: page(reader, path) for path in PAGES}
    lists = dict.fromkeys(re.findall(r'href="(/admin/\w+/\w+/)"', seen["/admin/"]))
    assert len(lists) >= 25
    for rows in lists:
        seen[rows] = page(reader, rows)
        further = re.findall(rf'href="({rows}[^"/]+/change/)', seen[rows])[:1] + re.findall(
            rf'"({rows}add/)"', seen[rows]
        )
        seen.update({path: page(reader, path) for path in dict.fromkeys(further)})
    assert "\n".join(text for path, html in seen.items() for text in left(path, html)) == ""
