import pytest

from apps.plans.selectors.moved_parts import MovedPart, keyed, part_words, parts_of

SALARY = {"key": "a", "name": "Salary", "annual_amount": 72_000.0, "annual_growth": 0.02, "ends_on": None}
PENSION = {"key": "b", "name": "Pension", "annual_amount": 9_000.0, "annual_growth": 0.0, "ends_on": None}


def words(kind, before, after):
    return [part_words(kind, part, "USD") for part in parts_of(kind, before, after)]


def test_values_rows_and_dates_are_told_as_they_were_and_are():
    less = {**SALARY, "annual_amount": 60_000.0, "annual_growth": 0.025, "ends_on": "2031-03-31"}
    assert words("incomes", [[SALARY], []], [[less], []]) == [
        "Salary, amount a year, before tax: $72,000 → $60,000",
        "Salary, growth a year: 2.00% → 2.50%",
        "Salary, until: – → Mar 31, 2031",
    ]
    assert words("incomes", [[SALARY], []], [[PENSION], []]) == ["Salary: gone", "Pension: new"]


def test_what_has_no_rows_is_told_by_its_field():
    before = {"monthly_amount": 4_000.0, "giving": 0.0}
    assert words("spending", before, {"monthly_amount": 5_000.0, "giving": 0.0}) == ["amount a month: $4,000 → $5,000"]
    assert words("taxes", ["NY", [], [], []], ["CA", [], [], []])[0].endswith(": NY → CA")
    held = {"taxable:equities": 100.0, "cash:cash": 50.0}
    (told,) = words("accounts", held, {"cash:cash": 50.0})
    assert told.endswith("$150 → $50")


def test_lists_within_a_row_are_named_without_their_values():
    part = MovedPart("Shares", "tranches", [["2030-01-01", 10.0]], [["2031-01-01", 10.0]])
    assert part_words("events", part, "USD").endswith("other than before")


@pytest.mark.parametrize(("value", "found"), [(None, {}), ([SALARY, [PENSION]], {"a": SALARY, "b": PENSION})])
def test_rows_are_found_by_their_keys(value, found):
    assert keyed(value) == found
