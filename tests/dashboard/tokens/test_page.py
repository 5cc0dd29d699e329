"""The page of one's own API tokens."""

import html
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from pytest_django import Settings

from dashboard.models import ApiToken
from dashboard.protocol.topics import Topic
from dashboard.sockets.identity import TokenLogin, identify
from dashboard.tokens.form import MOST_TOKENS
from dashboard.tokens.views import SHOWN
from feeds.clock import SystemClock
from tests.dashboard.tokens.samples import right_to_publish, shown_in, token_of
from tests.feeds.page import text_of

pytestmark = pytest.mark.django_db
PAGE = "/tokens/"


@pytest.fixture
def ada(client: Client) -> User:
    """She is logged in."""
    ada = User.objects.create_user("ada")
    client.force_login(ada)
    return ada


def shown(client: Client) -> str:
    return text_of(client.get(PAGE).content)


def make(client: Client, **form: Any) -> str:
    """What the page says after its button."""
    answer = client.post(PAGE, {"name": "my robot", "days": 90, **form})
    assert answer.status_code == 200
    assert "no-store" in answer["Cache-Control"]
    return answer.content.decode()


def test_new_token_is_shown_once_and_lets_its_owner_in(client: Client, ada: User) -> None:
    """W-17: in the answer and nowhere else; the row has a digest that opens nothing."""
    page = make(client, topics=["price", "trades"])
    text, row = shown_in(page), ApiToken.objects.get()
    assert text
    assert "Copy it now: it is not shown again." in page
    identity = identify(TokenLogin.of(text))
    assert identity
    assert (identity.user_id, sorted(identity.topics)) == (ada.pk, [Topic.PRICE, Topic.TRADES])
    assert timedelta(days=89) < row.expires_at - SystemClock().now() <= timedelta(days=90)
    kept = [str(value) for value in (*ApiToken.objects.values_list().get(), row, repr(row), client.session.items())]
    assert not any(text[15:] in each for each in [*kept, shown(client)])


def test_list_tells_scope_end_and_use(client: Client, ada: User) -> None:
    """One's own alone, the ended ones too."""
    now = SystemClock().now()
    token_of(ada, name="robot", topics=["price"], expires_at=now + timedelta(days=2), last_used_at=now)
    token_of(ada, name="old one", may_publish=True, expires_at=now - timedelta(days=2))
    token_of(User.objects.create_user("bob"), name="not hers")
    text = shown(client)
    for said in (
        "robot",
        "price",
        "Ends on",
        "Last used",
        "old one",
        "All topics. May publish.",
        "Ended on",
        "Never used",
    ):
        assert said in text
    assert "not hers" not in text


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"name": ""}, "This field is required."),
        ({"days": 0}, "greater than or equal to 1"),
        ({"days": 367}, "less than or equal to 366"),
        ({"topics": ["everything"]}, "everything is not one of the available choices"),
        ({"topics": ["debug"]}, "debug is not one of the available choices"),
    ],
)
def test_what_cannot_be_is_said_beside_its_field(client: Client, ada: User, form: dict[str, Any], said: str) -> None:
    """And nothing is made."""
    assert said in html.unescape(make(client, **form))
    assert not ApiToken.objects.exists()


def test_publishing_is_offered_to_who_may(client: Client, ada: User) -> None:
    """Who may not is not asked, and gets none by asking."""
    assert "May publish" not in shown(client)
    make(client, may_publish="on")
    assert not ApiToken.objects.get().may_publish
    ada.user_permissions.add(right_to_publish())
    assert "May publish" in shown(client)
    make(client, may_publish="on")
    assert ApiToken.objects.filter(may_publish=True).count() == 1


def test_debug_is_offered_to_staff(client: Client, ada: User) -> None:
    """As the page that it belongs to."""
    assert 'value="debug"' not in client.get(PAGE).content.decode()
    User.objects.update(is_staff=True)
    make(client, topics=["debug"])
    assert ApiToken.objects.get().topics == ["debug"]


def test_nobody_has_more_tokens_than_anybody_needs(client: Client, ada: User) -> None:
    """S16: ended ones do not count."""
    for _ in range(MOST_TOKENS):
        token_of(ada)
    assert "Revoke one first" in make(client)
    ApiToken.objects.first().revoke(SystemClock().now())  # type: ignore[union-attr]  # there are some
    assert "Copy it now" in make(client)


def test_revoked_token_opens_nothing(client: Client, ada: User) -> None:
    """S3: at once, and for good; the time of it stays."""
    token, text = token_of(ada)
    for _ in range(2):
        assert client.post(f"{PAGE}{token.pk}/revoke/").status_code == 302
    assert identify(TokenLogin.of(text)) is None
    assert "Revoked on" in shown(client)


def test_another_ones_token_is_not_there(client: Client, ada: User) -> None:
    """S6: the same answer as for none."""
    other = token_of(User.objects.create_user("bob"))[0]
    for pk in (other.pk, 999):
        assert client.post(f"{PAGE}{pk}/revoke/").status_code == 404
    assert not ApiToken.objects.exclude(revoked_at=None).exists()


def test_only_a_person_who_is_logged_in_and_means_it(client: Client, ada: User) -> None:
    """A stranger is sent to the login, a link revokes nothing, and a foreign page's form neither."""
    token = token_of(ada)[0]
    strict = Client(enforce_csrf_checks=True)
    assert strict.get(PAGE)["Location"] == f"/login/?next={PAGE}"
    strict.force_login(ada)
    answers = [
        client.get(f"{PAGE}{token.pk}/revoke/"),
        strict.post(f"{PAGE}{token.pk}/revoke/"),
        strict.post(PAGE, {"name": "stolen", "days": 90}),
    ]
    assert [answer.status_code for answer in answers] == [405, 403, 403]
    assert ApiToken.objects.filter(revoked_at=None).count() == 1


def test_error_page_shows_no_token(client: Client, ada: User, settings: Settings) -> None:
    """S11: Django's own, with DEBUG on, of a token that was made and could not be shown."""

    def fail(execute: Callable[..., Any], sql: str, *arguments: Any) -> Any:
        if f"LIMIT {SHOWN}" in sql:
            raise RuntimeError("unforeseen")
        return execute(sql, *arguments)

    settings.DEBUG, client.raise_request_exception = True, False
    with connection.execute_wrapper(fail):
        page = client.post(PAGE, {"name": "my robot", "days": 90}).content.decode()
    assert ApiToken.objects.exists()
    assert "unforeseen" in page
    assert shown_in(page) is None


def test_every_page_leads_there(client: Client, ada: User) -> None:
    """From the menu behind one's name."""
    assert f'href="{PAGE}"' in client.get("/notices/").content.decode()
