"""What an admin saves while a feed runs: forms that are really posted. Each gives the status of the answer."""

from django.test import Client
from django.urls import reverse

from feeds.models import Venue
from feeds.venues import REGISTRY


def save_order(admin: Client, *first: str) -> int:
    """The list of venues with these ones first."""
    order = [*first, *(code for code in REGISTRY if code not in first)]
    listed = list(Venue.objects.values_list("code", flat=True))
    form = {"form-TOTAL_FORMS": len(listed), "form-INITIAL_FORMS": len(listed), "_save": "Save"}
    for index, code in enumerate(listed):
        form |= {f"form-{index}-code": code, f"form-{index}-is_enabled": "on"}
        form[f"form-{index}-priority"] = order.index(code) + 1
    return admin.post(reverse("admin:feeds_venue_changelist"), form).status_code


def save_venue(admin: Client, code: str, **changes: object) -> int:
    """The page of a venue."""
    form = {"name": "Other", "priority": 1, "is_enabled": "on", "silent_after": 3.0, **changes}
    return admin.post(reverse("admin:feeds_venue_change", args=[code]), form).status_code


def never_use(admin: Client, code: str) -> int:
    """The page of the feed, with a venue that it never uses."""
    form = {
        **{"title": "Main", "is_enabled": "on", "instruments": ["BTC-USDT"]},
        **{"standbys": 2, "pause_between": 3.0, "failback_after": 300.0},
        **{"venues-TOTAL_FORMS": 1, "venues-INITIAL_FORMS": 0},
        **{"venues-0-venue": code, "venues-0-is_never_used": "on"},
    }
    return admin.post(reverse("admin:feeds_feed_change", args=["main"]), form).status_code
