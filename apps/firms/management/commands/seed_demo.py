"""manage.py seed_demo: the demo firm, built by the product's own services; a second time it adds nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django_tenants.utils import tenant_context

from apps.core.actors import Actor
from apps.firms.services.demo.fill import fill
from apps.firms.services.demo.firm import DEMO_PASSWORD, ensure_demo_firm
from apps.firms.services.demo.households import client_email
from apps.firms.services.demo.roster import demo_households


class Command(BaseCommand):
    """Create what the demo firm lacks and write the welcome text."""

    help = __doc__ or ""

    def handle(self, **_: Any) -> None:
        """Seed, then tell where things are."""
        demo = ensure_demo_firm()
        with tenant_context(demo.firm):
            fill(by=Actor.system("firms.seed_demo"))
        clients = demo_households()[:1]
        lines = [
            "",
            f"Steward is ready:        {settings.PUBLIC_URL}/",
            f"The demo firm's site:    {demo.url}",
            *(f"  {role:<22} {email}" for role, email in demo.logins),
            *(f"  {'Client':<22} {client_email(spec)}" for spec in clients),
            f"  password of all        {DEMO_PASSWORD}",
            f"Mail that was sent:      {settings.PUBLIC_URL}/inbox/",
            f"Health:                  {settings.PUBLIC_URL}/health/",
            "Ctrl-C stops everything.",
            "",
        ]
        Path(settings.HOME / "welcome.txt").write_text("\n".join(lines))
        self.stdout.write("\n".join(lines))
