"""Our answer to a drawn household, line by line, and where the oracle does not follow the statute or we know less."""

from __future__ import annotations

import tomllib
from decimal import Decimal
from functools import cache
from pathlib import Path

from apps.plans.engine.tax_credits import Dependants
from apps.plans.engine.tax_deductions import Payments
from apps.plans.engine.tax_tables import FilingStatus, TaxTable, tax_table_from_mapping
from apps.plans.engine.taxes import FederalTax, TaxFacts, federal_tax
from tests.tax_oracle.households import Household

REFERENCE = Path(__file__).resolve().parents[2] / "apps" / "plans" / "reference"
ZERO = Decimal(0)
ELDER, MANY = 65, 3
DOLLAR = 1.0


@cache
def table_of(year: int) -> TaxTable:
    """Return the federal tax table of a year."""
    with (REFERENCE / f"federal_tax_{year}.toml").open("rb") as file:
        return tax_table_from_mapping(tomllib.load(file))


def facts_of(household: Household) -> TaxFacts:
    """Return the household's year; married people who file apart live apart, as the oracle takes it."""
    told = {name: Decimal(value) for name, value in household.items() if isinstance(value, int)}
    return TaxFacts(
        status=FilingStatus(str(household["status"])),
        calendar_year=int(household["year"]),
        wages=(told["wages"], told["spouse_wages"]),
        pre_tax=ZERO,
        ordinary=told["pensions"],
        interest=told["interest"] + told["dividends"] - told["qualified_dividends"],
        qualified_dividends=told["qualified_dividends"],
        long_term_gain=told["long_term_gain"],
        benefits=told["benefits"],
        early_withdrawals=ZERO,
        seniors=int(told["age"] >= ELDER) + int(told["spouse_age"] >= ELDER),
        loss_carried=ZERO,
        short_term_gain=told["short_term_gain"],
        tax_exempt_interest=told["tax_exempt_interest"],
        payments=Payments(told["state_and_local"], told["mortgage_interest"], told["charity"], told["medical"]),
        dependants=Dependants(int(told["children"]), int(told["other_dependants"])),
        lives_with_spouse=False,
    )


def tax_of(household: Household) -> FederalTax:
    """Return our tax of the household."""
    return federal_tax(table_of(int(household["year"])), facts_of(household))


def lines_of(tax: FederalTax) -> dict[str, Decimal]:
    """Return the lines that are compared, by the oracle's names. The payroll tax is the employees' share."""
    income = tax.income_tax
    return {
        "agi": tax.agi,
        "taxable_benefits": tax.taxable_benefits,
        "senior_deduction": tax.senior_deduction,
        "before_credits": income.total,
        "credits": tax.credits.used,
        "refunded_child_credit": tax.credits.refunded,
        "niit": tax.niit,
        "income_tax": income.total - tax.credits.used - tax.credits.refunded + tax.niit,
        "payroll_tax": tax.payroll_tax,
    }


def lines_of_oracle(answer: dict[str, float]) -> dict[str, float]:
    """Return the same lines of the oracle; its income tax before the credits that we do not know."""
    same = ("agi", "taxable_benefits", "senior_deduction", "before_credits", "refunded_child_credit", "niit")
    return {name: answer[name] for name in same} | {
        "credits": answer["child_credit"] + answer["dependant_credit"],
        "income_tax": answer["income_tax"] + answer["earned_income_credit"] + answer["elderly_credit"],
        "payroll_tax": answer["payroll_of_both"] / 2 + answer["additional_medicare"],
    }


def departures(household: Household, tax: FederalTax, answer: dict[str, float]) -> list[str]:
    """Name where the oracle departs from the statute for a household: it is not held against its answer there."""
    told = []
    if answer["itemised"] and answer["minimum_tax"] and tax.income_tax.itemised is None:
        # Its trial of the itemised deduction has no state taxes to add back for the minimum tax.
        told.append("IRC 63(e) lets a household choose the deduction that leaves the smaller tax")
    if household["year"] != 2026:
        return told
    charity, lines = int(household["charity"]), tax.income_tax.itemised
    least = tax.income_tax.minimum_tax or answer["minimum_tax"]
    if lines and lines.reduction and (least or lines.reduction == table_of(2026).itemised.reduction * lines.whole):
        told.append("IRC 68 takes 2/37 of the deduction at most, and nothing for the minimum tax")
    if charity and least and not lines:
        told.append("IRC 56(b)(1)(D) leaves gifts without itemising to the minimum tax")
    if charity > Decimal("0.6") * max(ZERO, tax.agi) and (lines or answer["itemised"]):
        told.append("IRC 170(b)(1)(I) takes the floor off what the limit leaves")
    return told


def unknown(answer: dict[str, float]) -> list[str]:
    """Name the oracle's credits that we do not compute; the income tax is compared before them."""
    return [name for name in ("earned_income_credit", "elderly_credit") if answer[name] > 0]


def differences(household: Household, tax: FederalTax, answer: dict[str, float]) -> dict[str, tuple[float, float]]:
    """Return the lines that are more than a dollar apart.

    The credit for the elderly leaves less tax to those of IRC 24, and the earned income credit is taken off what three
    children and more are paid out: those lines are not held to the oracle's where it has such a credit.
    """
    ours, theirs = lines_of(tax), lines_of_oracle(answer)
    left_out: set[str] = set()
    if answer["elderly_credit"]:
        left_out = {"credits", "refunded_child_credit", "income_tax"}
    elif answer["earned_income_credit"] and int(household["children"]) >= MANY:
        left_out = {"refunded_child_credit", "income_tax"}
    both = {name: (float(value), theirs[name]) for name, value in ours.items() if name not in left_out}
    return {name: pair for name, pair in both.items() if abs(pair[0] - pair[1]) > DOLLAR}
