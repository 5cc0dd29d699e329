"""What every page has around it: the ways that lead on, by who asks, and pages that say what went wrong."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.test import Client, RequestFactory

from dashboard.templatetags.icons import DRAWINGS, icon
from omega_site.failure import failed
from tests.dashboard.conftest import Visitor

FOR_STAFF = ("/system/", "/debug/position_component_debug.html", "/admin/")


def ways(visitor: Visitor) -> str:
    """The places of a page that needs neither Redis nor a feed."""
    html = visitor.client.get("/tokens/").content.decode()
    return html.partition('class="places"')[2].partition("</nav>")[0]


def test_everybody_is_led_to_what_they_may_see(visitor: Visitor) -> None:
    """D-02: the navigation offers the operator's pages to staff alone, and each instrument to all."""
    seen = ways(visitor)
    assert all(f'href="{address}' in seen for address in ("/", "/positions/", "/instruments/BTC-USDT/?feed=main"))
    assert not any(address in seen for address in FOR_STAFF)
    visitor.user.is_staff = True
    visitor.user.save()
    assert all(address in ways(visitor) for address in FOR_STAFF)


def test_an_address_that_leads_nowhere_leads_back(visitor: Visitor) -> None:
    """A 404 is a page of the site with ways on; a stranger gets it too, and no more."""
    answer = visitor.client.get("/no-such-page/")
    assert answer.status_code == 404
    assert "There is no such page" in answer.content.decode()
    assert 'href="/positions/"' in answer.content.decode()
    stranger = Client().get("/no-such-page/")
    assert stranger.status_code == 404
    assert 'href="/positions/"' not in stranger.content.decode()


def test_a_failure_of_ours_says_so_in_the_style_of_the_site() -> None:
    """Nothing is looked up for it: what failed may be what would be asked."""
    request = RequestFactory().get("/")
    try:
        raise ZeroDivisionError
    except ZeroDivisionError:
        answer = failed(request)
    assert answer.status_code == 500
    assert "This page failed" in answer.content.decode()


@pytest.mark.parametrize("theme", ["auto", "light", "cb-dark"])
def test_the_theme_of_the_user_is_the_theme_of_the_page(theme: str) -> None:
    """The first paint has it already: no script turns it."""
    request = HttpRequest()
    request.user = AnonymousUser()
    request.preference = type("Preference", (), {"theme": theme})  # type: ignore[attr-defined]  # of the middleware
    html = render_to_string("404.html", request=request)
    assert f'data-theme="{theme}"' in html
    assert html.count('name="theme-color"') == (2 if theme == "auto" else 1)


@pytest.mark.parametrize("meaning", DRAWINGS)
def test_every_icon_is_drawn_and_none_is_read_aloud(meaning: str) -> None:
    """The word beside it is what counts."""
    drawn = icon(meaning)
    assert drawn.startswith("<svg")
    assert 'aria-hidden="true"' in drawn
    assert "style=" not in drawn
