"""Settings of the REST API. They are the same everywhere: no variable changes them."""

from typing import Any

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "dashboard.api.authentication.Bearer",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["dashboard.api.permission.MayHear"],
    "DEFAULT_RENDERER_CLASSES": ["dashboard.api.renderer.Json"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_THROTTLE_CLASSES": ["dashboard.api.throttle.PerUser"],
    "DEFAULT_THROTTLE_RATES": {"user": "600/min", "export": "20/min", "wrong_token": "60/min"},
    "EXCEPTION_HANDLER": "dashboard.api.failure.failed",
    "DEFAULT_SCHEMA_CLASS": "dashboard.api.openapi.Described",
    "UNICODE_JSON": True,
    "URL_FORMAT_OVERRIDE": None,
}


def _refusal(description: str, error: str) -> dict[str, Any]:
    content = {"schema": {"$ref": "#/components/schemas/Error"}, "example": {"error": error}}
    return {"description": description, "content": {"application/json": content}}


SPECTACULAR_SETTINGS = {
    "TITLE": "OMEGA",
    "DESCRIPTION": "What the feeds and the accounts did. Times are UTC, numbers are decimal text.",
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "SERVE_INCLUDE_SCHEMA": False,
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
    "GET_LIB_DOC_EXCLUDES": "dashboard.api.openapi.of_the_code",
    "POSTPROCESSING_HOOKS": ["dashboard.api.openapi.with_examples"],
    "APPEND_COMPONENTS": {
        "schemas": {
            "Error": {
                "type": "object",
                "required": ["error"],
                "properties": {
                    "error": {"type": "string", "description": "What is wrong, in a sentence."},
                    "fields": {
                        "type": "object",
                        "description": "The same of each parameter.",
                        "additionalProperties": {"type": "array", "items": {"type": "string"}},
                    },
                },
            }
        },
        "responses": {
            "400": _refusal("What cannot be meant", "limit: Ask for 1 to 1000 rows."),
            "401": _refusal(
                "Nobody is logged in, or the token does not hold",
                "Log in, or send a token: Authorization: Bearer TOKEN.",
            ),
            "403": _refusal("Not yours to see, or the token is not for it", "This token is not for trades."),
            "404": _refusal("Not there, or not yours to see", "There is no account 7 that you may see."),
            "429": _refusal("Too often; Retry-After says when", "Expected available in 7 seconds."),
            "503": _refusal("The database does not answer within 2 s, or Redis not at all; try again", "Try again."),
        },
    },
}
