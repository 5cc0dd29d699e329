"""Every setting. Each comes from the environment; .env.example lists them all with their defaults."""

from pathlib import Path

import litecharts
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from omega_site.environment import Environment

BASE_DIR = Path(__file__).resolve().parent.parent
env = Environment()
if (BASE_DIR / ".env").exists():
    env.read_env(BASE_DIR / ".env")

# --- What this process is ------------------------------------------------------------------------------------

# live: the real exchanges. replay: the local replay exchange. test: as replay, with static files from source.
OMEGA_MODE = env.str("OMEGA_MODE", default="live")
if OMEGA_MODE not in ("live", "replay", "test"):
    raise ImproperlyConfigured(f"OMEGA_MODE is {OMEGA_MODE!r}; it must be live, replay or test.")
REPLAY_EXCHANGE_URL = env.str("REPLAY_EXCHANGE_URL", default="")
if OMEGA_MODE == "live" and REPLAY_EXCHANGE_URL:
    raise ImproperlyConfigured("REPLAY_EXCHANGE_URL is set while OMEGA_MODE is live. Unset one of them.")

OMEGA_DATA_DIR = Path(env.str("OMEGA_DATA_DIR", default=str(BASE_DIR / "var"))).resolve()
OMEGA_HOST = env.str("OMEGA_HOST", default="127.0.0.1")
OMEGA_PORT = env.int("OMEGA_PORT", default=8000)
OMEGA_INSTRUMENTS = env.instruments()
LOOPBACK = ("127.0.0.1", "localhost", "::1")

# --- Security ------------------------------------------------------------------------------------------------

DEBUG = env.bool("DEBUG", default=False)
if DEBUG and OMEGA_HOST not in LOOPBACK:
    raise ImproperlyConfigured(f"DEBUG is on while OMEGA_HOST is {OMEGA_HOST}. Turn it off, or bind to 127.0.0.1.")
SECRET_KEY = env.secret_key(keep_in=OMEGA_DATA_DIR / "secret_key")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])

# True behind a TLS proxy, which then has to set X-Forwarded-Proto.
OMEGA_HTTPS = env.bool("OMEGA_HTTPS", default=False)
_ORIGIN = "https://{}" if OMEGA_HTTPS else f"http://{{}}:{OMEGA_PORT}".removesuffix(":80")
ALLOWED_ORIGINS = env.list("ALLOWED_ORIGINS", default=[_ORIGIN.format(host) for host in ALLOWED_HOSTS])
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
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("UserAttributeSimilarityValidator", "MinimumLengthValidator", "CommonPasswordValidator")
]
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "dashboard"
LOGOUT_REDIRECT_URL = "login"

# --- Applications --------------------------------------------------------------------------------------------

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "servestatic.runserver_nostatic",
    "django.contrib.staticfiles",
    "csp",
    "feeds",
    "dashboard",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "servestatic.middleware.ServeStaticMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
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
            ]
        },
    }
]

# --- Database ------------------------------------------------------------------------------------------------

DATABASES = {"default": env.database(default=OMEGA_DATA_DIR / "omega.sqlite3")}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # Workers, web and beat share the file: readers never wait for the writer, and writers queue from the start.
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 5,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA journal_size_limit=67108864",
    }
else:
    # A server that accepts and then hangs has to be noticed; by default it is waited for for minutes.
    DATABASES["default"]["OPTIONS"] = {"connect_timeout": 5} | DATABASES["default"].get("OPTIONS", {})
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- Redis, Celery, Channels ---------------------------------------------------------------------------------

REDIS_URL = env.redis_url("REDIS", embedded=OMEGA_DATA_DIR / "redis_url") or "redis://127.0.0.1:6379/0"
# The second server of the pair; "" while there is none.
FAILOVER_REDIS_URL = env.redis_url("FAILOVER_REDIS", embedded=OMEGA_DATA_DIR / "failover_redis_url")
# critical: only what must not be missed goes to the failover server; all: everything does.
REDIS_FAILOVER_SCOPE = env.str("REDIS_FAILOVER_SCOPE", default="all")
REDIS_KEY_PREFIX = env.str("REDIS_KEY_PREFIX", default="")
# Where the log waits while both servers are down.
SPOOL_DIR = OMEGA_DATA_DIR / "spool"

CELERY_BROKER_URL = REDIS_URL
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
# A frozen broker has to be noticed; kombu's default is to wait for ever.
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "socket_timeout": 5,
    "socket_connect_timeout": 2,
    "socket_keepalive": True,
    "health_check_interval": 5,
    "visibility_timeout": 3600,
}
CELERY_BEAT_SCHEDULE = {
    "keep sessions running": {
        "task": "feeds.tasks.keep_sessions_running",
        "schedule": 10.0,
        "options": {"expires": 9},
    }
}

CHANNEL_LAYERS = {
    "default": {
        "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
        # redis-py 8 times out after 5 s by default and takes idle consumers with it (django/channels_redis#422).
        "CONFIG": {"hosts": [{"address": REDIS_URL, "socket_timeout": 30}]},
    }
}

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
# The language's own formats come before DATETIME_FORMAT.
FORMAT_MODULE_PATH = "omega_site.formats"
USE_I18N = False
USE_TZ = True
TIME_ZONE = "UTC"

LOG_LEVEL = env.log_level()
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "filters": {
        # /health answers 503 to every probe for as long as something is wrong; the watch says it once.
        "not_health": {
            "()": "django.utils.log.CallbackFilter",
            "callback": lambda record: getattr(getattr(record, "request", None), "path", "") != "/health",
        }
    },
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": LOG_LEVEL},
    "loggers": {
        "django.request": {"filters": ["not_health"]},
        # At DEBUG it prints whole frames, and a login frame holds a key and its signature.
        "websockets": {"level": "WARNING"},
        "daphne": {"level": "WARNING"},
        "httpx": {"level": "WARNING"},
        # Two lines for each run of beat's schedule.
        "celery.worker.strategy": {"level": "WARNING"},
        "celery.app.trace": {"level": "WARNING"},
    },
}
