"""Homes, businesses and other things of a household as values of the engine, with what had to be assumed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from apps.kernel.errors import gettext_noop
from apps.kernel.money import in_cents
from apps.money.models import PropertyKind
from apps.money.selectors.facts import HouseholdFacts, PropertyFact
from apps.money.selectors.life import is_kept
from apps.plans.engine.life_events import Thing
from apps.plans.services._tables import TAX_TABLES, read_table

Caveat = tuple[str, dict[str, str]]
# the loss on what is used in private life does not count
_INVESTMENTS = frozenset({PropertyKind.REAL_ESTATE, PropertyKind.BUSINESS})


def things_of(
    facts: HouseholdFacts, debts: Collection[str], day: dt.date, inflation: float
) -> tuple[tuple[Thing, ...], list[Caveat]]:
    """Return what the household owns besides accounts, and what the plan takes of each.

    ``debts`` are the keys of those that are still owed; ``inflation`` is the growth of what none is stated of.
    """
    things = tuple(_thing(fact, facts.currency, debts, day, inflation) for fact in facts.properties)
    return things, [caveat for fact in facts.properties for caveat in _told(fact, day)]


def _told(fact: PropertyFact, day: dt.date) -> list[Caveat]:
    """What the plan says of a thing: its sale, or that it has none."""
    name, is_business = {"name": fact.name}, fact.kind == PropertyKind.BUSINESS
    told: list[Caveat] = []
    if is_business and fact.annual_growth is None:
        told.append((_GROWTH, name))
    if fact.sells_on is None:
        if is_business:
            told.append((_KEPT if fact.kept_until_death else _NO_SALE, name))
        return told
    dated = {**name, "day": fact.sells_on.isoformat()}
    if is_kept(fact.sells_on, fact.instalments, day):
        return [*told, (_NOT_SOLD, dated)]
    if fact.sells_on < day:
        told.append((_SOLD_BEFORE, dated))
    else:
        told.append((_SOLD_HOME if fact.kind == PropertyKind.HOME else _SOLD, dated))
    if fact.instalments > 1 and fact.instalment_rate:
        told.append((_INTEREST, {**name, "rate": f"{100 * fact.instalment_rate:.2f}"}))
    elif fact.instalments > 1:
        told.append((_INSTALMENTS, name))
    if is_business:
        told += [(_PASSIVE if fact.is_passive else _ACTIVE, name), (_INCOME, name)]
    return told


def _thing(fact: PropertyFact, currency: str, debts: Collection[str], day: dt.date, inflation: float) -> Thing:
    table = read_table(TAX_TABLES / "home_sale.toml")
    growth = inflation if fact.annual_growth is None else float(fact.annual_growth)
    is_past = fact.sells_on is not None and fact.sells_on < day
    return Thing(
        key=fact.key,
        value=_value(fact, growth, day),
        annual_growth=growth,
        cost=in_cents(fact.value if fact.cost is None else fact.cost),
        sale_day=None if is_kept(fact.sells_on, fact.instalments, day) else fact.sells_on,
        selling_cost=float(fact.selling_cost),
        exclusion=(float(table["alone"]), float(table["couple"])) if fact.kind == PropertyKind.HOME else (0.0, 0.0),
        is_investment=fact.kind in _INVESTMENTS,
        # a sale of the past has paid its debt
        debt=fact.debt_key if fact.debt_key in debts and not is_past else "",
        account="",
        currency=currency,
        sold_share=float(fact.sold_share),
        instalments=fact.instalments,
        note_rate=float(fact.instalment_rate or 0),
        is_active=fact.kind == PropertyKind.BUSINESS and not fact.is_passive,
    )


def _value(fact: PropertyFact, growth: float, day: dt.date) -> float:
    """What a thing is worth at the start: of one whose price is still being paid, what its price would have grown to.

    The price of a sale that was told before it came is the value of then, grown to it; else the value told.
    """
    if fact.sells_on is None or fact.sells_on >= day or is_kept(fact.sells_on, fact.instalments, day):
        return in_cents(fact.value)
    grown = max(0, _months(fact.as_of, fact.sells_on)) + _months(fact.sells_on, day)
    return in_cents(fact.value) * float((1.0 + growth) ** (grown / 12.0))


def _months(first: dt.date, last: dt.date) -> int:
    return (last.year - first.year) * 12 + last.month - first.month


_SOLD = gettext_noop(
    "“%(name)s” is sold on %(day)s at a price that grows evenly; depreciation taken before is not counted."
)
_SOLD_HOME = gettext_noop(
    "“%(name)s” is sold on %(day)s at a price that grows evenly; it is taken to have been the main home for two of the "
    "last five years, so that 250,000 of the gain, 500,000 of a couple’s, are free of tax."
)
_SOLD_BEFORE = gettext_noop(
    "“%(name)s” was sold on %(day)s: what of the price is still to come counts, with its part of the gain; what came "
    "before is taken to lie in the accounts, and the debt to be paid off."
)
_INTEREST = gettext_noop(
    "The price of “%(name)s” comes in equal yearly parts, each with its part of the gain, and %(rate)s %% a year on "
    "what is still to be paid, taxed as interest; that a buyer may not pay is not counted."
)
_NOT_SOLD = gettext_noop("“%(name)s” was to be sold on %(day)s, which has passed: it is taken as kept.")
_NO_SALE = gettext_noop(
    "No sale of the business “%(name)s” is told: it counts in what the household is worth, and pays for nothing."
)
_KEPT = gettext_noop(
    "The business “%(name)s” is kept until death: it counts in what the household is worth, and pays for nothing."
)
_GROWTH = gettext_noop("How the business “%(name)s” grows is not told: its value rises with expected inflation.")
_INSTALMENTS = gettext_noop(
    "The price of “%(name)s” comes in equal yearly parts, each with its part of the gain; interest on what is still to "
    "be paid is not counted, nor that a buyer may not pay."
)
_ACTIVE = gettext_noop(
    "The owner works in “%(name)s”: all of the gain is taken as a long-term gain, free of the tax on net investment "
    "income."
)
_PASSIVE = gettext_noop(
    "The owner does not work in “%(name)s”: the gain is a long-term gain and bears the tax on net investment income."
)
_INCOME = gettext_noop(
    "What the owner earns from “%(name)s” counts only where it is told as an income; one that is told to come from it "
    "runs to the sale and ends there, or falls by the share sold."
)
