"""Routes of the site."""

from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("admin/", admin.site.urls),
    path("api/v1/", include("feeds.api.urls")),
    path("api/v1/", include("positions.api.urls")),
    path("", include("dashboard.urls")),
]

handler404 = "omega_site.failure.missing"
# Of whatever fails in a page or around it.
handler500 = "omega_site.failure.failed"
