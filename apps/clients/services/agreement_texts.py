"""Filling a template's places, and the fee clause in words."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from string import Template
from typing import Any

from apps.core.templatetags.formats import money_text, percent_text
from apps.kernel.errors import InvalidInputError, gettext_noop
from apps.kernel.money import Money

_FILE = Path(__file__).resolve().parent.parent / "reference" / "advisory_agreement.toml"
PLACES = frozenset(
    {
        "firm",
        "clients",
        "household",
        "effective_on",
        "fee_schedule",
        "frequency",
        "timing",
        "value_basis",
        "minimum_and_discount",
        "state",
    }
)
FREQUENCIES = {
    "monthly": "every month",
    "quarterly": "every quarter",
    "semiannual": "every half-year",
    "annual": "every year",
}
TIMINGS = {"advance": "before the period", "arrears": "after the period"}
BASES = {
    "period_end": "the value at the end of the period",
    "opening": "the value at the start of the period",
    "average_daily_balance": "the average of the daily values of the period",
    "average_month_ends": "the average of the values at the ends of its months",
}


@dataclass(frozen=True, slots=True)
class FeeTier:
    """One band of the schedule; `up_to` None is everything above."""

    up_to: Money | None
    annual_rate: Decimal


@dataclass(frozen=True, slots=True)
class FeeSummary:
    """What the fee clause says. The words of `kind`, `timing` and `value_basis` are those of the billing engine."""

    tiers: tuple[FeeTier, ...]
    kind: str = "graduated"
    frequency: str = "quarterly"
    timing: str = "arrears"
    value_basis: str = "period_end"
    minimum_annual: Money | None = None
    discount: Decimal = field(default_factory=lambda: Decimal(0))

    def checked(self) -> FeeSummary:
        """Return the summary; raise InvalidInputError for terms that contradict themselves or no engine knows."""
        if not self.tiers:
            raise _wrong("tiers", gettext_noop("The fee has no rates."))
        bounds = [tier.up_to for tier in self.tiers[:-1]]
        if any(bound is None for bound in bounds) or self.tiers[-1].up_to is not None:
            raise _wrong("tiers", gettext_noop("Each band but the last needs its upper end, and the last has none."))
        amounts = [bound.amount for bound in bounds if bound is not None]
        if amounts != sorted(set(amounts)):
            raise _wrong("tiers", gettext_noop("The bands must rise."))
        if any(not 0 <= tier.annual_rate < 1 for tier in self.tiers) or not 0 <= self.discount < 1:
            raise _wrong("tiers", gettext_noop("A rate lies between 0 and 100 per cent."))
        if self.frequency not in FREQUENCIES or self.timing not in TIMINGS or self.value_basis not in BASES:
            raise _wrong("frequency", gettext_noop("The billing period, its timing or the billed value is not known."))
        if (self.timing == "advance") is not (self.value_basis == "opening"):
            raise _wrong(
                "value_basis",
                gettext_noop("A fee in advance is charged on the opening value, and one in arrears is not."),
            )
        return self

    def plain(self, clauses: Mapping[str, str]) -> dict[str, Any]:
        """Return the terms as JSON holds them, with the clause of each."""
        return {
            "kind": self.kind,
            "tiers": [
                {"up_to": str(tier.up_to.amount) if tier.up_to else None, "annual_rate": str(tier.annual_rate)}
                for tier in self.tiers
            ],
            "currency": next((tier.up_to.currency for tier in self.tiers if tier.up_to), ""),
            "frequency": self.frequency,
            "timing": self.timing,
            "value_basis": self.value_basis,
            "minimum_annual": str(self.minimum_annual.amount) if self.minimum_annual else None,
            "discount": str(self.discount),
            "clauses": dict(clauses),
        }


def fee_places(fees: FeeSummary) -> dict[str, str]:
    """Return the words of the fee clause. Agreements are in English, the language of the law they cite."""
    return {
        "fee_schedule": "; ".join(_band(n, fees) for n in range(len(fees.tiers))),
        "frequency": FREQUENCIES[fees.frequency],
        "timing": TIMINGS[fees.timing],
        "value_basis": BASES[fees.value_basis],
        "minimum_and_discount": _minimum_and_discount(fees),
    }


def filled(articles: Sequence[Mapping[str, Any]], places: Mapping[str, str]) -> list[dict[str, Any]]:
    """Return the articles with every place filled in; raise InvalidInputError for a place that nothing fills."""
    return [
        {
            "number": article["number"],
            "heading": article["heading"],
            "paragraphs": [
                {"number": paragraph["number"], "text": _fill(paragraph, places)} for paragraph in article["paragraphs"]
            ],
        }
        for article in articles
    ]


@lru_cache(maxsize=1)
def standard_template() -> dict[str, Any]:
    """Return the agreement that a new firm starts from."""
    with _FILE.open("rb") as handle:
        return tomllib.load(handle)


def _fill(paragraph: Mapping[str, Any], places: Mapping[str, str]) -> str:
    try:
        return Template(paragraph["text"]).substitute(places)
    except (KeyError, ValueError) as unfilled:
        raise InvalidInputError(
            gettext_noop("Paragraph %(number)s has a place that nothing fills: %(place)s."),
            mend=gettext_noop("Use only the places that the template page lists."),
            field="articles",
            number=paragraph["number"],
            place=str(unfilled),
        ) from unfilled


def _band(n: int, fees: FeeSummary) -> str:
    rate = percent_text(fees.tiers[n].annual_rate, 2)
    if len(fees.tiers) == 1:
        return f"{rate} of the whole value"
    bound, below = fees.tiers[n].up_to, fees.tiers[n - 1].up_to if n else None
    if fees.kind == "cliff":
        part = "the whole value when it is"
        return f"{rate} of {part} up to {_amount(bound)}" if bound else f"{rate} of {part} above {_amount(below)}"
    if below is None:
        return f"{rate} of the first {_amount(bound)}"
    return f"{rate} of the part up to {_amount(bound)}" if bound else f"{rate} of the part above {_amount(below)}"


def _amount(value: Money | None) -> str:
    return money_text(value, style="whole") if value else ""


def _minimum_and_discount(fees: FeeSummary) -> str:
    said = []
    if fees.minimum_annual:
        said.append(f"The fee is at least {money_text(fees.minimum_annual)} a year for the household.")
    if fees.discount:
        said.append(f"From the fee so calculated {percent_text(fees.discount, 2)} is taken off.")
    return " ".join(said) or "There is no minimum fee and no discount."


def _wrong(name: str, message: str) -> InvalidInputError:
    return InvalidInputError(message, mend=gettext_noop("Correct the fee terms."), field=name)
