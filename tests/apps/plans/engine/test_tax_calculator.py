"""A year's taxes and the next money's, held against the exact engine and worked by hand."""

from dataclasses import replace
from decimal import Decimal

import pytest

from apps.kernel.errors import InvalidInputError
from apps.plans.engine.tax_calculator import NEXT, NextKind, TaxQuestion, tax_answer
from apps.plans.engine.tax_tables import FilingStatus
from apps.plans.engine.taxes import TaxFacts, federal_tax
from tests.apps.plans.engine.households import tax_table
from tests.apps.plans.engine.test_state_tables import shipped

NOTHING = Decimal(0)
TABLE = tax_table(2025)
SINGLE = TaxFacts(
    status=FilingStatus.SINGLE, calendar_year=2025, wages=(Decimal(100_000),), pre_tax=NOTHING, ordinary=NOTHING,
    interest=NOTHING, qualified_dividends=NOTHING, long_term_gain=NOTHING, benefits=NOTHING,
    early_withdrawals=NOTHING, seniors=0, loss_carried=NOTHING,
)  # fmt: skip


def asked(facts=SINGLE, state="", ages=(40,), withdrawals=NOTHING):
    return TaxQuestion(TABLE, shipped().of(state) if state else None, facts, ages, withdrawals)


def rates(question):
    return {line.kind: line for line in tax_answer(question).next_money}


def test_a_single_earner_of_2025_by_hand():
    """100,000 less 15,750 (P.L. 119-21) is 84,250: 1,192.50 + 4,386 + 22 % of 35,775; payroll 7.65 %."""
    answer = tax_answer(asked())
    assert answer.federal_income_tax == Decimal("13449.00")
    assert answer.federal.payroll_tax == Decimal("7650.00")
    assert answer.total == Decimal("21099.00")
    assert answer.share == Decimal("0.21099")
    assert (answer.bracket.rate, answer.bracket.room) == (Decimal("0.22"), Decimal(103_350 - 84_250))
    wages = answer.next_money[0]
    assert (wages.federal, wages.payroll, wages.rate) == (Decimal("0.22"), Decimal("0.0765"), Decimal("0.2965"))


def test_the_next_withdrawal_brings_social_security_into_income_and_gains_go_untaxed_below():
    """Each dollar taxes 85 cents of benefits as well, in the 12 % bracket: 22.2 %."""
    retired = replace(SINGLE, wages=(NOTHING,), ordinary=Decimal(40_000), benefits=Decimal(30_000))
    line = rates(asked(retired, withdrawals=Decimal(40_000)))[NextKind.WITHDRAWAL]
    assert line.federal == Decimal("0.222")
    assert line.payroll == 0
    assert rates(asked(replace(SINGLE, wages=(Decimal(30_000),))))[NextKind.GAIN].rate == 0


def test_the_next_money_is_the_difference_of_two_returns_in_every_part():
    question = asked(state="MA")
    more = replace(SINGLE, wages=(SINGLE.wages[0] + NEXT,))
    before, after = tax_answer(question), tax_answer(asked(more, state="MA"))
    assert rates(question)[NextKind.WAGES].rate == (after.total - before.total) / NEXT
    assert before.state_total > 0
    assert before.total == federal_tax(TABLE, SINGLE).total + before.state_total
    assert tax_answer(asked(state="TX")).state_total == 0


def test_the_highest_bracket_has_no_next_one_and_nothing_in_has_no_share():
    assert tax_answer(asked(replace(SINGLE, wages=(Decimal(5_000_000),)))).bracket.room is None
    empty = tax_answer(asked(replace(SINGLE, wages=(NOTHING,))))
    assert (empty.total, empty.share) == (0, None)


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"wages": (Decimal(-1),)}, "wages_1"),
        ({"interest": Decimal(100_000_001)}, "interest"),
        ({"pre_tax": Decimal(100_001)}, "pre_tax"),
        ({"wages": (Decimal(1), Decimal(2))}, "wages_2"),
        ({"ordinary": Decimal(-5)}, "pensions"),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(changed, field):
    with pytest.raises(InvalidInputError) as refused:
        tax_answer(asked(replace(SINGLE, **changed)))
    assert refused.value.field == field
    assert refused.value.mend
