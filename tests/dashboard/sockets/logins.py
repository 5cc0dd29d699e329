"""Logins as browsers and programs have them."""

from django.contrib.auth.models import User
from django.test import Client

from dashboard.sockets.login import SessionLogin, TokenLogin
from tests.dashboard.tokens.samples import token_of


def session_for(user: User) -> SessionLogin:
    """As after a login in a browser."""
    client = Client()
    client.force_login(user)
    return SessionLogin(client.session.session_key or "")


def token_for(user: User, **columns: object) -> TokenLogin:
    return TokenLogin.of(token_of(user, **columns)[1])
