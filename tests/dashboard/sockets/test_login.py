"""What a handshake says of who it comes from."""

import pytest

from dashboard.sockets.login import Headers, SessionLogin, TokenLogin, bearer_of, session_of
from dashboard.tokens.secret import digest_of, make

KEY = "0123456789abcdefghijklmnopqrstuv"


@pytest.mark.parametrize(
    ("cookies", "key"),
    [
        ([f"omega_session={KEY}"], KEY),
        ([f"theme=dark; omega_session={KEY}; other=1"], KEY),
        (["theme=dark", f"omega_session={KEY}"], KEY),
        ([], None),
        (["omega_session="], None),
        (["omega_session=short"], None),
        ([f"omega_session={KEY}{KEY}"], None),
        ([f"omega_session={KEY[:-1]}\0"], None),
        ([f"OMEGA_SESSION={KEY}"], None),
        ([f"omega_session={KEY[:-1]}é"], None),
    ],
)
def test_session_key_comes_out_of_the_cookies(cookies: list[str], key: str | None) -> None:
    """As a page reads them; what cannot be a key is none."""
    headers = [(b"Cookie", cookie.encode()) for cookie in cookies]
    assert session_of(headers) == (SessionLogin(key) if key else None)


@pytest.mark.parametrize(
    ("values", "token"),
    [
        (["Bearer abc"], "abc"),
        (["bearer  abc "], "abc"),
        (["BEARER abc"], "abc"),
        (["Bearer"], ""),
        (["Basic abc"], None),
        (["Bearerabc"], None),
        ([], None),
        (["Bearer abc", "Bearer def"], None),
    ],
)
def test_token_comes_out_of_the_one_authorization_header(values: list[str], token: str | None) -> None:
    """The scheme's case does not matter (RFC 9110 11.1); two headers are one too many."""
    headers: Headers = [(b"authorization", value.encode()) for value in values]
    assert bearer_of(headers) == token


def test_no_login_tells_its_secret() -> None:
    """S2: whatever is printed or logged of it."""
    text = make()
    login = TokenLogin.of(text)
    assert login.digest == digest_of(text)
    assert KEY not in repr(SessionLogin(KEY))
    assert not any(part in repr(login) for part in (text, text[15:], login.digest))
