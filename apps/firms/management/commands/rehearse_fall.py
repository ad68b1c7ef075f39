"""`manage.py rehearse_fall SCHEMA --by 25`: measure a demo firm's plans as if markets had fallen.

Nothing of the books changes: alerts open with their causes and adjustments, and the next night finds them gone.
"""

from __future__ import annotations

from argparse import ArgumentParser
from decimal import Decimal, InvalidOperation
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django_tenants.utils import tenant_context

from apps.accounts.selectors.firm_days import firm_today
from apps.core.actors import Actor
from apps.firms.models import Firm
from apps.plans.models import Plan, PlanStatus
from apps.plans.services.monitoring import monitor_plans


class Command(BaseCommand):
    """Rehearse a fall of the markets in a demo firm."""

    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the firm and the fall in per cent."""
        parser.add_argument("schema")
        parser.add_argument("--by", default="25", help="fall of all that is invested, in per cent")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Measure every plan in force. Refuses firms that are no demo, and a fall that cannot be."""
        firm = Firm.objects.filter(schema_name=options["schema"], is_demo=True).first()
        if firm is None:
            raise CommandError(f"No demo firm has the schema “{options['schema']}”.")
        try:
            fall = Decimal(options["by"]) / 100
        except InvalidOperation:
            fall = Decimal(-1)
        if not 0 < fall < 1:
            raise CommandError("Give the fall in per cent, between 0 and 100.")
        with tenant_context(firm):
            ids = list(Plan.objects.filter(status=PlanStatus.IN_FORCE).values_list("pk", flat=True))
            by = Actor.system("firms.rehearse_fall")
            count = monitor_plans(plan_ids=ids, day=firm_today(), again=True, by=by, fall=fall)
        self.stdout.write(f"{count} plans in force measured as if all that is invested had lost {fall:.0%}.")
