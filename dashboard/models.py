"""Rows of the dashboard: the API tokens of its users, and rights that belong to no table."""

from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from dashboard.tokens.secret import PREFIX_LENGTH


class ApiToken(models.Model):
    """Lets a program in as its owner, and to no more than its owner. Of the token itself only a digest is kept."""

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="api_tokens")
    name = models.CharField(max_length=60, help_text="What it is for.")
    prefix = models.CharField(max_length=PREFIX_LENGTH, unique=True, editable=False)
    digest = models.CharField(max_length=64, unique=True, editable=False)
    topics = models.JSONField(default=list, blank=True, help_text="Empty: whatever its owner may.")
    may_publish = models.BooleanField(default=False, help_text="As long as its owner may.")
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    expires_at = models.DateTimeField(editable=False)
    last_used_at = models.DateTimeField(null=True, editable=False, help_text="To the minute.")
    revoked_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        verbose_name = "API token"
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
        managed = False
        default_permissions = ("view",)
        permissions = [
            ("disconnect_liveclient", "Can disconnect live clients"),
            ("publish", "Can publish to live clients"),
        ]
