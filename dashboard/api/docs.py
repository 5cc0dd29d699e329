"""/api/v1/docs/: the description of the API as a page, without a script.

Swagger UI would add 24 MB to the static files of each start, and wants styles that our policy forbids.
"""

import json
from collections.abc import Iterator
from typing import Any, Final, NamedTuple
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from dashboard.api.schema import description
from dashboard.site import Visit, mode

_TITLES: Final = {"market": "Market", "accounts": "Accounts", "site": "Site"}


class Parameter(NamedTuple):
    """`takes`: what may be written, in few words."""

    name: str
    is_required: bool
    takes: str
    said: str


class Operation(NamedTuple):
    """One method of one route, with an example of the question and of the answer."""

    anchor: str
    method: str
    path: str
    summary: str
    said: str
    parameters: list[Parameter]
    question: str
    answer: str


@require_safe
@login_required
def docs(request: Visit) -> HttpResponse:
    tree = description()
    operations = [(operation["tags"][0], _operation(*place, operation)) for place, operation in _operations(tree)]
    rooms = [(title, [each for of, each in operations if of == tag]) for tag, title in _TITLES.items()]
    context = {
        "rooms": rooms,
        "refusals": _refusals(tree),
        "site": request.build_absolute_uri("/")[:-1],
        "mode": mode(),
    }
    return render(request, "dashboard/api/docs.html", context)


def _operations(tree: dict[str, Any]) -> Iterator[tuple[tuple[str, str], dict[str, Any]]]:
    for path, methods in tree["paths"].items():
        for method, operation in methods.items():
            yield (method.upper(), path), operation


def _operation(method: str, path: str, operation: dict[str, Any]) -> Operation:
    asked = operation.get("parameters", [])
    required = {each["name"]: each["example"] for each in asked if each["in"] == "query" and each.get("required")}
    return Operation(
        anchor=operation["operationId"],
        method=method,
        path=path,
        summary=operation["summary"],
        said=operation.get("description", ""),
        parameters=[_parameter(each) for each in sorted(asked, key=lambda each: not each.get("required"))],
        question=f"{path}?{urlencode(required)}" if required else path,
        answer=_example(operation["responses"]),
    )


def _parameter(told: dict[str, Any]) -> Parameter:
    schema = told["schema"]
    takes = ", ".join(map(str, schema.get("enum", ()))) or schema.get("format") or schema["type"]
    return Parameter(told["name"], told.get("required", False), takes, told.get("description", "").strip())


def _example(responses: dict[str, Any]) -> str:
    content = next(answer["content"] for code, answer in responses.items() if code.startswith("2"))
    told = content.get("application/json", {}).get("example")
    return "" if told is None else json.dumps(told, indent=2, ensure_ascii=False)


def _refusals(tree: dict[str, Any]) -> list[tuple[str, str, str]]:
    """Code, when, and an example."""
    return [
        (code, told["description"], told["content"]["application/json"]["example"]["error"])
        for code, told in sorted(tree["components"]["responses"].items())
    ]
