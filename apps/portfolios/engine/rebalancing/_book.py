"""A run's book: lots that may be sold, purchases that may be made, targets and caps, ready to be optimised."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from apps.portfolios.engine.lots import Term, term_of
from apps.portfolios.engine.rebalancing._rows import IN_BAND, Row, rows_of, value_of
from apps.portfolios.engine.rebalancing.guard import Guard, gain_of, is_harvested
from apps.portfolios.engine.rebalancing.inputs import (
    HeldLot,
    InvestedAccount,
    RebalanceInputs,
    Security,
)
from apps.portfolios.engine.rebalancing.results import LineKind
from apps.portfolios.engine.rebalancing.settings import Mode, RunSettings
from apps.portfolios.engine.rebalancing.taxes import GainTax, gain_tax
from apps.portfolios.engine.wash_ledger import Reason, TaxTreatment


@dataclass(frozen=True, slots=True)
class SellLine:
    """A lot that may be sold. `gain_share` is the gain in a dollar of proceeds; 0 where nothing is taxed."""

    account_id: str
    security_id: str
    lot: HeldLot
    most: float
    gain_share: float
    is_long: bool
    tax_unit: str


@dataclass(frozen=True, slots=True)
class BuyLine:
    """A purchase that may be made."""

    account_id: str
    security_id: str
    most: float


@dataclass(frozen=True, slots=True)
class Cap:
    """The most in money that these accounts may hold of these securities together."""

    account_ids: tuple[str, ...]
    security_ids: tuple[str, ...]
    current: float
    most: float


@dataclass(frozen=True)
class Book:
    """What a run may do, and what it weighs."""

    inputs: RebalanceInputs
    settings: RunSettings
    rows: tuple[Row, ...]
    sells: tuple[SellLine, ...]
    buys: tuple[BuyLine, ...]
    caps: tuple[Cap, ...]
    tax: GainTax
    realised: Mapping[str, tuple[float, float]]
    sell_blocks: Mapping[tuple[str, str], Reason]  # account and lot
    buy_blocks: Mapping[tuple[str, str], Reason]  # account and security
    securities: Mapping[str, Security]
    accounts: Mapping[str, InvestedAccount]

    @property
    def tax_units(self) -> tuple[str, ...]:
        """Return who is taxed."""
        return tuple(self.realised)

    @property
    def value(self) -> float:
        """Return what all accounts hold."""
        return sum(value_of(account, dict(self.securities)) for account in self.inputs.accounts)

    @property
    def sale_price(self) -> float:
        """Return what a dollar sold costs beside tax: to-band runs leave alone what lies inside its band."""
        return IN_BAND * float(self.settings.off_target_price) if self.settings.mode is Mode.TO_BAND else 0.0

    def location(self, account_id: str, security_id: str) -> float:
        """Return what holding a dollar of it there costs."""
        treatment, of_class = self.accounts[account_id].treatment, self.securities[security_id].asset_class
        for each in self.settings.locations:
            if (each.asset_class, each.treatment) == (of_class, treatment):
                return float(each.cost)
        return 0.0

    def row_of(self, account_id: str, security_id: str) -> Row | None:
        """Return the target that a security in an account counts for."""
        for row in self.rows:
            of_security = row.kind in {LineKind.HOLDING, LineKind.OUTSIDE}
            if of_security and account_id in row.account_ids and security_id in row.members:
                return row
        return None


def open_book(inputs: RebalanceInputs, settings: RunSettings, *, beyond_bands: bool = False) -> Book:
    """Open the book of a run. To-band runs sell only what lies above its band, unless `beyond_bands`."""
    securities = {security.security_id: security for security in inputs.securities}
    rows, guard = rows_of(inputs, settings), Guard(inputs, settings)
    pooled = {account_id for pool in inputs.pools for account_id in pool.account_ids}
    sells: list[SellLine] = []
    sell_blocks: dict[tuple[str, str], Reason] = {}
    for account in inputs.accounts:
        for lot in account.lots if account.account_id in pooled else ():
            block = guard.sell_block(account, securities[lot.security_id], lot)
            if block:
                sell_blocks[account.account_id, lot.lot_id] = block
            elif _is_for_sale(lot, account, rows, settings, securities, beyond_bands=beyond_bands):
                sells.append(_sell_line(lot, account, securities[lot.security_id], inputs))
    buys, buy_blocks = _buy_lines(inputs, settings, rows, guard, sells)
    realised = {account.tax_unit: (0.0, 0.0) for account in inputs.accounts}
    realised |= {each.tax_unit: (float(each.short), float(each.long)) for each in inputs.realised}
    return Book(
        inputs=inputs,
        settings=settings,
        rows=rows,
        sells=tuple(sells),
        buys=buys,
        caps=_caps(inputs, securities),
        tax=gain_tax(settings),
        realised=realised,
        sell_blocks=sell_blocks,
        buy_blocks=buy_blocks,
        securities=securities,
        accounts={account.account_id: account for account in inputs.accounts},
    )


def _sell_line(lot: HeldLot, account: InvestedAccount, security: Security, inputs: RebalanceInputs) -> SellLine:
    worth = lot.quantity * security.price
    is_taxed = account.treatment is TaxTreatment.TAXABLE
    gain = float(gain_of(lot, lot.quantity, security.price) / worth) if is_taxed else 0.0
    is_long = term_of(lot.held_since, inputs.day) is Term.LONG
    return SellLine(account.account_id, lot.security_id, lot, float(worth), gain, is_long, account.tax_unit)


def _is_for_sale(
    lot: HeldLot,
    account: InvestedAccount,
    rows: tuple[Row, ...],
    settings: RunSettings,
    securities: Mapping[str, Security],
    *,
    beyond_bands: bool,
) -> bool:
    if settings.mode is Mode.HARVEST:
        is_taxed = account.treatment is TaxTreatment.TAXABLE
        return is_taxed and is_harvested(settings, lot, securities[lot.security_id].price)
    if settings.mode is not Mode.TO_BAND:
        return True
    own = [row for row in rows if account.account_id in row.account_ids and lot.security_id in row.members]
    if beyond_bands:
        return any(row.current > row.target for row in own)
    return any(row.current > row.high * (1 + 1e-9) for row in own)


def _buy_lines(
    inputs: RebalanceInputs, settings: RunSettings, rows: tuple[Row, ...], guard: Guard, sells: list[SellLine]
) -> tuple[tuple[BuyLine, ...], dict[tuple[str, str], Reason]]:
    """For each target and account the security itself, or the first substitute that may be bought."""
    securities = {security.security_id: security for security in inputs.securities}
    accounts = {account.account_id: account for account in inputs.accounts}
    most = max(sum(value_of(account, securities) for account in inputs.accounts), 0.0)
    lines: list[BuyLine] = []
    blocks: dict[tuple[str, str], Reason] = {}
    sold_here = {(line.account_id, line.security_id): line for line in sells}
    for row in rows:
        if row.kind is not LineKind.HOLDING:
            continue
        for account_id in sorted(row.account_ids):
            leaving = {
                securities[each].group
                for (of_account, each) in sold_here
                if of_account == account_id and each in row.members
            }
            if settings.mode is Mode.HARVEST and not leaving:
                continue
            for member in row.members:
                block = guard.buy_block(accounts[account_id], securities[member])
                if block:
                    blocks[account_id, member] = block
                    continue
                if settings.mode is Mode.HARVEST and securities[member].group in leaving:
                    continue
                lines.append(BuyLine(account_id, member, most))
                break
    return tuple(lines), blocks


def _caps(inputs: RebalanceInputs, securities: dict[str, Security]) -> tuple[Cap, ...]:
    accounts = {account.account_id: account for account in inputs.accounts}
    caps = []
    for cap in inputs.caps:
        members = [accounts[each] for each in cap.account_ids]
        value = sum(value_of(account, securities) for account in members) + float(cap.value_beside)
        lots = [lot for account in members for lot in account.lots if lot.security_id in cap.security_ids]
        held = sum((lot.quantity * securities[lot.security_id].price for lot in lots), cap.held_beside)
        caps.append(Cap(cap.account_ids, cap.security_ids, float(held), float(cap.weight) * value))
    return tuple(caps)
