"""`Authorization: Bearer omega_...` lets a program in as the owner of its token. Browsers come with their session."""

from django.contrib.auth.models import User
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from dashboard.api.throttle import WrongTokens
from dashboard.api.usage import USAGE
from dashboard.sockets.identity import Identity, identify
from dashboard.sockets.login import TokenLogin, bearer_of


class Bearer(BaseAuthentication):
    """As sockets let in: `request.auth` is the identity, which tells what this token is for."""

    def authenticate(self, request: Request) -> tuple[User, Identity] | None:
        text = bearer_of([(b"authorization", request.headers.get("Authorization", "").encode("latin1", "replace"))])
        if text is None:
            return None
        try:
            login = TokenLogin.of(text)
        except ValueError as error:
            raise AuthenticationFailed(str(error)) from None
        wrong = WrongTokens()
        wrong.check(request)
        identity = identify(login)
        if identity is None:
            wrong.note()
            raise AuthenticationFailed("This token does not hold: it was revoked, it ran out, or there is none such.")
        if identity.is_use_due and identity.token_id:
            USAGE.add(identity.token_id)
        return User.objects.get(pk=identity.user_id), identity

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"
