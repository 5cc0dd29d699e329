"""S1: what counts as a page of ours, and what only looks like one."""

import pytest

from dashboard.sockets.origin import Standing, judge, normal, told

OURS = frozenset({"https://omega.example", "http://localhost:8000", "http://[::1]:8000"})


@pytest.mark.parametrize(
    ("origins", "standing"),
    [
        (["https://omega.example"], Standing.OWN),
        (["https://omega.example:443"], Standing.OWN),
        (["HTTPS://Omega.Example"], Standing.OWN),
        (["http://[::1]:8000"], Standing.OWN),
        ([], Standing.ABSENT),
        (["null"], Standing.FOREIGN),
        ([""], Standing.FOREIGN),
        (["http://omega.example"], Standing.FOREIGN),
        (["https://omega.example:8443"], Standing.FOREIGN),
        (["http://localhost"], Standing.FOREIGN),
        (["http://127.0.0.1:8000"], Standing.FOREIGN),
        (["https://evil.omega.example"], Standing.FOREIGN),
        (["https://omega.example.evil.test"], Standing.FOREIGN),
        (["https://evilomega.example"], Standing.FOREIGN),
        (["https://omega.example."], Standing.FOREIGN),
        (["https://omega.example@evil.test"], Standing.FOREIGN),
        (["https://user@omega.example"], Standing.FOREIGN),
        (["https://omega.example/"], Standing.FOREIGN),
        (["https://omega.example#@evil.test"], Standing.FOREIGN),
        (["https://omega.example:"], Standing.FOREIGN),
        (["https://omega.example:port"], Standing.FOREIGN),
        (["https://omega.example\n"], Standing.FOREIGN),
        ([" https://omega.example"], Standing.FOREIGN),
        (["https://omega.exa\u017fple"], Standing.FOREIGN),
        (["https://["], Standing.FOREIGN),
        (["ws://localhost:8000"], Standing.FOREIGN),
        (["file://"], Standing.FOREIGN),
        (["chrome-extension://omega.example"], Standing.FOREIGN),
        (["https://omega.example", "https://omega.example"], Standing.FOREIGN),
        (["https://omega.example", "https://evil.test"], Standing.FOREIGN),
        (["https://omega.example, https://evil.test"], Standing.FOREIGN),
    ],
)
def test_origins(origins: list[str], standing: Standing) -> None:
    """S1: scheme, host and port have to be ours, all three, and nothing may stand around them."""
    assert judge(origins, OURS) is standing


@pytest.mark.parametrize("letter", ["\u212a", "\u017f", "\u0130"])
def test_letters_that_become_ascii_in_lower_case_are_not_ours(letter: str) -> None:
    """S1: the Kelvin sign is a k for `lower`, and no browser's spelling of one."""
    for ours in ("http://k", "http://s", "http://i"):
        assert judge([f"http://{letter}"], {ours}) is Standing.FOREIGN


def test_every_header_is_seen() -> None:
    """A second Origin is not overlooked, and neither are bytes that are no text."""
    headers = [(b"host", b"a"), (b"origin", b"http://a"), (b"origin", b"\xff")]
    assert told(headers) == ["http://a", "\xff"]


@pytest.mark.parametrize(
    ("origin", "form"),
    [("http://A:80", "http://a"), ("https://a:80", "https://a:80"), ("http://a:443", "http://a:443")],
)
def test_normal_form(origin: str, form: str) -> None:
    """The default port of the scheme goes, any other one stays."""
    assert normal(origin) == form


def test_what_is_no_origin_is_said_so() -> None:
    """Settings are refused with these words."""
    with pytest.raises(ValueError, match=r"'https://\*\.example' is no origin"):
        normal("https://*.example")
