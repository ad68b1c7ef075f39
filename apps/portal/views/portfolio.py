"""What the household holds, and what it is worth."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from apps.portal.selectors.assets import shown_assets
from apps.portal.selectors.portfolios import shown_portfolio
from apps.portal.selectors.targets import shown_targets
from apps.portal.views._page import PortalPage
from apps.portfolios.selectors.charts import allocation_spec
from apps.portfolios.selectors.reports import reports_of
from apps.portfolios.selectors.service_offerings import household_services


class PortfolioView(PortalPage):
    """GET: accounts, holdings, allocation."""

    template_name = "portal/portfolio.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the portfolio of today."""
        today = timezone.localdate()
        portfolio = shown_portfolio(self.member.household, today)
        targets = shown_targets(self.member.household, today)
        chart = allocation_spec(portfolio.sheet)
        reports = reports_of(self.member.household)
        return super().get_context_data(
            portfolio=portfolio,
            targets=targets,
            allocation=chart,
            reports=reports,
            assets=shown_assets(self.member.household, today),
            services=household_services(self.member.household, today),
            **kwargs,
        )
