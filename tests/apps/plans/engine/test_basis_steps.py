"""Which part of an account has a new cost at whose death."""

from __future__ import annotations

from dataclasses import replace

import pytest

from apps.plans.engine.basis_steps import (
    BALANCE,
    COST,
    FIRST_DIES,
    FROM,
    NO_MONTH,
    opening_of,
    share_of,
    share_of_things,
)
from apps.plans.engine.horizon import last_month_of
from apps.plans.engine.inputs import ProjectionInputs, TaxTreatment
from apps.plans.engine.ownership import Ownership
from tests.apps.plans.engine.households import account, family

COMMUNITY = Ownership(is_community=True)


def couple(ownership: Ownership | None = None) -> ProjectionInputs:
    """The family with a taxable account of each besides that of both."""
    more = (
        account("of_ana", TaxTreatment.TAXABLE, 50_000.0),
        account("of_ben", TaxTreatment.TAXABLE, 1.0, owner="ben"),
    )
    return replace(family(), accounts=(*family().accounts, *more), ownership=ownership or Ownership())


@pytest.mark.parametrize(
    ("ownership", "of_ana", "of_ben"),
    [
        (Ownership(), {"brokerage": 0.5, "of_ana": 1.0}, {"brokerage": 0.5, "of_ben": 1.0}),
        (Ownership(False, ("brokerage",)), {"of_ana": 1.0}, {"of_ben": 1.0}),
        (COMMUNITY, {"brokerage": 1.0, "of_ana": 1.0, "of_ben": 1.0}, {"brokerage": 1.0, "of_ana": 1.0, "of_ben": 1.0}),
    ],
)
def test_alone_whole_jointly_half_in_community_all_and_never_what_has_rules_of_its_own(
    ownership: Ownership, of_ana: dict[str, float], of_ben: dict[str, float]
) -> None:
    """Cash, plans at work, Roth accounts and accounts for education keep what they have (IRC 1014(c))."""
    inputs = couple(ownership)
    told = [{each.key: share_of(each, adult, inputs) for each in inputs.accounts} for adult in inputs.adults]
    assert [{key: share for key, share in each.items() if share} for each in told] == [of_ana, of_ben]
    drawn, known = opening_of(inputs, drawn=True), opening_of(inputs, drawn=False)
    for opening in (drawn, known):
        assert opening[:, BALANCE].tolist() == [each.balance for each in inputs.accounts]
        assert opening[:, COST].tolist() == [each.cost_basis for each in inputs.accounts]
    assert drawn[:, FIRST_DIES:FROM].T.tolist() == [list(each.values()) for each in told]
    assert set(drawn[:, FROM]) == {NO_MONTH}
    # of known lives it is that of Ben, who is older and dies first
    assert known[:, FIRST_DIES:FROM].T.tolist() == [list(told[1].values())] * 2
    assert set(known[:, FROM]) == {last_month_of(inputs.adults[1], inputs.start_date)}


def test_a_home_is_taken_to_be_of_both() -> None:
    assert (share_of_things(couple()), share_of_things(couple(COMMUNITY))) == (0.5, 1.0)


def test_where_nobody_is_left_or_nothing_is_held_no_death_does_anything() -> None:
    ana, ben = family().adults
    of_ana = tuple(replace(each, owner="ana") for each in family().accounts)
    incomes = tuple(income for income in family().incomes if income.owner == "ana")
    alone = replace(family(), adults=(ana,), accounts=of_ana, incomes=incomes)
    untaxed = replace(family(), ownership=Ownership(False, ("brokerage",)))
    together = replace(family(), adults=(ana, replace(ben, birth_date=ana.birth_date, horizon_age=ana.horizon_age)))
    for inputs, drawn in ((alone, True), (alone, False), (untaxed, True), (untaxed, False), (together, False)):
        opening = opening_of(inputs, drawn=drawn)
        assert set(opening[:, FROM]) == {NO_MONTH}
        assert inputs is together or not opening[:, FIRST_DIES:FROM].any()
    assert opening_of(family(), drawn=True)[:, FIRST_DIES:FROM].any()
