"""The description of the API: OpenAPI 3.1, complete, true, and the same in docs/openapi.json."""

import json
from inspect import cleandoc
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from drf_spectacular.validation import validate_schema
from jsonschema import Draft202012Validator

from dashboard.api.schema import PATH, description, text
from feeds.api.row import RowSerializer
from positions.api.own import OwnRow

OPERATIONS = [(path, method) for path, methods in description()["paths"].items() for method in methods]


def operation(path: str, method: str) -> dict[str, Any]:
    found: dict[str, Any] = description()["paths"][path][method]
    return found


def test_the_copy_is_what_the_site_says() -> None:
    """D-05: `manage.py openapi` writes it."""
    assert PATH.read_text(encoding="utf-8") == text()


def test_rows_are_described_for_who_asks() -> None:
    """D-05: what a class is for in the code is nobody's matter."""
    said = {schema.get("description", "") for schema in description()["components"]["schemas"].values()}
    assert said & {cleandoc(each.__doc__ or "") for each in (RowSerializer, OwnRow)} == set()


def test_it_is_openapi_3_1() -> None:
    """D-05: by OpenAPI's own schema."""
    assert description()["openapi"] == "3.1.0"
    validate_schema(description())  # type: ignore[no-untyped-call]


@pytest.mark.parametrize(("path", "method"), OPERATIONS)
def test_each_route_says_what_it_answers(path: str, method: str) -> None:
    """D-05: a summary, how to log in, every refusal with the shape of errors."""
    told = operation(path, method)
    assert told["summary"]
    assert told["security"] == [{"token": []}, {"session": []}]
    assert set(told["responses"]) >= {"400", "401", "403", "429", "503"}
    assert ("404" in told["responses"]) >= ("{" in path)


@pytest.mark.parametrize(("path", "method"), OPERATIONS)
def test_each_route_has_a_true_example(path: str, method: str) -> None:
    """D-05: its own schema allows it."""
    for answer in operation(path, method)["responses"].values():
        if told := answer.get("content", {}).get("application/json"):
            schema = told["schema"] | {"components": description()["components"]}
            Draft202012Validator(schema).validate(told["example"])


def test_refusals_have_the_shape_of_errors() -> None:
    """D-05: for 400, 401, 403, 404, 429 and 503 alike."""
    refusals = description()["components"]["responses"]
    assert set(refusals) == {"400", "401", "403", "404", "429", "503"}
    for told in refusals.values():
        assert told["content"]["application/json"]["schema"] == {"$ref": "#/components/schemas/Error"}


@pytest.mark.django_db
def test_it_is_told_to_whoever_is_logged_in(client: Client) -> None:
    """D-05 S6: what there is to ask is nobody else's."""
    assert client.get("/api/v1/schema/").status_code == 401
    client.force_login(User.objects.create_user("ada"))
    answer = client.get("/api/v1/schema/")
    assert json.loads(answer.content) == json.loads(text())


@pytest.mark.django_db
def test_the_page_tells_each_route_without_a_script(client: Client) -> None:
    """D-05: linked where tokens are made; nothing in it needs an exception of the policy."""
    assert client.get("/api/v1/docs/")["Location"] == "/login/?next=/api/v1/docs/"
    client.force_login(User.objects.create_user("ada"))
    page = client.get("/api/v1/docs/").content.decode()
    for path, method in OPERATIONS:
        assert f"{method.upper()} {path}" in page
    assert "style=" not in page
    assert page.count("<script") == client.get("/tokens/").content.decode().count("<script")
    assert "/api/v1/docs/" in client.get("/tokens/").content.decode()
