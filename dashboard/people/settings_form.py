"""The form of how somebody wants to read."""

from django.forms import ChoiceField, ModelForm
from django.utils.translation import gettext_lazy as _

from dashboard.people.preference import Preference, zones


class SettingsForm(ModelForm):
    zone = ChoiceField(
        label=_("Time zone"),
        choices=lambda: [(zone, zone.replace("_", " ")) for zone in zones()],
        help_text=_("Of all times on the pages. UTC is in the tooltip of a time. The admin and the API say UTC."),
    )

    class Meta:
        model = Preference
        fields = ["theme", "language", "numbers", "zone"]
