"""Settings of requests, logins and caches. They are the same everywhere: no variable changes them."""

import logging

MIDDLEWARE = [
    # First: whatever is logged of a request has its id.
    "omega_site.log_context.RequestContext",
    "django.middleware.security.SecurityMiddleware",
    "servestatic.middleware.ServeStaticMiddleware",
    "omega_site.content_policy.ContentPolicy",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "dashboard.people.middleware.MannerMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("UserAttributeSimilarityValidator", "MinimumLengthValidator", "CommonPasswordValidator")
]
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "dashboard"
LOGOUT_REDIRECT_URL = "login"
ACCOUNT_ADAPTER = "dashboard.people.adapter.Adapter"
ACCOUNT_FORMS = {"login": "dashboard.people.login.LoginForm"}
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_SESSION_REMEMBER = True
# Addresses are entered by an administrator, who knows whose they are; to an address that nobody has, nothing is sent.
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_EMAIL_SUBJECT_PREFIX = "OMEGA: "
# Bad passwords and codes: of one address, and of one address for one user; then the oldest one has to be so long ago.
# By the name alone there is room for more, since whoever reaches it locks its owner out, too.
ACCOUNT_RATE_LIMITS = {"login_failed": "20/5m/ip,5/5m/key", "login_failed_by_name": "50/5m/key", "login": "60/m/ip"}
MFA_ADAPTER = "dashboard.people.second_factor.Adapter"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "OMEGA"

# What all web processes have to agree on, and what a start must not forget, such as bad tries of a login, is in the
# database; `memory` and `counters` are each process's own.
CACHES = {
    "default": {
        "BACKEND": "omega_site.kept_cache.KeptCache",
        "LOCATION": "omega_cache",
        # Above it the oldest are thrown away, bad tries too.
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    },
    "memory": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"},
    # Apart, so that what is kept does not push out who asked how often; a count takes 6 kB at most.
    "counters": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "LOCATION": "counters",
        "OPTIONS": {"MAX_ENTRIES": 10_000},
    },
}

# A line for each request and task is for DEBUG: of what fails Django and Celery tell. Nobody is looked up for a line,
# and an address comes from proxies that are counted, which this package knows nothing of.
DJANGO_STRUCTLOG_USER_ID_FIELD = ""
DJANGO_STRUCTLOG_IP_LOGGING_ENABLED = False
DJANGO_STRUCTLOG_TRUST_UPSTREAM_REQUEST_ID = True
DJANGO_STRUCTLOG_CELERY_ENABLED = True
DJANGO_STRUCTLOG_STATUS_DEFAULT_LOG_LEVEL = logging.DEBUG
DJANGO_STRUCTLOG_STATUS_4XX_LOG_LEVEL = logging.DEBUG
DJANGO_STRUCTLOG_STATUS_5XX_LOG_LEVEL = logging.DEBUG
DJANGO_STRUCTLOG_REQUEST_CANCELLED_LOG_LEVEL = logging.DEBUG
DJANGO_STRUCTLOG_CELERY_DEFAULT_LOG_LEVEL = logging.DEBUG
# Of retries and of what came too late, whatever its name says.
DJANGO_STRUCTLOG_CELERY_TASK_RETRY_LOG_LEVEL = logging.INFO
