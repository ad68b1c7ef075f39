"""The facts a calculator begins with, and the lines that make its answer."""

import datetime as dt
from decimal import Decimal

import pytest

from apps.clients.models import Relationship
from apps.money.models import IncomeSource
from apps.plans.selectors.calculators import tax_facts_of, tax_sheet, told_caveats
from apps.plans.services.calculators import TaxAsked, ask_taxes
from tests.days import today
from tests.factories import plans


def test_a_calculator_begins_with_the_households_facts_of_the_year(ada):
    household = plans.household_with_facts(ada)
    head = household.people.get(relationship=Relationship.HEAD)
    IncomeSource.objects.create(
        household=household, person=head, name="Old pension", kind="pension", annual_amount=Decimal(9_000),
        as_of=today(), ends_on=today() - dt.timedelta(days=1),
    )  # fmt: skip
    found = tax_facts_of(household, today())
    assert found["year"] == today().year
    assert found["filing_status"] == (household.filing_status or "joint")
    assert found["wages_1"] + found["wages_2"] > 0
    assert found["benefits"] == 0  # they begin in 2047
    assert found["pensions"] == 0  # it has ended
    assert found["age_1"] == today().year - head.date_of_birth.year
    assert found["children"] + found["others"] == 2


def test_the_lines_add_up_to_the_whole():
    told = ask_taxes(
        TaxAsked(2025, "joint", "MA", 66, 64, Decimal(80_000), withdrawals=Decimal(50_000), gains=Decimal(9_000))
    )
    sheet = tax_sheet(told.answer, "USD")
    lines = {line.figure.key: line.figure.number for line in sheet.lines}
    whole = lines["tax:federal"] + lines["tax:payroll"] + lines["tax:state"]
    assert sheet.total.number == pytest.approx(whole)
    assert sheet.kept.number == pytest.approx(lines["tax:received"] - whole)
    assert lines["tax:received"] == 139_000
    for line in sheet.next_lines:
        assert line.rate.number == pytest.approx(line.federal.number + line.payroll.number + line.state.number)
    assert all("%(" not in text for text in told_caveats(told.caveats))
