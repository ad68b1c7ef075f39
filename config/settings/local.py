"""One machine: embedded servers unless DATABASE_URL and REDIS_URL are set, mail into an inbox page."""

import secrets

from config import env
from config.embedded.layout import Layout
from config.settings.base import *  # noqa: F403
from config.settings.base import HOME, STORAGES, STRIPE_SECRET_KEY, broker_url, channel_layers, database

layout = Layout(HOME)


def _kept_secret() -> str:
    """Return the key of this machine, made at the first start and kept beside its data."""
    path = layout.secret_key
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(secrets.token_urlsafe(64))
        path.chmod(0o600)
    return path.read_text().strip()


SECRET_KEY = env.text("SECRET_KEY", " ").strip() or _kept_secret()
DATABASES = {"default": database(env.DatabaseAddress.parse(env.text("DATABASE_URL", layout.database_url)))}
REDIS_URL = env.text("REDIS_URL", layout.redis_url)
CELERY_BROKER_URL = broker_url(REDIS_URL)
CHANNEL_LAYERS = channel_layers(REDIS_URL)
EMAIL_BACKEND = "apps.core.local_mail.InboxBackend"
LOCAL_INBOX = layout.mail
# hashed names without compressing: a browser on the same machine gains nothing by it
STORAGES = {**STORAGES, "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"}}
if not STRIPE_SECRET_KEY:  # no account: the local server that `make run` starts (tools/stripe_local)
    STRIPE_API_BASE = layout.stripe_url
    STRIPE_SECRET_KEY, STRIPE_WEBHOOK_SECRET = layout.stripe_keys().secret_key, layout.stripe_keys().webhook_secret
