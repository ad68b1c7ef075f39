"""Real servers. Starts only when every secret and address is given."""

from config import env
from config.settings.base import *  # noqa: F403
from config.settings.base import broker_url, channel_layers, database

SECRET_KEY = env.text("SECRET_KEY")
DATABASES = {"default": database(env.DatabaseAddress.parse(env.text("DATABASE_URL")))}
REDIS_URL = env.text("REDIS_URL")
CELERY_BROKER_URL = broker_url(REDIS_URL)
CHANNEL_LAYERS = channel_layers(REDIS_URL)
BASE_DOMAIN = env.text("STEWARD_BASE_DOMAIN")
STRIPE_SECRET_KEY = env.text("STRIPE_SECRET_KEY")
STRIPE_WEBHOOK_SECRET = env.text("STRIPE_WEBHOOK_SECRET")
LOCAL_INBOX = None

EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
EMAIL_HOST = env.text("EMAIL_HOST")
EMAIL_PORT = env.whole("EMAIL_PORT", 587)
EMAIL_HOST_USER = env.text("EMAIL_HOST_USER", " ").strip()
EMAIL_HOST_PASSWORD = env.text("EMAIL_HOST_PASSWORD", " ").strip()
EMAIL_USE_TLS = env.switch("EMAIL_USE_TLS", default=True)

SECURE_SSL_REDIRECT = env.switch("SECURE_SSL_REDIRECT", default=True)
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_HSTS_SECONDS = 31536000
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
SESSION_COOKIE_SECURE = True
CSRF_COOKIE_SECURE = True

if env.text("SENTRY_DSN", " ").strip():
    import sentry_sdk

    sentry_sdk.init(dsn=env.text("SENTRY_DSN"), send_default_pii=False)
