"""What a household's plan says about its capacity and need for risk, for compliance."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from django.utils.translation import gettext as _

from apps.clients.models import Household
from apps.compliance.ports import GatheredFacts
from apps.core.templatetags.formats import date_text
from apps.plans.engine.plan_capacity import PlanCapacity, plan_capacity
from apps.plans.models import Plan, PlanStatus
from apps.plans.selectors.overviews import run_shown
from apps.plans.selectors.run_values import inputs_of

_TENTH, _SHARE = Decimal("0.1"), Decimal("0.0001")
_MOST_YEARS, _MOST_FUNDED = Decimal(80), Decimal(100)


def known_to_plans(household: Household, on: dt.date) -> GatheredFacts:
    """Return what the newest plan with a result says, of the result that the client was given or the newest.

    Nothing where there is no such plan, or its facts are of a later day.
    """
    plans = Plan.objects.filter(household=household).exclude(status=PlanStatus.SUPERSEDED).order_by("-version")
    for plan in plans.select_related("published_run"):
        run = run_shown(plan)
        if run is not None and run.facts_as_of <= on:
            source = _("plan, version %(number)s of %(day)s") % {
                "number": plan.version,
                "day": date_text(run.facts_as_of),
            }
            return _gathered(plan_capacity(inputs_of(run).inputs), source)
    return GatheredFacts()


def _gathered(told: PlanCapacity, source: str) -> GatheredFacts:
    facts = {
        "years_to_first_withdrawal": min(_MOST_YEARS, _exact(told.years_to_first_withdrawal, _TENTH)),
        "withdrawal_years": min(_MOST_YEARS, _exact(told.withdrawal_years, _TENTH)),
    }
    if told.funded_ratio is not None:
        facts["funded_ratio"] = min(_MOST_FUNDED, _exact(told.funded_ratio, _SHARE))
    return GatheredFacts(
        facts=facts,
        sources=dict.fromkeys(facts, source),
        required_return=_exact(told.required_return, _SHARE),
    )


def _exact(value: float, places: Decimal) -> Decimal:
    return Decimal(repr(value)).quantize(places)
