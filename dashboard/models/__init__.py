"""Rows of the dashboard."""

from dashboard.models.access import ApiToken, LiveClient
from dashboard.models.dashboards import Audience, Dashboard, Panel, StartPage
from dashboard.people.preference import Preference

__all__ = ["ApiToken", "Audience", "Dashboard", "LiveClient", "Panel", "Preference", "StartPage"]
