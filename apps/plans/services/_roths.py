"""Roth accounts of each adult: when they were opened, what was paid in and converted, as values of the engine."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal

from apps.kernel.errors import gettext_noop
from apps.money.selectors.facts import AccountFact, HouseholdFacts, RothBasisFact
from apps.plans.engine.horizon import until_of
from apps.plans.engine.inputs import Adult, ProjectionInputs
from apps.plans.engine.roth_choices import RothKind, RothPool
from apps.plans.engine.roth_distributions import FIVE_YEARS
from apps.plans.services._iras import with_iras
from apps.portfolios.models import Registration

Caveat = tuple[str, dict[str, str]]
# an inherited one is its heir's by other rules, and nobody is asked for the basis of a health savings account
REGISTRATIONS = {RothKind.IRA: Registration.ROTH_IRA, RothKind.PLAN: Registration.ROTH_401K}
_CENT = Decimal("0.01")


def with_pools(
    inputs: ProjectionInputs, facts: HouseholdFacts, names: Mapping[str, str]
) -> tuple[ProjectionInputs, list[Caveat]]:
    """Return the plan with the traditional IRAs and the Roth accounts of each adult, and what is assumed of both.

    An account without one owner among the adults is taken as the first adult's.
    """
    inputs, told = with_iras(inputs, facts, names)
    pools: list[RothPool] = []
    for adult in inputs.adults:
        who = names.get(adult.key, adult.key)
        for kind in RothKind:
            own = [account for account in facts.accounts if _is_own(account, kind, adult.key, inputs)]
            fact = next((one for one in facts.roth_bases if (str(one.person_id), one.kind) == (adult.key, kind)), None)
            if fact is not None and not own:
                told.append((_NO_ACCOUNT, {"name": who}))
            if own or kind is RothKind.IRA:
                pools.append(_pool(inputs, (adult.key, kind), own, fact if own else None))
                told += [(message, {"name": who, **params}) for message, params in _assumed(inputs, adult, own, fact)]
    return replace(inputs, roth_pools=tuple(pools)), told


def _is_own(account: AccountFact, kind: RothKind, owner: str, inputs: ProjectionInputs) -> bool:
    adults = [adult.key for adult in inputs.adults]
    whose = str(account.owner_id) if str(account.owner_id) in adults else adults[0]
    return account.registration == REGISTRATIONS[kind] and account.treatment == "tax_free" and whose == owner


def _pool(
    inputs: ProjectionInputs, whose: tuple[str, RothKind], own: Sequence[AccountFact], fact: RothBasisFact | None
) -> RothPool:
    """What nobody knows is taken so that no tax is invented: opened long ago, and all of it paid in."""
    this_year = inputs.start_date.year
    held = sum((account.balance for account in own), Decimal(0))
    first = None if fact is None else fact.first_year
    if first is None and held > 0:
        first = this_year - FIVE_YEARS
    layers = () if fact is None else fact.conversions
    paid = None if fact is None else fact.contributions
    if paid is None:
        paid = max(Decimal(0), held - sum((amount for _, amount in layers), Decimal(0)))
    return RothPool(
        *whose,
        accounts=tuple(account.key for account in own),
        first_year=None if first is None else min(first, this_year),
        contributions=_cents(paid),
        conversions=tuple((min(year, this_year), _cents(amount), 0.0) for year, amount in layers),
        currency=inputs.currency,
    )


def _assumed(
    inputs: ProjectionInputs, adult: Adult, own: Sequence[AccountFact], fact: RothBasisFact | None
) -> list[tuple[str, dict[str, str]]]:
    """What is said of a pool; what was paid in matters to who is not 59 1/2 yet."""
    if not any(account.balance > 0 for account in own):
        return []
    told: list[tuple[str, dict[str, str]]] = []
    if fact is None or fact.first_year is None:
        told.append((_OPENED, {}))
    if (fact is None or fact.contributions is None) and until_of(inputs, adult) > 0:
        told.append((_PAID_IN, {}))
    if fact is None:
        return told
    told.append((_LAYERS if fact.kind == RothKind.IRA else _IN_PROPORTION, {"year": str(fact.tax_year)}))
    if fact.tax_year < inputs.start_date.year - 1:
        told.append((_OLD, {"year": str(fact.tax_year)}))
    return told


def _cents(amount: Decimal) -> float:
    return float(amount.quantize(_CENT, rounding=ROUND_HALF_UP))


_OPENED = gettext_noop(
    "When %(name)s first paid into Roth accounts is not told: they are taken to have been opened more than five years "
    "ago."
)
_PAID_IN = gettext_noop(
    "What %(name)s paid into Roth accounts is not told: all that they hold today is taken as paid in, so that before "
    "59½ only what they grow by from now on is taxed."
)
_LAYERS = gettext_noop(
    "What %(name)s takes out of Roth IRAs comes first from what was paid in by the end of %(year)s and since, then "
    "from conversions, the oldest first, then from earnings: before 59½ or in the first five years earnings are taxed, "
    "and before 59½ a tenth is added on them and on conversions of the last five years."
)
_IN_PROPORTION = gettext_noop(
    "What %(name)s takes out of Roth accounts of employers' plans is in proportion what was paid in by the end of "
    "%(year)s and since; the rest is taxed before 59½ or in the first five years. All plans of a person are counted as "
    "one, and none is moved to an IRA."
)
_OLD = gettext_noop(
    "What %(name)s paid into Roth accounts is taken to be what it was at the end of %(year)s: nothing came out since."
)
_NO_ACCOUNT = gettext_noop("%(name)s tells of Roth accounts of a kind that the household does not hold: not counted.")
