"""The pages of dashboards, as people without a script have them."""

import html
import json
from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client

from dashboard.dashboards.changes import MOST_DASHBOARDS
from dashboard.models import Dashboard, StartPage
from positions.models import Account
from tests.dashboard.dashboards.samples import board_of, kinds_of, numbers_of, panel_of, show_to
from tests.feeds.page import text_of

pytestmark = pytest.mark.usefixtures("redis_server")


@pytest.fixture
def browser(ada: User, client: Client) -> Client:
    """Ada is logged in."""
    client.force_login(ada)
    return client


def shown(client: Client, address: str, status: int = 200) -> str:
    answer = client.get(address)
    assert answer.status_code == status
    assert "no-store" in answer["Cache-Control"]
    return answer.content.decode()


def placed_on(page: str) -> list[str]:
    """The kinds of the panels in their order."""
    return [part.split('"', 1)[0] for part in page.split('data-panel="')[1:]]


def post(client: Client, address: str, **form: Any) -> str:
    """Where it leads, or what it says where it leads nowhere."""
    answer = client.post(address, form)
    return str(answer["Location"]) if answer.status_code == 302 else html.unescape(answer.content.decode())


def test_a_dashboard_is_made_filled_and_arranged_without_a_script(browser: Client, ada: User) -> None:
    """Issue 8, 2: new, add, up and down, size, remove, rename, delete."""
    address = post(browser, "/dashboards/", title="Morning", like="").removesuffix("#arrange")
    assert "This dashboard has no panels yet." in shown(browser, address)
    for kind in ("tape", "price", "venues"):
        assert post(browser, f"{address}panels/", kind=kind) == f"{address}edit/"
    assert 'value="up" aria-label="Up: Trades" disabled' in " ".join(shown(browser, f"{address}edit/").split())
    dashboard = Dashboard.objects.get(owner=ada)
    tape, price, venues = numbers_of(dashboard)
    post(browser, f"{address}panels/{price}/", step="up")
    post(browser, f"{address}panels/{tape}/", step="down")
    post(browser, f"{address}panels/{venues}/", size="S")
    assert kinds_of(dashboard) == ["price:L", "venues:S", "tape:M"]
    assert placed_on(shown(browser, address)) == ["price", "venues", "tape"]
    post(browser, f"{address}panels/{price}/", step="remove")
    post(browser, f"{address}panels/{price}/", step="remove")
    post(browser, f"{address}panels/{tape}/", size="HUGE")
    assert kinds_of(dashboard) == ["venues:S", "tape:M"]
    post(browser, f"{address}edit/", title="Evening")
    assert "Evening" in shown(browser, "/dashboards/")
    assert "This cannot be undone." in shown(browser, f"{address}delete/")
    assert post(browser, f"{address}delete/") == "/dashboards/"
    shown_after = browser.get(address)
    assert shown_after.status_code == 404


def test_the_first_page_is_the_one_that_was_chosen(browser: Client, ada: User) -> None:
    """Issue 8, 2: and the overview is never further than the menu."""
    overview = placed_on(shown(browser, "/"))
    dashboard = board_of(ada, "tape", "price", title="Mine alone")
    assert placed_on(shown(browser, "/")) == overview
    assert post(browser, f"/dashboards/{dashboard.pk}/start/") == "/dashboards/"
    assert placed_on(shown(browser, "/")) == ["tape", "price"]
    assert "You begin with it" in shown(browser, "/dashboards/")
    page = shown(browser, "/overview/")
    assert placed_on(page) == overview
    assert f'href="/dashboards/{dashboard.pk}/"' in page
    post(browser, "/overview/start/")
    assert placed_on(shown(browser, "/")) == overview
    assert StartPage.objects.get().dashboard is None


def test_a_groups_dashboard_is_made_ones_own(browser: Client, ada: User) -> None:
    """Issue 8, 2: who may not arrange it gets no button, but a copy."""
    houses = Dashboard.objects.create(title="House")
    panel_of(houses, kind="venues")
    show_to(houses, ada)
    page = shown(browser, f"/dashboards/{houses.pk}/")
    assert placed_on(page) == ["venues"]
    assert "Arrange" not in page
    assert "Make it mine" in shown(browser, "/dashboards/")
    address = post(browser, f"/dashboards/{houses.pk}/copy/")
    page = shown(browser, address)
    assert placed_on(page) == ["venues"]
    assert "House (mine)" in page
    assert "Arrange" in page


def test_a_foreign_account_is_named_nowhere(browser: Client, ada: User) -> None:
    """D-02: not on the page, not in its forms, not among what may be added."""
    account = Account.objects.create(label="SECRET OF BOB", owner=User.objects.create_user("bob"))
    hers = Account.objects.create(label="Of Ada", owner=ada)
    dashboard = board_of(ada)
    panel_of(dashboard, account=account)
    page, forms = shown(browser, f"/dashboards/{dashboard.pk}/"), shown(browser, f"/dashboards/{dashboard.pk}/edit/")
    assert "You may not see this account." in page
    assert "an account that you may not see" in forms
    assert "SECRET" not in page + forms
    assert hers.label in forms
    assert f'data-account="{account.pk}"' not in page


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"kind": "hologram"}, "hologram is not one of the available choices"),
        ({"kind": "price", "feed": "none"}, "none is not one of the available choices"),
        ({"kind": "price", "size": "HUGE"}, "HUGE is not one of the available choices"),
        ({"kind": "venues", "instrument": "BTC-USDT"}, "shows no instrument. Leave it empty."),
        ({"kind": "price", "account": "OWN"}, "shows no account. Leave it empty."),
        ({"kind": "price", "account": "FOREIGN"}, "is not one of the available choices"),
    ],
)
def test_what_cannot_be_shown_is_said_beside_its_field(
    browser: Client, ada: User, form: dict[str, str], said: str
) -> None:
    """And nothing is added."""
    own = Account.objects.create(label="Of Ada", owner=ada)
    foreign = Account.objects.create(label="SECRET OF BOB", owner=User.objects.create_user("bob"))
    numbers = {"OWN": own.pk, "FOREIGN": foreign.pk}
    dashboard = board_of(ada)
    page = post(browser, f"/dashboards/{dashboard.pk}/panels/", **{k: numbers.get(v, v) for k, v in form.items()})
    assert said in page
    assert "SECRET" not in page
    assert dashboard.panels.count() == 3


def test_an_operator_is_offered_what_an_operator_sees(browser: Client, ada: User) -> None:
    """D-02: the log, with the role alone."""
    address = f"/dashboards/{board_of(ada).pk}/"
    assert post(browser, f"{address}panels/", kind="log") != f"{address}edit/"
    ada.groups.add(Group.objects.get(name="Operator"))
    assert post(browser, f"{address}panels/", kind="log") == f"{address}edit/"
    assert "log" in placed_on(shown(browser, address))


def test_arranging_speaks_json(browser: Client, ada: User) -> None:
    """Issue 8, 2: the revision, what is no arrangement, who was overtaken; a foreign page's POST is refused."""
    dashboard = board_of(ada)
    address = f"/dashboards/{dashboard.pk}/arrange/"
    first, *rest = numbers_of(dashboard)
    slots = [{"number": number, "size": "S"} for number in (*rest, first)]

    def save(revision: int) -> tuple[int, dict[str, Any]]:
        wanted = json.dumps({"revision": revision, "panels": slots})
        answer = browser.post(address, wanted, content_type="application/json")
        return answer.status_code, answer.json()

    assert browser.get(address).json() == {"revision": 0}
    assert save(0) == (200, {"revision": 1})
    assert save(0) == (409, {"revision": 1})
    assert kinds_of(dashboard) == ["venues:S", "tape:S", "price:S"]
    assert browser.post(address, "[]", content_type="application/json").status_code == 400
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(ada)
    assert strict.post(address, "{}", content_type="application/json").status_code == 403


def test_who_has_too_many_is_told_what_to_do(browser: Client, ada: User) -> None:
    """S16: beside the form; nothing is made."""
    for _ in range(MOST_DASHBOARDS):
        dashboard = board_of(ada)
    assert "Delete one first" in post(browser, "/dashboards/", title="One more", like="")
    assert "Delete one first" in post(browser, f"/dashboards/{dashboard.pk}/copy/")
    assert Dashboard.objects.count() == MOST_DASHBOARDS


def test_a_title_is_only_text(browser: Client, ada: User) -> None:
    """S9: whatever somebody calls it."""
    dashboard = board_of(ada, title="<img src=x onerror=alert(1)>")
    show_to(dashboard, ada)
    for address in ("/overview/", "/dashboards/", f"/dashboards/{dashboard.pk}/", f"/dashboards/{dashboard.pk}/edit/"):
        assert "<img" not in shown(browser, address)
    assert "<img" in text_of(browser.get("/dashboards/").content)
