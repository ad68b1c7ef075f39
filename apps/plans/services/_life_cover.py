"""Life insurance of a household as values of the engine, with what had to be assumed."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal

from apps.kernel.errors import gettext_noop
from apps.money.models import InsuranceKind, LifeForm
from apps.money.selectors.facts import HouseholdFacts, InsuranceFact
from apps.plans.engine.life_policies import LifePolicy

Caveat = tuple[str, dict[str, str]]
_MONTHS, _CENT = Decimal(12), Decimal("0.01")


def cover_of_lives(facts: HouseholdFacts, adults: Sequence[str]) -> tuple[tuple[LifePolicy, ...], list[Caveat]]:
    """Return the policies that pay at the death of an adult, and what the plan takes of each.

    Other insurance pays nothing in a plan. A policy without an insured adult is named and left out.
    """
    found: list[LifePolicy] = []
    told: list[Caveat] = []
    for fact in facts.insurance:
        if fact.kind != InsuranceKind.LIFE:
            continue
        name = {"name": fact.name}
        if str(fact.person_id) not in adults:
            told.append((_NOBODY if fact.person_id is None else _NO_ADULT, name))
            continue
        if fact.ends_on is not None and fact.ends_on <= facts.as_of:
            told.append((_OVER, {**name, "day": fact.ends_on.isoformat()}))
            continue
        told.append(_taken(fact))
        if fact.annual_premium:
            told.append((_IN_COSTS if fact.premium_in_costs else _BESIDES, name))
        found.append(_policy(fact, facts.currency))
    return tuple(found), told


def _taken(fact: InsuranceFact) -> Caveat:
    if fact.ends_on is not None:
        return _TERM, {"name": fact.name, "day": fact.ends_on.isoformat()}
    return _WHOLE if fact.life_form == LifeForm.WHOLE else _UNTIL_RETIREMENT, {"name": fact.name}


def _policy(fact: InsuranceFact, currency: str) -> LifePolicy:
    return LifePolicy(
        key=fact.key,
        insured=str(fact.person_id),
        benefit=float(fact.coverage),
        monthly_premium=float((fact.annual_premium / _MONTHS).quantize(_CENT, ROUND_HALF_UP)),
        premium_in_costs=fact.premium_in_costs,
        end=fact.ends_on,
        until_retirement=fact.ends_on is None and fact.life_form != LifeForm.WHOLE,
        currency=currency,
    )


_TERM = gettext_noop("“%(name)s” pays its cover, tax free, at a death before %(day)s; its amount does not rise.")
_WHOLE = gettext_noop(
    "“%(name)s” pays its cover, tax free, whenever the insured dies; who outlives the plan is taken to die at its end."
)
_UNTIL_RETIREMENT = gettext_noop(
    "How long “%(name)s” lasts is not known: it is taken to pay its cover, tax free, at a death before retirement."
)
_OVER = gettext_noop("“%(name)s” ended on %(day)s: it pays nothing.")
_NOBODY = gettext_noop("Whose life “%(name)s” insures is not known: it pays nothing here.")
_NO_ADULT = gettext_noop("“%(name)s” insures nobody whose life the plan rests on: it pays nothing here.")
_IN_COSTS = gettext_noop(
    "The premium of “%(name)s” is taken to be among the living costs; before retirement they fall by it when it ends."
)
_BESIDES = gettext_noop("The premium of “%(name)s” is paid besides the living costs, level, until the cover ends.")
