"""The whole API under questions that nobody would ask: no error of ours, no answer that its description does not have.

`FUZZ_EXAMPLES=500 pytest tests/dashboard/api/test_fuzz.py --timeout=0` asks more of each route than the suite does.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any, Final

import pytest
import schemathesis
from django.contrib.auth.models import User
from django.core.cache import caches
from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from hypothesis import HealthCheck, given, settings
from schemathesis import Case, GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from dashboard.api.schema import description
from feeds.models import Instrument
from positions.models import Account
from tests.dashboard.access.people import session_headers
from tests.dashboard.tokens.samples import token_of
from tests.positions.api.rows import one_of_each

pytestmark = [pytest.mark.django_db, pytest.mark.filterwarnings("ignore:StreamingHttpResponse")]
EXAMPLES: Final = int(os.environ.get("FUZZ_EXAMPLES", "4"))
SCHEMA: Final = schemathesis.openapi.from_dict(description())
SCHEMA.app = WSGIHandler()
OPERATIONS: Final = [(path, method) for path, methods in description()["paths"].items() for method in methods]
CHECKS: Final = [status_code_conformance, content_type_conformance, response_schema_conformance]


@pytest.fixture(autouse=True)
def _one_connection() -> Iterator[None]:
    """As Django's own client does: the end of a request does not close the connection of its test."""
    signals = (request_started, request_finished)
    for signal in signals:
        signal.disconnect(close_old_connections)
    yield
    for signal in signals:
        signal.connect(close_old_connections)


@pytest.fixture
def logins(redis_server: str) -> list[dict[str, str]]:
    """By session and by token, of somebody who may see everything, and has a row of each kind."""
    root = User.objects.create_superuser("root")
    Instrument.objects.get_or_create(code="BTC-USDT")
    one_of_each(Account.objects.create(label="Main", owner=root))
    return [session_headers(root), {"Authorization": f"Bearer {token_of(root)[1]}"}]


@pytest.mark.parametrize(("path", "method"), OPERATIONS)
def test_each_answer_is_one_that_is_described(logins: list[dict[str, str]], path: str, method: str) -> None:
    """D-05 S8: what may be asked, and what may not, with a session and with a token: 0 errors, 0 other answers."""
    for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):

        @given(case=SCHEMA[path][method].as_strategy(generation_mode=mode))
        @settings(max_examples=EXAMPLES, suppress_health_check=list(HealthCheck), database=None)
        def ask(case: Case[Any]) -> None:
            for headers in logins:
                caches["counters"].clear()
                answer = case.call(headers=headers)
                assert answer.status_code < 500 or answer.status_code == 503
                case.validate_response(answer, checks=CHECKS)

        ask()
