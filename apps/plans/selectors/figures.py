"""Numbers of a plan, each with the key of its passport; and sentences that hold some."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext, gettext_lazy

from apps.core.field_words import field_words
from apps.core.templatetags import formats
from apps.kernel.money import Money
from apps.plans.selectors._mapping import shown_money

# how accounts are taxed, within a sentence
TREATMENTS = {
    "cash": gettext_lazy("cash at the bank"),
    "taxable": gettext_lazy("taxable accounts"),
    "tax_deferred": gettext_lazy("tax-deferred accounts"),
    "tax_free": gettext_lazy("Roth and other tax-free accounts"),
}
# what the places of advice stand for, where no field of a record has the name
PLACES = {
    "years": gettext_lazy("number of years"),
    "tax": gettext_lazy("tax that it adds"),
    "premiums": gettext_lazy("premiums that it adds"),
    "first": gettext_lazy("first year"),
    "last": gettext_lazy("last year"),
    "after_one": gettext_lazy("first benefit then"),
    "after_two": gettext_lazy("second benefit then"),
    "assets": gettext_lazy("what is in accounts"),
    "before_one": gettext_lazy("first benefit now"),
    "before_two": gettext_lazy("second benefit now"),
    "cover": gettext_lazy("life cover"),
    "debts": gettext_lazy("debts owed"),
    "education": gettext_lazy("money for education"),
    "even": gettext_lazy("age at which both have paid the same"),
    "filed": gettext_lazy("year it was filed"),
    "gap": gettext_lazy("what is missing"),
    "income": gettext_lazy("income that would be missed"),
    "now_one": gettext_lazy("first age now"),
    "now_two": gettext_lazy("second age now"),
    "room": gettext_lazy("room left"),
    "then_one": gettext_lazy("first age then"),
    "then_two": gettext_lazy("second age then"),
    "with": gettext_lazy("chance with it"),
    "without": gettext_lazy("chance without it"),
}
_PLACE = re.compile(r"%\((\w+)\)s")


@dataclass(frozen=True, slots=True)
class Figure:
    """A number that pages show; `kind` and `style` are those of the tag `figure`, `key` opens its passport.

    `value` is None where it is not computable.
    """

    value: Money | Decimal | float | int | None
    kind: str
    key: str
    label: str
    style: str = ""

    @property
    def text(self) -> str:
        """As it is written on paper and in mails."""
        if self.value is None:
            return "–"
        if isinstance(self.value, Money):
            return formats.money_text(self.value, style=self.style)
        if self.kind == "year":
            return str(self.value)
        if self.kind == "percent":
            return formats.percent_text(self.value, int(self.style or 1))
        if self.kind == "points":
            return formats.points_text(self.value, int(self.style or 1))
        return formats.number_text(self.value, int(self.style or 0))

    @property
    def number(self) -> float | None:
        """For drawing and for partners."""
        if self.value is None:
            return None
        return float(self.value.amount if isinstance(self.value, Money) else self.value)


Sentence = tuple[str | Figure, ...]


@dataclass(frozen=True, slots=True)
class Wording:
    """What a sentence of the engine needs to be read: the currency, the names behind keys, the passports' prefix."""

    currency: str
    names: Mapping[str, str]
    prefix: str


def money_figure(value: float | None, currency: str, key: str, label: str, style: str = "whole") -> Figure:
    """Return an amount of the engine."""
    return Figure(None if value is None else shown_money(value, currency), "money", key, label, style)


def as_typed(value: float) -> str:
    """Write a number as an input takes it: no grouping, no needless zeros."""
    return f"{value:.2f}".rstrip("0").rstrip(".")


def sentence(text: Mapping[str, Any], wording: Wording, instead: Mapping[str, Any] | None = None) -> Sentence:
    """Translate a text of the engine; its numbers become figures by the unit behind the double underscore.

    `instead` replaces values: those that an advisor changed.
    """
    params = {**dict(text["params"]), **(instead or {})}
    parts: list[str | Figure] = []
    message, at = gettext(text["message"]), 0
    for place in _PLACE.finditer(message):
        parts.append(message[at : place.start()])
        parts.append(_part(place.group(1), params[place.group(1)], wording))
        at = place.end()
    # the engine's texts are formatted with %: a doubled sign stands for one
    parts.append(message[at:])
    return tuple(part.replace("%%", "%") if isinstance(part, str) else part for part in parts if part != "")


def _part(name: str, value: Any, wording: Wording) -> str | Figure:
    unit = name.rpartition("__")[2]
    place = name.partition("__")[0]
    key, label = f"{wording.prefix}:{name}", str(PLACES.get(place) or field_words(place))
    if unit == "money":
        return money_figure(float(value), wording.currency, key, label)
    if unit in {"percent", "count", "year"}:
        return Figure(int(value) if unit == "year" else value, unit, key, label)
    if unit == "years":
        # an age that is no whole year is told to the tenth
        return Figure(value, unit, key, label, "" if float(value).is_integer() else "1")
    names = TREATMENTS if unit == "treatment" else wording.names
    return str(names.get(str(value), value))


def written(parts: Sentence) -> str:
    """Return a sentence as plain text."""
    return "".join(part.text if isinstance(part, Figure) else part for part in parts)


def figures_in(value: Any) -> Iterator[Figure]:
    """Walk a read-model and yield every figure in it."""
    if isinstance(value, Figure):
        yield value
    elif is_dataclass(value) and not isinstance(value, type):
        for field in fields(value):
            yield from figures_in(getattr(value, field.name))
    elif isinstance(value, tuple | list):
        for item in value:
            yield from figures_in(item)
