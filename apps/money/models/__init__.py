"""Rows of money: the household's own finances."""

from apps.money.models.bank import BankAccount, BankAccountKind, BankTransaction, Category
from apps.money.models.facts import FactOfHousehold
from apps.money.models.former import FormerSpouse
from apps.money.models.grants import EquityGrant, GrantKind
from apps.money.models.life import PhaseChange, SpendingPhase, Windfall, WindfallKind
from apps.money.models.obligations import Debt, DebtKind, InsuranceKind, InsurancePolicy, LifeForm, bought_a_home
from apps.money.models.payments import PaymentKind, YearlyPayment
from apps.money.models.possessions import Property, PropertyKind
from apps.money.models.regular import ExpenseLine, IncomeKind, IncomeSource, RegularSaving
from apps.money.models.retirement import IraBasis, RothBasis, RothKind
from apps.money.models.suggestions import FactSuggestion, SuggestedAction, SuggestionState

__all__ = [
    "BankAccount",
    "BankAccountKind",
    "BankTransaction",
    "Category",
    "Debt",
    "DebtKind",
    "EquityGrant",
    "ExpenseLine",
    "FactOfHousehold",
    "FactSuggestion",
    "FormerSpouse",
    "GrantKind",
    "IncomeKind",
    "IncomeSource",
    "InsuranceKind",
    "InsurancePolicy",
    "IraBasis",
    "LifeForm",
    "PaymentKind",
    "PhaseChange",
    "Property",
    "PropertyKind",
    "RegularSaving",
    "RothBasis",
    "RothKind",
    "SpendingPhase",
    "SuggestedAction",
    "SuggestionState",
    "Windfall",
    "WindfallKind",
    "YearlyPayment",
    "bought_a_home",
]
