"""Each page in the manner of whoever asks for it."""

from typing import Final

from django.db import Error
from django.http import HttpRequest, HttpResponse
from django.utils.deprecation import MiddlewareMixin

from dashboard.manner import Manner, activate
from dashboard.people.preference import Preference

# What programs read is in English and UTC, whoever asks; the page about it is for people.
_FOR_PROGRAMS: Final = "/api/"
_FOR_PEOPLE: Final = "/api/v1/docs/"


class MannerMiddleware(MiddlewareMixin):
    """Gives the request its `preference`, and activates the manner that follows from it."""

    def process_request(self, request: HttpRequest) -> None:
        if request.path.startswith(_FOR_PROGRAMS) and request.path != _FOR_PEOPLE:
            activate(Manner())
            return
        chosen = _preference(request)
        accepted = request.headers.get("Accept-Language", "")
        # The admin says UTC wherever it shows a time.
        reads = chosen.reads._replace(zone="UTC") if request.path.startswith("/admin/") else chosen.reads
        manner = reads.manner(accepted)
        activate(manner)
        request.preference, request.manner = chosen, manner  # type: ignore[attr-defined]

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        """What follows in this thread is somebody else's."""
        activate(Manner())
        return response


def _preference(request: HttpRequest) -> Preference:
    """While the database is away everybody is a stranger."""
    try:
        user = request.user
        found = Preference.objects.filter(pk=user.pk).first() if user.is_authenticated else None
    except Error:
        found = None
    return found or Preference()
