"""How a page answers a program: JSON, as msgspec writes it."""

import msgspec
from django.http import HttpResponse


def json_answer(answer: object, status: int = 200) -> HttpResponse:
    return HttpResponse(msgspec.json.encode(answer), content_type="application/json", status=status)
