"""The positions application: private accounts. Their sessions run in the same workers as the feeds."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PositionsConfig(AppConfig):
    name = "positions"
    verbose_name = _("Accounts")

    def ready(self) -> None:
        from feeds.storage.retention import LEAST, RULES
        from feeds.worker.kinds import KINDS, Kind
        from positions.connection.stream import hold_account
        from positions.queries import enabled_accounts
        from positions.storage import retention

        KINDS["account"] = Kind(enabled_accounts, hold_account)
        LEAST.update(retention.LEAST)
        RULES.extend(retention.RULES)
