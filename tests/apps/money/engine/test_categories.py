"""Guesses of what entries were for."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.money.engine.categories import category_of
from apps.money.models import Category
from apps.money.services.categories import category_rules


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
    assert category_of(text, Decimal(amount), category_rules()) == category


def test_every_category_of_the_table_is_one_of_ours() -> None:
    assert {rule.category for rule in category_rules()} <= set(Category.values)


@given(st.text(max_size=40), st.decimals("-1000", "1000", places=2))
def test_any_entry_has_a_category(text: str, amount: Decimal) -> None:
    assert category_of(text, amount, category_rules()) in Category.values
