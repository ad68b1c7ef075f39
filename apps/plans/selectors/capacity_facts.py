"""What a household's plan says about its capacity and need for risk, for compliance."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from apps.clients.models import Household
from apps.compliance.ports import GatheredFacts
from apps.core.templatetags.formats import date_text
from apps.plans.models import Plan, PlanStatus
from apps.plans.selectors.run_values import inputs_of

if TYPE_CHECKING:
    from apps.plans.engine.plan_capacity import PlanCapacity

_TENTH, _SHARE = Decimal("0.1"), Decimal("0.0001")
_MOST_YEARS, _MOST_FUNDED = Decimal(80), Decimal(100)


def known_to_plans(household: Household, on: dt.date) -> GatheredFacts:
    """Return what the household's plan says: the one in force or with the client, else a draft, named as such.

    Of the result that the client was given or the newest; nothing where there is none, or its facts are of a later day.
    """
    plans = Plan.objects.filter(household=household).exclude(status=PlanStatus.SUPERSEDED).order_by("-version")
    newest = sorted(plans.select_related("published_run"), key=lambda plan: plan.published_run is None)
    for plan in newest:
        run = plan.published_run or plan.runs.finished().first()
        if run is not None and run.facts_as_of <= on:
            # the engine takes seconds to load, and this module is connected as the product starts
            from apps.plans.engine.plan_capacity import plan_capacity

            return _gathered(plan_capacity(inputs_of(run).inputs), _source(plan, run.facts_as_of))
    return GatheredFacts()


def _source(plan: Plan, day: dt.date) -> str:
    told = {"number": plan.version, "day": date_text(day)}
    if plan.published_run is None:
        return _("draft of a plan, version %(number)s of %(day)s") % told
    return _("plan, version %(number)s of %(day)s") % told


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
