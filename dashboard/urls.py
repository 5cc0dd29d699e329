"""Routes of the pages."""

from django.urls import include, path

from dashboard import views
from dashboard.accounts import views as accounts
from dashboard.api.clients import Clients, Disconnect
from dashboard.api.docs import docs
from dashboard.api.schema import Description
from dashboard.chart import views as chart
from dashboard.dashboards import editing
from dashboard.dashboards import views as dashboards
from dashboard.history import views as history
from dashboard.panels import views as panels
from dashboard.sockets.state import state
from dashboard.texts import texts
from dashboard.tokens import views as tokens

urlpatterns = [
    path("", dashboards.start, name="dashboard"),
    path("overview/", dashboards.overview, name="overview"),
    path("overview/start/", dashboards.begin_with, name="overview-start"),
    path("dashboards/", dashboards.index, name="dashboards"),
    path("dashboards/<int:pk>/", dashboards.shown, name="dashboard-shown"),
    path("dashboards/<int:pk>/start/", dashboards.begin_with, name="dashboard-start"),
    path("dashboards/<int:pk>/copy/", dashboards.copy, name="dashboard-copy"),
    path("dashboards/<int:pk>/delete/", dashboards.delete, name="dashboard-delete"),
    path("dashboards/<int:pk>/preview/", dashboards.preview, name="dashboard-preview"),
    path("dashboards/<int:pk>/edit/", editing.edit, name="dashboard-edit"),
    path("dashboards/<int:pk>/arrange/", editing.arrange, name="dashboard-arrange"),
    path("dashboards/<int:pk>/panels/", editing.add, name="dashboard-add"),
    path("dashboards/<int:pk>/panels/<int:number>/", editing.change, name="dashboard-change"),
    path("instruments/<str:code>/", panels.instrument, name="instrument"),
    path("", include("dashboard.people.urls")),
    path("candles/<str:instrument>.json", chart.candle_bars, name="candles"),
    path("chart/<str:instrument>/marks.json", chart.marks, name="chart-marks"),
    path("history/", history.history, name="history"),
    path("positions/", panels.positions, name="positions"),
    path("debug/position_component_debug.html", accounts.debug, name="position-debug"),
    path("tokens/", tokens.tokens, name="tokens"),
    path("tokens/<int:pk>/revoke/", tokens.revoke, name="token-revoke"),
    path("texts.js", texts, name="texts"),
    path("notices/", views.notices, name="notices"),
    path("system/", views.system, name="system"),
    path("api/v1/schema/", Description.as_view(), name="api-schema"),
    path("api/v1/docs/", docs, name="api-docs"),
    path("api/v1/state/", state, name="state"),
    path("api/v1/clients/", Clients.as_view(), name="clients"),
    path("api/v1/clients/<str:client_id>/disconnect/", Disconnect.as_view(), name="disconnect-client"),
]
