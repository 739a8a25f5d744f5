"""Settings of every installation; what differs is read from the environment."""

from __future__ import annotations

import sys
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from django.utils.csp import CSP
from django.utils.translation import gettext_lazy as _

from contactcentre import environment, faults
from contactcentre.environment import BASE_DIR

VAR_DIR = environment.read_var_dir()
DEBUG = environment.read_bool("DEBUG", default=False)
SECRET_KEY = environment.read_secret_key(VAR_DIR)
BASE_URL = environment.read_base_url()
BASE_HOST = urlsplit(BASE_URL).hostname or "localhost"
HTTPS = BASE_URL.startswith("https://")
LOCAL_HOSTS = ["localhost", "127.0.0.1", "[::1]"]
ALLOWED_HOSTS = environment.read_list("ALLOWED_HOSTS", [BASE_HOST, *LOCAL_HOSTS])
CSRF_TRUSTED_ORIGINS = [BASE_URL]

INSTALLED_APPS = [
    "contactcentre",
    "apps.accounts",
    "apps.common",
    "apps.search",
    "apps.live",
    "apps.customers",
    "apps.cases",
    "apps.notifications",
    "apps.channels",
    "apps.channels.mail",
    "apps.promises",
    "apps.desk",
    "apps.helpcentre",
    "apps.api",
    "unfold",
    "unfold.contrib.filters",
    "unfold.contrib.forms",
    "unfold.contrib.simple_history",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.usersessions",
    "django_htmx",
    "simple_history",
    "rest_framework",
    "django_filters",
    "drf_spectacular",
    "drf_spectacular_sidecar",
]

# The policy stands outermost, so that errors, redirects and files carry it too.
MIDDLEWARE = [
    "apps.common.middleware.PolicyMiddleware",
    "apps.api.middleware.ProblemMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "apps.accounts.middleware.UserPreferencesMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "simple_history.middleware.HistoryRequestMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "apps.accounts.middleware.SessionCareMiddleware",
    "apps.common.middleware.OwnErrorsMiddleware",
]

ROOT_URLCONF = "contactcentre.urls"
ASGI_APPLICATION = "contactcentre.asgi.application"
WSGI_APPLICATION = "contactcentre.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.csp",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

DATABASES = {"default": environment.read_database(VAR_DIR)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
CACHES = {"default": environment.read_cache(VAR_DIR)}

# People and sessions

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_ADAPTER = "apps.accounts.adapters.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False
ACCOUNT_FORMS = {"reset_password": "apps.accounts.forms.PasswordRequestForm"}
ACCOUNT_RATE_LIMITS = {
    "login": "60/m/ip",
    "login_failed": "10/m/ip,60/h/ip,20/h/key",
    "reset_password": "10/m/ip,5/h/key",
    "reset_password_from_key": "20/m/ip",
    "reauthenticate": "10/m/user",
}
PASSWORD_RESET_TIMEOUT = int(timedelta(hours=4).total_seconds())
MFA_ADAPTER = "apps.accounts.adapters.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_ALLOW_UNVERIFIED_EMAIL = True  # addresses are given by administrators, not confirmed
MFA_TOTP_ISSUER = "Contact centre"
MFA_TOTP_TOLERANCE = 1
MFA_RECOVERY_CODES_SHOW_ONCE = True
SOCIALACCOUNT_ADAPTER = "apps.accounts.adapters.ProviderAdapter"
SOCIALACCOUNT_EMAIL_VERIFICATION = "none"
SOCIALACCOUNT_LOGIN_ON_GET = True  # our policy lets no form lead to another site
SOCIALACCOUNT_OPENID_CONNECT_URL_PREFIX = "oidc"
SESSION_COOKIE_AGE = int(timedelta(days=14).total_seconds())
SESSION_COOKIE_SECURE = HTTPS
CSRF_COOKIE_SECURE = HTTPS
CSRF_COOKIE_HTTPONLY = False  # htmx sends the token from the page's own header attribute
SESSION_COOKIE_SAMESITE = "Lax"
LANGUAGE_COOKIE_SAMESITE = "Lax"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

# What browsers may do with our answers

SECURE_HSTS_SECONDS = int(timedelta(days=365).total_seconds()) if HTTPS else 0
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
_POLICY: dict[str, list[str]] = {
    "default-src": [CSP.SELF],
    "img-src": [CSP.SELF, "data:", "blob:"],
    "frame-src": [CSP.SELF],
    "form-action": [CSP.SELF],
    "frame-ancestors": [CSP.NONE],
    "object-src": [CSP.NONE],
    "base-uri": [CSP.NONE],
}
SECURE_CSP = _POLICY | {
    "script-src": [CSP.SELF, CSP.NONCE],
    "style-src": [CSP.SELF, CSP.NONCE],
}
# Unfold runs Alpine, which compiles expressions and writes style attributes.
SECURE_CSP_ADMIN = _POLICY | {
    "script-src": [CSP.SELF, CSP.UNSAFE_EVAL],
    "style-src": [CSP.SELF, CSP.UNSAFE_INLINE],
    "img-src": [CSP.SELF, "data:"],
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 30 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000
FILE_UPLOAD_PERMISSIONS = 0o640

# Languages and time

LANGUAGE_CODE = environment.read_choice("LANGUAGE_CODE", "en", ("en", "zh-hans"))
LANGUAGES = [("en", _("English")), ("zh-hans", _("Simplified Chinese"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = environment.read_zone("TIME_ZONE", "Asia/Shanghai")
USE_I18N = True
USE_TZ = True
PHONE_REGION = "CN"  # how a number without country code is read

# Files

STATIC_URL = "static/"
STATIC_ROOT = environment.make_folder(VAR_DIR / "static")
STATICFILES_DIRS = [BASE_DIR / "static"]
MEDIA_ROOT = VAR_DIR / "media"
MEDIA_URL = ""
STORAGES: dict[str, dict[str, Any]] = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "apps.common.staticfiles.HashedStaticFiles"},
    "attachments": environment.read_attachments(VAR_DIR),
}
if DEBUG:
    STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
WHITENOISE_USE_FINDERS = DEBUG
WHITENOISE_AUTOREFRESH = DEBUG
WHITENOISE_ALLOW_ALL_ORIGINS = False
WHITENOISE_SKIP_COMPRESS_EXTENSIONS = ("map", "png", "jpg", "gif", "webp", "woff", "woff2", "gz")

# Background work: beat only says "go and look"; due times are rows of the database

CELERY_BROKER_URL, CELERY_BROKER_TRANSPORT_OPTIONS = environment.read_broker(VAR_DIR)
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_DEFAULT_QUEUE = "interactive"
CELERY_TASK_CREATE_MISSING_QUEUES = False
CELERY_TASK_PUBLISH_RETRY = False
CELERY_WORKER_SEND_TASK_EVENTS = False
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_ENABLE_UTC = True
CELERY_TIMEZONE = "UTC"
# name: (task, seconds between two runs, queue)
PERIODIC_TASKS = {
    "heartbeat": ("apps.common.tasks.heartbeat", 10, "interactive"),
    "sweep": ("apps.channels.tasks.sweep", 3, "interactive"),
    "fetch": ("apps.channels.tasks.fetch", 60, "intake"),
    "assignment": ("apps.cases.tasks.give_waiting", 5, "interactive"),
    "notifications": ("apps.notifications.tasks.sweep", 15, "bulk"),
    "codes": ("apps.helpcentre.tasks.answer_code_requests", 3, "interactive"),
    "promises": ("apps.promises.tasks.tick", 2, "interactive"),
    "silent-cases": ("apps.promises.tasks.sweep", 60, "bulk"),
    "holidays": ("apps.promises.tasks.fetch_holidays", 3600, "bulk"),
    "passwords": ("apps.accounts.tasks.answer_password_requests", 5, "interactive"),
}
CELERY_BEAT_SCHEDULE = {
    name: {
        "task": task,
        "schedule": timedelta(seconds=seconds),
        "options": {"expires": 2 * seconds, "queue": queue},
    }
    for name, (task, seconds, queue) in PERIODIC_TASKS.items()
}

# API

API_REQUESTS_PER_MINUTE = 3000  # of one token
API_MAX_JSON_BYTES = 5 * 1024 * 1024
API_MAX_INBOUND_BYTES = 25 * 1024 * 1024
REST_FRAMEWORK: dict[str, Any] = {
    "DEFAULT_SCHEMA_CLASS": "apps.api.schema.Described",
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["apps.api.parsers.BoundedJSONParser"],
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "apps.api.negotiation.OneRenderer",
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "apps.api.authentication.TokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["apps.api.rights.WorksHere"],
    "DEFAULT_THROTTLE_CLASSES": ["apps.api.throttling.PerTokenThrottle"],
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_PAGINATION_CLASS": "apps.api.pagination.KeysetPagination",
    "EXCEPTION_HANDLER": "apps.api.problems.handle",
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}
SPECTACULAR_SETTINGS: dict[str, Any] = {
    "TITLE": "Contact centre",
    "DESCRIPTION": "Customers, cases, conversations and raw input of every channel.",
    "VERSION": "1",
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": ["apps.api.rights.MayReadSchema"],
    "ENUM_NAME_OVERRIDES": {
        "CaseKind": "apps.cases.enums.Kind",
        "CaseOutcome": "apps.cases.enums.Outcome",
        "CaseStatus": "apps.cases.enums.Status",
        "AttemptOutcome": "apps.promises.enums.Outcome",
        "DeliveryState": "apps.channels.enums.DeliveryState",
        "InboundState": "apps.channels.enums.InboundState",
        "NotificationKind": "apps.notifications.enums.Kind",
        "PromiseState": "apps.promises.enums.State",
    },
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "SWAGGER_UI_SETTINGS": {"persistAuthorization": False, "docExpansion": "list"},
}

# Django admin

UNFOLD: dict[str, Any] = {
    "SITE_TITLE": _("Contact centre"),
    "SITE_HEADER": _("Contact centre"),
    "SITE_SUBHEADER": _("Administration"),
    "SITE_URL": "/",
    "SHOW_HISTORY": True,
    "SHOW_VIEW_ON_SITE": False,
    "SIDEBAR": {"show_search": True},
    "COLORS": {  # the indigo of the desk
        "primary": {
            "50": "#eef0fb",
            "100": "#dfe3f7",
            "200": "#cfd5f3",
            "300": "#a9b6ff",
            "400": "#7b8be0",
            "500": "#4a5dca",
            "600": "#3446a6",
            "700": "#293888",
            "800": "#222e6e",
            "900": "#1f2440",
            "950": "#151a30",
        },
    },
}
SIMPLE_HISTORY_REVERT_DISABLED = True
SIMPLE_HISTORY_HISTORY_CHANGE_REASON_USE_TEXT_FIELD = True

_LINES: dict[str, Any] = {"formatter": "line", "filters": ["links"]}
LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"},
    },
    "filters": {"links": {"()": "contactcentre.redaction.LinksFilter"}},
    "handlers": {
        "stderr": {"class": "logging.StreamHandler", "stream": sys.stderr} | _LINES,
    },
    "root": {"handlers": ["stderr"], "level": "INFO"},
    "loggers": {
        "django.server": {"handlers": ["stderr"], "level": "INFO", "propagate": False},
        "celery.app.trace": {"level": "WARNING"},
        "celery.beat": {"level": "WARNING"},
    },
}

# Faults

SENTRY_DSN = environment.read_sentry_dsn()
if SENTRY_DSN:
    faults.report_to(SENTRY_DSN)
