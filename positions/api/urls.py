"""Routes of the accounts' part of the API."""

from typing import Final

from django.urls import path

from feeds.api.export import routes
from feeds.api.listing import History
from positions.api.accounts import Accounts, OneAccount
from positions.api.history import Balances, Drifts, Fills, PositionChanges
from positions.api.standing import Orders, Positions

HISTORIES: Final[dict[str, type[History]]] = {
    "positions": Positions,
    "position-changes": PositionChanges,
    "orders": Orders,
    "fills": Fills,
    "balances": Balances,
    "drifts": Drifts,
}

urlpatterns = [
    path("accounts/", Accounts.as_view(), name="api-accounts"),
    path("accounts/<str:account>/", OneAccount.as_view(), name="api-account"),
    *routes(HISTORIES),
]
