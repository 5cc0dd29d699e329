"""An account at BitGet: its key, sealed; who may see it; how closely it is followed."""

from uuid import uuid4

from django.conf import settings
from django.contrib.auth.models import Group
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from positions.words import AccountKind, Environment


class Account(models.Model):
    """One API key. What is secret of it is in `sealed`, which opens only for this row (`token`)."""

    class Profile(models.TextChoices):
        RELAXED = "relaxed", _("relaxed: positions every 5 s, orders 10 s, account 30 s")
        ACTIVE = "active", _("active: positions every 2 s, orders 5 s, account 10 s")

    label = models.CharField(_("label"), max_length=40, unique=True, help_text=_("How people call it."))
    environment = models.CharField(
        _("environment"),
        max_length=4,
        choices=[(each.value, each.value) for each in Environment],
        default=Environment.LIVE.value,
        help_text=_("Where the key was made: a demo key works with demo trading only."),
    )
    is_enabled = models.BooleanField(_("enabled"), default=True, help_text=_("Followed by a worker."))
    profile = models.CharField(
        _("profile"),
        max_length=8,
        choices=Profile.choices,
        default=Profile.RELAXED,
        help_text=_("How often the stream is compared with REST."),
    )
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="accounts", verbose_name=_("owner")
    )
    groups = models.ManyToManyField(
        Group, blank=True, related_name="accounts", help_text=_("Who may see it, too."), verbose_name=_("groups")
    )
    kind = models.CharField(
        _("kind"),
        max_length=8,
        choices=[(each.value, each.value) for each in AccountKind],
        blank=True,
        editable=False,
        help_text=_("Found out by asking, never typed in."),
    )
    is_of_environment = models.BooleanField(
        _("is of environment"),
        default=False,
        editable=False,
        help_text=_("Each start holds it to the credentials in the environment."),
    )
    token = models.UUIDField(_("token"), default=uuid4, unique=True, editable=False)
    sealed = models.TextField(
        _("sealed"), blank=True, editable=False, help_text=_("Key, secret and passphrase, encrypted.")
    )
    key_end = models.CharField(
        _("API key"), max_length=4, blank=True, editable=False, help_text=_("Its last characters.")
    )
    revision = models.PositiveIntegerField(
        _("revision"), default=0, editable=False, help_text=_("Counts edits of the key.")
    )
    uid = models.CharField(
        _("venue's account id"),
        max_length=40,
        blank=True,
        editable=False,
        help_text=_("Set by the first key; held after."),
    )
    # What the test call said of the key: positions/keys/verdict.py has its shape.
    verdict = models.JSONField(_("verdict"), default=dict, blank=True, editable=False)
    checked_at = models.DateTimeField(_("checked at"), null=True, editable=False)
    expires_at = models.DateTimeField(
        _("expires at"), null=True, editable=False, help_text=_("When the key ends, as its owner says.")
    )
    fills_read_at = models.DateTimeField(
        _("fills read at"),
        null=True,
        editable=False,
        help_text=_("All fills from before are stored; the venue's time."),
    )
    override_rights = models.JSONField(
        _("override rights"), default=list, blank=True, help_text=_("Out of trade and withdraw.")
    )
    override_reason = models.CharField(
        _("override reason"),
        max_length=200,
        blank=True,
        help_text=_("Why a key that may do this is taken all the same."),
    )
    created_at = models.DateTimeField(_("created at"), db_default=Now(), editable=False)

    class Meta:
        verbose_name = _("account")
        verbose_name_plural = _("accounts")
        ordering = ["label"]

    def __str__(self) -> str:
        return self.label
