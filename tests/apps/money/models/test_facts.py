import datetime as dt
from decimal import Decimal

import pytest

from apps.kernel.errors import InvalidInputError
from apps.money.models import Debt, ExpenseLine, FactOfHousehold, IncomeSource, Property
from apps.money.models.facts import FieldCheck
from tests.factories import clients, money


@pytest.mark.parametrize(
    ("kind", "changed", "field"),
    [
        ("property", {"value": Decimal(-1)}, "value"),
        ("property", {"selling_cost": Decimal("0.6")}, "selling_cost"),
        ("income", {"annual_amount": Decimal(-1)}, "annual_amount"),
        ("income", {"starts_on": money.DAY, "ends_on": money.DAY.replace(year=2024)}, "ends_on"),
        ("expense", {"monthly_amount": Decimal(-1)}, "monthly_amount"),
        ("debt", {"balance": Decimal(-1)}, "balance"),
        ("debt", {"annual_rate": Decimal("1.2")}, "annual_rate"),
    ],
)
def test_what_the_database_refuses_stands_at_its_field(ada, kind, changed, field):
    with pytest.raises(InvalidInputError) as wrong:
        money.fact(kind, clients.household(ada), ada, **changed)
    assert wrong.value.field == field


def test_a_field_check_keeps_its_field_when_it_is_copied_and_is_a_plain_constraint_to_migrations():
    for model in (Debt, ExpenseLine, IncomeSource, Property):
        for check in model._meta.constraints:
            if isinstance(check, FieldCheck):
                assert check.clone().field == check.field
                assert check.field in {field.name for field in model._meta.get_fields()}
                assert check.deconstruct()[0] == "django.db.models.CheckConstraint"
    assert FactOfHousehold._meta.abstract


@pytest.mark.parametrize(
    ("day", "says"), [(dt.date(1900, 1, 1), "more than 20 years ago"), (dt.date(2999, 1, 1), "has not come yet")]
)
def test_a_fact_is_known_for_a_day_that_says_something_of_today(ada, day, says):
    with pytest.raises(InvalidInputError, match=says) as wrong:
        money.fact("expense", clients.household(ada), ada, as_of=day)
    assert wrong.value.field == "as_of"
