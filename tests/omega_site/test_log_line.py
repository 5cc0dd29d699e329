"""Every line of the log is one event, with the same fields, whoever logged it, and harmless wherever it is read."""

import json
import logging
from collections.abc import Callable
from typing import Any

import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import Settings
from structlog.contextvars import bound_contextvars

from omega_site.log_line import LONGEST, formatter, of_child, program

FORGED = "2026-11-21T12:00:00.000Z ERROR feeds.forged all is lost"
# What exchanges and strangers may say: other lines, colours, cursors, titles, directions, separators of lines.
HOSTILE = (
    f"\r\n{FORGED}",
    f"\x1b[2K\x1b[1A{FORGED}",
    f"\x0b{FORGED}\x0c\x1c\x1d\x1e",
    f"\x85{FORGED}\u2028{FORGED}\u2029",
    "\x1b]0;title\x07\x9b31m",
    "\u202etxt.exe\u2066\u200f",
    '"}\n{"timestamp":"2026-11-21T12:00:00.000Z","level":2',
    "\ud800\x00\x7f",
)
Said = Callable[..., str]


@pytest.fixture(params=["json", "console"])
def form(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def said(form: str, text: str, *arguments: object, level: int = logging.INFO, failed: bool = False) -> str:
    """A line as its handler writes it."""
    error = ValueError(text)
    trace = (type(error), error, None) if failed else None
    record = logging.LogRecord("feeds.test", level, __file__, 1, text, arguments, trace)
    return formatter(form).format(record)


def fields(text: str, **options: Any) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(said("json", text, **options))
    return found


def test_line_has_time_level_logger_event_and_what_was_bound_around_it() -> None:
    """B-16: ISO timestamp in UTC, and a number for the level; ids of whatever it is part of."""
    with bound_contextvars(feed="main", venue="htx", session=3):
        line = fields("trades wait: %s", level=logging.WARNING) | {"event": ""}
        whole = json.loads(said("json", "%d trades wait", 3, level=logging.WARNING))
    assert line["timestamp"].endswith("Z")
    assert (line["level"], line["severity"], line["logger"]) == (1, "WARNING", "feeds.test")
    assert whole["event"] == "3 trades wait"
    assert (line["feed"], line["venue"], line["session"]) == ("main", "htx", 3)
    assert "venue" not in fields("later")


@pytest.mark.parametrize(
    ("level", "number"),
    [(logging.DEBUG, -1), (logging.INFO, 0), (logging.WARNING, 1), (logging.ERROR, 2), (logging.CRITICAL, 2)],
)
def test_levels_have_numbers(level: int, number: int) -> None:
    """B-16: INFO 0, WARNING 1, ERROR 2."""
    assert fields("it is so", level=level)["level"] == number


def test_line_for_people_is_short_and_its_traceback_is_indented() -> None:
    """B-16: the traceback belongs to the line above it."""
    with bound_contextvars(task_id="17"):
        first, *rest = said("console", "it broke", failed=True).splitlines()
    assert first.split(" ", 1)[1] == "INFO feeds.test it broke task_id=17"
    assert rest == ["    ValueError: it broke"]


@pytest.mark.parametrize("text", HOSTILE)
def test_what_somebody_says_forges_no_line(form: str, text: str) -> None:
    """S15: neither as a text nor in what a traceback says; one line for programs, an indented one for people."""
    for line in (said(form, "%s", text), said(form, text.replace("%", ""), failed=True)):
        assert all(each.isprintable() for each in line.replace("\n", ""))
        others = line.split("\n")[1:]
        assert all(each.startswith("    ") for each in others)
        assert not (others and form == "json")


@given(st.text(max_size=80))
def test_whatever_is_said_is_one_object(text: str) -> None:
    """S15: any text at all, as event and in the context."""
    with bound_contextvars(venue=text):
        (line,) = said("json", "%s", text, failed=True).split("\n")
    assert json.loads(line)["logger"] == "feeds.test"


def test_secrets_are_blank_in_every_field(form: str, settings: Settings) -> None:
    """S11: in the event, the error, the traceback and the context, for every handler."""
    settings.SECRET_KEY = "a-key-of-this-site-0123456789"
    with bound_contextvars(venue=settings.SECRET_KEY):
        line = said(form, settings.SECRET_KEY, failed=True)
    assert settings.SECRET_KEY[:8] not in line
    assert "•••" in line
    assert "abcdef" not in said(form, "api_key=abcdef")


def test_link_of_a_forgotten_password_is_blank(form: str) -> None:
    """S11: Django tells the path of a page that failed, and that link is not used yet."""
    line = said(form, "Internal Server Error: %s", "/login/new-password/1a-cz8r2m-0123456789abcdef/")
    assert ("/login/new-password/1a-•••" in line, "cz8r2m" in line) == (True, False)


def test_short_password_blanks_no_words(form: str, settings: Settings) -> None:
    """S11: what is a part of every other line is no secret any more, and the lines are needed."""
    settings.EMAIL_HOST_PASSWORD = "feeds"
    assert "feeds.test" in said(form, "of all feeds")


def test_long_line_is_cut(form: str) -> None:
    """What fills a disk is no log."""
    assert len(said(form, "x" * 10 * LONGEST)) < LONGEST + 200


def test_structlog_itself_says_the_same(form: str) -> None:
    """A package that logs by structlog is no exception."""
    record = logging.LogRecord("other", logging.INFO, "", 0, {"event": "a\nb", "task": "feeds.tasks.hold"}, (), None)
    line = formatter(form).format(record)
    assert ("\n" in line, "feeds.tasks.hold" in line) == (False, True)
    assert structlog.is_configured()


def test_lines_of_children_stay_one_log(settings: Settings) -> None:
    """B-16: what is JSON goes on as it is, what other programs print becomes it; on a terminal each has its name."""
    settings.LOG_FORMAT = "json"
    ours = said("json", "hello")
    assert of_child("web", ours) == ours
    told = json.loads(of_child("redis", "Ready to accept\x1b[31m"))
    assert (told["process"], told["level"], told["event"]) == ("redis", 0, "Ready to accept\\x1b[31m")
    settings.LOG_FORMAT = "console"
    assert of_child("redis", "Ready\x07") == "redis    | Ready\\x07"


def test_a_line_says_which_program_it_is_from() -> None:
    """Operators look for the process: worker and beat have one role."""
    assert program(["python", "-m", "celery", "-A", "omega_site", "beat", "--schedule", "x"]) == "beat"
    assert program(["python", "-m", "omega_site.broadcast"]) == "broadcast"
    assert program(["python", "-m", "something"]) == "command"
