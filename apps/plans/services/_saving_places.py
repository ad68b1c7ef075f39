"""Where more saving of a household goes: what its accounts and the year's limits say, and the account for the rest."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import ROUND_DOWN, Decimal

from django.utils.translation import gettext as _

from apps.kernel.errors import gettext_noop
from apps.money.selectors.facts import HouseholdFacts
from apps.plans.engine.advice_facts import SavingPlaces
from apps.plans.engine.inputs import Account, ProjectionInputs, TaxTreatment
from apps.plans.engine.policy import AdvicePolicy
from apps.plans.engine.saving_places import NEW_BROKERAGE, ROOM_INTO, split
from apps.plans.services._advice_facts import saving_facts

CENT = Decimal("0.01")


def opened_names() -> list[tuple[str, str]]:
    """Return the name behind the key of an account that a plan opens."""
    return [(NEW_BROKERAGE, _("New brokerage account"))]


def rest_of(accounts: Sequence[Account]) -> str:
    """Return the account for what the law lets go nowhere else: taxable, of both adults first, or one to be opened."""
    taxable = [account for account in accounts if account.treatment is TaxTreatment.TAXABLE]
    return min(taxable, key=lambda account: account.owner != "").key if taxable else NEW_BROKERAGE


def surplus_of(accounts: Sequence[Account]) -> str:
    """Return the account that takes what is left of a year: the first taxable one, else the first of cash, else any."""
    for wanted in (TaxTreatment.TAXABLE, TaxTreatment.CASH):
        for account in accounts:
            if account.treatment is wanted:
                return account.key
    return accounts[0].key


def places_of(inputs: ProjectionInputs, facts: HouseholdFacts, policy: AdvicePolicy) -> SavingPlaces:
    """Return where the saving goes that a version of the plan adds to the facts."""
    return SavingPlaces(policy.saving_account, saving_facts(facts, inputs))


def limits_told(places: SavingPlaces) -> list[tuple[str, dict[str, str]]]:
    """Return what a plan has to say about limits of contributions that are not published yet."""
    facts = places.facts
    if facts is None or facts.limits is None or not facts.plans or not facts.limits.carried_from:
        return []
    return [(_CARRIED, {"year": str(facts.limits.year), "published": str(facts.limits.carried_from)})]


def watched(facts: Mapping[str, float], monthly_amount: Decimal, rest: str) -> dict[str, Decimal]:
    """Return what should arrive a month in which account of advice to save more, by the rooms that it told."""
    rooms = [(key.removeprefix(ROOM_INTO), room) for key, room in facts.items() if key.startswith(ROOM_INTO)]
    return {
        account: Decimal(repr(amount)).quantize(CENT, ROUND_DOWN)
        for account, amount in split(float(monthly_amount), rooms, rest).items()
    }


_CARRIED = gettext_noop(
    "Limits of contributions in %(year)s are those of %(published)s, carried forward with expected inflation and "
    "rounded as the law rounds them: those of %(year)s are not published yet."
)
