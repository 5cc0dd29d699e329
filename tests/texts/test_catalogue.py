"""The German catalogues: whole, compiled from what translators read, and with every placeholder in its place."""

import re

import pytest
from babel.messages import Message

from tests.texts.catalogue import DOMAINS, LOCALE, compiled, extracted, is_translated, kept

PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%%|{\w*}|</?\w[^>]*>|^\s+|\s+$")


def forms(text: str | list[str] | tuple[str, ...] | None) -> list[str]:
    return [text or ""] if text is None or isinstance(text, str) else list(text)


def fits(message: Message) -> bool:
    """Each form of a translation has what each form of the text has, in any order."""
    wanted = sorted(PLACEHOLDER.findall(forms(message.id)[-1]))
    return all(sorted(PLACEHOLDER.findall(told)) == wanted for told in forms(message.string))


@pytest.mark.parametrize("domain", DOMAINS)
def test_every_text_of_the_code_has_its_german(domain: str) -> None:
    """Issue 8, point 8: nothing is missing, guessed, or left over; `make texts` brings the catalogue up to the code."""
    told = {(message.context, message.id): message for message in kept(domain) if message.id}
    assert set(told) == {(message.context, message.id) for message in extracted(domain) if message.id}
    assert [message.id for message in told.values() if message.fuzzy or not is_translated(message.string)] == []
    assert kept(domain).obsolete == {}


@pytest.mark.parametrize("domain", DOMAINS)
def test_placeholders_survive_the_translation(domain: str) -> None:
    """A sentence that lost a value would be told without it, or break the page."""
    assert [message.id for message in kept(domain) if message.id and not fits(message)] == []


@pytest.mark.parametrize("domain", DOMAINS)
def test_what_django_reads_is_made_of_what_translators_read(domain: str) -> None:
    """The compiled catalogue is committed, so that nobody needs a compiler."""
    assert (LOCALE / f"{domain}.mo").read_bytes() == compiled(kept(domain))
