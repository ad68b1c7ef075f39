"""Charts of a household's portfolio."""

from __future__ import annotations

from typing import cast

from django.utils.translation import gettext

from apps.core.templatetags.charts import ChartSpec
from apps.core.templatetags.formats import percent_text
from apps.market.models import AssetClass
from apps.portfolios.selectors.portfolios import HouseholdPortfolio

# colours by meaning (docs/face.md)
MEANINGS = {
    AssetClass.US_EQUITY: "equity",
    AssetClass.US_SMALL_EQUITY: "contribution",
    AssetClass.INTERNATIONAL_EQUITY: "international",
    AssetClass.CORPORATE_BONDS: "bond",
    AssetClass.HIGH_GRADE_BONDS: "gain",
    AssetClass.GOVERNMENT_BONDS: "benchmark",
    AssetClass.REAL_ESTATE: "real_estate",
    AssetClass.COMMODITIES: "withdrawal",
    AssetClass.CASH: "cash",
    AssetClass.OTHER: "alternative",
}


def allocation_spec(portfolio: HouseholdPortfolio) -> ChartSpec | None:
    """Specify the chart of the asset classes; None where nothing has a value."""
    lines = [line for line in portfolio.allocation if line.value > 0]
    if not lines:
        return None
    largest = max(lines, key=lambda line: line.value)
    title = gettext("%(share)s in %(label)s") % {"share": percent_text(largest.share, 0), "label": largest.label}
    spec: dict[str, object] = {
        "kind": "donut",
        "title": title,
        "format": "money",
        "currency": portfolio.currency,
        "unit": portfolio.currency,
        "as_of": portfolio.as_of.isoformat(),
        "x": {"label": gettext("Asset class"), "values": [line.label for line in lines]},
        "series": [{"name": gettext("Value"), "values": [float(line.value) for line in lines]}],
        "meanings": [MEANINGS[AssetClass(line.asset_class)] for line in lines],
    }
    return cast("ChartSpec", spec)
