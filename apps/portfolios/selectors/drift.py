"""How far households and accounts are from what they ought to hold: for pages, the nightly monitor, rebalancing."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from apps.clients.models import Household
from apps.kernel.dates import DateSpan
from apps.market.models import AssetClass
from apps.market.selectors.prices import close_at, rates_in
from apps.portfolios.engine.drift import Drift, DriftLine, Position, drift_of
from apps.portfolios.models import Account, Restriction
from apps.portfolios.selectors.portfolios import simulation_of
from apps.portfolios.selectors.prices import SimulationNotice
from apps.portfolios.selectors.targets import PortfolioTarget, targets_on
from apps.portfolios.selectors.valuations import AccountHoldings, Holding, holdings_at

NOTHING = Decimal(0)


@dataclass(frozen=True, slots=True)
class ClassDrift:
    """One asset class: `name` is the sleeve's, or the class's where no sleeve has it (`is_of_model` is false then)."""

    name: str
    label: str
    line: DriftLine
    is_of_model: bool


@dataclass(frozen=True, slots=True)
class SecurityDrift:
    """One security: what is held of its substitutes counts for it and is named in `held_as`."""

    symbol: str
    name: str
    asset_class: str
    line: DriftLine
    is_of_model: bool
    held_as: tuple[str, ...]
    restrictions: tuple[Restriction, ...]


@dataclass(frozen=True, slots=True)
class DriftSheet:
    """A target with what is held against it on a day, in the target's currency.

    `unclassified` names holdings whose class is not known, `unpriced` what has no price and stands in no weight,
    `foreign` currencies without a rate.
    """

    target: PortfolioTarget
    as_of: dt.date
    priced_on: dt.date | None
    currency: str
    drift: Drift
    classes: tuple[ClassDrift, ...]
    securities: tuple[SecurityDrift, ...]
    unclassified: tuple[str, ...]
    unpriced: tuple[str, ...]
    simulation: SimulationNotice | None

    @property
    def n_out(self) -> int:
        """How many classes and securities overstep their bands."""
        return len(self.drift.out)


def household_drift(household: Household, day: dt.date) -> tuple[DriftSheet, ...]:
    """Return the sheets of a household: its own first, then those of accounts with a mandate of their own."""
    return drift_sheets(targets_on([household], day)[household.pk].targets, day)


def account_drift(account: Account, day: dt.date) -> DriftSheet | None:
    """Return an account against the target it is part of; None without.

    Of an account that follows its household's model the account alone is measured: the household may be on target with
    its accounts apart (asset location), and the sheet of the household says so.
    """
    target = targets_on([account.household], day)[account.household_id].of(account)
    if target is None:
        return None
    alone = replace(
        target,
        account=account,
        accounts=(account,),
        reserves=tuple(each for each in target.reserves if each.account_id == account.pk),
        restrictions=tuple(each for each in target.restrictions if each.account_id in {None, account.pk}),
    )
    return drift_sheets([alone], day)[0]


def drift_sheets(targets: Sequence[PortfolioTarget], day: dt.date) -> tuple[DriftSheet, ...]:
    """Return the sheets of many targets in a fixed number of queries per currency."""
    at = holdings_at({account.pk: account for each in targets for account in each.accounts}.values(), day)
    rates = _Rates(targets, day)
    return tuple(_sheet(target, at, rates, day) for target in targets)


class _Rates:
    """What accounts' currencies are worth in the targets' own."""

    def __init__(self, targets: Iterable[PortfolioTarget], day: dt.date) -> None:
        pairs: dict[str, set[str]] = defaultdict(set)
        for target in targets:
            pairs[target.currency] |= {account.currency for account in target.accounts}
        self._day = day
        self._rates = {quote: rates_in(quote, bases, DateSpan(day, day)) for quote, bases in pairs.items()}

    def rate(self, base: str, quote: str) -> Decimal | None:
        """Return one unit of base in quote, None where no rate is known."""
        if base == quote:
            return Decimal(1)
        close = close_at(self._rates.get(quote, {}).get(base, []), self._day)
        return close.close if close else None


def _sheet(target: PortfolioTarget, at: dict[int, AccountHoldings], rates: _Rates, day: dt.date) -> DriftSheet:
    cash, foreign = NOTHING, set()
    positions: list[Position] = []
    held: dict[str, list[Holding]] = defaultdict(list)
    worth: dict[int, Decimal] = {}
    known_rates: dict[int, Decimal] = {}
    for account in target.accounts:
        rate = rates.rate(account.currency, target.currency)
        if rate is None:
            foreign.add(account.currency)
        known_rates[account.pk] = rate or NOTHING
        cash += at[account.pk].cash * (rate or NOTHING)
        worth[account.pk] = at[account.pk].total * (rate or NOTHING)
        for holding in at[account.pk].holdings:
            key = str(holding.instrument_id)
            value = None if holding.value is None or rate is None else holding.value * rate
            positions.append(Position(key, holding.asset_class, value))
            held[key].append(holding)
    kept = target.reserve_of(worth, known_rates)
    drift = drift_of(target.for_engine(), positions, cash, kept, target.version.outside_band)
    known = {
        str(instrument.pk)
        for sleeve in target.sleeves
        for each in sleeve.holdings
        for instrument in (each.instrument, *each.substitutes)
    }
    mine = [at[account.pk] for account in target.accounts]
    names = {key: lines[0].symbol or lines[0].name for key, lines in held.items()}
    return DriftSheet(
        target=target,
        as_of=day,
        priced_on=min((each.priced_on for each in mine if each.priced_on), default=None),
        currency=target.currency,
        drift=drift,
        classes=_classes(target, drift),
        securities=_securities(target, drift, held),
        unclassified=tuple(
            sorted(
                names[key]
                for key, lines in held.items()
                if lines[0].asset_class == AssetClass.OTHER and key not in known
            )
        ),
        unpriced=tuple(sorted({names[key] for key in drift.unpriced} | foreign | _without_rate(mine))),
        simulation=simulation_of(mine, day),
    )


def _without_rate(mine: Iterable[AccountHoldings]) -> set[str]:
    return {name for each in mine for name in each.unpriced}


def _classes(target: PortfolioTarget, drift: Drift) -> tuple[ClassDrift, ...]:
    names = {sleeve.asset_class: sleeve.name for sleeve in target.sleeves}
    return tuple(
        ClassDrift(
            name=names.get(line.key, str(AssetClass(line.key).label)),
            label=str(AssetClass(line.key).label),
            line=line,
            is_of_model=line.key in names,
        )
        for line in drift.classes
    )


def _securities(target: PortfolioTarget, drift: Drift, held: dict[str, list[Holding]]) -> tuple[SecurityDrift, ...]:
    named = {str(each.instrument.pk): each for sleeve in target.sleeves for each in sleeve.holdings}
    found = []
    for line in drift.securities:
        holding = named.get(line.key)
        restricted = [each for each in target.restrictions if line.key in {str(pk) for pk in each.instrument_ids}]
        if holding is not None:
            instrument = holding.instrument
            as_others = [str(each) for each in holding.substitutes if str(each.pk) in held]
            symbol, name, kind = str(instrument), instrument.name, instrument.asset_class
        else:
            first, as_others = held[line.key][0], []
            symbol, name, kind = first.symbol or first.name, first.name, first.asset_class
        found.append(
            SecurityDrift(
                symbol=symbol,
                name=name,
                asset_class=str(AssetClass(kind).label),
                line=line,
                is_of_model=holding is not None,
                held_as=tuple(as_others),
                restrictions=tuple(restricted),
            )
        )
    return tuple(found)
