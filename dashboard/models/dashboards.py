"""Dashboards: pages of panels that people arrange, who sees them, and with which one somebody begins."""

from django.conf import settings
from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from dashboard.panels.fit import misfits
from dashboard.panels.kinds import KINDS, Size
from dashboard.panels.placed import Placed


def kind_choices() -> list[tuple[str, str]]:
    """A new kind of panel needs no migration."""
    return [(kind.code, str(kind.title)) for kind in KINDS.values()]


class Dashboard(models.Model):
    """A page of panels. Its revision counts what became of its panels, so that no change is lost under another."""

    class Width(models.TextChoices):
        S = Size.S.value, _("S: a quarter of the page")
        M = Size.M.value, _("M: a third")
        L = Size.L.value, _("L: half")
        XL = Size.XL.value, _("XL: the whole width")

    title = models.CharField(_("title"), max_length=60, help_text=_("How people call it."))
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        null=True,
        blank=True,
        verbose_name=_("owner"),
        related_name="dashboards",
        help_text=_("Who sees and arranges it. Empty: it is the house's, arranged by who may change dashboards."),
    )
    groups = models.ManyToManyField(Group, through="Audience", related_name="dashboards", verbose_name=_("groups"))
    revision = models.PositiveIntegerField(default=0, editable=False)
    created_at = models.DateTimeField(_("created"), db_default=Now(), editable=False)
    updated_at = models.DateTimeField(_("changed"), auto_now=True)

    class Meta:
        verbose_name = _("dashboard")
        verbose_name_plural = _("dashboards")
        ordering = ["title", "id"]

    def __str__(self) -> str:
        return self.title


class Audience(models.Model):
    """A group whose members see a dashboard; at most one is where they begin."""

    dashboard = models.ForeignKey(Dashboard, models.CASCADE, related_name="audiences")
    group = models.ForeignKey(Group, models.CASCADE, verbose_name=_("group"), related_name="audiences")
    is_start = models.BooleanField(
        _("begins with it"),
        default=False,
        help_text=_("Its members see this dashboard first, unless they chose another one. One for each group."),
    )

    class Meta:
        verbose_name = _("group that sees it")
        verbose_name_plural = _("groups that see it")
        ordering = ["group__name"]
        constraints = [
            models.UniqueConstraint(fields=["dashboard", "group"], name="group_sees_dashboard_once"),
            models.UniqueConstraint(
                fields=["group"],
                condition=Q(is_start=True),
                name="group_begins_with_one_dashboard",
                violation_error_message=_("This group begins with another dashboard. Take the mark off there first."),
            ),
        ]

    def __str__(self) -> str:
        return self.group.name


class Panel(models.Model):
    """One panel of a dashboard. What is left empty is the viewer's: their page's instrument, their first account."""

    dashboard = models.ForeignKey(Dashboard, models.CASCADE, related_name="panels")
    kind = models.CharField(_("kind"), max_length=20, choices=kind_choices)
    feed = models.CharField(_("feed"), max_length=40, blank=True, help_text=_("Empty: that of the page."))
    instrument = models.ForeignKey(
        "feeds.Instrument",
        models.CASCADE,
        null=True,
        blank=True,
        verbose_name=_("instrument"),
        related_name="+",
        help_text=_("Of panels about an instrument. Empty: that of the page."),
    )
    account = models.ForeignKey(
        "positions.Account",
        models.CASCADE,
        null=True,
        blank=True,
        verbose_name=_("account"),
        related_name="+",
        help_text=_("Of panels about an account. Empty: the first one that the viewer may see."),
    )
    size = models.CharField(_("size"), max_length=2, choices=Dashboard.Width.choices, default=Dashboard.Width.M)
    place = models.PositiveSmallIntegerField(_("place"), default=0, help_text=_("The lowest comes first."))

    class Meta:
        verbose_name = _("panel")
        verbose_name_plural = _("panels")
        ordering = ["place", "id"]

    def __str__(self) -> str:
        return str(KINDS[self.kind].title) if self.kind in KINDS else self.kind

    def clean(self) -> None:
        """A choice that is no good was told of by its field."""
        if kind := KINDS.get(self.kind):
            has_account = self.account_id is not None
            if wrong := misfits(kind, feed=self.feed, instrument=self.instrument_id or "", has_account=has_account):
                raise ValidationError(dict(wrong))

    @property
    def placed(self) -> Placed | None:
        """As a page shows it; None for a kind that this version does not know."""
        if (kind := KINDS.get(self.kind)) is None:
            return None
        return Placed(self.pk, kind, Size(self.size), self.feed, self.instrument_id or "", self.account_id)


class StartPage(models.Model):
    """What a user wants to begin with: a dashboard, or with none the overview that is always there."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, primary_key=True, related_name="start_page")
    dashboard = models.ForeignKey(Dashboard, models.CASCADE, null=True, related_name="+")
