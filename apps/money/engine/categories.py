"""What an entry of a bank statement was probably for."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

OTHER, INCOME = "other", "income"
# what does not change what the household has: left out of income and spending
NEUTRAL = frozenset({"transfer", "saving"})


@dataclass(frozen=True, slots=True)
class CategoryRule:
    """Words of a payee or memo, in upper case, and the category that they stand for."""

    category: str
    words: tuple[str, ...]

    def matches(self, text: str) -> bool:
        """Say whether one of the words begins a word of the text."""
        return any(re.search(rf"(?<![A-Z0-9]){re.escape(word)}", text) for word in self.words)


def category_of(text: str, amount: Decimal, rules: tuple[CategoryRule, ...]) -> str:
    """Return the category of the first rule that matches; money in without a match is income, the rest other.

    A rule for spending does not make money in an expense: a refund lowers its category, so it keeps that category.
    """
    upper = text.upper()
    for rule in rules:
        if rule.matches(upper) and not (rule.category == INCOME and amount < 0):
            return rule.category
    return INCOME if amount > 0 else OTHER
