"""What a household owns and owes on a day, each line with its own date."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from apps.clients.models import Household
from apps.money.models import BankAccount, BankAccountKind, Debt, Property
from apps.portfolios.selectors.portfolios import AccountLine, HouseholdPortfolio, household_portfolio

NOTHING = Decimal(0)


@dataclass(frozen=True, slots=True)
class SheetLine:
    """One thing owned (positive) or owed (negative), with the day its value is known for."""

    group: str
    name: str
    detail: str
    value: Decimal
    as_of: dt.date | None


@dataclass(frozen=True, slots=True)
class BalanceSheet:
    """Assets less debts. `left_out` names what is in another currency or has no value."""

    as_of: dt.date
    oldest: dt.date | None
    currency: str
    assets: tuple[SheetLine, ...]
    debts: tuple[SheetLine, ...]
    left_out: tuple[str, ...]
    portfolio: HouseholdPortfolio

    @property
    def total_assets(self) -> Decimal:
        """All that is owned."""
        return sum((line.value for line in self.assets), NOTHING)

    @property
    def total_debts(self) -> Decimal:
        """All that is owed, as a positive number."""
        return -sum((line.value for line in self.debts), NOTHING)

    @property
    def net_worth(self) -> Decimal:
        """Owned less owed."""
        return self.total_assets - self.total_debts


def balance_sheet(household: Household, as_of: dt.date) -> BalanceSheet:
    """Return the household's balance sheet, in a fixed number of queries."""
    portfolio = household_portfolio(household, as_of)
    banks = list(BankAccount.objects.filter(household=household))
    things = list(Property.objects.filter(household=household))
    loans = list(Debt.objects.filter(household=household))
    here = household.currency
    everything: list[BankAccount | Property | Debt] = [*banks, *things, *loans]
    left_out = [str(row) for row in everything if row.currency != here]
    left_out += [str(bank) for bank in banks if bank.currency == here and bank.balance is None]
    left_out += portfolio.unpriced
    assets = [_account_line(line) for line in portfolio.accounts if line.total and line.currency == here]
    left_out += [line.name for line in portfolio.accounts if line.total and line.currency != here]
    assets += [_bank_line(bank) for bank in banks if bank.currency == here and not _owes(bank) and bank.balance]
    assets += [_thing_line(thing) for thing in things if thing.currency == here]
    debts = [
        SheetLine("debt", loan.name, str(loan.get_kind_display()), -loan.balance, loan.as_of)
        for loan in loans
        if loan.currency == here and loan.balance
    ]
    debts += [_bank_line(bank) for bank in banks if bank.currency == here and _owes(bank) and bank.balance]
    days = [line.as_of for line in (*assets, *debts) if line.as_of]
    return BalanceSheet(
        as_of=as_of,
        oldest=min(days, default=None),
        currency=here,
        assets=tuple(assets),
        debts=tuple(debts),
        left_out=tuple(left_out),
        portfolio=portfolio,
    )


def _account_line(line: AccountLine) -> SheetLine:
    return SheetLine("investments", line.name, line.registration, line.total, line.priced_on)


def _thing_line(thing: Property) -> SheetLine:
    return SheetLine("property", thing.name, str(thing.get_kind_display()), thing.value, thing.as_of)


def _owes(bank: BankAccount) -> bool:
    return bank.kind == BankAccountKind.CREDIT_CARD or (bank.balance is not None and bank.balance < 0)


def _bank_line(bank: BankAccount) -> SheetLine:
    detail = f"{bank.institution} {bank.masked_number}".strip()
    return SheetLine("cash", bank.name, detail, bank.balance or NOTHING, bank.balance_as_of)
