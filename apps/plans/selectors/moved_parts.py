"""What moved in a household's facts since a result, value by value, in words: what an advisor looks at."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from apps.core.field_words import choice_words, field_words
from apps.core.templatetags.formats import date_text, money_text, number_text, percent_text

# the rows of a kind, in the order in which their words are looked for
_MODELS = {
    "people": ("clients.Person", "clients.Household", "money.FormerSpouse"),
    "incomes": ("money.IncomeSource", "money.FormerSpouse"),
    "spending": ("money.ExpenseLine",),
    "savings": ("money.RegularSaving",),
    "debts": ("money.Debt",),
    "events": (
        "money.SpendingPhase",
        "money.Windfall",
        "money.Property",
        "money.InsurancePolicy",
        "money.EquityGrant",
        "money.YearlyPayment",
    ),
    "taxes": ("clients.Household", "money.IraBasis", "money.RothBasis"),
}
_PARTS = frozenset(
    {"annual_rate", "annual_growth", "share", "sold_share", "selling_cost", "discount", "instalment_rate"}
)
_COUNTS = frozenset(
    {
        *("years", "instalments", "retirement_age", "supported_until", "first_year", "last_year", "tax_year"),
        *("count", "held_shares"),
    }
)
# the first of a kind's values that are no rows
_SINGLE = {"people": "filing_status", "taxes": "state"}
_UNNAMED = frozenset({"name", "key", "person_id", "account_key", "debt_key"})


@dataclass(frozen=True, slots=True)
class MovedPart:
    """One value that moved: whose row (`name`, empty where it has none) and which field.

    `is_new` and `is_gone` say it of the whole row; `field` is empty then.
    """

    name: str
    field: str = ""
    before: Any = None
    after: Any = None
    is_new: bool = False
    is_gone: bool = False


def parts_of(kind: str, before: Any, after: Any) -> tuple[MovedPart, ...]:
    """Return what moved between two plain values of a kind; lists within a row are named without their values."""
    if kind == "accounts":
        then, now = (sum(each.values()) if isinstance(each, dict) else 0.0 for each in (before, after))
        return (MovedPart("", "balance", then, now),)
    if isinstance(before, dict) and isinstance(after, dict):
        return tuple(_in_row("", before, after))
    old, new = keyed(before), keyed(after)
    found: list[MovedPart] = []
    if kind in _SINGLE and before and before[0] != after[0]:
        found.append(MovedPart("", _SINGLE[kind], before[0], after[0]))
    for key in {**old, **new}:
        name = str(new.get(key, old.get(key, {})).get("name") or "")
        if key not in old or key not in new:
            found.append(MovedPart(name, is_new=key in new, is_gone=key in old))
        else:
            found += _in_row(name, old[key], new[key])
    return tuple(found)


def part_words(kind: str, part: MovedPart, currency: str) -> str:
    """Return one part in the reader's language: "Salary, amount a year: $72,000 → $60,000"."""
    if part.is_new or part.is_gone:
        told = _("%(name)s: new") if part.is_new else _("%(name)s: gone")
        return told % {"name": part.name or _("an entry")}
    label = _label(kind, part.field)
    named = f"{part.name}, {label}" if part.name else label
    if isinstance(part.after, list | dict) or isinstance(part.before, list | dict):
        return _("%(what)s: other than before") % {"what": named}
    values = [_text(kind, part.field, value, currency) for value in (part.before, part.after)]
    return f"{named}: {values[0]} → {values[1]}"


def keyed(value: Any) -> dict[str, dict[str, Any]]:
    """Return the rows within a plain value by their keys."""
    if isinstance(value, dict):
        key = value.get("key", value.get("person_id"))
        if key is not None:
            return {str(key): value}
        value = list(value.values())
    if isinstance(value, list):
        return {key: row for each in value for key, row in keyed(each).items()}
    return {}


def _in_row(name: str, before: dict[str, Any], after: dict[str, Any]) -> Iterable[MovedPart]:
    for field, value in after.items():
        if field in before and field not in _UNNAMED and before[field] != value:
            yield MovedPart(name, field, before[field], value)


def _label(kind: str, field: str) -> str:
    models = _MODELS.get(kind, ())
    plain = field.replace("_", " ")
    told = (field_words(field, model) for model in models)
    return next((words for words in told if words != plain), field_words(field))


def _text(kind: str, field: str, value: Any, currency: str) -> str:
    if value is None or value == "":
        return "–"
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, int | float):
        amount = Decimal(repr(value))
        if field in _PARTS:
            return percent_text(amount, 2)
        return str(number_text(amount)) if field in _COUNTS else money_text(amount, currency)
    try:
        return date_text(dt.date.fromisoformat(value))
    except ValueError:
        return str(
            next(
                (choice for model in _MODELS.get(kind, ()) if (choice := choice_words(field, value, model)) != value),
                value,
            )
        )
