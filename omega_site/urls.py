"""Routes of the site."""

from django.conf import settings
from django.contrib import admin
from django.urls import include, path

admin.site.site_title = "OMEGA"
admin.site.site_header = "OMEGA" if settings.OMEGA_MODE == "live" else "OMEGA, REPLAY: not real prices"

urlpatterns = [
    path("admin/", admin.site.urls),
    path("", include("dashboard.urls")),
]

# Of whatever fails in a page or around it.
handler500 = "omega_site.failure.failed"
