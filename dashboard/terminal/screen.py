"""The six blocks as a screen of any size, or as plain lines. Pure."""

import textwrap
from collections.abc import Iterator
from datetime import datetime
from typing import Final

from rich.console import Group, RenderableType
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from dashboard.terminal.blocks import STATUS, Block, Line, Tone, blocks, venues
from dashboard.terminal.contact import Contact
from dashboard.terminal.words import duration, since

_LABEL_WIDTH: Final = 11
# From so many columns on there are three blocks beside each other.
_WIDE: Final = 120
_BORDERS, _PADDING = 2, 2
# Header and footer.
_AROUND: Final = 2
# Lines of a table that are no rows: its titles between two lines, and its end.
_FRAME: Final = 4


class Screen:
    """Of one site."""

    def __init__(self, site: str, has_token: bool) -> None:
        self._site = site
        self._has_token = has_token

    def drawn(self, contact: Contact, now: datetime, width: int, height: int) -> RenderableType:
        """As high as the terminal at most: header, blocks, the venues where there is room, footer."""
        six = blocks(contact, now)
        across = 3 if width >= _WIDE else 2
        rows = [_fitted(six[at : at + across], width // across) for at in range(0, len(six), across)]
        most = (height - _AROUND) // len(rows)
        heights = [min(most, _BORDERS + max(len(block.lines) for block in row)) for row in rows]
        age = since(contact.heard_at, now) if contact.heard and contact.silent_since(now) else ""
        drawn = [_row(row, high, age) for row, high in zip(rows, heights, strict=True)]
        table = _venues(contact, now, height - _AROUND - sum(heights))
        return Group(self._header(contact, now), *drawn, *table, self._footer(contact, now))

    def plain(self, contact: Contact, now: datetime) -> str:
        """For what is no terminal."""
        lines = [self._header(contact, now).plain]
        for block in blocks(contact, now):
            lines += [block.title, *(f"  {_labelled(line).plain}" for line in block.lines)]
        return "\n".join((*lines, ""))

    def _header(self, contact: Contact, now: datetime) -> Text:
        told = Text.assemble(("OMEGA ", "bold"), f"at {self._site}  {now:%H:%M:%S} UTC  ", no_wrap=True)
        if contact.heard_at:
            told.append(f"answered {since(contact.heard_at, now)} ago")
        return told

    def _footer(self, contact: Contact, now: datetime) -> Text:
        """The one thing that is to be known now."""
        refusal = next(iter(contact.heard.refusals.values()), "") if contact.heard else ""
        if contact.silent_since(now):
            wait = contact.wait(now)
            return Text(f"Asks again in {duration(wait)}." if wait else "Asks again now.", no_wrap=True)
        if refusal and self._has_token:
            return Text(f"The token is not taken: {refusal}", "yellow", no_wrap=True)
        if refusal:
            return Text(
                "Strangers are told little. For all of it: --token-file FILE, or MONITORING_TOKEN.", no_wrap=True
            )
        return Text("Ctrl-C ends it.", "dim", no_wrap=True)


def _fitted(row: list[Block], width: int) -> list[Block]:
    """Sentences are folded to the width of a block; what has a label is cut."""
    inner = width - _BORDERS - _PADDING
    return [block._replace(lines=[part for line in block.lines for part in _folded(line, inner)]) for block in row]


def _folded(line: Line, width: int) -> list[Line]:
    return [line] if line.label else [line._replace(text=part) for part in textwrap.wrap(line.text, width)]


def _row(row: list[Block], height: int, age: str) -> Table:
    grid = Table.grid(expand=True)
    for _ in row:
        grid.add_column(ratio=1)
    grid.add_row(*(_panel(block, height, age) for block in row))
    return grid


def _panel(block: Block, height: int, age: str) -> Panel:
    """What does not fit is counted in the last line. With an age it is what was, not what is."""
    room = height - _BORDERS
    lines = block.lines
    if len(lines) > room:
        lines = [*lines[: room - 1], Line("", f"... {len(lines) - room + 1} more", Tone.FAINT)]
    told, is_old = Group(*map(_labelled, lines)), age and block.title != STATUS
    title, style = (f"{block.title}, {age} ago", "dim") if is_old else (block.title, "")
    return Panel(told, title=title, title_align="left", height=height, style=style)


def _labelled(line: Line) -> Text:
    label = f"{line.label:<{_LABEL_WIDTH}}" if line.label else ""
    return Text.assemble((label, "dim"), (line.text, line.tone), no_wrap=True, overflow="ellipsis")


def _venues(contact: Contact, now: datetime, room: int) -> Iterator[Table]:
    """As many as there is room for; none where it is for less than one."""
    metrics = contact.heard.metrics if contact.heard else None
    if metrics is None or room <= _FRAME:
        return
    titles, *rows = venues(metrics, contact.age(now))
    table = Table(expand=True, style="dim" if contact.silent_since(now) else "")
    for title in titles:
        table.add_column(title, no_wrap=True)
    for row in rows[: room - _FRAME]:
        table.add_row(*row)
    yield table
