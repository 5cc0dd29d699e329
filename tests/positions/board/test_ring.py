"""What staff sees of the line: the last of it only, and nothing that opens anything."""

import json
from base64 import b64encode
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from positions.board.ring import CHARACTERS, ENTRIES, Rings
from positions.keys.redactor import BLANK, Redactor
from tests.feeds.samples import NOON

SECRET = 'CANARY-key/+with"all-7f3a9c'
FORMS = (
    SECRET,
    json.dumps(SECRET)[1:-1],
    quote(SECRET, safe=""),
    SECRET.encode().hex(),
    b64encode(SECRET.encode()).decode(),
)


@pytest.mark.parametrize("form", FORMS)
def test_a_secret_is_blank_in_every_form(form: str) -> None:
    """S11: plain, in JSON, in a URL, in hexadecimal and in base64."""
    assert Redactor([SECRET])(f"before {form} after") == f"before {BLANK} after"


@given(before=st.text(max_size=20), begin=st.integers(0, 10), size=st.integers(8, 20), after=st.text(max_size=20))
def test_no_eight_characters_of_a_secret_are_left(before: str, begin: int, size: int, after: str) -> None:
    """S11: also where a text was cut in the middle of it."""
    told = Redactor([SECRET])(before + SECRET[begin : begin + size] + after)
    assert [at for at in range(len(SECRET) - 7) if SECRET[at : at + 8] in told] == []


def test_a_short_passphrase_is_blank_too() -> None:
    """S11: whole."""
    assert Redactor(["hunter2", ""])("it was hunter2.") == f"it was {BLANK}."


@pytest.mark.parametrize(
    "text",
    [
        '{"op":"login","args":[{"apiKey":"unknown","passphrase":"unknown","sign":"unknown=="}]}',
        r"bad frame: '{\"apiKey\":\"unknown\",\"x\":1}'",
        "ACCESS-KEY: unknown",
        "('ACCESS-PASSPHRASE', 'unknown')",
        "?apiKey=unknown&limit=1",
        "Authorization: Bearer unknown",
        "(b'authorization', b'Basic unknown==')",
        "a header said bearer unknown-unknown-0123",
        "omega_abcdefgh_unknown-7f is no token",
        "connect(host='db', password='unknown')",
        "token: unknown",
        '{"accessToken": "unknown", "refresh_token": "unknown"}',
        "Cookie: sessionid=unknown; omega_session=unknown; __Host-omega_csrf=unknown; csrftoken=unknown",
        "cannot connect to postgres://omega:unknown@database:5432/omega",
        "redis://:unknown@cache:6379/0 and https://user:un@unknown@host/",
    ],
)
def test_what_is_called_like_a_secret_is_blank(text: str) -> None:
    """M-11: whoever's it is."""
    told = Redactor()(text)
    assert "unknown" not in told
    assert BLANK in told


def test_sentences_about_secrets_stay() -> None:
    """B-05: what people are told to check is told."""
    for sentence in (
        "signature refused: check secret, passphrase, clock (skew 3 ms)",
        "the last use of 3 tokens was not noted: session 7 of https://example.org:443/a@b ended",
    ):
        assert Redactor([SECRET])(sentence) == sentence


def test_rings_keep_the_last_and_count_all() -> None:
    """M-11: two hundred of each, newest last, of three hundred characters; what was cut off ends so."""
    rings = Rings()
    for number in range(ENTRIES + 5):
        rings.said("positions", f"{number} " + "x" * 5000, NOON)
        rings.failed("json", str(number), NOON)
    state = rings.state(1, 7, "connected", [])
    assert (len(state.message_queue), len(state.error_log)) == (ENTRIES, ENTRIES)
    assert state.message_queue[-1].text.startswith(f"{ENTRIES + 4} ")
    assert {(len(each.text), each.text[-1]) for each in state.message_queue} == {(CHARACTERS, "…")}
    assert state.error_log[-1].text == str(ENTRIES + 4)
    assert (state.counts, state.validation) == ({"positions": ENTRIES + 5}, {"json": ENTRIES + 5})
    assert (state.last_update, state.connection_state) == (NOON, "connected")


def test_a_new_keys_secrets_are_blank_from_then_on() -> None:
    """M-11: in messages and in failures."""
    rings = Rings()
    rings.hide([SECRET])
    rings.said("error", SECRET, NOON)
    rings.failed("error", SECRET, NOON)
    state = rings.state(1, 7, "error", [])
    assert (state.message_queue[0].text, state.error_log[0].text) == (BLANK, BLANK)
