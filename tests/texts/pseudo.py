"""A language that tells what was not translated: every text that went through gettext stands between ⟦ and ⟧."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Final

from babel.messages import Catalog
from babel.messages.mofile import read_mo
from django.apps import apps
from django.conf import __file__ as django_conf

from tests.texts.catalogue import DOMAINS, compiled, extracted

_TOLD: Final = re.compile(r"⟦[^⟦⟧]*⟧")
_SPOKEN: Final = ("title", "aria-label", "placeholder", "alt", "data-label")
_UNSEEN: Final = ("script", "style", "code", "data", "pre", "textarea")
# What a person could read; numbers, codes and names in capital letters are no texts.
_PROSE: Final = re.compile(r"[A-Za-z]*[a-z]{3,}")


def write_to(folder: Path) -> None:
    """The catalogues of this language, in the place of the German ones: ours, and what the libraries say in German."""
    place = folder / "de" / "LC_MESSAGES"
    place.mkdir(parents=True)
    for domain in DOMAINS:
        catalogue = Catalog(locale="de", fuzzy=False)
        for source in (extracted(domain), *_of_libraries(domain)):
            for message in source:
                if message.id:
                    forms = message.id if isinstance(message.id, tuple | list) else (message.id,)
                    told = tuple(f"⟦{form}⟧" for form in forms)
                    context: object = message.context
                    # Babel leaves it as it lies in the file.
                    named = context.decode() if isinstance(context, bytes) else message.context
                    catalogue.add(message.id, told if len(told) > 1 else told[0], context=named)
        (place / f"{domain}.mo").write_bytes(compiled(catalogue))


def _of_libraries(domain: str) -> Iterator[Catalog]:
    folders = [Path(django_conf).parent, *(Path(app.path) for app in apps.get_app_configs())]
    for folder in folders:
        path = folder / "locale" / "de" / "LC_MESSAGES" / f"{domain}.mo"
        if path.exists():
            with path.open("rb") as file:
                yield read_mo(file)


def bare(html: str) -> list[str]:
    """What a person reads on a page, or hears of it, that went through no gettext."""
    while _TOLD.search(html):
        html = _TOLD.sub(" ", html)
    reader = _Reader()
    reader.feed(html)
    return [text for text in reader.texts if _PROSE.search(text)]


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self._hidden = 0
        self._is_icon = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._hidden += tag in _UNSEEN
        # The theme draws icons by their names.
        self._is_icon = "material-symbols" in (dict(attrs).get("class") or "")
        self.texts += [value.strip() for name, value in attrs if name in _SPOKEN and value]

    def handle_endtag(self, tag: str) -> None:
        self._hidden -= tag in _UNSEEN
        self._is_icon = False

    def handle_data(self, data: str) -> None:
        if not self._hidden and not self._is_icon and data.strip():
            self.texts.append(" ".join(data.split()))
