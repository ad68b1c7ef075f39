"""What people type about benchmarks and risk."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from apps.core.forms import DayInput, PercentField
from apps.portfolios.engine.active_return import Linking
from apps.portfolios.engine.performance import Span
from apps.portfolios.engine.risk_figures import Frequency
from apps.portfolios.forms import PerformanceForm
from apps.portfolios.models import Benchmark, Rebalanced
from apps.portfolios.selectors.performance import PerformanceSheet

N_PARTS = 8


class BlendForm(forms.Form):
    """What a benchmark is made of from a day on; weights are typed in per cent."""

    starts_on = forms.DateField(label=_("From"), widget=DayInput())
    rebalanced = forms.ChoiceField(label=_("Back to its weights"), choices=Rebalanced.choices, initial="monthly")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for n in range(1, N_PARTS + 1):
            self.fields[f"part_{n}"] = forms.CharField(label=_("Symbol or series"), max_length=60, required=False)
            self.fields[f"weight_{n}"] = PercentField(
                label=_("Weight, %"), max_digits=9, decimal_places=6, min_value=0, max_value=100, required=False
            )

    @staticmethod
    def first(benchmark: Benchmark) -> dict[str, Any]:
        """Return what the newest version says, to begin with."""
        newest = next(iter(benchmark.versions.all()), None)
        told: dict[str, Any] = {"rebalanced": newest.rebalanced} if newest else {}
        for n, part in enumerate(newest.parts.all() if newest else (), start=1):
            told |= {f"part_{n}": part.symbol, f"weight_{n}": part.weight}
        return told

    def plain_fields(self) -> list[forms.BoundField]:
        """Return the fields outside of the rows of parts."""
        return [field for field in self if not field.name.startswith(("part_", "weight_"))]

    def part_rows(self) -> list[tuple[forms.BoundField, forms.BoundField]]:
        """Return the fields of the parts, row by row."""
        return [(self[f"part_{n}"], self[f"weight_{n}"]) for n in range(1, N_PARTS + 1)]

    def clean(self) -> dict[str, Any]:
        """Each row has both, or neither."""
        told = super().clean() or {}
        for n in range(1, N_PARTS + 1):
            if bool(told.get(f"part_{n}")) != bool(told.get(f"weight_{n}")):
                self.add_error(f"part_{n}", _("A part needs its symbol and its weight."))
        return told

    def parts(self) -> list[tuple[str, Any]]:
        """Return the rows that were filled; weights as fractions."""
        told = self.cleaned_data
        return [(told[f"part_{n}"], told[f"weight_{n}"]) for n in range(1, N_PARTS + 1) if told[f"part_{n}"]]


class BenchmarkForm(BlendForm):
    """A new benchmark with its first parts."""

    name = forms.CharField(label=_("Name"), max_length=120)
    currency = forms.CharField(label=_("Currency"), max_length=3, min_length=3, initial="USD")
    description = forms.CharField(label=_("What it stands for"), max_length=1000, required=False)
    field_order = ("name", "currency", "description")

    def clean_currency(self) -> str:
        """Write currencies as the books do."""
        currency: str = self.cleaned_data["currency"].upper()
        return currency


class AssignBenchmarkForm(forms.Form):
    """Which benchmark a portfolio is held against, from when."""

    benchmark = forms.ModelChoiceField(label=_("Benchmark"), queryset=Benchmark.objects.none())
    starts_on = forms.DateField(label=_("From"), widget=DayInput())

    def __init__(self, *args: Any, offered: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["benchmark"]
        if isinstance(field, forms.ModelChoiceField):
            field.queryset = offered


class EndBenchmarkForm(forms.Form):
    """The last day of a benchmark."""

    ends_on = forms.DateField()


class RiskForm(PerformanceForm):
    """The same, and what one observation is."""

    counted = forms.ChoiceField(choices=[(each.value, each.value) for each in Frequency], required=False)

    def frequency(self) -> Frequency:
        """Return the choice, months where none was made."""
        chosen = self.cleaned_data.get("counted") if self.is_valid() else ""
        return Frequency(chosen) if chosen else Frequency.MONTHLY


class SpanForm(PerformanceForm):
    """A day, and over which span up to it."""

    span = forms.ChoiceField(choices=[(each.value, each.value) for each in Span], required=False)

    def chosen_span(self) -> str:
        """Return the choice, the year to date where none was made."""
        return (self.cleaned_data.get("span") if self.is_valid() else "") or Span.YEAR

    def span_of(self, sheet: PerformanceSheet) -> str:
        """Return the choice; without one the year to date, or all there is of a younger portfolio."""
        line = sheet.line(self.chosen_span())
        young = not self.data.get("span") and (line is None or line.figures is None)
        return Span.INCEPTION if young else self.chosen_span()


class AttributionForm(SpanForm, RiskForm):
    """The same, and how the periods are linked."""

    linked = forms.ChoiceField(choices=[(each.value, each.value) for each in Linking], required=False)

    def linking(self) -> Linking:
        """Return the choice, Carino's where none was made."""
        chosen = self.cleaned_data.get("linked") if self.is_valid() else ""
        return Linking(chosen) if chosen else Linking.CARINO
