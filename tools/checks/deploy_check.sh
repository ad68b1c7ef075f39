#!/usr/bin/env bash
# manage.py check --deploy under production settings, with values made up for this one command.
set -euo pipefail
export DJANGO_SETTINGS_MODULE=config.settings.production
export SECRET_KEY=$(.venv/bin/python -c 'import secrets; print(secrets.token_urlsafe(64))')
export DATABASE_URL=postgresql://steward@db.invalid/steward REDIS_URL=redis://redis.invalid:6379/0
export STEWARD_BASE_DOMAIN=steward.invalid STEWARD_SCHEME=https EMAIL_HOST=mail.invalid
export STRIPE_SECRET_KEY=sk_unused STRIPE_WEBHOOK_SECRET=whsec_unused
.venv/bin/python manage.py check --deploy --fail-level WARNING
