"""The forms of dashboards: a new one, its title, one more panel; and one in the admin."""

from typing import Any

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.forms import (
    ChoiceField,
    Form,
    HiddenInput,
    IntegerField,
    ModelForm,
    RadioSelect,
    TypedChoiceField,
)
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dashboard.models import Dashboard, Panel
from dashboard.panels.kinds import KINDS, Kind
from dashboard.people.roles import may_operate
from feeds.queries import shown_feeds
from positions.queries.visible import visible_accounts


def kinds_for(user: User) -> list[Kind]:
    """Those that a panel of this user's may be of."""
    return [kind for kind in KINDS.values() if not kind.is_for_staff or may_operate(user)]


class TitleForm(ModelForm):
    class Meta:
        model = Dashboard
        fields = ["title"]


class NewForm(TitleForm):
    """Of a dashboard that is not there yet."""

    like = ChoiceField(
        label=gettext_lazy("Begin with"),
        choices=[("overview", gettext_lazy("the panels of the overview")), ("", gettext_lazy("no panels"))],
        required=False,
        initial="overview",
        widget=RadioSelect,
    )


class PanelForm(ModelForm):
    """A panel for a dashboard that this user may change: of the kinds and accounts that are theirs to see."""

    account = TypedChoiceField(label=gettext_lazy("Account"), coerce=int, empty_value=None, required=False)
    feed = ChoiceField(label=gettext_lazy("Feed"), required=False)
    size = ChoiceField(label=gettext_lazy("Size"), required=False)

    class Meta:
        model = Panel
        fields = ["kind", "instrument", "feed", "size"]

    field_order = ["kind", "instrument", "account", "feed", "size"]

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        accounts = [(view.id, view.label) for view in visible_accounts(user)]
        fields["kind"].choices = [(kind.code, kind.title) for kind in kinds_for(user)]
        fields["feed"].choices = [("", _("that of the page")), *shown_feeds().items()]
        fields["account"].choices = [("", _("the first that the viewer may see")), *accounts]
        fields["size"].choices = [("", _("as usual for its kind")), *Dashboard.Width.choices]
        fields["instrument"].queryset = fields["instrument"].queryset.filter(feeds__is_enabled=True).distinct()
        fields["instrument"].empty_label = _("that of the page")
        for field in fields.values():
            field.help_text = ""

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        self.instance.account_id = cleaned.get("account")
        if kind := KINDS.get(cleaned.get("kind", "")):
            cleaned["size"] = cleaned.get("size") or kind.size.value
        return cleaned


class SizeForm(Form):
    size = ChoiceField(label=gettext_lazy("Size"), choices=Dashboard.Width.choices)


class DashboardForm(ModelForm):
    """In the admin. It knows the revision that it was opened at: what others changed since is not lost unseen."""

    shown = IntegerField(label="", widget=HiddenInput, required=False)

    class Meta:
        model = Dashboard
        fields = ["title", "owner"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        fields["shown"].initial = self.instance.revision

    def clean(self) -> dict[str, Any]:
        """Within the transaction of the admin's view: from here on nobody else changes it."""
        cleaned = super().clean() or self.cleaned_data
        rows = Dashboard.objects.select_for_update().filter(pk=self.instance.pk)
        revision = rows.values_list("revision", flat=True).first()
        if revision not in (None, cleaned.get("shown")):
            # Sent once more, it is meant.
            self.data = {**self.data, "shown": revision}
            raise ValidationError(
                _("Somebody else changed this dashboard meanwhile. Load this page anew to see it, or save over it.")
            )
        return cleaned
