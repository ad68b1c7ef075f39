"""Guesses of what entries were for."""

from __future__ import annotations

import tomllib
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.money.engine.categories import INCOME, OTHER, CategoryRule, category_of

# the engine is handed its table: here it is read without the framework, as the shipped file has it
_TABLE = Path(__file__).parents[4] / "apps" / "money" / "reference" / "spending_categories.toml"
RULES = tuple(
    CategoryRule(row["category"], tuple(row["words"])) for row in tomllib.loads(_TABLE.read_text("utf-8"))["rules"]
)


@pytest.mark.parametrize(
    ("text", "amount", "category"),
    [
        ("WHOLE FOODS MKT 10234", "-84.10", "groceries"),
        ("Acme Corp PAYROLL", "4200", "income"),
        ("PAYROLL SERVICE FEE", "-12", "fees"),
        ("AMZN Mktp US refund", "25", "shopping"),
        ("FIRST BANK MORTGAGE", "-2100", "debt"),
        ("ONLINE TRANSFER TO SAVINGS", "-500", "transfer"),
        ("VANGUARD BUY INVESTMENT", "-500", "saving"),
        ("UBER EATS", "-30", "dining"),
        ("UBER TRIP", "-30", "transport"),
        ("GAMESTOP PARENTAL", "-30", "other"),
        ("unknown payer", "30", "income"),
    ],
)
def test_words_of_the_payee_say_what_it_was(text: str, amount: str, category: str) -> None:
    assert category_of(text, Decimal(amount), RULES) == category


@given(st.text(max_size=40), st.decimals("-1000", "1000", places=2))
def test_any_entry_has_a_category(text: str, amount: Decimal) -> None:
    assert category_of(text, amount, RULES) in {OTHER, INCOME, *(rule.category for rule in RULES)}
