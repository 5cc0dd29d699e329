"""How the API says what is wrong: `error` is a sentence, `fields` says it of each parameter."""

from typing import Any, Final

from django.db import InterfaceError, InternalError, OperationalError
from rest_framework.exceptions import NotAuthenticated, ValidationError
from rest_framework.response import Response
from rest_framework.views import exception_handler

_SLOW: Final = "The database does not answer, or this takes longer than 2 s. Ask for less, or try again."
_RETRY_AFTER_S: Final = 5


def failed(error: Exception, context: dict[str, Any]) -> Response | None:
    if isinstance(error, (OperationalError, InterfaceError, InternalError)):
        return Response({"error": _SLOW}, 503, headers={"Retry-After": str(_RETRY_AFTER_S)})
    answer = exception_handler(error, context)
    if answer is None:
        return None
    if isinstance(error, NotAuthenticated):
        answer.data = {"error": "Log in, or send a token: Authorization: Bearer TOKEN."}
    elif isinstance(error, ValidationError):
        answer.data = _of_fields(answer.data)
    else:
        answer.data = {"error": str(answer.data["detail"])}
    return answer


def _of_fields(data: Any) -> dict[str, Any]:
    """The first of them is the sentence."""
    if not isinstance(data, dict):
        return {"error": " ".join(map(str, data))}
    fields = {name: [str(text) for text in (said if isinstance(said, list) else [said])] for name, said in data.items()}
    name, texts = next(iter(fields.items()))
    return {"error": f"{name}: {texts[0]}", "fields": fields}
