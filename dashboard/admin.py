"""The dashboard in the admin: which rows have which pages."""

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib import admin
from django.contrib.auth.models import Group, User

from dashboard.dashboards.admin import DashboardAdmin
from dashboard.models import ApiToken, Dashboard, LiveClient
from dashboard.people.admin import GroupAdmin, SecondFactorAdmin, UserAdmin
from dashboard.sockets.admin import LiveClientAdmin
from dashboard.tokens.admin import TokenAdmin

admin.site.register(ApiToken, TokenAdmin)
admin.site.register(Dashboard, DashboardAdmin)
admin.site.register(LiveClient, LiveClientAdmin)

# Django and allauth register these with pages of their own. Addresses and sessions are their owners' to see.
admin.site.unregister([User, Group, Authenticator, EmailAddress, UserSession])
admin.site.register(User, UserAdmin)
admin.site.register(Group, GroupAdmin)
admin.site.register(Authenticator, SecondFactorAdmin)
