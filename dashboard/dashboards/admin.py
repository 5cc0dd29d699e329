"""Dashboards in the admin: their panels, whose they are, who sees them, and how it looks to a group."""

from typing import Any

from django.contrib import admin
from django.forms import ModelChoiceField
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dashboard.dashboards import changes
from dashboard.dashboards.forms import DashboardForm
from dashboard.dashboards.order import MOST_PANELS
from dashboard.models import Audience, Dashboard, Panel
from feeds.admin.base import ModelAdmin, TabularInline
from positions.queries.visible import visible_accounts


class AccountField(ModelChoiceField):
    """The accounts that this admin may see by name. One that they may not stays what it is, without its name."""

    labels: dict[int, str]

    def label_from_instance(self, obj: Any) -> str:
        return self.labels.get(obj.pk) or _("an account that you may not see (%(id)s)") % {"id": obj.pk}


class PanelInline(TabularInline):
    model = Panel
    fields = ["place", "kind", "size", "feed", "instrument", "account"]
    extra = 0
    max_num = MOST_PANELS
    ordering_field = "place"

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name != "account":
            return super().formfield_for_foreignkey(db_field, request, **kwargs)
        labels = {view.id: view.label for view in visible_accounts(request.user)}
        # And those that are on this dashboard already: saved again, they are what they were.
        here = Panel.objects.filter(dashboard_id=_edited(request)).exclude(account=None).values("account")
        accounts = db_field.remote_field.model.objects.all()
        shown = accounts.filter(pk__in=labels) | accounts.filter(pk__in=here)
        choice = {"form_class": AccountField, "queryset": shown}
        field: Any = super().formfield_for_foreignkey(db_field, request, **kwargs | choice)
        field.labels = labels
        return field


class AudienceInline(TabularInline):
    model = Audience
    fields = ["group", "is_start"]
    extra = 0


class DashboardAdmin(ModelAdmin):
    list_display = ["title", "owner", "seen_by", "updated_at", "preview"]
    list_filter = ["groups"]
    search_fields = ["title", "owner__username"]
    list_select_related = ["owner"]
    autocomplete_fields = ["owner"]
    form = DashboardForm
    fields = ["title", "owner", "preview", "created_at", "updated_at", "shown"]
    readonly_fields = ["preview", "created_at", "updated_at"]
    inlines = [PanelInline, AudienceInline]
    what_deleting_does = gettext_lazy(
        "It is gone for everybody who sees it, with its panels; who began with it begins with another page."
    )

    def get_fields(self, request: HttpRequest, obj: Dashboard | None = None) -> Any:
        # A new one has no times yet: the database says them.
        return super().get_fields(request, obj) if obj else ["title", "owner", "preview"]

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).prefetch_related("audiences__group")

    @admin.display(description=gettext_lazy("groups"))
    def seen_by(self, dashboard: Dashboard) -> str:
        return ", ".join(str(audience) for audience in dashboard.audiences.all()) or "–"

    @admin.display(description=gettext_lazy("preview"))
    def preview(self, dashboard: Dashboard) -> str:
        """A page of its own: nothing here may be put into a frame."""
        if dashboard.pk is None:
            return _("Once it is saved.")
        address = reverse("dashboard-preview", args=[dashboard.pk])
        return format_html('<a href="{}">{}</a>', address, _("As a group sees it"))

    def save_model(self, request: HttpRequest, obj: Dashboard, form: Any, change: bool) -> None:
        """Only what the form has: the panels may have been arranged since the row was read."""
        obj.save(update_fields=["title", "owner", "updated_at"] if change else None)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Whoever looks at it is told, once everything is saved."""
        super().save_related(request, form, formsets, change)
        changes.touch(form.instance)

    def delete_model(self, request: HttpRequest, obj: Dashboard) -> None:
        changes.delete(obj)

    def delete_queryset(self, request: HttpRequest, queryset: Any) -> None:
        for dashboard in queryset:
            changes.delete(dashboard)


def _edited(request: HttpRequest) -> int:
    """The dashboard whose form this is; 0 for a new one."""
    asked = request.resolver_match.kwargs.get("object_id", "") if request.resolver_match else ""
    return int(asked) if asked.isdecimal() else 0
