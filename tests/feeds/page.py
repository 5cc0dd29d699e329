"""What a page says, for tests that read it."""

import re
from html import unescape


def text_of(content: bytes) -> str:
    """What a page says, without its tags."""
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", content.decode())))
