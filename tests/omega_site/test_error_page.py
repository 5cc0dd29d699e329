"""What an error page shows of a request that brought secrets."""

import asyncio
import sys
from typing import Final
from uuid import uuid4

import pytest
from django.http import HttpRequest
from django.test import RequestFactory
from django.views.debug import ExceptionReporter, get_exception_reporter_filter
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from pytest_django import Settings

# Made up at run time: the page shows source lines.
SECRET: Final = f"CANARY-{uuid4().hex}"


@sensitive_variables()
@sensitive_post_parameters("secret")
def view(request: HttpRequest) -> None:
    typed = request.POST["secret"]
    raise ValueError(f"{len(typed)} characters")


@pytest.mark.parametrize("debug", [False, True])
def test_sensitive_values_are_hidden_even_while_debug_is_on(settings: Settings, debug: bool) -> None:
    """S11: neither as a parameter nor as a variable of a frame."""
    settings.DEBUG = debug
    request = RequestFactory().post("/", {"secret": SECRET, "label": "shown"})
    assert get_exception_reporter_filter(request).is_active(request)
    try:
        view(request)
    except ValueError:
        page = ExceptionReporter(request, *sys.exc_info()).get_traceback_html()
    assert SECRET not in page
    assert "shown" in page


async def send(headers: dict[str, str]) -> None:
    encode(list(headers.values()))


def encode(values: list[str]) -> None:
    raise ValueError(f"{len(values)} values")


def test_what_a_coroutine_holds_is_hidden_with_all_that_it_calls() -> None:
    """S11: such as the headers of a signed call, while a library sends them."""
    innocent = uuid4().hex
    try:
        asyncio.run(send({"ACCESS-KEY": SECRET}))
    except ValueError:
        page = ExceptionReporter(None, *sys.exc_info()).get_traceback_html()
    assert SECRET not in page
    assert innocent in page
