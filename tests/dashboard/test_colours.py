"""The colours of tokens.css: every pair that is used can be read, in every theme."""

import re
from pathlib import Path
from typing import Final

import pytest

from dashboard import site

_STYLES: Final = Path(site.__file__).parent / "static" / "dashboard"
_TEXTS: Final = ("text", "quiet", "faded", "up", "down", "gain", "warn", "accent")
_GROUNDS: Final = ("ground", "surface", "raised")
_FILLED: Final = (("on-gold", "gold"), ("on-gold", "gold-hover"), ("on-warn", "warn"))
_BLIND: Final = ':root:is([data-theme="cb-dark"], [data-theme="cb-light"])'
# Which of the two values of each token counts, and where others stand over it. Who leaves it to the system has one of
# the first two.
_THEMES: Final = {
    "dark": ("night", None),
    "light": ("day", None),
    "cb-dark": ("night", _BLIND),
    "cb-light": ("day", _BLIND),
}
_COLOUR: Final = re.compile(r"--([a-z-]+): (?:light-dark\((?P<day>#\w{6}), (?P<night>#\w{6})\)|(#\w{6}));")


def palette(theme: str) -> dict[str, str]:
    """The colours of a theme by the names of their tokens."""
    style = (_STYLES / "tokens.css").read_text()
    blocks = re.findall(r"^(:root[^{]*?) \{([^}]*)\}", style, re.MULTILINE)
    time, over = _THEMES[theme]
    assert over is None or over in [selector for selector, _ in blocks]
    told = "".join(body for each in (":root", over) for selector, body in blocks if selector == each)
    return {found[1]: found[time] or found[4] for found in _COLOUR.finditer(told)}


def luminance(colour: str) -> float:
    """WCAG 2.2: of red, green and blue as light, not as numbers."""
    parts = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("theme", _THEMES)
def test_every_text_can_be_read_on_every_ground(theme: str) -> None:
    """B-20: WCAG AA, 4.5 to 1. The red of losses stands on panels and on the page, never on what is raised."""
    of = palette(theme)
    pairs = [(text, ground) for text in _TEXTS for ground in _GROUNDS]
    pairs += [("loss", "ground"), ("loss", "surface"), *_FILLED]
    assert {
        pair: contrast(of[pair[0]], of[pair[1]]) for pair in pairs if contrast(of[pair[0]], of[pair[1]]) < 4.5
    } == {}


@pytest.mark.parametrize("theme", _THEMES)
def test_borders_of_controls_and_lines_of_graphs_can_be_seen(theme: str) -> None:
    """WCAG 1.4.11: 3 to 1, against all that they stand on."""
    of = palette(theme)
    pairs = [(line, ground) for line in ("edge", "up", "down", "gain", "loss", "warn") for ground in _GROUNDS]
    assert {pair: contrast(of[pair[0]], of[pair[1]]) for pair in pairs if contrast(of[pair[0]], of[pair[1]]) < 3} == {}


def test_the_dark_theme_has_the_colours_that_were_asked_for() -> None:
    """B-20: these four, to the digit."""
    dark = palette("dark")
    asked = {"gain": "#2ecc71", "loss": "#e74c3c", "accent": "#ffd700", "text": "#ecf0f1"}
    assert {name: dark[name] for name in asked} == asked


def test_no_style_has_a_colour_of_its_own() -> None:
    """Colours are said in tokens.css alone; what has one of its own is wrong in most themes. The admin has its own."""
    styles = [path for path in _STYLES.rglob("*.css") if path.name not in ("tokens.css", "admin.css")]
    own = re.compile(r"#[0-9a-fA-F]{3,8}\b(?=[^{}]*;)|\brgba?\(|\bhsla?\(")
    assert [path.name for path in styles if own.search(path.read_text())] == []
