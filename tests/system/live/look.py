"""What a page shows and what REST says, read within one moment, until both say the same."""

import asyncio
from collections.abc import Awaitable, Callable
from itertools import chain
from typing import Any, Final

from playwright.async_api import Page

Messages = dict[str, list[dict[str, Any]]]
# By the name of a field its text; by the name of a list its rows.
Said = dict[str, Any]
Told = Callable[[Messages], Said]

WITHIN_S: Final = 60.0

_LOOK: Final = """async ([topics, kinds]) => {
  const said = fetch(`/api/v1/state/?topics=${encodeURIComponent(JSON.stringify(topics))}`);
  const frames = await (await said).json();
  await new Promise((done) => requestAnimationFrame(done));
  const text = (element) => element.textContent.trim().replace(/\\s+/g, " ");
  const read = (block) => {
    const fields = [...block.querySelectorAll("[data-field]")];
    const lists = fields.filter((field) => field.matches("tbody, ul, ol, .holdings"));
    const own = fields.filter((field) => !lists.some((list) => list !== field && list.contains(field)));
    const value = (field) => (lists.includes(field) ? [...field.children].map(read) : text(field));
    return Object.fromEntries(own.map((field) => [field.dataset.field, value(field)]));
  };
  const panel = (kind) => read(document.querySelector(`.panel.${kind}`));
  return [frames, Object.fromEntries(kinds.map((kind) => [kind, panel(kind)]))];
}"""


async def look(page: Page, topics: list[dict[str, Any]], kinds: list[str]) -> tuple[Messages, dict[str, Said]]:
    frames, shown = await page.evaluate(_LOOK, [topics, kinds])
    messages: Messages = {}
    for message in chain.from_iterable(frames):
        messages.setdefault(message["type"], []).append(message)
    return messages, shown


async def expect_same(page: Page, topics: list[dict[str, Any]], panels: dict[str, Told]) -> None:
    """Each panel says at some moment all that REST says; what moves all the time is caught between two moves."""
    left = dict(panels)

    async def look_again() -> list[str]:
        nonlocal left
        messages, shown = await look(page, topics, list(left))
        told = {kind: say(messages) for kind, say in left.items()}
        apart = {kind: difference(told[kind], shown[kind]) if told[kind] else ["REST tells nothing"] for kind in left}
        left = {kind: say for kind, say in left.items() if apart[kind]}
        return [f"{kind}: {each}" for kind in left for each in apart[kind]]

    await expect_none(look_again)


async def expect_none(differences: Callable[[], Awaitable[list[str]]]) -> None:
    """At some moment."""
    until = asyncio.get_running_loop().time() + WITHIN_S
    while found := await differences():
        assert asyncio.get_running_loop().time() < until, "\n".join(found)


def difference(told: Said, shown: Said, path: str = "") -> list[str]:
    """What is told and not shown; what is shown beside it does not matter."""
    found = []
    for name, value in told.items():
        here = shown.get(name)
        if isinstance(value, list):
            rows = here if isinstance(here, list) else []
            if len(rows) != len(value):
                found.append(f"{path}{name}: {len(value)} rows told, {len(rows)} shown")
            for number, (one, other) in enumerate(zip(value, rows, strict=False)):
                found += difference(one, other, f"{path}{name}[{number}].")
        elif value != here:
            found.append(f"{path}{name}: told {value!r}, shown {here!r}")
    return found
