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
from apps.portfolios.models.transaction import Transaction, TransactionKind

__all__ = [
    "Account",
    "AccountOwner",
    "AccountStatus",
    "BreakState",
    "Instrument",
    "InstrumentPrice",
    "PositionStatement",
    "PriceProposal",
    "ProposalState",
    "ReconciliationBreak",
    "Registration",
    "StatementLine",
    "TaxTreatment",
    "Transaction",
    "TransactionKind",
]
