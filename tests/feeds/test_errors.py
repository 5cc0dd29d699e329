"""Text that venues may have had a hand in."""

from feeds.errors import BadFrame, printable


def test_text_of_a_venue_is_escaped_and_bounded() -> None:
    """S15: no line feed, no NUL and no megabyte reaches a row, a log or a page."""
    assert printable("closed: it's \n\x00\x1b[31m\u0663") == r"closed: it's \n\x00\x1b[31m\u0663"
    assert len(printable("\x00" * 1_000_000)) == 200


def test_excerpt_of_a_bad_frame_is_bounded() -> None:
    """E21: at most 512 escaped characters are kept."""
    assert len(BadFrame("json", b"\xff" * 100_000).excerpt) == 512
