"""What people who are paid for work may earn beside early benefits, as values of the engine."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cache

from apps.kernel.errors import gettext_noop
from apps.plans.engine.claiming import full_retirement_age, month_of_age
from apps.plans.engine.inputs import IncomeKind, ProjectionInputs
from apps.plans.engine.social_security import (
    SocialSecurityTable,
    counted_birth,
    exempt_amount,
    social_security_table_from_mapping,
)
from apps.plans.services._tables import TAX_TABLES, read_table

Caveat = tuple[str, dict[str, str]]
# exempt amounts rest on the wages of two years before
_LAG = 2


@cache
def _series() -> SocialSecurityTable:
    return social_security_table_from_mapping(read_table(TAX_TABLES / "social_security.toml"))


def with_exempt_earnings(inputs: ProjectionInputs, names: Mapping[str, str]) -> tuple[ProjectionInputs, list[Caveat]]:
    """Return the plan with what each adult who is paid for work may earn beside benefits, and of whom it takes some.

    Of a year after the newest series the amounts of the last that they tell are taken.
    """
    earners = {income.owner for income in inputs.incomes if income.kind is IncomeKind.SALARY}
    if not any(claim.owner in earners and claim.primary_amount > 0.0 for claim in inputs.claims):
        return inputs, []
    series = _series()
    year = min(inputs.start_date.year, series.newest_wages + _LAG)
    exempt = tuple(float(exempt_amount(series, year, reaches_full_age=full)) for full in (False, True))
    claims = tuple(
        replace(claim, exempt=(exempt[0], exempt[1])) if claim.owner in earners else claim for claim in inputs.claims
    )
    told = [
        (_WITHHELD, {"name": names[adult.key]})
        for adult in inputs.adults
        for claim in claims
        if claim.owner == adult.key and claim.exempt is not None and claim.primary_amount > 0.0
        if claim.claim_age < full_retirement_age(counted_birth(adult.birth_date).year)
        if month_of_age(adult.birth_date, claim.claim_age) < (adult.retirement_date.year, adult.retirement_date.month)
    ]
    return replace(inputs, claims=claims), told


_WITHHELD = gettext_noop(
    "Social Security of %(name)s begins before full retirement age and before the work ends: what the pay exceeds the "
    "exempt amount of a year by is withheld by half, of a survivor's benefit as well, and months withheld make the "
    "benefit larger from full age on. The exempt amounts rise with prices here, with wages in law."
)
