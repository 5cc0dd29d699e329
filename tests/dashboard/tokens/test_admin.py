"""API tokens in the admin."""

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission, User
from django.contrib.messages import get_messages
from django.test import Client
from django.urls import reverse

from dashboard.models import ApiToken
from dashboard.sockets.identity import TokenLogin, identify
from tests.dashboard.tokens.samples import right_to_publish, shown_in, token_of

pytestmark = pytest.mark.django_db
LIST = "admin:dashboard_apitoken_changelist"
ADD = "admin:dashboard_apitoken_add"
CHANGE = "admin:dashboard_apitoken_change"


@pytest.fixture
def ada() -> User:
    return User.objects.create_user("ada")


@pytest.fixture
def root(client: Client) -> Client:
    """Who may do everything."""
    client.force_login(User.objects.create_superuser("root"))
    return client


@pytest.fixture
def clerk(client: Client) -> Client:
    """Staff with all rights over tokens, and no others."""
    user = User.objects.create_user("clerk", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(content_type__model="apitoken"))
    client.force_login(user)
    return client


def add(client: Client, owner: User, **form: str) -> str:
    data = {"name": "robot", "days": "90", "owner": str(owner.pk), **form}
    return client.post(reverse(ADD), data).content.decode()


def test_new_token_is_shown_once_and_written_down_nowhere(root: Client, ada: User) -> None:
    """W-17: not in a message, the history, the list or its own page."""
    page = add(root, ada)
    text = shown_in(page)
    assert text
    assert "not shown again" in page
    identity = identify(TokenLogin.of(text))
    assert identity
    assert identity.username == "ada"
    token = ApiToken.objects.get()
    later = [root.get(address).content.decode() for address in (reverse(LIST), reverse(CHANGE, args=[token.pk]))]
    later += [str(entry.__dict__) for entry in LogEntry.objects.all()]
    assert len(later) == 3
    assert all(token.prefix in each for each in later)
    assert not any(secret in each for each in later for secret in (text[15:], token.digest))


def test_tokens_are_found_by_owner_and_state(root: Client, ada: User) -> None:
    """Those that still let somebody in, and the others."""
    live, revoked = token_of(ada, name="robot")[0], token_of(ada, name="gone")[0]
    revoked.revoke(revoked.expires_at)
    for asked, there in (("live", live), ("ended", revoked), ("", live)):
        page = root.get(reverse(LIST), {"state": asked, "q": "ada"} if asked else {})
        assert there.name in page.content.decode()
    assert "gone" not in root.get(reverse(LIST), {"state": "live"}).content.decode()


def test_selected_tokens_are_revoked(root: Client, ada: User) -> None:
    """S3: asked first; then each by itself, so that its sockets hear of it; what was revoked stays as it was."""
    tokens = [token_of(ada) for _ in range(3)]
    tokens[2][0].revoke(tokens[2][0].created_at)
    pks = [str(token.pk) for token, _ in tokens]
    form = {"action": "revoke", "_selected_action": pks}
    assert "never get in with it again" in root.post(reverse(LIST), form).content.decode()
    assert identify(TokenLogin.of(tokens[0][1]))
    answer = root.post(reverse(LIST), {**form, "confirmed": "yes"})
    assert [str(message) for message in get_messages(answer.wsgi_request)][0].startswith("Revoked: 2.")
    assert [identify(TokenLogin.of(text)) for _, text in tokens] == [None] * 3
    assert LogEntry.objects.filter(change_message="Revoked.").count() == 2


def test_token_that_is_there_is_only_looked_at(root: Client, ada: User) -> None:
    """Nobody edits a digest, an owner or an end."""
    token = token_of(ada)[0]
    answer = root.post(reverse(CHANGE, args=[token.pk]), {"name": "other", "days": "300"})
    assert answer.status_code == 403
    assert ApiToken.objects.values("name", "digest").get() == {"name": "test", "digest": token.digest}


def test_staff_make_tokens_for_themselves_alone(clerk: Client) -> None:
    """Who sees a token is its owner: nobody becomes an administrator by this page."""
    assert "Select a valid choice" in add(clerk, User.objects.create_superuser("root"))
    assert "not shown again" in add(clerk, User.objects.get(username="clerk"))


def test_what_its_owner_may_not_is_refused(root: Client, ada: User) -> None:
    """With the reason, for whoever fills the form in."""
    assert "ada may not publish." in add(root, ada, may_publish="on")
    assert "debug is for operators." in add(root, ada, topics="debug")
    ada.user_permissions.add(right_to_publish())
    assert "not shown again" in add(root, User.objects.get(pk=ada.pk), may_publish="on")
