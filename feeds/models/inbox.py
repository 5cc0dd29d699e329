"""How far each Redis server's log is drained into the database, and what of it the database could not take."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Inbox(models.Model):
    """The log of one Redis server. `drained_id` is committed together with the trades up to it.

    A server whose `epoch` is another one came back empty, or with older data: no offset from before is believed.
    """

    server = models.CharField(_("server"), max_length=16, primary_key=True, help_text=_("primary or failover"))
    epoch = models.CharField(_("epoch"), max_length=32)
    drained_id = models.CharField(_("drained id"), max_length=40, default="0-0")
    drained_at = models.DateTimeField(_("drained at"), null=True)

    class Meta:
        verbose_name = _("inbox")
        ordering = ["server"]
        verbose_name_plural = _("inboxes")

    def __str__(self) -> str:
        return self.server


class DeadLetter(models.Model):
    """An entry of a log that the database could not take, whole, with the reason. It waits for a person."""

    server = models.CharField(_("server"), max_length=16)
    entry_id = models.CharField(_("entry id"), max_length=40)
    content = models.TextField(_("content"), help_text=_("As it was in the log, escaped where it is not text."))
    reason = models.CharField(_("reason"), max_length=500)
    set_aside_at = models.DateTimeField(_("set aside at"))
    stored_at = models.DateTimeField(_("stored at"), null=True, help_text=_("When a retry stored it after all."))

    class Meta:
        verbose_name = _("dead letter")
        verbose_name_plural = _("dead letters")
        ordering = ["-set_aside_at", "-id"]
        constraints = [models.UniqueConstraint(fields=["server", "entry_id"], name="dead_letter_is_unique")]
        indexes = [models.Index(fields=["stored_at"], name="dead_letter_by_retry")]

    def __str__(self) -> str:
        return f"{self.server} {self.entry_id}"
