"""Drawn households, and what of each the oracle can answer: dice and arithmetic alone, no engine.

A household is a flat mapping of whole numbers, so that it travels as JSON and stands in a golden case as it is.
"""

from __future__ import annotations

from random import Random

Household = dict[str, int | str]

YEARS = (2024, 2025, 2026)
STATUSES = ("single", "married_joint", "married_separate", "head_of_household", "surviving_spouse")
_HOW_MANY = (40, 40, 6, 10, 4)


def _amount(dice: Random, share: float, middle: int, spread: float) -> int:
    """Zero but for a share of households; else around ``middle``, with a long tail."""
    return round(middle * dice.lognormvariate(0.0, spread)) if dice.random() < share else 0


def _wages(dice: Random, age: int) -> int:
    return _amount(dice, 0.85 if age < 65 else 0.2, 80_000, 0.9)


def _people(dice: Random) -> Household:
    status = dice.choices(STATUSES, _HOW_MANY)[0]
    age = dice.choice((dice.randint(25, 64), dice.randint(25, 90)))
    children = dice.choice((0, 0, 0, 1, 2, 3, 4)) if age < 60 else 0
    if status in ("head_of_household", "surviving_spouse"):
        children = max(1, children)
    return {
        "status": status,
        "age": age,
        "spouse_age": max(20, age + dice.randint(-12, 12)) if status == "married_joint" else 0,
        "children": children,
        "other_dependants": dice.choices((0, 1, 2), (90, 8, 2))[0],
    }


def _incomes(dice: Random, people: Household) -> Household:
    age, spouse = int(people["age"]), int(people["spouse_age"])
    retired = max(age, spouse) >= 62
    dividends = _amount(dice, 0.5, 6_000, 1.4)
    rich = 12 if dice.random() < 0.08 else 1
    return {
        "wages": _wages(dice, age) * rich,
        "spouse_wages": _wages(dice, spouse) if spouse else 0,
        "interest": _amount(dice, 0.7, 1_500, 1.5),
        "tax_exempt_interest": _amount(dice, 0.15, 4_000, 1.2),
        "dividends": dividends,
        "qualified_dividends": round(dividends * dice.choice((0.0, 0.6, 0.9, 1.0))),
        "short_term_gain": _amount(dice, 0.35, 3_000, 1.5) * dice.choice((1, 1, -1)),
        "long_term_gain": _amount(dice, 0.5, 15_000, 1.8) * dice.choice((1, 1, 1, -1)) * rich,
        "pensions": _amount(dice, 0.85 if retired else 0.05, 40_000, 0.9),
        "benefits": _amount(dice, 0.8, 30_000, 0.4) if retired else 0,
    }


def _payments(dice: Random, incomes: Household) -> Household:
    income = sum(int(incomes[name]) for name in ("wages", "spouse_wages", "pensions"))
    return {
        "state_and_local": round(income * dice.uniform(0.0, 0.12)) + _amount(dice, 0.6, 6_000, 0.6),
        "mortgage_interest": _amount(dice, 0.45, 14_000, 0.6),
        "charity": _amount(dice, 0.6, 3_000, 1.4),
        "medical": _amount(dice, 0.3, 8_000, 1.0),
    }


def draw(number: int, seed: int) -> list[Household]:
    """Draw households. The same seed gives the same ones."""
    dice = Random(seed)  # noqa: S311 - the same households each time
    told = []
    for _ in range(number):
        people = _people(dice)
        incomes = _incomes(dice, people)
        told.append({"year": dice.choice(YEARS), **people, **incomes, **_payments(dice, incomes)})
    return told


def blank() -> Household:
    """Return a household without people's ages, incomes and payments: all amounts are zero."""
    return {name: 0 for name in draw(1, 0)[0] if name != "status"}
