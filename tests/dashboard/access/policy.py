"""The table: who may do what. A route, a command or a topic without a row fails its test.

What machines ask is no route of Django's: tests/dashboard/system/test_monitoring.py has its table.

login    is asked to log in: 401, or a page that leads to the login
refused  403: logged in, and may not
missing  404: is not there, or is somebody else's, which is the same
open     is answered; what the answer says is for other tests
"""

from typing import Final, NamedTuple

from dashboard.protocol.topics import Topic
from tests.dashboard.access.people import PERSONS

LOGIN, REFUSED, MISSING, OPEN = "login", "refused", "missing", "open"
Who = dict[str, str]


class Row(NamedTuple):
    """`methods` of a route; the others are open to nobody, or with "*" as the views of allauth please. `others`: who
    may with an object of somebody else's. `asked`: what has to be asked for, where nothing is answered without.
    """

    methods: str
    who: Who
    others: Who | None = None
    asked: str = ""


def _who(*outcomes: str) -> Who:
    return dict(zip(PERSONS, outcomes, strict=True))


# Columns:             anonymous  user      viewer    operator  admin     token for trades
EVERYBODY: Final = _who(OPEN, OPEN, OPEN, OPEN, OPEN, OPEN)
# Pages know sessions alone: to them a program is a stranger.
MEMBERS: Final = _who(LOGIN, OPEN, OPEN, OPEN, OPEN, LOGIN)
OPERATORS: Final = _who(LOGIN, REFUSED, REFUSED, OPEN, OPEN, LOGIN)
NOT_THEIRS: Final = _who(LOGIN, MISSING, MISSING, MISSING, MISSING, LOGIN)
# Nobody here has a second factor.
NONE_YET: Final = NOT_THEIRS
# An administrator has the right to see and change every dashboard.
BUT_FOR_ADMIN: Final = _who(LOGIN, MISSING, MISSING, MISSING, OPEN, LOGIN)
# Takes the right to change dashboards.
EDITORS: Final = _who(LOGIN, REFUSED, REFUSED, REFUSED, OPEN, LOGIN)
# The API.
LISTENERS: Final = _who(LOGIN, OPEN, OPEN, OPEN, OPEN, OPEN)
OF_OTHER_TOPICS: Final = _who(LOGIN, OPEN, OPEN, OPEN, OPEN, REFUSED)
OF_STAFF: Final = _who(LOGIN, REFUSED, REFUSED, OPEN, OPEN, REFUSED)
NOBODY_IS_CONNECTED: Final = _who(LOGIN, REFUSED, REFUSED, MISSING, MISSING, REFUSED)
NOT_THEIR_ACCOUNT: Final = _who(LOGIN, MISSING, MISSING, MISSING, MISSING, REFUSED)

_ACCOUNT = "account=ACCOUNT"
_OWN_ROWS = Row("GET", OF_OTHER_TOPICS, NOT_THEIR_ACCOUNT, _ACCOUNT)
_MARKET = Row("GET", OF_OTHER_TOPICS)


def _with_export(name: str, row: Row) -> dict[str, Row]:
    """Whoever may read a list may take it home."""
    return {f"api/v1/{name}/": row, f"api/v1/{name}/export/": row}


ROUTES: Final[dict[str, Row]] = {
    # --- Pages
    "": Row("GET", MEMBERS),
    "overview/": Row("GET", MEMBERS),
    "overview/start/": Row("POST", MEMBERS),
    "history/": Row("GET", MEMBERS),
    "dashboards/": Row("GET POST", MEMBERS),
    "dashboards/<int:pk>/": Row("GET", MEMBERS, BUT_FOR_ADMIN),
    "dashboards/<int:pk>/start/": Row("POST", MEMBERS, BUT_FOR_ADMIN),
    "dashboards/<int:pk>/copy/": Row("POST", MEMBERS, BUT_FOR_ADMIN),
    "dashboards/<int:pk>/delete/": Row("GET POST", MEMBERS, BUT_FOR_ADMIN),
    "dashboards/<int:pk>/preview/": Row("GET", EDITORS, EDITORS),
    "dashboards/<int:pk>/edit/": Row("GET POST", MEMBERS, BUT_FOR_ADMIN),
    "dashboards/<int:pk>/arrange/": Row("GET POST", MEMBERS, BUT_FOR_ADMIN),
    "dashboards/<int:pk>/panels/": Row("POST", MEMBERS, BUT_FOR_ADMIN),
    "dashboards/<int:pk>/panels/<int:number>/": Row("POST", MEMBERS, BUT_FOR_ADMIN),
    "instruments/<str:code>/": Row("GET", MEMBERS),
    "candles/<str:instrument>.json": Row("GET", MEMBERS, asked="venue=binance"),
    "chart/<str:instrument>/marks.json": Row("GET", MEMBERS, asked="from=1763640000"),
    "positions/": Row("GET", MEMBERS),
    "tokens/": Row("GET POST", MEMBERS),
    "tokens/<int:pk>/revoke/": Row("POST", MEMBERS, NOT_THEIRS),
    "system/": Row("GET", OPERATORS),
    "debug/position_component_debug.html": Row("GET", OPERATORS),
    "notices/": Row("GET", EVERYBODY),
    "texts.js": Row("GET", EVERYBODY),
    # --- One's own login
    "login/": Row("GET POST *", EVERYBODY),
    "logout/": Row("POST", EVERYBODY),
    "login/again/": Row("GET POST *", MEMBERS),
    "login/off/": Row("GET", EVERYBODY),
    "login/code/": Row("GET POST *", EVERYBODY),
    "login/code/again/": Row("GET POST *", MEMBERS),
    "login/forgotten/": Row("GET POST *", EVERYBODY),
    "login/forgotten/sent/": Row("GET", EVERYBODY),
    "^login/new-password/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$": Row("GET POST *", EVERYBODY),
    "login/new-password/done/": Row("GET", EVERYBODY),
    "settings/": Row("GET POST", MEMBERS),
    "settings/password/": Row("GET POST *", MEMBERS),
    "settings/password/first/": Row("GET POST *", MEMBERS),
    "settings/sessions/": Row("GET", MEMBERS),
    "settings/sessions/<int:pk>/end/": Row("POST", MEMBERS, NOT_THEIRS),
    "settings/sessions/end/": Row("POST", MEMBERS),
    "settings/second-factor/": Row("GET", MEMBERS),
    "settings/second-factor/on/": Row("GET POST *", MEMBERS),
    "settings/second-factor/off/": Row("GET POST", NONE_YET),
    "settings/second-factor/codes/": Row("GET", NONE_YET),
    "settings/second-factor/codes/new/": Row("GET POST *", MEMBERS),
    "settings/second-factor/codes/file/": Row("GET", NONE_YET),
    # --- REST
    "api/v1/docs/": Row("GET", MEMBERS),
    "api/v1/schema/": Row("GET", LISTENERS),
    "api/v1/state/": Row("GET", MEMBERS, NOT_THEIRS, 'topics=[{"topic":"positions","account":ACCOUNT}]'),
    "api/v1/clients/": Row("GET", OF_STAFF),
    "api/v1/clients/<str:client_id>/disconnect/": Row("POST", NOBODY_IS_CONNECTED),
    **_with_export("trades", Row("GET", LISTENERS, asked="instrument=BTC-USDT")),
    **_with_export("quotes", Row("GET", OF_OTHER_TOPICS, asked="instrument=BTC-USDT")),
    **_with_export("candles", Row("GET", OF_OTHER_TOPICS, asked="instrument=BTC-USDT&venue=binance")),
    **_with_export("gaps", _MARKET),
    **_with_export("failovers", _MARKET),
    **_with_export("alerts", _MARKET),
    **_with_export("health-snapshots", Row("GET", OF_STAFF)),
    "api/v1/venues/": _MARKET,
    "api/v1/instruments/": _MARKET,
    "api/v1/feeds/": _MARKET,
    "api/v1/uptime/": _MARKET,
    "api/v1/accounts/": _MARKET,
    "api/v1/accounts/<str:account>/": Row("GET", OF_OTHER_TOPICS, NOT_THEIR_ACCOUNT),
    **_with_export("positions", _OWN_ROWS),
    **_with_export("position-changes", _OWN_ROWS),
    **_with_export("orders", _OWN_ROWS),
    **_with_export("fills", _OWN_ROWS),
    **_with_export("balances", _OWN_ROWS),
    **_with_export("drifts", _OWN_ROWS),
}

# Of the admin; whatever is not here is an administrator's. Operators look at the market, and may send clients away.
OPERATORS_SEE: Final = (
    "admin/$",
    *(f"admin/{page}/" for page in ("login", "logout", "search", "jsi18n", "password_change", "feeds")),
    "admin/dashboard/liveclient/",
)

# --- Sockets: everybody below is in, so nobody is asked to log in
_IN: Final = _who(LOGIN, OPEN, OPEN, OPEN, OPEN, REFUSED)
_IN_AS_STAFF: Final = _who(LOGIN, REFUSED, REFUSED, OPEN, OPEN, REFUSED)
_ANOTHERS: Final = _who(LOGIN, MISSING, MISSING, MISSING, MISSING, REFUSED)
_ANOTHERS_AS_STAFF: Final = _who(LOGIN, REFUSED, REFUSED, MISSING, MISSING, REFUSED)

TOPICS: Final[dict[Topic, Row]] = {
    Topic.PRICE: Row("", _IN),
    Topic.TRADES: Row("", LISTENERS),
    Topic.CANDLES: Row("", _IN),
    Topic.FLOW: Row("", _IN),
    Topic.VENUES: Row("", _IN),
    Topic.HEALTH: Row("", _IN),
    Topic.ALERTS: Row("", _IN),
    Topic.TRAPS: Row("", _IN),
    Topic.POSITIONS: Row("", _IN, _ANOTHERS),
    Topic.ORDERS: Row("", _IN, _ANOTHERS),
    Topic.ACCOUNT: Row("", _IN, _ANOTHERS),
    Topic.DEBUG: Row("", _IN_AS_STAFF, _ANOTHERS_AS_STAFF),
    Topic.PUBLISHED: Row("", _IN),
    Topic.REDIS: Row("", _IN),
    Topic.LOG: Row("", _IN_AS_STAFF),
}
# What a stranger may say is `auth`; what comes of each before a login is tested of each.
COMMANDS: Final = {"auth", "resume", "subscribe", "unsubscribe", "publish", "pong", "ping", "painted"}
