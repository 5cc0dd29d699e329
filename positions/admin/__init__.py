"""Accounts in the admin: which rows have which pages. What people enter first, then what workers write."""

from django.contrib import admin

from positions.admin.account import AccountAdmin
from positions.admin.history import (
    BalanceSnapshotAdmin,
    DriftAdmin,
    FillAdmin,
    OrderAdmin,
    PositionAdmin,
    PositionChangeAdmin,
    StreamEventAdmin,
)
from positions.models import (
    Account,
    BalanceSnapshot,
    Drift,
    Fill,
    Order,
    Position,
    PositionChange,
    StreamEvent,
)

admin.site.register(Account, AccountAdmin)

admin.site.register(Position, PositionAdmin)
admin.site.register(PositionChange, PositionChangeAdmin)
admin.site.register(Order, OrderAdmin)
admin.site.register(Fill, FillAdmin)
admin.site.register(BalanceSnapshot, BalanceSnapshotAdmin)
admin.site.register(Drift, DriftAdmin)
admin.site.register(StreamEvent, StreamEventAdmin)
