"""A household's portfolio on a day: what staff, portal and API show."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from apps.clients.models import Household
from apps.kernel.dates import DateSpan
from apps.market.models import AssetClass
from apps.market.selectors.prices import close_at, rates_in
from apps.portfolios.engine.performance import Span
from apps.portfolios.models import Account, AccountStatus, DriftReading, ReconciliationBreak
from apps.portfolios.models.account import AccountQuerySet
from apps.portfolios.selectors.account_returns import account_returns
from apps.portfolios.selectors.performance import SpanLine
from apps.portfolios.selectors.prices import SimulationNotice
from apps.portfolios.selectors.valuations import NOTHING, AccountHoldings, holdings_at
from apps.portfolios.selectors.value_ages import age_limits


@dataclass(frozen=True, slots=True)
class AccountLine:
    """One account with its value on the day. `share` is of the household's total."""

    public_id: uuid.UUID
    name: str
    registration: str
    tax_treatment: str
    custodian: str
    masked_number: str
    status: str
    status_label: str
    is_held_away: bool
    owners: str
    currency: str
    total: Decimal
    cash: Decimal
    priced_on: dt.date | None
    share: Decimal | None


@dataclass(frozen=True, slots=True)
class HoldingLine:
    """One security across the household's accounts, in the household's currency."""

    public_id: uuid.UUID
    symbol: str
    name: str
    asset_class: str
    asset_class_label: str
    quantity: Decimal
    price: Decimal | None
    price_currency: str
    priced_on: dt.date | None
    value: Decimal | None
    share: Decimal | None
    is_simulated: bool
    n_accounts: int
    valued_on: dt.date | None
    is_old: bool


@dataclass(frozen=True, slots=True)
class AllocationLine:
    """What is invested in one asset class, and its share of the whole."""

    asset_class: str
    label: str
    value: Decimal
    share: Decimal


@dataclass(frozen=True, slots=True)
class HouseholdPortfolio:
    """All accounts of a household at the close of a day.

    `total` is of what has a price; `unpriced` names what has none. `simulation` must be shown where it is not None, as
    must `old_value`: what of the total rests on values older than the firm's limits.
    """

    household_id: uuid.UUID
    as_of: dt.date
    priced_on: dt.date | None
    currency: str
    total: Decimal
    managed: Decimal
    held_away: Decimal
    cash: Decimal
    accounts: tuple[AccountLine, ...]
    holdings: tuple[HoldingLine, ...]
    allocation: tuple[AllocationLine, ...]
    unpriced: tuple[str, ...]
    simulation: SimulationNotice | None
    n_breaks: int
    old_value: Decimal
    known_at: dt.datetime | None = None

    @property
    def old_holdings(self) -> tuple[HoldingLine, ...]:
        """What rests on values older than the firm's limits."""
        return tuple(line for line in self.holdings if line.is_old)

    @property
    def old_values(self) -> tuple[str, ...]:
        """Their names."""
        return tuple(line.symbol or line.name for line in self.old_holdings)


def household_portfolio(
    household: Household, as_of: dt.date, known_at: dt.datetime | None = None
) -> HouseholdPortfolio:
    """Return the household's portfolio at the close of the day, in a fixed number of queries.

    With `known_at` ledger, prices and rates of exchange count as they stood at that moment.
    """
    return _portfolio(household, Account.objects.filter(household=household), as_of, known_at)


def managed_portfolio(household: Household, as_of: dt.date) -> HouseholdPortfolio:
    """Return what of it the firm manages: the accounts that its returns are made of."""
    return _portfolio(household, Account.objects.filter(household=household).managed(), as_of)


def _portfolio(
    household: Household, rows: AccountQuerySet, as_of: dt.date, known_at: dt.datetime | None = None
) -> HouseholdPortfolio:
    listed = rows.exclude(status=AccountStatus.CLOSED, closed_on__lt=as_of).prefetch_related("owners__person")
    accounts = list(listed)
    at = holdings_at(accounts, as_of, known_at)
    sheet = _Sheet(household.currency, as_of, accounts, at, known_at)
    holdings = sheet.holdings()
    n_breaks = ReconciliationBreak.objects.filter(account__household=household).open().count()
    return HouseholdPortfolio(
        household_id=household.public_id,
        as_of=as_of,
        priced_on=min((h.priced_on for h in at.values() if h.priced_on), default=None),
        currency=household.currency,
        total=sheet.total,
        managed=sheet.sum_of(account for account in accounts if not account.is_held_away),
        held_away=sheet.sum_of(account for account in accounts if account.is_held_away),
        cash=sum((at[a.pk].cash * sheet.rate(a.currency) for a in accounts), NOTHING),
        accounts=tuple(sheet.account(account) for account in accounts),
        holdings=holdings,
        allocation=sheet.allocation(),
        unpriced=tuple(sorted({name for h in at.values() for name in h.unpriced} | sheet.without_rate)),
        simulation=simulation_of(at.values(), as_of),
        n_breaks=n_breaks,
        old_value=sum((line.value or NOTHING for line in holdings if line.is_old), NOTHING),
        known_at=known_at,
    )


def simulation_of(accounts: Iterable[AccountHoldings], as_of: dt.date) -> SimulationNotice | None:
    """Say whether any price of these holdings is simulated."""
    lines = [holding for account in accounts for holding in account.holdings if holding.is_simulated]
    if not lines:
        return None
    first = min((line.simulated_from for line in lines if line.simulated_from), default=as_of)
    return SimulationNotice(first, tuple(sorted({line.symbol for line in lines})))


class _Sheet:
    """The accounts of one household brought into its currency."""

    def __init__(
        self,
        currency: str,
        as_of: dt.date,
        accounts: Sequence[Account],
        at: dict[int, AccountHoldings],
        known_at: dt.datetime | None,
    ) -> None:
        self.accounts, self.at, self.as_of, self.currency = accounts, at, as_of, currency
        self.limits = age_limits()
        span = DateSpan(as_of, as_of)
        self._rates = rates_in(currency, {account.currency for account in accounts}, span, known_at)
        self.without_rate = {a.currency for a in accounts if self._rate(a.currency) is None}
        self.total = self.sum_of(accounts)

    def _rate(self, currency: str) -> Decimal | None:
        if currency == self.currency:
            return Decimal(1)
        close = close_at(self._rates.get(currency, []), self.as_of)
        return close.close if close else None

    def rate(self, currency: str) -> Decimal:
        """Return the rate, or nothing where there is none: the currency is then named in `without_rate`."""
        return self._rate(currency) or NOTHING

    def sum_of(self, accounts: Iterable[Account]) -> Decimal:
        """Return what accounts are worth together."""
        return sum((self.at[a.pk].total * self.rate(a.currency) for a in accounts), NOTHING)

    def share(self, value: Decimal | None) -> Decimal | None:
        """Return the part of the whole."""
        return value / self.total if value is not None and self.total > 0 else None

    def account(self, account: Account) -> AccountLine:
        """Return one account's line."""
        at = self.at[account.pk]
        return AccountLine(
            public_id=account.public_id,
            name=account.name,
            registration=account.get_registration_display(),
            tax_treatment=account.get_tax_treatment_display(),
            custodian=account.custodian,
            masked_number=account.masked_number,
            status=account.status,
            status_label=account.get_status_display(),
            is_held_away=account.is_held_away,
            owners=", ".join(str(owner.person) for owner in account.owners.all()),
            currency=account.currency,
            total=at.total,
            cash=at.cash,
            priced_on=at.priced_on,
            share=self.share(at.total * self.rate(account.currency)),
        )

    def holdings(self) -> tuple[HoldingLine, ...]:
        """Return each security once, the largest first."""
        groups: dict[int, list[tuple[Account, int]]] = {}
        for account in self.accounts:
            for place, holding in enumerate(self.at[account.pk].holdings):
                groups.setdefault(holding.instrument_id, []).append((account, place))
        lines = [self._holding(group) for group in groups.values()]
        return tuple(sorted(lines, key=lambda line: (-(line.value or NOTHING), line.symbol, line.name)))

    def _holding(self, group: list[tuple[Account, int]]) -> HoldingLine:
        parts = [(account, self.at[account.pk].holdings[place]) for account, place in group]
        first = parts[0][1]
        value = None
        if first.price is not None:
            value = sum(((h.value or NOTHING) * self.rate(a.currency) for a, h in parts), NOTHING)
        return HoldingLine(
            public_id=first.public_id,
            symbol=first.symbol,
            name=first.name,
            asset_class=first.asset_class,
            asset_class_label=str(AssetClass(first.asset_class).label),
            quantity=sum((h.quantity for _, h in parts), NOTHING),
            price=first.price,
            price_currency=first.currency,
            priced_on=first.priced_on,
            value=value,
            share=self.share(value),
            is_simulated=first.is_simulated,
            n_accounts=len(parts),
            valued_on=first.valued_on,
            is_old=self.limits.is_old(first.age, first.valued_on, self.as_of),
        )

    def allocation(self) -> tuple[AllocationLine, ...]:
        """Return the asset classes in their fixed order, cash of the accounts among them; empty ones are left out."""
        values: dict[str, Decimal] = {}
        for account in self.accounts:
            rate, at = self.rate(account.currency), self.at[account.pk]
            values[AssetClass.CASH] = values.get(AssetClass.CASH, NOTHING) + at.cash * rate
            for holding in at.holdings:
                worth = (holding.value or NOTHING) * rate
                values[holding.asset_class] = values.get(holding.asset_class, NOTHING) + worth
        return tuple(
            AllocationLine(str(kind), str(kind.label), values[kind], self.share(values[kind]) or NOTHING)
            for kind in AssetClass
            if values.get(kind)
        )


@dataclass(frozen=True, slots=True)
class AccountRow:
    """One account in the list of all accounts; `returned` over the period that was asked for."""

    account: Account
    total: Decimal
    cash: Decimal
    priced_on: dt.date | None
    unpriced: tuple[str, ...]
    is_simulated: bool
    reading: DriftReading | None = None
    returned: SpanLine | None = None


def account_rows(accounts: Sequence[Account], as_of: dt.date, span: Span | None = None) -> list[AccountRow]:
    """Return accounts with their value on the day, in a fixed number of queries.

    Those that `selectors.accounts.with_reading` annotated come with the last reading of their drift.
    """
    at = holdings_at(accounts, as_of)
    returned = account_returns(accounts, span, as_of) if span is not None else {}
    readings = DriftReading.objects.in_bulk([pk for each in accounts if (pk := getattr(each, "reading_id", None))])
    return [
        AccountRow(
            account=account,
            total=at[account.pk].total,
            cash=at[account.pk].cash,
            priced_on=at[account.pk].priced_on,
            unpriced=at[account.pk].unpriced,
            is_simulated=any(holding.is_simulated for holding in at[account.pk].holdings),
            reading=readings.get(getattr(account, "reading_id", None) or 0),
            returned=returned.get(account.pk),
        )
        for account in accounts
    ]
