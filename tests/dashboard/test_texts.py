"""The texts of the scripts: told once to each browser, in the language of whoever asks."""

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db


def test_texts_are_sent_once_and_again_in_another_language(client: Client) -> None:
    """Issue 8, item 8: no cache that others share keeps them, and a browser that has them is told so."""
    first = client.get("/texts.js")
    assert b"gettext" in first.content
    assert {"private", "no-cache"} <= set(first["Cache-Control"].replace(" ", "").split(","))
    assert {"Cookie", "Accept-Language"} <= set(first["Vary"].replace(" ", "").split(","))
    again = client.get("/texts.js", headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    german = client.get("/texts.js", headers={"If-None-Match": first["ETag"], "Accept-Language": "de"})
    assert german.status_code == 200
    assert german.content != first.content
