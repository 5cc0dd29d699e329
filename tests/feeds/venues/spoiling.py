"""Recorded frames, spoiled: many of them from one seed, in microseconds each."""

import re
from collections.abc import Callable, Sequence
from random import Random
from typing import Final

NUMBER: Final = re.compile(r'"?[0-9][0-9.eE+-]*"?')
VALUE: Final = re.compile(r'(?<=:)("[^"]*"|[^"\[{,\]}]+)')
MEMBER: Final = re.compile(r'"[A-Za-z_-]+":("[^"]*"|[^"\[{,\]}]+)')
BAD_NUMBERS: Final = (
    *("NaN", "-NaN", "Infinity", "-1", "+1", "1e999", "1e1000000", "1e-19", "1E5", " 1", "1 ", "1\\n", "1_000"),
    *("٣", "１", "\\u0661", "1\\u0000", "0x1", "1,5", ".", "1.", ".5", "1.2.3", "1 1", ""),
    *("9" * 13, "9" * 400, "0." + "1" * 19),
)
BAD_VALUES: Final = (
    *("null", "true", "[]", "{}", "[1]", '""', '"buy"', '"Sell"', '"2026-11-20"', "-1", "9" * 5000, '"\\ud800"'),
    *("[[[[", '{"a":', "1", "1.5", '"1"', '"0"', "0", "\x00", "\ufeff", '"<script>"'),
)
SCRAPS: Final[Sequence[str]] = (*'{}[]",:\\.eE-+0 9', "null", "\x00", "\ufeff", "\ud800", "٣", "\u2028", '"a":1,', "//")


def spoil(frames: Sequence[str], chance: Random) -> str:
    """One of the frames with one thing in it wrong, or two."""
    text = chance.choice(WAYS)(chance.choice(frames), chance)
    return chance.choice(WAYS)(text, chance) if chance.random() < 0.25 else text


def _replace_number(text: str, chance: Random) -> str:
    """In quotes where the number was; sometimes with them gone or added."""
    word = chance.choice(BAD_NUMBERS)
    return _replace_one(NUMBER, text, chance, word if chance.random() < 0.3 else f'"{word}"')


def _replace_value(text: str, chance: Random) -> str:
    return _replace_one(VALUE, text, chance, chance.choice(BAD_VALUES))


def _repeat_member(text: str, chance: Random) -> str:
    """The same key twice, the second time with another value."""
    found = _one(MEMBER, text, chance)
    if found is None:
        return text
    key = found[0].partition(":")[0]
    return f"{text[: found.end()]},{key}:{chance.choice(BAD_VALUES)}{text[found.end() :]}"


def _drop_member(text: str, chance: Random) -> str:
    return _replace_one(MEMBER, text, chance, '"":0')


def _splice(text: str, chance: Random) -> str:
    start = chance.randint(0, len(text))
    return text[:start] + chance.choice(SCRAPS) + text[start + chance.randint(0, 12) :]


def _cut(text: str, chance: Random) -> str:
    return text[: chance.randint(0, len(text))]


def _replace_one(pattern: re.Pattern[str], text: str, chance: Random, new: str) -> str:
    found = _one(pattern, text, chance)
    return text if found is None else f"{text[: found.start()]}{new}{text[found.end() :]}"


def _one(pattern: re.Pattern[str], text: str, chance: Random) -> re.Match[str] | None:
    """The first one after a random place."""
    return pattern.search(text, chance.randint(0, len(text)))


WAYS: Final[tuple[Callable[[str, Random], str], ...]] = (
    *(_replace_number, _replace_value, _repeat_member, _drop_member, _splice, _cut),
)
