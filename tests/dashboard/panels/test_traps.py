"""The panel of traps, while nothing looks for them."""

import re

import pytest
from django.template.loader import render_to_string
from django.test import RequestFactory

from dashboard.panels.page import read_page
from dashboard.panels.placed import row
from tests.dashboard.conftest import Visitor


@pytest.mark.usefixtures("redis_server")
def test_no_trap_is_made_up(visitor: Visitor) -> None:
    """M-15, F-25: without a detector the panel says why there is no matrix, and tells no zero for a probability."""
    request = RequestFactory().get("/")
    request.user = visitor.user
    page = read_page([], row("traps"))
    html = render_to_string("dashboard/page.html", {"page": page, "now": page.now, "mode": "REPLAY"}, request)
    (panel,) = re.findall(r'<section class="panel traps".*?</section>', html, re.DOTALL)
    text = " ".join(re.sub(r"<[^>]+>", " ", panel).split())
    assert text.startswith("Traps BTC-USDT No trap detector runs yet:")
    assert not re.search(r"\d", text.removeprefix("Traps BTC-USDT"))
