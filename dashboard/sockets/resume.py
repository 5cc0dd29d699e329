"""Signed tokens with which a client comes back under its old name: of one user, for five minutes."""

from datetime import datetime
from typing import Annotated, Final

import msgspec
from django.core.signing import BadSignature, Signer
from msgspec import Meta

from dashboard.protocol.answers import RESUMABLE_S

_SALT: Final = "omega.sockets.resume"
# Another host of ours may be a little behind the one that made the token.
_AHEAD_S: Final = 5.0
_Count = Annotated[int, Meta(ge=0, le=2**53)]


class Remembered(msgspec.Struct, frozen=True):
    """What a client was: its name, and what was counted of it."""

    client_id: str
    messages: _Count
    errors: _Count


class _Content(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    user_id: int
    made_at: float
    remembered: Remembered


def resume_token(client_id: str, user_id: int, messages: int, errors: int, now: datetime) -> str:
    """Some 150 characters. Whoever has it can read it, and cannot change it."""
    content = _Content(user_id, now.timestamp(), Remembered(client_id, messages, errors))
    return Signer(salt=_SALT).sign_object(msgspec.to_builtins(content))


def read_resume(token: str, user_id: int, now: datetime) -> Remembered:
    """Raises ValueError, with the reason in words: not made here, another user's, too old."""
    content = _content(token)
    if content.user_id != user_id:
        raise ValueError("This resume token is another user's.")
    if not -_AHEAD_S <= now.timestamp() - content.made_at <= RESUMABLE_S:
        raise ValueError(f"This resume token is older than {RESUMABLE_S} s.")
    return content.remembered


def _content(token: str) -> _Content:
    try:
        return msgspec.convert(Signer(salt=_SALT).unsign_object(token), _Content)
    # What is no text cannot be signed; what is signed and of another shape comes from another version of ours.
    except (BadSignature, ValueError, msgspec.ValidationError) as error:
        raise ValueError("This resume token was not made here, or was changed.") from error
