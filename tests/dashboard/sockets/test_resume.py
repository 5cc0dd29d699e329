"""S19: a resume token brings back the client that it was made for, and nobody else."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.signing import Signer, dumps
from hypothesis import given
from hypothesis import strategies as st

from dashboard.sockets.resume import Remembered, read_resume, resume_token

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
ADA, BOB = 1, 2
TOKEN = resume_token("c-1", ADA, messages=40, errors=2, now=NOON)
SALT = "omega.sockets.resume"
GOOD: list[Any] = [ADA, NOON.timestamp(), {"client_id": "c-1", "messages": 40, "errors": 2}]


def signed(content: Any, salt: str = SALT) -> str:
    return Signer(salt=salt).sign_object(content)


@pytest.mark.parametrize("seconds", [-4, 0, 1, 300])
def test_a_client_comes_back_with_its_counts(seconds: int) -> None:
    """W-06: within five minutes, and on another host whose clock is a little behind."""
    assert read_resume(TOKEN, ADA, NOON + timedelta(seconds=seconds)) == Remembered("c-1", 40, 2)


@pytest.mark.parametrize("seconds", [-86_400, -6, 300.1, 301, 10**9])
def test_too_old_or_from_the_future(seconds: float) -> None:
    """S19: five minutes, and not a moment before it was made."""
    with pytest.raises(ValueError, match="is older than 300 s"):
        read_resume(TOKEN, ADA, NOON + timedelta(seconds=seconds))


def test_another_users_token() -> None:
    """S19: whoever finds one can do nothing with it."""
    with pytest.raises(ValueError, match="another user's"):
        read_resume(TOKEN, BOB, NOON)


@pytest.mark.parametrize(
    "token",
    [
        "",
        ":",
        "null",
        TOKEN[:-1],
        TOKEN[1:],
        TOKEN + "A",
        TOKEN.swapcase(),
        TOKEN.replace(":", "."),
        f".{TOKEN}",
        TOKEN.partition(":")[0],
        TOKEN.partition(":")[0] + ":",
        "\ud800",
        TOKEN + "\ud800",
        "\x00" * 1000,
        signed(GOOD, salt="django.core.signing"),
        signed(GOOD, salt=""),
        dumps(GOOD, salt=SALT),
        Signer(key="k" * 60, salt=SALT).sign_object(GOOD),
    ],
)
def test_forged_or_changed(token: str) -> None:
    """S19: without our key no token, and none of ours that was made for something else."""
    with pytest.raises(ValueError, match="was not made here"):
        read_resume(token, ADA, NOON)


@pytest.mark.parametrize(
    "content",
    [
        None,
        {},
        [],
        "c-1",
        GOOD[:2],
        [*GOOD, 1],
        [True, *GOOD[1:]],
        ["1", *GOOD[1:]],
        [ADA, None, GOOD[2]],
        [ADA, str(NOON), GOOD[2]],
        [ADA, GOOD[1], None],
        *(
            [ADA, GOOD[1], GOOD[2] | part]
            for part in ({"messages": -1}, {"messages": 2**53 + 1}, {"errors": 1.5}, {"errors": True})
        ),
        [ADA, GOOD[1], GOOD[2] | {"client_id": None}],
    ],
)
def test_signed_by_us_and_still_not_a_token(content: Any) -> None:
    """S19: what another version of ours signed is judged like anybody's."""
    with pytest.raises(ValueError, match="was not made here"):
        read_resume(signed(content), ADA, NOON)


@pytest.mark.parametrize("made_at", [float("nan"), float("inf"), float("-inf"), 1e300])
def test_times_that_are_none(made_at: float) -> None:
    """S19: a time that compares with nothing is not within the five minutes."""
    with pytest.raises(ValueError, match="resume token"):
        read_resume(signed([ADA, made_at, GOOD[2]]), ADA, NOON)


@given(st.text(max_size=300))
def test_no_text_is_a_token(text: str) -> None:
    """S19: and none breaks the reader."""
    with pytest.raises(ValueError, match="was not made here"):
        read_resume(text, ADA, NOON)


@given(st.integers(0, len(TOKEN) - 1), st.characters(codec="latin-1"))
def test_no_letter_of_a_token_can_be_changed(place: int, letter: str) -> None:
    """S19: what is read is what was signed, whatever one letter is replaced by."""
    changed = TOKEN[:place] + letter + TOKEN[place + 1 :]
    try:
        remembered = read_resume(changed, ADA, NOON)
    except ValueError:
        return
    assert changed == TOKEN
    assert remembered == Remembered("c-1", 40, 2)


@given(st.text(max_size=64).filter(lambda text: text.isprintable()), st.integers(0, 2**53), st.integers(0, 2**53))
def test_what_is_remembered_comes_back(client: str, messages: int, errors: int) -> None:
    """W-06: name and counts go into a token and come out of it."""
    token = resume_token(client, ADA, messages, errors, NOON)
    assert token.isascii()
    assert read_resume(token, ADA, NOON) == Remembered(client, messages, errors)
