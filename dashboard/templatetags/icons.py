"""The icons of the site, by what they mean: Heroicons, drawn into the page. All are decoration beside a word."""

from typing import Final

from django import template
from heroicons.templatetags.heroicons import heroicon_outline

register = template.Library()

DRAWINGS: Final = {
    "overview": "squares-2x2",
    "instruments": "chart-bar",
    "positions": "scale",
    "history": "table-cells",
    "system": "server-stack",
    "debug": "bug-ant",
    "admin": "wrench-screwdriver",
    "user": "user-circle",
    "settings": "cog-6-tooth",
    "tokens": "key",
    "api": "code-bracket",
    "logout": "arrow-right-start-on-rectangle",
    "ok": "check-circle",
    "warning": "exclamation-triangle",
    "error": "x-circle",
    "stale": "clock",
    "lost": "magnifying-glass",
    "closed": "lock-closed",
    "up": "arrow-trending-up",
    "down": "arrow-trending-down",
    "edit": "pencil-square",
    "add": "plus",
    "remove": "trash",
    "move": "arrows-up-down",
}


@register.simple_tag
def icon(meaning: str, size: int = 20) -> str:
    """Who hears the page is told the word alone."""
    return heroicon_outline(DRAWINGS[meaning], size=size, **{"class": "icon", "aria-hidden": "true"})
