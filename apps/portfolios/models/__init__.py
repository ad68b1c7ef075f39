"""Rows of portfolios."""

from apps.portfolios.models.account import Account, AccountOwner, AccountStatus, Registration, TaxTreatment
from apps.portfolios.models.benchmark import (
    Benchmark,
    BenchmarkAssignment,
    BenchmarkPart,
    BenchmarkVersion,
    Rebalanced,
)
from apps.portfolios.models.commission import CommissionSchedule
from apps.portfolios.models.composite import Composite, CompositeMember
from apps.portfolios.models.distribution import DistributionTerms, HeirKind
from apps.portfolios.models.equivalence import (
    EquivalenceGroup,
    EquivalenceMember,
    EquivalenceRole,
    EquivalenceState,
)
from apps.portfolios.models.instrument import Instrument, InstrumentPrice
from apps.portfolios.models.kept_values import AccountQuarter, FirmDay, KeptAccount, KeptHolding, KeptState, ValueMark
from apps.portfolios.models.lot_rules import ElectionScope, LotChoice, LotElection, LotMethod, TaxRate
from apps.portfolios.models.mandate import CashReserve, Mandate, Restriction, RestrictionKind
from apps.portfolios.models.manual_asset import (
    Appraisal,
    AppraisalSource,
    AssetFlow,
    AssetFlowKind,
    AssetFlowState,
    ManualAsset,
    ManualAssetKind,
)
from apps.portfolios.models.model_portfolio import (
    ModelPortfolio,
    ModelVersion,
    Sleeve,
    SleeveHolding,
    Substitute,
    VersionState,
)
from apps.portfolios.models.opportunity import (
    DriftReading,
    Opportunity,
    OpportunityKind,
    OpportunityOutcome,
    WatchRules,
)
from apps.portfolios.models.order import (
    DONE_ORDER_STATES,
    BlockOrder,
    EntryConfirmation,
    Fill,
    FillProblem,
    OrderFile,
    OrderShare,
    OrderState,
)
from apps.portfolios.models.price_proposal import PriceProposal, ProposalState
from apps.portfolios.models.rebalance_run import RebalanceRun, RunMode
from apps.portfolios.models.reconciliation import (
    BreakState,
    PositionStatement,
    ReconciliationBreak,
    StatementKind,
    StatementLine,
)
from apps.portfolios.models.report import PerformanceReport, ReportBatch, ReportState
from apps.portfolios.models.service import (
    HouseholdService,
    QualityCheck,
    Rhythm,
    ServiceKind,
    ServiceOffering,
    ServiceVersion,
    Way,
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
    "DONE_ORDER_STATES",
    "OPEN_TRADE_STATES",
    "Account",
    "AccountOwner",
    "AccountQuarter",
    "AccountStatus",
    "Appraisal",
    "AppraisalSource",
    "AssetFlow",
    "AssetFlowKind",
    "AssetFlowState",
    "Benchmark",
    "BenchmarkAssignment",
    "BenchmarkPart",
    "BenchmarkVersion",
    "BlockOrder",
    "BreakState",
    "CashReserve",
    "CommissionSchedule",
    "Composite",
    "CompositeMember",
    "DistributionTerms",
    "DriftReading",
    "ElectionScope",
    "EntryConfirmation",
    "EquivalenceGroup",
    "EquivalenceMember",
    "EquivalenceRole",
    "EquivalenceState",
    "Fill",
    "FillProblem",
    "FirmDay",
    "HeirKind",
    "HouseholdService",
    "Instrument",
    "InstrumentPrice",
    "KeptAccount",
    "KeptHolding",
    "KeptState",
    "LotChoice",
    "LotElection",
    "LotMethod",
    "Mandate",
    "ManualAsset",
    "ManualAssetKind",
    "ModelPortfolio",
    "ModelVersion",
    "Opportunity",
    "OpportunityKind",
    "OpportunityOutcome",
    "OrderFile",
    "OrderShare",
    "OrderState",
    "PerformanceReport",
    "PositionStatement",
    "PriceProposal",
    "ProposalState",
    "ProposedLot",
    "ProposedTrade",
    "QualityCheck",
    "RebalanceRun",
    "Rebalanced",
    "ReconciliationBreak",
    "Registration",
    "ReportBatch",
    "ReportState",
    "Restriction",
    "RestrictionKind",
    "Rhythm",
    "RunMode",
    "ServiceKind",
    "ServiceOffering",
    "ServiceVersion",
    "Side",
    "Sleeve",
    "SleeveHolding",
    "StatementKind",
    "StatementLine",
    "Substitute",
    "TaxRate",
    "TaxTreatment",
    "TradeProposal",
    "TradeSource",
    "TradeState",
    "Transaction",
    "TransactionKind",
    "ValueMark",
    "VersionState",
    "WatchRules",
    "Way",
]
