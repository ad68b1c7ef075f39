"""Where the figures of the portal come from."""

from __future__ import annotations

import datetime as dt

from apps.clients.models import Household
from apps.core.passports import Passport
from apps.money.selectors.passports import money_passport
from apps.portal.selectors.assets import asset_passport_of
from apps.portal.selectors.targets import target_passport_of
from apps.portfolios.selectors.compared_passports import figure_passport as portfolio_figure
from apps.portfolios.selectors.owners import PortfolioOwner
from apps.portfolios.selectors.passports import household_passport
from apps.portfolios.selectors.performance import SPANS

OF_MONEY = frozenset({"net_worth", "assets", "debts"})


def figure_passport(household: Household, figure: str, on: dt.date) -> Passport:
    """Return the passport of a figure of the client's own household: of its balance sheet, portfolio or returns.

    Raises NotFoundError for any other.
    """
    if figure.partition("-")[0] in SPANS:
        owner = PortfolioOwner(household)
        return portfolio_figure(owner, owner.sheet(on), figure)
    if figure.partition("-")[0] == "target":
        return target_passport_of(household, figure, on)
    if figure.partition("-")[0] == "asset":
        return asset_passport_of(household, figure, on)
    if figure in OF_MONEY:
        return money_passport(household, figure, on)
    return household_passport(household, figure, on)
