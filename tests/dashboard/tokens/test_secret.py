"""The text of an API token."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dashboard.tokens.secret import digest_of, make, parse

TOKEN = "omega_abcd1234_" + "x" * 43


def test_made_tokens_differ_and_can_be_read() -> None:
    """Eight letters to know it by, 256 bits to keep to oneself."""
    texts = {make() for _ in range(100)}
    assert len(texts) == 100
    for text in texts:
        assert re.fullmatch(r"omega_[a-z0-9]{8}_[A-Za-z0-9_-]{43}", text)
        assert parse(text) == (text[6:14], digest_of(text))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "begins with omega_"),
        ("Bearer " + TOKEN, "begins with omega_"),
        (TOKEN[:-1], "not the whole"),
        (TOKEN + "x", "not the whole"),
        (TOKEN + "\n", "not the whole"),
        (TOKEN.replace("abcd", "ABCD"), "not the whole"),
        (TOKEN[:-1] + "é", "not the whole"),
    ],
)
def test_what_is_no_token_is_told_so(text: str, said: str) -> None:
    """In words, and without repeating what may be half a secret."""
    with pytest.raises(ValueError, match=said) as error:
        parse(text)
    assert "x" * 10 not in str(error.value)


@settings(max_examples=30)
@given(st.text())
def test_no_text_breaks_it(text: str) -> None:
    """S2: whatever a stranger sends is a token or a ValueError."""
    for tried in (text, "omega_" + text):
        with pytest.raises(ValueError, match="API token"):
            parse(tried)
