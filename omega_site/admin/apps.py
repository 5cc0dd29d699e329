"""Django's admin, with our site in it."""

from django.contrib.admin.apps import AdminConfig


class OmegaAdminConfig(AdminConfig):
    default_site = "omega_site.admin.site.AdminSite"
