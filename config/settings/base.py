"""Settings that hold everywhere. Each file beside this one only overrides."""

from __future__ import annotations

import sys
from typing import Any

from django.utils.translation import gettext_lazy as _

from config import env

ROOT = env.ROOT
HOME = env.home()
DEBUG = False
SECRET_KEY = ""
USE_TZ = True
TIME_ZONE = "UTC"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- addresses -------------------------------------------------------------------------------------------------------
PORT = env.whole("STEWARD_PORT", 8000)
BASE_DOMAIN = env.text("STEWARD_BASE_DOMAIN", "localhost")
SCHEME = env.text("STEWARD_SCHEME", "http")
PUBLIC_HOSTS = [BASE_DOMAIN, *env.listed("STEWARD_PUBLIC_HOSTS", "127.0.0.1")]
ALLOWED_HOSTS = [*PUBLIC_HOSTS, f".{BASE_DOMAIN}"]
PUBLIC_PORT = env.text("STEWARD_PUBLIC_PORT", str(PORT) if SCHEME == "http" else "")
PUBLIC_URL = f"{SCHEME}://{BASE_DOMAIN}" + (f":{PUBLIC_PORT}" if PUBLIC_PORT else "")
# with it /health/ tells reasons, from wherever it is asked; without it only to the machine itself
HEALTH_TOKEN = env.text("STEWARD_HEALTH_TOKEN", "")
TRUSTED_PROXIES = env.whole("STEWARD_TRUSTED_PROXIES", 0)
ROOT_URLCONF = "config.urls.tenant"
PUBLIC_SCHEMA_URLCONF = "config.urls.public"
ASGI_APPLICATION = "config.asgi.application"
WSGI_APPLICATION = "config.wsgi.application"
WEB_THREADS = env.whole("STEWARD_WEB_THREADS", 8)

# --- whose tables are whose ------------------------------------------------------------------------------------------
# All about clients and the people of a firm is the firm's: a table that is not in TENANT_APPS holds no client.
SHARED_APPS = [
    "django_tenants",  # the library's own commands
    "apps.core",  # public jobs (provisioning), public trail, public cache
    "apps.market",  # securities, prices, assumptions: read by all firms, written by none
    "apps.firms",  # Firm, Domain, registrations
    "django.contrib.postgres",  # lookups only, no tables
    "django.contrib.humanize",  # template filters that allauth's pages use, no tables
    "django.contrib.staticfiles",
    "django.forms",  # templates of form widgets
    "django_htmx",
    "csp",
    "rest_framework",  # no tables
    "django_filters",
    "drf_spectacular",
    "drf_spectacular_sidecar",
]
TENANT_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.admin",
    "apps.core",  # the firm's jobs, trail and cache
    "apps.accounts",  # users of this firm
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "guardian",  # object grants
    "simple_history",
    "oauth2_provider",  # partners register per firm; no token crosses firms
    "apps.notices",
    "apps.clients",
    "apps.compliance",
    "apps.portfolios",
    "apps.money",
    "apps.billing",
    "apps.plans",
    "apps.integrations",
    "apps.desk",
    "apps.portal",
]
INSTALLED_APPS = [*SHARED_APPS, *(app for app in TENANT_APPS if app not in SHARED_APPS)]
TENANT_MODEL = "firms.Firm"
TENANT_DOMAIN_MODEL = "firms.Domain"
DATABASE_ROUTERS = ("django_tenants.routers.TenantSyncRouter",)
TENANT_LIMIT_SET_CALLS = True

# --- database and Redis ----------------------------------------------------------------------------------------------
DATABASE_ROLE_PREFIX = env.text("STEWARD_ROLE_PREFIX", "steward")


def database(address: env.DatabaseAddress) -> dict[str, Any]:
    """Return the one connection: the login has no rights of its own, each use takes a role."""
    return {
        "ENGINE": "apps.core.postgresql",
        **address.django(),
        "CONN_MAX_AGE": 600,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {"connect_timeout": 5},
    }


def channel_layers(url: str) -> dict[str, Any]:
    """Return the channel layer on Redis.

    It waits five seconds for a message and then again (channels_redis, BZPOPMIN), as long as redis-py waits for an
    answer by default: the socket must wait longer, or every quiet websocket breaks.
    """
    host = {"address": url, "socket_timeout": 20}
    return {"default": {"BACKEND": "channels_redis.core.RedisChannelLayer", "CONFIG": {"hosts": [host]}}}


def broker_url(url: str) -> str:
    """Return the same Redis as Celery spells it: a socket is redis+socket://, its database a virtual host."""
    return url.replace("unix://", "redis+socket://", 1).replace("?db=", "?virtual_host=", 1)


DATABASES: dict[str, Any] = {}
REDIS_URL = ""
CACHES = {
    # in PostgreSQL, in each firm's own schema: sign-in limits hold while Redis is away, and no firm meets another
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "core_cacheentry",
        "KEY_FUNCTION": "apps.core.tenancy.names.cache_key",
    }
}

# --- the request -----------------------------------------------------------------------------------------------------
MIDDLEWARE = [
    "apps.core.middleware.requests.RequestIdMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "apps.core.middleware.requests.RefusalMiddleware",
    "apps.core.middleware.firm.FirmMiddleware",  # the HTTP gate; everything below runs inside the firm
    "apps.core.middleware.policy.PolicyMiddleware",
    "apps.core.middleware.sites.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "apps.core.middleware.sites.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "apps.accounts.middleware.SessionActivityMiddleware",
    "apps.core.middleware.actor.ActorMiddleware",
    "apps.accounts.middleware.FirmProfileMiddleware",
    "apps.accounts.middleware.SecondFactorMiddleware",
    "apps.accounts.middleware.PreferencesMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [ROOT / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": ["apps.core.templatetags.form_tokens"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "config.context.site",
            ],
        },
    }
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
MESSAGE_STORAGE = "apps.core.told.SpokenStorage"  # in a cookie: the public site has no sessions
SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 12 * 3600
CSRF_COOKIE_HTTPONLY = False
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
DATA_UPLOAD_MAX_MEMORY_SIZE = 12 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
# the largest file that is taken in (apps.core.tabular: 50 MB) with the form around it; more is not even read
LARGEST_REQUEST = 51 * 1024 * 1024
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],  # and the page's own sockets: apps.core.middleware.policy
        "frame-ancestors": ["'none'"],
        "base-uri": ["'self'"],
        "form-action": ["'self'"],
        "object-src": ["'none'"],
    }
}

# --- people ----------------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "allauth.account.auth_backends.AuthenticationBackend",
    "guardian.backends.ObjectPermissionBackend",
]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "apps.accounts.adapters.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_CONFIRM_EMAIL_ON_GET = False
# keys of confirmations lie in the firm's schema: a signed row id (the default) would open the same row of another firm
ACCOUNT_EMAIL_CONFIRMATION_HMAC = False
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_LOGIN_ON_PASSWORD_RESET = True
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = True
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_DEFAULT_HTTP_PROTOCOL = SCHEME
ACCOUNT_RATE_LIMITS = {"login_failed": "10/m/ip,5/5m/key"}
MFA_ADAPTER = "apps.accounts.adapters.SecondFactorAdapter"
MFA_TOTP_TOLERANCE = 1  # a code that ends while it is typed still counts (RFC 6238 section 5.2)
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
USERSESSIONS_TRACK_ACTIVITY = True
GUARDIAN_MONKEY_PATCH_USER = False
ANONYMOUS_USER_NAME = None

# --- partners --------------------------------------------------------------------------------------------------------
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["apps.integrations.authentication.PartnerAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["apps.core.api.permissions.ScopedPermission"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_PAGINATION_CLASS": "apps.core.api.pagination.CursorPages",
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "EXCEPTION_HANDLER": "apps.core.api.problems.problem_response",
    "UNAUTHENTICATED_USER": None,
    "COERCE_DECIMAL_TO_STRING": True,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Steward API",
    "DESCRIPTION": "Households, plans, portfolios and fees of one advisory firm.",
    "VERSION": "1.0.0",
    "OAS_VERSION": "3.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "COMPONENT_SPLIT_REQUEST": True,
    "SCHEMA_PATH_PREFIX": "/api/",
    "ENUM_NAME_OVERRIDES": {
        "HouseholdStatusEnum": "apps.clients.models.HouseholdStatus",
        "AccountStatusEnum": "apps.portfolios.models.AccountStatus",
        "PlanStatusEnum": "apps.plans.models.PlanStatus",
        "JobStateEnum": "apps.core.models.JobState",
        "BillingRunStateEnum": "apps.billing.models.RunState",
        "InvoiceStateEnum": "apps.billing.models.InvoiceState",
        "PaymentStateEnum": "apps.billing.models.PaymentState",
        "FeeScheduleKindEnum": "apps.billing.models.ScheduleKind",
        "GoalKindEnum": "apps.plans.models.GoalKind",
        "TransactionKindEnum": "apps.portfolios.models.TransactionKind",
        "RestrictionKindEnum": "apps.portfolios.models.RestrictionKind",
        "FeeScopeEnum": ["household", "account"],
    },
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "SWAGGER_UI_SETTINGS": {"deepLinking": True, "docExpansion": "list", "validatorUrl": None},
    "GET_MOCK_REQUEST": "apps.core.api.schema.mock_request",
}
API_SCOPES: dict[str, Any] = {
    "clients:read": _("Read households and clients"),
    "clients:write": _("Create and change clients"),
    "plans:read": _("Read financial plans and recommendations"),
    "plans:write": _("Generate and change financial plans"),
    "portfolios:read": _("Read accounts, holdings and performance"),
    "portfolios:write": _("Create portfolios and import transactions"),
    "account_numbers:read": _("Read the numbers of accounts in full"),
    "compliance:read": _("Read risk assessments"),
    "compliance:write": _("Send answers to risk questionnaires"),
    "billing:read": _("Read fees and invoices"),
    "billing:write": _("Create fee schedules and invoices"),
}
OAUTH2_PROVIDER: dict[str, Any] = {
    "SCOPES_BACKEND_CLASS": "apps.integrations.scopes.PartnerScopes",
    "OAUTH2_VALIDATOR_CLASS": "apps.integrations.scopes.PartnerValidator",
    "ACCESS_TOKEN_GENERATOR": "apps.integrations.tokens.access_token",
    "SCOPES": API_SCOPES,
    "ACCESS_TOKEN_EXPIRE_SECONDS": 3600,
    "CLIENT_SECRET_HASHER": "default",
    "PKCE_REQUIRED": True,
    # the security practice of RFC 9700, before the library makes it its default
    "REFRESH_TOKEN_REUSE_PROTECTION": True,
    "ALLOWED_REDIRECT_URI_SCHEMES": ["https"],
    **{
        f"COMPLIANT_BCP_RFC9700_{rule}": True
        for rule in (
            "ACCESS_TOKEN_TRANSPORT",
            "AUTHZ_RESPONSE_ISS",
            "IMPLICIT_GRANT",
            "PASSWORD_GRANT",
            "PKCE_METHOD",
            "REDIRECT_URI_SCHEME",
            "REFRESH_TOKEN",
            "TOKEN_STORAGE",
        )
    },
}
OAUTH2_PROVIDER_APPLICATION_MODEL = "oauth2_provider.Application"

# --- background ------------------------------------------------------------------------------------------------------
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
# a process that is forked anew on a busy machine: after Celery's own 4 seconds it would be killed and forked again
CELERY_WORKER_PROC_ALIVE_TIMEOUT = 60.0
CELERY_TASK_IGNORE_RESULT = True
# work that nobody waits for has a queue of its own; a worker takes from both in turn
_SLOW = "firms.build_demo_household firms.bill_demo_firm firms.trade_demo_firm firms.move_demo_plans plans.settle_plans"
CELERY_TASK_ROUTES = {name: {"queue": "slow"} for name in _SLOW.split()}
CELERY_TASK_SERIALIZER, CELERY_ACCEPT_CONTENT = "json", ["json"]
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
# for ever, every half minute at last: after Celery's own 100 times, 50 minutes, the worker would end
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
# what runs when the broker goes away runs on under its lease
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = False
# longer than any job: a dead worker's jobs are found by their lease (apps.core.jobs), not by this
CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 6 * 3600, "socket_connect_timeout": 2, "socket_timeout": 30}
CELERY_WORKER_CONCURRENCY = env.whole("STEWARD_WORKERS", 2)
# what waited longer than to its next time is dropped; the sweep goes first: it sends again what a person waits for
CELERY_BEAT_SCHEDULE = {
    "forget": {"task": "core.forget", "schedule": 3600.0, "options": {"expires": 3000}},
    "sweep-jobs": {"task": "core.sweep_jobs", "schedule": 10.0, "options": {"expires": 9, "priority": 1}},
    "market-prices": {"task": "market.bring_up_to_date", "schedule": 3600.0, "options": {"expires": 3000}},
    "keep-house": {"task": "compliance.keep_house_everywhere", "schedule": 86400.0, "options": {"expires": 80000}},
    "keep-values": {"task": "portfolios.keep_values_everywhere", "schedule": 1800.0, "options": {"expires": 1700}},
    "watch-drift": {"task": "portfolios.watch_drift_everywhere", "schedule": 1800.0, "options": {"expires": 1500}},
    "follow-steps": {"task": "plans.follow_steps_everywhere", "schedule": 43200.0, "options": {"expires": 40000}},
    "monitor-plans": {"task": "plans.monitor_everywhere", "schedule": 1800.0, "options": {"expires": 1500}},
    "fit-likeness": {"task": "plans.fit_likeness_everywhere", "schedule": 86400.0, "options": {"expires": 80000}},
    "escalate-approvals": {"task": "accounts.escalate_approvals", "schedule": 300.0, "options": {"expires": 240}},
}
CELERY_BEAT_SCHEDULE_FILENAME = str(HOME / "beat-schedule")

# --- files -----------------------------------------------------------------------------------------------------------
MEDIA_ROOT = HOME / "files"
STATIC_URL = "/static/"
STATIC_ROOT = HOME / "static"
STATICFILES_DIRS = [ROOT / "static" / name for name in ("dist", "img", "samples")]
STORAGES = {
    "default": {"BACKEND": "apps.core.tenancy.storage.FirmStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

# --- languages -------------------------------------------------------------------------------------------------------
LANGUAGE_CODE = "en-us"
LANGUAGES = [("en", _("English")), ("pt-br", _("Brazilian Portuguese"))]
LOCALE_PATHS = [ROOT / "locale"]

# --- mail ------------------------------------------------------------------------------------------------------------
DEFAULT_FROM_EMAIL = env.text("STEWARD_MAIL_FROM", f"Steward <no-reply@{BASE_DOMAIN}>")
EMAIL_TIMEOUT = 10

# --- payments, other servers ------------------------------------------------------------------------------------------
STRIPE_API_BASE = env.text("STRIPE_API_BASE", "https://api.stripe.com")
STRIPE_SECRET_KEY = env.text("STRIPE_SECRET_KEY", " ").strip()
STRIPE_PUBLISHABLE_KEY = env.text("STRIPE_PUBLISHABLE_KEY", " ").strip()
STRIPE_WEBHOOK_SECRET = env.text("STRIPE_WEBHOOK_SECRET", " ").strip()
# hosts of our own network that firms may have asked, over http as well (apps/core/outside.py)
OUTSIDE_PRIVATE_HOSTS = env.listed("OUTSIDE_PRIVATE_HOSTS")

# --- logs ------------------------------------------------------------------------------------------------------------
LOGGING_CONFIG = None
from config.logs import configure  # noqa: E402 - needs nothing above, but reads best at the end

configure(level=env.text("STEWARD_LOG_LEVEL", "INFO"), as_json=not sys.stderr.isatty())

# --- what the rail and the household page show: url name, label, permission, icon ------------------------------------
NAVIGATION = [
    ("desk:today", _("Today"), "", "calendar"),
    ("clients:household-list", _("Households"), "view_households", "users"),
    ("plans:plan-list", _("Plans"), "view_plans", "route"),
    ("portfolios:account-list", _("Portfolios"), "view_portfolios", "chart-pie"),
    ("billing:run-list", _("Billing"), "view_billing", "receipt"),
    ("compliance:dashboard", _("Compliance"), "view_compliance", "shield-check"),
    ("accounts:settings", _("Settings"), "", "settings"),
]
HOUSEHOLD_TABS = [
    ("desk:household", _("Overview"), "view_households"),
    ("plans:household-plan", _("Plan"), "view_plans"),
    ("portfolios:household-portfolio", _("Portfolio"), "view_portfolios"),
    ("money:household-money", _("Money"), "view_finances"),
    ("clients:household-documents", _("Documents"), "view_households"),
    ("billing:household-billing", _("Billing"), "view_billing"),
    ("compliance:household-compliance", _("Compliance"), "view_finances"),
    ("compliance:household-history", _("History"), "view_compliance"),
]
