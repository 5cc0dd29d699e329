"""Extracts the texts of the code, and keeps the German catalogues beside them."""

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from babel.messages import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

ROOT: Final = Path(__file__).resolve().parents[2]
LOCALE: Final = ROOT / "locale" / "de" / "LC_MESSAGES"
SCRIPTS: Final = "djangojs"
DOMAINS: Final = ("django", SCRIPTS)
_HEAD: Final = "# The texts of OMEGA in German; `make texts` brings them up to the code."
_APPLICATIONS: Final = ("omega_site", "feeds", "positions", "dashboard")
# `noop` and `lazy` are the short names that modules with many texts give them.
_KEYWORDS: Final = DEFAULT_KEYWORDS | {
    **dict.fromkeys(("gettext_lazy", "gettext_noop", "noop", "lazy"), None),
    "ngettext_lazy": (1, 2),
    "pgettext_lazy": ((1, "c"), 2),
}


def extracted(domain: str) -> Catalog:
    """Every text of the code, in the order of the files, without a translation."""
    found = Catalog(locale="de", domain=domain, project="OMEGA", version="0", header_comment=_HEAD, fuzzy=False)
    for path, (_line, message, _comments, context) in _messages(domain):
        file = str(path.relative_to(ROOT))
        # Lines would only churn.
        told = found.add(message, locations=[(file, None)], context=context)  # type: ignore[list-item]
        if "%(" not in str(told.id) or domain == SCRIPTS:
            # "80 % of" is no placeholder.
            told.flags.discard("python-format")
    return found


def _messages(domain: str) -> Iterator[tuple[Path, tuple[Any, ...]]]:
    method = "javascript" if domain == SCRIPTS else "python"
    for path in _files(domain):
        text = path.read_text()
        source = _as_python(text) if path.suffix in (".html", ".txt") else text
        options = {"parse_template_string": True} if domain == SCRIPTS else {}
        for each in extract(method, io.BytesIO(source.encode()), _KEYWORDS, (), options):
            yield path, each


def _as_python(template: str) -> str:
    """What is left are calls between letters; their indentation means nothing."""
    return "\n".join(line.strip() for line in templatize(template).splitlines())


def _files(domain: str) -> list[Path]:
    if domain == SCRIPTS:
        return sorted(path for app in _APPLICATIONS for path in (ROOT / app).glob("static/**/*.js"))
    templates = [path for path in (ROOT / "templates").rglob("*") if path.suffix in (".html", ".txt")]
    code = [path for app in _APPLICATIONS for path in (ROOT / app).rglob("*.py") if "migrations" not in path.parts]
    return sorted([*code, *templates])


def kept(domain: str) -> Catalog:
    with (LOCALE / f"{domain}.po").open("rb") as file:
        return read_po(file, locale="de", domain=domain)


def compiled(catalogue: Catalog) -> bytes:
    """As Django reads it."""
    out = io.BytesIO()
    write_mo(out, catalogue)
    return out.getvalue()


def renew(domain: str) -> int:
    """Brings the catalogue up to the code and compiles it; how many texts wait for a translation."""
    catalogue = extracted(domain)
    path = LOCALE / f"{domain}.po"
    if path.exists():
        known = kept(domain)
        catalogue.creation_date, catalogue.revision_date = known.creation_date, known.revision_date
        for message in catalogue:
            if message.id and (old := known.get(message.id, message.context)) and not old.fuzzy:
                message.string = old.string
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        write_po(file, catalogue, width=120, omit_header=False, include_lineno=False)
    path.with_suffix(".mo").write_bytes(compiled(catalogue))
    return sum(not is_translated(message.string) for message in catalogue if message.id)


def is_translated(string: object) -> bool:
    return all(string) if isinstance(string, tuple | list) else bool(string)
