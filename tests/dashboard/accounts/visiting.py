"""The accounts' pages as a visitor gets them."""

from tests.dashboard.conftest import Visitor

DEBUG_PAGE = "/debug/position_component_debug.html"


def page(visitor: Visitor, path: str = "/positions/") -> str:
    """Each run of blanks as one, wherever the template breaks its lines."""
    answer = visitor.client.get(path)
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def panel_of(html: str, kind: str) -> str:
    """The first panel of this kind."""
    return html.split(f'data-panel="{kind}"', 1)[1].split("</section>", 1)[0]
