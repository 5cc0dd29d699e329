"""Why something was refused: the same numbers in error messages and in close codes (RFC 6455 7.4.2: 4000 to 4999)."""

from typing import Final

GOING_AWAY: Final = 1001
BAD_CLIENT: Final = 1008
TOO_BIG: Final = 1009
BROKEN: Final = 1011
IDLE: Final = 4000
DISCONNECTED: Final = 4001
REPLACED: Final = 4002
CHANGED: Final = 4003
TOO_SLOW: Final = 4008
BAD_FRAME: Final = 4400
NOT_LOGGED_IN: Final = 4401
NOT_ALLOWED: Final = 4403
NOT_FOUND: Final = 4404
TOO_MANY: Final = 4429
NOT_AVAILABLE: Final = 4503
