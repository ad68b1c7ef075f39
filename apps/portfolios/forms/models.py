"""What people type about models: sleeves and securities in rows that are added and taken away."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from apps.core.forms import DayInput, PercentField
from apps.market.models import AssetClass
from apps.portfolios.models import Benchmark
from apps.portfolios.policies import place_of
from apps.portfolios.selectors.targets import SleeveOfTarget

SLEEVE_FIELDS = ("name", "asset_class", "weight", "absolute_band", "relative_band")
HOLDING_FIELDS = ("symbol", "share", "substitutes", "absolute_band", "relative_band")
# no model needs more; a longer form is a mistake or an attack
MOST_ROWS = 60
_AT = re.compile(r"^sleeve-(\d{1,2})-(?:holding-(\d{1,2})-)?([a-z_]+)$")

Row = dict[str, Any]


def rows_of(typed: Mapping[str, Any]) -> list[Row]:
    """Read what was typed as rows: each sleeve with its fields as text and its holdings in order."""
    sleeves: dict[int, Row] = {}
    for key in typed:
        found = _AT.match(str(key))
        if found is None:
            continue
        place, holding, field = found[1], found[2], found[3]
        sleeve = sleeves.setdefault(int(place), {"holdings": {}})
        if holding is None and field in SLEEVE_FIELDS:
            sleeve[field] = typed[key]
        elif holding is not None and field in HOLDING_FIELDS:
            sleeve["holdings"].setdefault(int(holding), {})[field] = typed[key]
    return [
        {**sleeve, "holdings": [row for _n, row in sorted(sleeve["holdings"].items())]}
        for _n, sleeve in sorted(sleeves.items())
    ][:MOST_ROWS]


def rows_changed(rows: list[Row], change: str) -> list[Row]:
    """Add or take away a row: add-sleeve, remove-sleeve-1, add-holding-1, remove-holding-1-0; else as they are."""
    word, _dash, places = change.partition("-")
    what, _dash, at = places.partition("-")
    number = [place for each in at.split("-") if (place := place_of(each)) is not None]
    if (word, what) == ("add", "sleeve"):
        return [*rows, {"holdings": [{}]}]
    if number and number[0] < len(rows):
        sleeve = rows[number[0]]
        if (word, what) == ("remove", "sleeve"):
            rows.pop(number[0])
        elif (word, what) == ("add", "holding"):
            sleeve["holdings"].append({})
        elif (word, what) == ("remove", "holding") and len(number) > 1 and number[1] < len(sleeve["holdings"]):
            sleeve["holdings"].pop(number[1])
    return rows


def rows_of_sleeves(sleeves: tuple[SleeveOfTarget, ...]) -> list[Row]:
    """Return what a version says as rows to begin with."""
    return [
        {
            "name": sleeve.name,
            "asset_class": sleeve.asset_class,
            "weight": sleeve.weight,
            "absolute_band": sleeve.band.absolute,
            "relative_band": sleeve.band.relative,
            "holdings": [
                {
                    "symbol": str(holding.instrument),
                    "share": holding.share,
                    "substitutes": ", ".join(str(each) for each in holding.substitutes),
                    "absolute_band": holding.band.absolute,
                    "relative_band": holding.band.relative,
                }
                for holding in sleeve.holdings
            ],
        }
        for sleeve in sleeves
    ]


@dataclass(frozen=True, slots=True)
class Sum:
    """What the weights typed so far add up to, as a fraction."""

    value: Decimal

    @property
    def is_whole(self) -> bool:
        """Whether it is exactly the whole."""
        return self.value == 1


@dataclass(frozen=True, slots=True)
class SleeveRow:
    """The fields of a sleeve as the page lays them out."""

    place: int
    fields: list[forms.BoundField]
    bands: list[forms.BoundField]
    holdings: list[tuple[int, list[forms.BoundField]]]
    sum: Sum | None


def _percent(label: Any, *, required: bool = False) -> PercentField:
    return PercentField(
        label=label, required=required, min_value=Decimal(0), max_value=100, max_digits=7, decimal_places=4
    )


class ModelForm(forms.Form):
    """A model with what it says next. Weights are typed in per cent."""

    name = forms.CharField(label=_("Name"), max_length=120)
    description = forms.CharField(label=_("For whom"), max_length=300, required=False)
    risk_level = forms.IntegerField(
        label=_("Risk level it suits"),
        min_value=1,
        max_value=10,
        required=False,
        help_text=_("A level of the firm's risk table; a household of this level is offered the model."),
    )
    outside_band = _percent(_("May be held outside the model, %"))
    benchmark = forms.ModelChoiceField(
        label=_("Benchmark"),
        queryset=Benchmark.objects.none(),
        required=False,
        help_text=_("Who follows the model is held against it, unless another is chosen for them."),
    )
    note = forms.CharField(label=_("What changes and why"), max_length=300, required=False)

    def __init__(self, *args: Any, rows: list[Row] | None = None, offered: Any = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        benchmark = self.fields["benchmark"]
        if offered is not None and isinstance(benchmark, forms.ModelChoiceField):
            benchmark.queryset = offered
        self.rows = rows_of(self.data) if self.is_bound else rows or [{"holdings": [{}]}]
        for n, row in enumerate(self.rows):
            self._add_sleeve(f"sleeve-{n}", row)

    def _add_sleeve(self, at: str, row: Row) -> None:
        choices = [("", "–"), *AssetClass.choices]
        self._add(at, row, "name", forms.CharField(label=_("Sleeve"), max_length=80))
        self._add(at, row, "asset_class", forms.ChoiceField(label=_("Asset class"), choices=choices))
        self._add(at, row, "weight", _percent(_("Weight, %"), required=True))
        self._add(at, row, "absolute_band", _percent(_("Band, points")))
        self._add(at, row, "relative_band", _percent(_("Band, % of target")))
        for n, holding in enumerate(row["holdings"][:MOST_ROWS]):
            self._add_holding(f"{at}-holding-{n}", holding)

    def _add_holding(self, at: str, row: Row) -> None:
        self._add(at, row, "symbol", forms.CharField(label=_("Security, by symbol"), max_length=32))
        self._add(at, row, "share", _percent(_("Share of the sleeve, %"), required=True))
        label = _("Substitutes, in order")
        self._add(at, row, "substitutes", forms.CharField(label=label, max_length=200, required=False))
        self._add(at, row, "absolute_band", _percent(_("Band, points")))
        self._add(at, row, "relative_band", _percent(_("Band, % of target")))

    def _add(self, at: str, row: Row, name: str, field: forms.Field) -> None:
        self.fields[f"{at}-{name}"] = field
        if not self.is_bound and row.get(name) is not None:
            self.initial[f"{at}-{name}"] = row[name]

    def head(self) -> list[forms.BoundField]:
        """Return the fields above the rows."""
        return [self[name] for name in ("name", "risk_level", "description", "outside_band", "benchmark", "note")]

    def sleeve_rows(self) -> list[SleeveRow]:
        """Return the rows with their fields and what the securities of each add up to."""
        return [self._row(n, row) for n, row in enumerate(self.rows)]

    def _row(self, n: int, row: Row) -> SleeveRow:
        at = f"sleeve-{n}"
        return SleeveRow(
            place=n,
            fields=[self[f"{at}-{name}"] for name in SLEEVE_FIELDS[:3]],
            bands=[self[f"{at}-{name}"] for name in SLEEVE_FIELDS[3:]],
            holdings=[
                (place, [self[f"{at}-holding-{place}-{name}"] for name in HOLDING_FIELDS])
                for place in range(len(row["holdings"][:MOST_ROWS]))
            ],
            sum=_sum(row["holdings"], "share") if row["holdings"] else None,
        )

    def whole(self) -> Sum:
        """Return what the weights of the sleeves add up to."""
        return _sum(self.rows, "weight")

    def typed(self) -> list[Row]:
        """Return the rows as they were cleaned: fractions, symbols in capitals."""
        return [
            {
                **{name: self.cleaned_data[f"sleeve-{n}-{name}"] for name in SLEEVE_FIELDS},
                "holdings": [
                    {name: self.cleaned_data[f"sleeve-{n}-holding-{place}-{name}"] for name in HOLDING_FIELDS}
                    for place in range(len(row["holdings"][:MOST_ROWS]))
                ],
            }
            for n, row in enumerate(self.rows)
        ]


def _sum(rows: list[Row], name: str) -> Sum:
    total = Decimal(0)
    for row in rows:
        value = row.get(name)
        try:
            total += value if isinstance(value, Decimal) else Decimal(str(value or "0").replace(",", ".")) / 100
        except InvalidOperation:
            continue
    return Sum(total)


class SubmitVersionForm(forms.Form):
    """From when a version is to be in force."""

    effective_from = forms.DateField(label=_("In force from"), widget=DayInput())


class RetireForm(forms.Form):
    """When a model ends, and why."""

    on = forms.DateField(label=_("Last day"), widget=DayInput())
    reason = forms.CharField(label=_("Reason"), max_length=300)
