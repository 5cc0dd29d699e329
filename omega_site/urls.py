"""Routes of the site."""

from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("admin/", admin.site.urls),
    path("", include("dashboard.urls")),
]

# Of whatever fails in a page or around it.
handler500 = "omega_site.failure.failed"
