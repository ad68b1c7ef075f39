"""Rows of portfolios."""

from apps.portfolios.models.account import Account, AccountOwner, AccountStatus, Registration, TaxTreatment
from apps.portfolios.models.instrument import Instrument, InstrumentPrice
from apps.portfolios.models.price_proposal import PriceProposal, ProposalState
from apps.portfolios.models.reconciliation import (
    BreakState,
    PositionStatement,
    ReconciliationBreak,
    StatementLine,
)
from apps.portfolios.models.trade import (
    OPEN_TRADE_STATES,
    ProposedLot,
    ProposedTrade,
    Side,
    TradeProposal,
    TradeSource,
    TradeState,
)
from apps.portfolios.models.transaction import Transaction, TransactionKind

__all__ = [
    "OPEN_TRADE_STATES",
    "Account",
    "AccountOwner",
    "AccountStatus",
    "BreakState",
    "Instrument",
    "InstrumentPrice",
    "PositionStatement",
    "PriceProposal",
    "ProposalState",
    "ProposedLot",
    "ProposedTrade",
    "ReconciliationBreak",
    "Registration",
    "Side",
    "StatementLine",
    "TaxTreatment",
    "TradeProposal",
    "TradeSource",
    "TradeState",
    "Transaction",
    "TransactionKind",
]
