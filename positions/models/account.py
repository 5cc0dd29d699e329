"""An account at BitGet: its key, sealed; who may see it; how closely it is followed."""

from uuid import uuid4

from django.conf import settings
from django.contrib.auth.models import Group
from django.db import models
from django.db.models.functions import Now

from positions.words import AccountKind, Environment


class Account(models.Model):
    """One API key. What is secret of it is in `sealed`, which opens only for this row (`token`)."""

    class Profile(models.TextChoices):
        RELAXED = "relaxed", "relaxed: positions every 5 s, orders 10 s, account 30 s"
        ACTIVE = "active", "active: positions every 2 s, orders 5 s, account 10 s"

    label = models.CharField(max_length=40, unique=True, help_text="How people call it.")
    environment = models.CharField(
        max_length=4,
        choices=[(each.value, each.value) for each in Environment],
        default=Environment.LIVE.value,
        help_text="Where the key was made: a demo key works with demo trading only.",
    )
    is_enabled = models.BooleanField("enabled", default=True, help_text="Followed by a worker.")
    profile = models.CharField(
        max_length=8,
        choices=Profile.choices,
        default=Profile.RELAXED,
        help_text="How often the stream is compared with REST.",
    )
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="accounts")
    groups = models.ManyToManyField(Group, blank=True, related_name="accounts", help_text="Who may see it, too.")
    kind = models.CharField(
        max_length=8,
        choices=[(each.value, each.value) for each in AccountKind],
        blank=True,
        editable=False,
        help_text="Found out by asking, never typed in.",
    )
    is_of_environment = models.BooleanField(
        default=False, editable=False, help_text="Each start holds it to the credentials in the environment."
    )
    token = models.UUIDField(default=uuid4, unique=True, editable=False)
    sealed = models.TextField(blank=True, editable=False, help_text="Key, secret and passphrase, encrypted.")
    key_end = models.CharField("API key", max_length=4, blank=True, editable=False, help_text="Its last characters.")
    revision = models.PositiveIntegerField(default=0, editable=False, help_text="Counts edits of the key.")
    uid = models.CharField(
        "venue's account id", max_length=40, blank=True, editable=False, help_text="Set by the first key; held after."
    )
    # What the test call said of the key: positions/keys/verdict.py has its shape.
    verdict = models.JSONField(default=dict, blank=True, editable=False)
    checked_at = models.DateTimeField(null=True, editable=False)
    expires_at = models.DateTimeField(null=True, editable=False, help_text="When the key ends, as its owner says.")
    fills_read_at = models.DateTimeField(
        null=True, editable=False, help_text="All fills from before are stored; the venue's time."
    )
    override_rights = models.JSONField(default=list, blank=True, help_text="Out of trade and withdraw.")
    override_reason = models.CharField(
        max_length=200, blank=True, help_text="Why a key that may do this is taken all the same."
    )
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        ordering = ["label"]

    def __str__(self) -> str:
        return self.label
