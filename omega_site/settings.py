"""Every setting. Each comes from the environment; .env.example lists them all with their defaults."""

import ssl
from pathlib import Path

import litecharts
from django.core.exceptions import ImproperlyConfigured

from omega_site import beside, fixed, log_setup, rest
from omega_site.admin.look import look
from omega_site.content_policy import POLICY
from omega_site.database import ROLES, tuned
from omega_site.environment import API_CREDENTIALS, Environment, refuse_shared_ports
from omega_site.redis_addresses import Server, redis_url, refuse_half_a_pair

BASE_DIR = Path(__file__).resolve().parent.parent
env = Environment()
_EXPORTED = frozenset(env.ENVIRON)
env.read_file(BASE_DIR / ".env", but_for=API_CREDENTIALS)

# --- What this process is ------------------------------------------------------------------------------------

OMEGA_DATA_DIR = Path(env.str("OMEGA_DATA_DIR", default=str(BASE_DIR / "var"))).resolve()
# What this process may do in a Redis of ours, and how long it waits for a database. A command is what a person starts.
OMEGA_ROLE = env.one_of("OMEGA_ROLE", ROLES, default="worker")
beside.take(OMEGA_DATA_DIR, env.ENVIRON, _EXPORTED, OMEGA_ROLE)
# live: the real exchanges. replay: the local replay exchange. test: as replay, with static files from source.
OMEGA_MODE = env.str("OMEGA_MODE", default="live")
if OMEGA_MODE not in ("live", "replay", "test"):
    raise ImproperlyConfigured(f"OMEGA_MODE is {OMEGA_MODE!r}; it must be live, replay or test.")
REPLAY_EXCHANGE_URL = env.str("REPLAY_EXCHANGE_URL", default="")
if OMEGA_MODE == "live" and REPLAY_EXCHANGE_URL:
    raise ImproperlyConfigured("REPLAY_EXCHANGE_URL is set while OMEGA_MODE is live. Unset one of them.")

# As pyproject.toml says.
OMEGA_VERSION = "0.1.0"
OMEGA_HOST = env.str("OMEGA_HOST", default="127.0.0.1")
OMEGA_PORT = env.int("OMEGA_PORT", default=8000)
# Where API clients find the broadcast endpoint, plain and over TLS; 0: not opened. Without a certificate the TLS port
# stays closed.
WEBSOCKET_HOST = env.host("WEBSOCKET_HOST", default="localhost")
WEBSOCKET_PORT = env.int("WEBSOCKET_PORT", default=9886)
WEBSOCKET_SSL_PORT = env.int("WEBSOCKET_SSL_PORT", default=9887)
WEBSOCKET_SSL_CERT, WEBSOCKET_SSL_KEY = env.certificate()
# permessage-deflate for who offers it, on these ports alone: daphne has none. docs/operations.md says what it costs.
WEBSOCKET_COMPRESSION = env.bool("WEBSOCKET_COMPRESSION", default=False)
# Where machines ask how the site is, and nothing else is; 0: not opened.
HEALTH_CHECK_HOST = env.host("HEALTH_CHECK_HOST", default="127.0.0.1")
HEALTH_CHECK_PORT = env.int("HEALTH_CHECK_PORT", default=8080)
refuse_shared_ports(
    OMEGA_PORT=OMEGA_PORT,
    WEBSOCKET_PORT=WEBSOCKET_PORT,
    WEBSOCKET_SSL_PORT=WEBSOCKET_SSL_PORT,
    HEALTH_CHECK_PORT=HEALTH_CHECK_PORT,
)
OMEGA_INSTRUMENTS = env.instruments()
LOOPBACK = ("127.0.0.1", "localhost", "::1")

# --- Security ------------------------------------------------------------------------------------------------

DEBUG = env.bool("DEBUG", default=False)
if DEBUG and OMEGA_HOST not in LOOPBACK:
    raise ImproperlyConfigured(f"DEBUG is on while OMEGA_HOST is {OMEGA_HOST}. Turn it off, or bind to 127.0.0.1.")
DEFAULT_EXCEPTION_REPORTER_FILTER = "omega_site.error_page.AlwaysDiscreet"
SECRET_KEY = env.secret_key(keep_in=OMEGA_DATA_DIR / "secret_key")
# Of the API keys in the database. The first one seals, all open what is there.
OMEGA_ENCRYPTION_KEYS = env.encryption_keys(OMEGA_DATA_DIR / "encryption_keys", SECRET_KEY)
# With it a program is told how the site is, also while the database is away.
MONITORING_TOKEN = env.monitoring_token(OMEGA_DATA_DIR / "monitoring_token")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])

# True behind a TLS proxy, which then has to set X-Forwarded-Proto.
OMEGA_HTTPS = env.bool("OMEGA_HTTPS", default=False)
_ORIGIN = "https://{}" if OMEGA_HTTPS else f"http://{{}}:{OMEGA_PORT}".removesuffix(":80")
ALLOWED_ORIGINS = env.origins(ALLOWED_HOSTS, _ORIGIN)
CSRF_TRUSTED_ORIGINS = ALLOWED_ORIGINS if OMEGA_HTTPS else []
SECURE_SSL_REDIRECT = SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = OMEGA_HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if OMEGA_HTTPS else None
SECURE_HSTS_SECONDS = 31_536_000 if OMEGA_HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = OMEGA_HTTPS
SESSION_COOKIE_NAME = "__Host-omega_session" if OMEGA_HTTPS else "omega_session"
CSRF_COOKIE_NAME = "__Host-omega_csrf" if OMEGA_HTTPS else "omega_csrf"
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_AGE = 14 * 86_400
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
CONTENT_SECURITY_POLICY = POLICY
vars().update({name: value for name, value in {**vars(fixed), **vars(rest)}.items() if name.isupper()})
# By which forgotten passwords are reset.
HAS_EMAIL = bool(env.secret("EMAIL_URL"))
vars().update(env.email(env.secret("EMAIL_URL")))
DEFAULT_FROM_EMAIL = SERVER_EMAIL = env.str("EMAIL_FROM", default=f"omega@{ALLOWED_HOSTS[0].lstrip('.')}")

# --- Applications --------------------------------------------------------------------------------------------

INSTALLED_APPS = [
    # Before the admin, whose templates and widgets it replaces.
    "unfold.apps.BasicAppConfig",
    "omega_site.admin.apps.OmegaAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "servestatic.runserver_nostatic",
    "django.contrib.staticfiles",
    "csp",
    "django_structlog",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "heroicons",
    "rest_framework",
    "django_filters",
    "drf_spectacular",
    "feeds",
    "positions",
    "dashboard",
]
# The theme of the admin.
UNFOLD = look(is_live=OMEGA_MODE == "live")
ROOT_URLCONF = "omega_site.urls"
ASGI_APPLICATION = "omega_site.asgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "dashboard.site.frame",
                "dashboard.people.context.page",
            ]
        },
    }
]

# --- Database ------------------------------------------------------------------------------------------------

# web, worker or command: each program says it of itself.
DATABASES = {"default": tuned(env.database(default=OMEGA_DATA_DIR / "omega.sqlite3"), OMEGA_ROLE)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- Redis, Celery, Channels ---------------------------------------------------------------------------------

refuse_half_a_pair(env)
REDIS_URL = redis_url(env, Server.PRIMARY, OMEGA_DATA_DIR, OMEGA_ROLE) or "redis://127.0.0.1:6379/0"
# The second server of the pair; "" while there is none.
FAILOVER_REDIS_URL = redis_url(env, Server.FAILOVER, OMEGA_DATA_DIR, OMEGA_ROLE)
# critical: only what must not be missed goes to the failover server; all: everything does.
REDIS_FAILOVER_SCOPE = env.one_of("REDIS_FAILOVER_SCOPE", ("critical", "all"), default="all")
REDIS_KEY_PREFIX = env.key_prefix()
# Where the log waits while both servers are down, and how much of it of one feed; more waits in memory.
SPOOL_DIR = OMEGA_DATA_DIR / "spool"
SPOOL_MAX_MB = env.int("SPOOL_MAX_MB", default=512)

# One server, not the pair: of a list kombu leaves a dead server but not a frozen one, and after a return clients and
# workers stay apart on two servers. Without its broker a worker holds its sessions all the same.
CELERY_BROKER_URL = REDIS_URL
# By itself kombu believes any certificate; redis-py, which is everybody else's client, does not.
CELERY_BROKER_USE_SSL = {"ssl_cert_reqs": ssl.CERT_REQUIRED} if REDIS_URL.startswith("rediss:") else None
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_IGNORE_RESULT = True
CELERY_TIMEZONE = "UTC"
# In the prefork pool a live session never hears SIGTERM.
CELERY_WORKER_POOL = "threads"
CELERY_WORKER_CONCURRENCY = env.int("WORKER_CONCURRENCY", default=16)
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = False
# A session is owned by its lease, never by a message: a message delivered twice or lost changes nothing.
CELERY_TASK_ACKS_LATE = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
# Who enqueues is told within 3 s that it failed; by default kombu tries for ever, and waits for ever.
CELERY_TASK_PUBLISH_RETRY = False
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "global_keyprefix": REDIS_KEY_PREFIX,
    "max_retries": 0,
    "socket_timeout": 2,
    "socket_connect_timeout": 1,
    "socket_keepalive": True,
    # A worker whose connection is half open listens again within 1 s + twice this.
    "health_check_interval": 5,
    # Longer than any task, of which all end at once: one that is late is delivered a second time.
    "visibility_timeout": 3600,
}
# Above it a worker hands its sessions over and ends, to be started again; 0: no limit.
WORKER_MEMORY_MAX_MB = env.int("WORKER_MEMORY_MAX_MB", default=512)
CELERY_BEAT_SCHEDULE = {
    "keep sessions running": {
        "task": "feeds.tasks.keep_sessions_running",
        "schedule": 10.0,
        "options": {"expires": 9},
    },
    "delete what is kept for long enough": {
        "task": "feeds.tasks.prune",
        "schedule": 3600.0,
        "options": {"expires": 1800},
    },
}

CHANNEL_LAYERS = {
    "default": {
        "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
        # redis-py 8 times out after 5 s by default and takes idle consumers with it (django/channels_redis#422).
        "CONFIG": {"hosts": [{"address": REDIS_URL, "socket_timeout": 30}], "prefix": f"{REDIS_KEY_PREFIX}asgi"},
    }
}

# --- Sockets: what is refused before anything is looked up; each process counts for itself ------------------------

# How many proxies of ours stand in front. The address of a client is what the outermost says in X-Forwarded-For; 0: who
# connects is the client, and the header is not believed.
PROXY_HOPS = env.count("PROXY_HOPS", default=0, least=0)
REST_FRAMEWORK = {**rest.REST_FRAMEWORK, "NUM_PROXIES": PROXY_HOPS}
SOCKETS_PER_ADDRESS = env.count("SOCKETS_PER_ADDRESS", default=32)
SOCKETS_PER_USER = env.count("SOCKETS_PER_USER", default=8)
SOCKETS_MAX = env.count("SOCKETS_MAX", default=2000)
# Of one address.
HANDSHAKES_PER_SECOND = env.count("HANDSHAKES_PER_SECOND", default=50)

# --- What is kept, and for how long (seconds); why is in docs/architecture.md ------------------------------------

TRADE_RETENTION_S = env.int("TRADE_RETENTION_S", default=2_551_443)
QUOTE_RETENTION_S = env.int("QUOTE_RETENTION_S", default=7 * 86_400)
CANDLE_RETENTION_S = env.int("CANDLE_RETENTION_S", default=366 * 86_400)
DIARY_RETENTION_S = env.int("DIARY_RETENTION_S", default=366 * 86_400)
HEALTH_RETENTION_S = env.int("HEALTH_RETENTION_S", default=90 * 86_400)
HEALTH_SAMPLE_RETENTION_S = env.int("HEALTH_SAMPLE_RETENTION_S", default=7 * 86_400)
UPTIME_RETENTION_S = env.int("UPTIME_RETENTION_S", default=62 * 86_400)
DEAD_LETTER_RETENTION_S = env.int("DEAD_LETTER_RETENTION_S", default=30 * 86_400)
RECORD_RETENTION_S = env.int("RECORD_RETENTION_S", default=10 * 366 * 86_400)
BALANCE_RETENTION_S = env.int("BALANCE_RETENTION_S", default=366 * 86_400)
# How often a feed writes down how it is.
HEALTH_SAMPLE_EVERY_S = env.int("HEALTH_SAMPLE_EVERY_S", default=10)

# --- Static files, language, logs ----------------------------------------------------------------------------

STATIC_URL = "static/"
STATIC_ROOT = OMEGA_DATA_DIR / "static"
STATICFILES_DIRS = [("vendor/lightweight-charts", Path(litecharts.__file__).parent / "js")]
_STATIC_STORAGE = "servestatic.storage.CompressedManifestStaticFilesStorage"
if OMEGA_MODE == "test":
    _STATIC_STORAGE = "django.contrib.staticfiles.storage.StaticFilesStorage"
    SERVESTATIC_USE_FINDERS = True
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": _STATIC_STORAGE},
}

LANGUAGE_CODE = "en-gb"
LANGUAGES = [("en", "English"), ("de", "Deutsch")]
LOCALE_PATHS = [BASE_DIR / "locale"]
# The language's own formats come before DATETIME_FORMAT.
FORMAT_MODULE_PATH = "omega_site.formats"
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

LOG_LEVEL = env.log_level()
LOG_FORMAT = env.log_format(log_setup.output(OMEGA_ROLE))
LOGGING = log_setup.settings(LOG_FORMAT, LOG_LEVEL, OMEGA_ROLE)
