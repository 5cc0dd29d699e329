"""One person's use of the admin's forms of accounts, and the key that is entered there."""

from typing import Any, Final

from django.conf import settings
from django.contrib.auth.models import User
from django.contrib.messages import get_messages
from django.test import Client
from django.urls import reverse
from redis import Redis

from positions.keys.credentials import Credentials
from positions.models import Account
from tests.exchange.bitget.desk import BitgetDesk
from tests.exchange.bitget.limits import CallLimits
from tests.feeds.page import text_of

KEY: Final = Credentials("bg_0123456789abcdef", "the-secret-of-the-key", "the-passphrase")
SECRETS: Final = {"api_key": KEY.key, "secret": KEY.secret, "passphrase": KEY.passphrase}
ADD: Final = "admin:positions_account_add"
CHANGE: Final = "admin:positions_account_change"
TEST: Final = "admin:positions_account_test"


def key_at(desk: BitgetDesk, *rights: Any, **told: Any) -> None:
    """BitGet has given this key out."""
    desk.open_account(KEY.key, KEY.secret, KEY.passphrase, rights=rights or ("read",), **told)


def a_moment_later(desk: BitgetDesk) -> None:
    """BitGet tells of a key once in a second: over there, and in what we counted, that is past."""
    desk.limits = CallLimits()
    with Redis.from_url(settings.REDIS_URL) as redis:
        redis.flushall()


class Page:
    """One person's use of the forms."""

    def __init__(self, client: Client, user: User) -> None:
        self.client, self.user = client, user

    def add(self, **fields: Any) -> dict[str, list[str]]:
        return self._post(reverse(ADD), {**self.form(), **SECRETS, **fields})

    def change(self, account: Account, **fields: Any) -> dict[str, list[str]]:
        return self._post(reverse(CHANGE, args=[account.pk]), {**self.form(), **fields})

    def test(self, account: Account) -> str:
        """What the page says after its button."""
        return text_of(self.client.post(reverse(TEST, args=[account.pk]), follow=True).content)

    def shown(self, account: Account) -> str:
        return self.client.get(reverse(CHANGE, args=[account.pk])).content.decode()

    def form(self) -> dict[str, Any]:
        return {"label": "A", "environment": "live", "is_enabled": "on", "profile": "relaxed", "owner": self.user.pk}

    def _post(self, address: str, form: dict[str, Any]) -> dict[str, list[str]]:
        """The errors that the form comes back with, and never with a secret."""
        answer = self.client.post(address, {name: value for name, value in form.items() if value is not None})
        assert not any(each in answer.content.decode() for each in SECRETS.values())
        self.said = [str(message) for message in get_messages(answer.wsgi_request)]
        return {} if answer.status_code == 302 else dict(answer.context["adminform"].form.errors)
