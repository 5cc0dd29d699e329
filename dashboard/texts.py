"""The texts that scripts say, in the language of whoever asks."""

from functools import cache
from hashlib import sha256

from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language, override
from django.views.decorators.cache import cache_control
from django.views.decorators.http import condition, require_safe
from django.views.decorators.vary import vary_on_headers
from django.views.i18n import JavaScriptCatalog


@cache
def _built(language: str | None) -> bytes:
    """They change with the program alone."""
    with override(language):
        return bytes(JavaScriptCatalog(packages=["dashboard"]).get(HttpRequest()).content)


def _tag(request: HttpRequest) -> str:
    return f'"{sha256(_built(get_language())).hexdigest()[:16]}"'


@require_safe
@cache_control(private=True, no_cache=True)
@vary_on_headers("Cookie", "Accept-Language")
@condition(etag_func=_tag)
def texts(request: HttpRequest) -> HttpResponse:
    """A browser asks each time whether it still has the right ones, and is not sent them again."""
    return HttpResponse(_built(get_language()), content_type="text/javascript; charset=utf-8")
