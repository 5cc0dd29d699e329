"""The dashboard in the admin: which rows have which pages."""

from django.contrib import admin

from dashboard.models import ApiToken, LiveClient
from dashboard.sockets.admin import LiveClientAdmin
from dashboard.tokens.admin import TokenAdmin

admin.site.register(ApiToken, TokenAdmin)
admin.site.register(LiveClient, LiveClientAdmin)
