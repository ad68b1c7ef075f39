"""Where the lead over the benchmark came from, what made the return, and what the portfolio hangs on."""

from __future__ import annotations

from typing import Any

from django.views.generic import TemplateView

from apps.portfolios.forms import DayForm
from apps.portfolios.forms.benchmarks import AttributionForm, SpanForm
from apps.portfolios.selectors.attribution import (
    attribution_sheet,
    attribution_spec,
    source_columns,
    source_rows,
    source_spec,
)
from apps.portfolios.selectors.concentration import concentration_sheet, concentration_spec, liquidity_notes
from apps.portfolios.selectors.effects import effect_sheet, effect_spec
from apps.portfolios.selectors.security_days import security_days
from apps.portfolios.views._owner import OwnerMixin


class AttributionView(OwnerMixin, TemplateView):
    """The effects by asset class and holding."""

    template_name = "staff/portfolios/attribution.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Put the attribution of the span into the page."""
        form = AttributionForm(self.request.GET)
        sheet = self.owner.sheet(form.chosen(), form.known_at())
        found = attribution_sheet(self.owner, sheet, form.chosen_span(), (form.frequency(), form.linking()))
        kwargs |= {"sheet": sheet, "found": found, "form": form, "span": form.chosen_span()}
        return super().get_context_data(chart=attribution_spec(found), **kwargs)


class SourcesView(OwnerMixin, TemplateView):
    """Capital, income, currency and fees apart: of every span, and of one down to the holding."""

    template_name = "staff/portfolios/sources.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Put the sources of every span into the page."""
        form = SpanForm(self.request.GET)
        sheet = self.owner.sheet(form.chosen(), form.known_at())
        days, span = security_days(self.owner.accounts, sheet), form.span_of(sheet)
        columns, effects = source_columns(self.owner, sheet, days), effect_sheet(self.owner, sheet, span, days)
        kwargs |= {"sheet": sheet, "columns": columns, "rows": source_rows(columns), "form": form, "span": span}
        kwargs |= {"effects": effects, "effects_chart": effect_spec(effects)}
        return super().get_context_data(chart=source_spec(columns, sheet), **kwargs)


class ConcentrationView(OwnerMixin, TemplateView):
    """The largest holdings, issuers and classes, and how fast they could be sold."""

    template_name = "staff/portfolios/concentration.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Put the holdings of the day into the page."""
        form = DayForm(self.request.GET)
        sheet = concentration_sheet(self.owner, form.chosen())
        kwargs |= {"sheet": sheet, "notes": tuple(liquidity_notes(sheet)), "form": form}
        return super().get_context_data(chart=concentration_spec(sheet), **kwargs)
