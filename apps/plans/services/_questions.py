"""A household's situation gathered and put to the engine as a question; refused where facts are missing."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from apps.compliance.selectors.risk_limits import RiskLimit, risk_limit
from apps.kernel.errors import gettext_noop
from apps.money.selectors.facts import HouseholdFacts, MissingFact
from apps.money.selectors.situations import household_facts
from apps.plans.models import Plan
from apps.plans.selectors.assumptions import assumption_set
from apps.plans.selectors.plan_pages import taken_instead
from apps.plans.services._mapping import Mapped, Situation, mapped
from apps.plans.services._tables import tax_table_on
from apps.plans.services.errors import FactsMissingError


def question_of(plan: Plan, day: dt.date) -> tuple[Mapped, HouseholdFacts, RiskLimit | None]:
    """Return the engine's question with the facts and the risk limit it rests on.

    Raises FactsMissingError that lists what is missing, NoTableError, and the engine's InvalidInputError with the
    fact at fault as field.
    """
    facts = facts_for(plan, day)
    _check_facts(facts)
    limit = risk_limit(plan.household, day)
    situation = Situation(
        plan=plan,
        facts=facts,
        goals=list(plan.goals.all()),
        overrides=list(plan.overrides.select_related("person")),
        assumptions=assumption_set(plan.assumptions),
        tax_table=tax_table_on(day),
        limit=limit,
        starts_on=day.replace(day=1),
    )
    return mapped(situation), facts, limit


def facts_for(plan: Plan, day: dt.date) -> HouseholdFacts:
    """Return the household's facts; what the plan overrides is not missing."""
    facts = household_facts(plan.household, day)
    taken = taken_instead(tuple(plan.overrides.select_related("person")))
    return replace(facts, missing=tuple(fact for fact in facts.missing if (fact.code, fact.subject) not in taken))


def _check_facts(facts: HouseholdFacts) -> None:
    needed: list[MissingFact] = [fact for fact in facts.missing if fact.is_needed]
    if needed:
        first = needed[0]
        raise FactsMissingError(
            gettext_noop("%(count)s facts are missing, the first: %(fact)s"),
            mend=gettext_noop("The list on the plan's page says which, and where they are entered."),
            field=first.code,
            count=len(needed),
            fact=first.message % {"subject": first.subject},
        )
