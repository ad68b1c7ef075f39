"""Tests: the embedded servers of the test run (tests/servers.py), nothing sent to the outside."""

import os

from config import env
from config.embedded.layout import Layout
from config.settings.base import *  # noqa: F403
from config.settings.base import HOME, REST_FRAMEWORK, STORAGES, broker_url, channel_layers, database

SECRET_KEY = "only-for-tests"  # noqa: S105 - guards nothing
DATABASE_ROLE_PREFIX = "steward_test"
layout = Layout(HOME / "test")
DATABASES = {"default": database(env.DatabaseAddress.parse(env.text("DATABASE_URL", layout.database_url)))}
DATABASES["default"]["CONN_MAX_AGE"] = 0
REDIS_URL = env.text("REDIS_URL", layout.redis_url)
CELERY_BROKER_URL = broker_url(REDIS_URL)
CHANNEL_LAYERS = channel_layers(REDIS_URL)
CHANNEL_LAYERS["default"]["CONFIG"]["prefix"] = f"test-{os.getpid()}"  # two test processes share one Redis
ALLOWED_HOSTS = [".localhost", "127.0.0.1", "testserver"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
LOCAL_INBOX = None
MEDIA_ROOT = HOME / "test-files"
STATIC_ROOT = HOME / "test-static"
STATIC_ROOT.mkdir(parents=True, exist_ok=True)  # WhiteNoise warns of a folder that is not there
# as slow as it should be where it guards something, fast where tests create hundreds of users
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {**STORAGES, "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
REST_FRAMEWORK = {**REST_FRAMEWORK}
STRIPE_WEBHOOK_SECRET = "whsec_test"  # noqa: S105 - of the local server that speaks Stripe's protocol
STRIPE_SECRET_KEY = "sk_test_local"  # noqa: S105
STRIPE_API_BASE = "http://127.0.0.1:9"  # nothing answers there: a test that pays starts the local server itself
