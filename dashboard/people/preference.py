"""How somebody wants to read: the row of a user, what may be chosen, and the manner that follows from it."""

from typing import Final, NamedTuple
from zoneinfo import available_timezones

from django.conf import settings
from django.db import models
from django.utils.translation import get_supported_language_variant
from django.utils.translation import gettext_lazy as _
from django.utils.translation.trans_real import parse_accept_lang_header

from dashboard.manner import CONTINENTAL, PLAIN, SPACED, Manner

AUTO: Final = "auto"
_CONTINENTS: Final = (
    *("Africa/", "America/", "Antarctica/", "Arctic/", "Asia/"),
    *("Atlantic/", "Australia/", "Europe/", "Indian/", "Pacific/"),
)


class Theme(models.TextChoices):
    """static/dashboard/tokens.css has their colours."""

    AUTO = "auto", _("As the system")
    DARK = "dark", _("Dark")
    LIGHT = "light", _("Light")
    CB_DARK = "cb-dark", _("Dark, for colour-blind eyes")
    CB_LIGHT = "cb-light", _("Light, for colour-blind eyes")


class Language(models.TextChoices):
    AUTO = "auto", _("As the browser")
    EN = "en", "English"
    DE = "de", "Deutsch"


class Numbers(models.TextChoices):
    PLAIN = PLAIN, "1,234.56"
    CONTINENTAL = CONTINENTAL, "1.234,56"
    SPACED = SPACED, "1 234.56"


class Reads(NamedTuple):
    """What of a preference bears on texts."""

    language: str = AUTO
    numbers: str = PLAIN
    zone: str = "UTC"

    def manner(self, accepted: str) -> Manner:
        """`accepted` is what the browser says of languages, for who chose none."""
        return Manner(_accepted(accepted) if self.language == AUTO else self.language, self.numbers, self.zone)


class Preference(models.Model):
    """One row for each user who chose something."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, primary_key=True)
    theme = models.CharField(_("Colours"), max_length=12, choices=Theme, default=Theme.AUTO)
    language = models.CharField(_("Language"), max_length=8, choices=Language, default=Language.AUTO)
    numbers = models.CharField(_("Numbers"), max_length=12, choices=Numbers, default=Numbers.PLAIN)
    zone = models.CharField(_("Time zone"), max_length=64, default="UTC")

    class Meta:
        app_label = "dashboard"
        verbose_name = _("preference")
        verbose_name_plural = _("preferences")

    def __str__(self) -> str:
        return f"How {self.user} reads"

    @property
    def reads(self) -> Reads:
        return Reads(self.language, self.numbers, self.zone)


def zones() -> list[str]:
    """UTC first, then by name: places, which every browser knows, and nothing that only stands for one."""
    return ["UTC", *sorted(zone for zone in available_timezones() if zone.startswith(_CONTINENTS))]


def _accepted(header: str) -> str:
    for code, _weight in parse_accept_lang_header(header):
        try:
            return get_supported_language_variant(code)
        except LookupError:
            continue
    return Manner().language
