"""/api/v1/schema/: the description of the API as OpenAPI 3.1, and docs/openapi.json, its copy for who has no site."""

import json
from functools import cache
from pathlib import Path
from typing import Any, Final

from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from dashboard.api.permission import LoggedIn

PATH: Final = Path(__file__).resolve().parents[2] / "docs/openapi.json"


@cache
def description() -> dict[str, Any]:
    """Made of the routes, once in each process."""
    made: dict[str, Any] = SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call]
    return made


def text() -> str:
    return json.dumps(description(), indent=1, ensure_ascii=False) + "\n"


class Description(APIView):
    permission_classes = (LoggedIn,)

    @extend_schema(exclude=True)
    def get(self, request: Request) -> Response:
        return Response(description(), content_type="application/vnd.oai.openapi+json")
