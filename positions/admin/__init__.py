"""Accounts in the admin: which rows have which pages. What people enter first, then what workers write."""

from django.contrib import admin

from positions.admin.account import AccountAdmin
from positions.models import Account

admin.site.register(Account, AccountAdmin)
