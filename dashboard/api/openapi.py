"""How the API describes itself: what each route takes besides its own, who may ask, and how it says no."""

from typing import Any, Final

from django.conf import settings
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import get_lib_doc_excludes

from dashboard.api.examples import example_of
from feeds.api.row import RowSerializer
from positions.api.own import OwnRow

# What may go wrong with every question. `components` of omega_site/rest.py has the words.
_ALWAYS: Final = ("401", "403", "429", "503")


def of_the_code() -> list[type]:
    """Classes whose docstrings are for who reads the code, not for who asks the API."""
    return [*get_lib_doc_excludes(), OwnRow, RowSerializer]  # type: ignore[no-untyped-call]


class BearerScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]  # it registers itself
    target_class = "dashboard.api.authentication.Bearer"
    name = "token"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer", "description": "An API token, made at /tokens/."}


class SessionScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]  # it registers itself
    target_class = "rest_framework.authentication.SessionAuthentication"
    name = "session"
    priority = 1

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, str]:
        said = "As pages come. What changes something needs the header X-CSRFToken, too."
        return {"type": "apiKey", "in": "cookie", "name": settings.SESSION_COOKIE_NAME, "description": said}


class Described(AutoSchema):
    """Of each view its topic, the answers that say no, and an example."""

    def get_description(self) -> str:  # type: ignore[override]  # drf-spectacular's own asks for nothing
        """Of the method or the view itself: what its base class is, is nobody's matter."""
        view = vars(type(self.view))
        said = getattr(view.get(self.method.lower()), "__doc__", None) or view.get("__doc__") or ""
        return " ".join(said.split())

    def get_tags(self) -> list[str]:
        module = type(self.view).__module__
        return [{"feeds": "market", "positions": "accounts"}.get(module.split(".")[0], "site")]

    def get_operation(self, *args: Any) -> dict[str, Any] | None:
        operation: dict[str, Any] | None = super().get_operation(*args)
        if operation is None:
            return None
        if topic := getattr(self.view, "topic", ""):
            said = (operation.get("description", ""), f"A token has to be for `{topic}`.")
            operation["description"] = "\n\n".join(filter(None, said))
        for answer in operation["responses"].values():
            answer["description"] = answer["description"] or "What was asked for"
        operation["responses"] |= {code: {"$ref": f"#/components/responses/{code}"} for code in self._refusals()}
        return operation

    def _refusals(self) -> list[str]:
        asked = {parameter["name"] for parameter in self._get_parameters()}
        is_missing = ("404",) if "{" in self.path or "account" in asked else ()
        return sorted(("400", *_ALWAYS, *is_missing))


def with_examples(result: dict[str, Any], generator: Any, request: Any, public: bool) -> dict[str, Any]:
    """A hook of drf-spectacular: what must be asked and what is answered get an example."""
    result = _without_notes(result)
    schemas = result["components"]["schemas"]
    for operation in (each for path in result["paths"].values() for each in path.values()):
        for parameter in operation.get("parameters", ()):
            if parameter.get("required"):
                parameter["example"] = example_of(parameter["schema"], schemas, parameter["name"])
        for answer in operation["responses"].values():
            if told := answer.get("content", {}).get("application/json"):
                told["example"] = example_of(told["schema"], schemas)
    return result


def _without_notes(tree: Any) -> Any:
    """drf-spectacular numbers the lists of choices, for a hook that names them."""
    if isinstance(tree, dict):
        return {name: _without_notes(value) for name, value in tree.items() if name != "x-spec-enum-id"}
    return [_without_notes(value) for value in tree] if isinstance(tree, list) else tree
