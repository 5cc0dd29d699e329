"""Who comes in besides people: API tokens, and rights that belong to no table."""

from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from dashboard.tokens.secret import PREFIX_LENGTH


class ApiToken(models.Model):
    """Lets a program in as its owner, and to no more than its owner. Of the token itself only a digest is kept."""

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, verbose_name=_("owner"), related_name="api_tokens"
    )
    name = models.CharField(_("name"), max_length=60, help_text=_("What it is for."))
    prefix = models.CharField(_("prefix"), max_length=PREFIX_LENGTH, unique=True, editable=False)
    digest = models.CharField(_("digest"), max_length=64, unique=True, editable=False)
    topics = models.JSONField(_("topics"), default=list, blank=True, help_text=_("Empty: whatever its owner may."))
    may_publish = models.BooleanField(_("may publish"), default=False, help_text=_("As long as its owner may."))
    created_at = models.DateTimeField(_("created at"), db_default=Now(), editable=False)
    expires_at = models.DateTimeField(_("expires at"), editable=False)
    last_used_at = models.DateTimeField(_("last used at"), null=True, editable=False, help_text=_("To the minute."))
    revoked_at = models.DateTimeField(_("revoked at"), null=True, editable=False)

    class Meta:
        verbose_name = _("API token")
        verbose_name_plural = _("API tokens")
        ordering = ["-created_at", "-id"]

    def __str__(self) -> str:
        return f"{self.prefix}… ({self.name})"

    @staticmethod
    def live(now: datetime) -> Q:
        """Neither revoked nor expired."""
        return Q(revoked_at=None, expires_at__gt=now)

    def revoke(self, now: datetime) -> None:
        """For good. A time that is there already stays."""
        self.revoked_at = self.revoked_at or now
        self.save(update_fields=["revoked_at"])


class LiveClient(models.Model):
    """No table: whoever is connected is known to Redis. The rights over live clients hang on it."""

    class Meta:
        verbose_name = _("live client")
        verbose_name_plural = _("live clients")
        managed = False
        default_permissions = ("view",)
        permissions = [
            ("disconnect_liveclient", "Can disconnect live clients"),
            ("publish", "Can publish to live clients"),
            ("view_system", "Can see how the system is, and enter the admin"),
        ]
