"""Proposals of trades for tests, made by the product's own services."""

from __future__ import annotations

from decimal import Decimal

from apps.accounts.models import User
from apps.clients.models import Household
from apps.portfolios.models import Account, Instrument, TradeProposal
from apps.portfolios.services.trade_lines import TradeLine
from apps.portfolios.services.trades import propose_trades


def line(
    account: Account, instrument: Instrument, side: str = "sell", quantity: str = "10", **more: object
) -> TradeLine:
    """One line; numbers as text."""
    exact = {
        name: Decimal(value) if isinstance(value, str) and name != "reason" else value for name, value in more.items()
    }
    return TradeLine(account, instrument, side, Decimal(quantity) if quantity else None, **exact)


def proposal(household: Household, by: User, *lines: TradeLine, purpose: str = "Trim the stock") -> TradeProposal:
    """Propose the lines."""
    return propose_trades(household=household, lines=lines, purpose=purpose, by=by.as_actor())
