"""JSON of the API: what Django REST Framework would write, only sooner."""

from typing import Any

from django.utils.translation import gettext_lazy
from rest_framework.exceptions import ErrorDetail
from rest_framework.renderers import JSONRenderer

from dashboard.api.renderer import Json


def test_an_answer_is_the_same_text_as_of_the_framework() -> None:
    """D-05: digits, null, German, words that are translated late, errors, and nothing at all."""
    row = {"price": "0.00000001", "id": 2**62, "share": 0.1, "closed_at": None, "is_maker": True}
    late = {"label": "Größe → \u20ac \"'\\\n", "title": gettext_lazy("feed"), "error": ErrorDetail("No.", "invalid")}
    answers: list[Any] = [{"results": [row, late], "next": None}, [], {}, None]
    for answer in answers:
        assert Json().render(answer) == JSONRenderer().render(answer)
