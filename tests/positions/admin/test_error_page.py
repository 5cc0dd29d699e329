"""Django's own error page, with DEBUG on, of a key that was entered."""

import h11
import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from tests.positions.admin.page import ADD, KEY, SECRETS
from tests.positions.beside import exchange_beside


@pytest.mark.django_db
def test_error_inside_a_signed_call_shows_nothing_of_it(
    redis_server: str, settings: Settings, monkeypatch: pytest.MonkeyPatch, admin_client: Client, admin_user: User
) -> None:
    """S11: neither what is to be sent nor what the library made of it."""

    def fail(connection: h11.Connection, event: h11.Event) -> bytes | None:
        if isinstance(event, h11.Request) and dict(event.headers).get(b"access-key"):
            raise RuntimeError("unforeseen")
        return send(connection, event)

    send = h11.Connection.send
    monkeypatch.setattr(h11.Connection, "send", fail)
    settings.DEBUG, admin_client.raise_request_exception = True, False
    form = {"label": "A", "environment": "live", "is_enabled": "on", "profile": "relaxed", "owner": str(admin_user.pk)}
    with exchange_beside() as beside:
        settings.REPLAY_EXCHANGE_URL = beside.exchange.url
        beside.exchange.bitget.open_account(KEY.key, KEY.secret, KEY.passphrase)
        shown = admin_client.post(reverse(ADD), form | SECRETS).content.decode()
    assert "unforeseen" in shown
    assert "ACCESS-" not in shown
    assert not any(secret in shown for secret in SECRETS.values())
