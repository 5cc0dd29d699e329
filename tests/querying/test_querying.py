"""docs/querying.md: every block of it is run."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any, Final

import pytest
from django.core.cache import caches

from tests.dashboard.tokens.samples import token_of
from tests.plans import asked, reads_whole
from tests.querying.history import make_history
from tests.querying.page import ORM_START, QUESTIONS, REST_START, Question, plain, run, told

# Those that may have millions of rows.
LARGE: Final = (
    "feeds_trade",
    "feeds_quote",
    "feeds_candle",
    "feeds_gap",
    "feeds_healthsnapshot",
    "feeds_uptimeminute",
    "positions_fill",
    "positions_balancesnapshot",
    "positions_order",
)
MOST_QUERIES: Final = 9
_END: Final = "--end--"


def by_orm(question: Question) -> Any:
    names: dict[str, Any] = {}
    exec(ORM_START, names)  # noqa: S102
    return plain(run(question.orm, names))


def in_shell(script: str) -> subprocess.CompletedProcess[str]:
    """With our own Python: what stands in for others on some machines takes longer to start than the question."""
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    command = ["/bin/bash", "-c", script]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False, env={"PATH": path})  # noqa: S603


@pytest.mark.django_db
@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.text)
def test_question_is_answered_out_of_an_index(question: Question) -> None:
    """D-05: no table that may be large is read whole, and no question takes a query for each row."""
    make_history()
    with asked() as statements:
        answer = by_orm(question)
    assert answer not in (None, [], {})
    assert 1 <= len(statements) <= MOST_QUERIES
    assert [sql for sql, params in statements for table in LARGE if reads_whole(table, sql, params)] == []


@pytest.mark.django_db
@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.text)
def test_question_about_an_empty_day_is_answered(question: Question) -> None:
    """D-05: with what stands for nothing, not with a failure."""
    assert by_orm(question) in (None, [], {}, "0")


def test_rest_answers_about_an_empty_day_without_a_traceback() -> None:
    """D-05: a page without rows, or a file without lines."""
    for empty in ('echo \'{"results": [], "next": null}\'', "true"):
        questions = [f"{question.rest}\necho {_END}" for question in QUESTIONS]
        ran = in_shell("\n".join([REST_START, f"ask() {{ {empty}; }}", *questions]))
        assert ran.stderr == ""
        answers = [plain(json.loads(output)) for output in ran.stdout.split(_END)[: len(QUESTIONS)]]
        assert [answer for answer in answers if answer not in ("no rows", [], {}, "0")] == []


# Exports are made for the ASGI servers that the product runs on; the one of this test reads them whole, and warns.
@pytest.mark.filterwarnings("ignore:StreamingHttpResponse must consume:Warning")
@pytest.mark.django_db(transaction=True)
def test_rest_gives_the_same_answers(live_server: Any) -> None:
    """D-05: the page's own lines in a shell, over a socket, with a token."""
    _, token = token_of(make_history())
    caches["memory"].clear()
    caches["counters"].clear()
    start = REST_START.replace("https://omega.example", str(live_server.url)).replace("omega_0123abcd_...", token)
    ran = in_shell("\n".join([start, *(f"{question.rest}\necho {_END}" for question in QUESTIONS)]))
    outputs = ran.stdout.split(_END)[: len(QUESTIONS)]
    for question, output in zip(QUESTIONS, outputs, strict=True):
        assert output.strip(), f"{question.text}: {ran.stderr}"
        assert told(output) == by_orm(question), question.text
