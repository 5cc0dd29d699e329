"""Django's error pages and reports, which never show what a view marked as sensitive."""

from django.http import HttpRequest
from django.views.debug import SafeExceptionReporterFilter


class AlwaysDiscreet(SafeExceptionReporterFilter):
    """By itself Django shows everything while DEBUG is on, API credentials too."""

    def is_active(self, request: HttpRequest | None) -> bool:
        return True
