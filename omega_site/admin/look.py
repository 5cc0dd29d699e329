"""What the theme is told: the name, the mode, and where the menu comes from."""

from typing import Any

from django.http import HttpRequest
from django.templatetags.static import static
from django.utils.translation import gettext as _


def look(is_live: bool) -> dict[str, Any]:
    """The theme's settings. A function is called with the request."""
    return {
        "SITE_TITLE": "OMEGA",
        "SITE_HEADER": "OMEGA",
        "SITE_SUBHEADER": administration if is_live else not_real,
        "SITE_ICON": icon,
        "SITE_FAVICONS": [{"rel": "icon", "type": "image/svg+xml", "href": icon}],
        "ENVIRONMENT": None if is_live else replay,
        "STYLES": [style],
        "SIDEBAR": {"navigation": "omega_site.admin.menu.groups"},
    }


def administration(request: HttpRequest) -> str:
    return _("Administration")


def not_real(request: HttpRequest) -> str:
    return _("REPLAY: not real prices")


def replay(request: HttpRequest) -> list[str]:
    """A label beside the title of every page, and the theme's colour of it."""
    return [_("REPLAY"), "warning"]


def icon(request: HttpRequest) -> str:
    return static("dashboard/omega.svg")


def style(request: HttpRequest) -> str:
    return static("dashboard/admin.css")
