"""What accounts and households ought to hold on a day: model, reserves and restrictions resolved.

A household's mandate covers its managed accounts together, but those that have one of their own. Held-away and closed
accounts are covered by none; nor is an account whose own model has no version in force, which was not meant to follow
another.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeVar

from django.db.models import Q

from apps.clients.models import Household
from apps.kernel.dates import DateSpan
from apps.portfolios.engine.drift import Band, SecurityTarget, SleeveTarget
from apps.portfolios.models import (
    Account,
    AccountStatus,
    CashReserve,
    Instrument,
    Mandate,
    ModelVersion,
    Restriction,
    Sleeve,
    SleeveHolding,
)
from apps.portfolios.models.model_portfolio import STANDING
from apps.portfolios.selectors.successors import with_successors

CLOSED = AccountStatus.CLOSED
NOTHING, ONE = Decimal(0), Decimal(1)
T = TypeVar("T", Account, Mandate, Restriction, CashReserve)


@dataclass(frozen=True, slots=True)
class HoldingOfTarget:
    """A security of a sleeve. `share` is of the sleeve, `weight` of the whole; substitutes stand in order."""

    instrument: Instrument
    share: Decimal
    weight: Decimal
    band: Band
    substitutes: tuple[Instrument, ...]


@dataclass(frozen=True, slots=True)
class SleeveOfTarget:
    """An asset class with its weight in the whole; without holdings it is money in the account (cash alone)."""

    name: str
    asset_class: str
    weight: Decimal
    band: Band
    holdings: tuple[HoldingOfTarget, ...]


@dataclass(frozen=True, slots=True)
class PortfolioTarget:
    """What `accounts` ought to hold together on the day. `account` is None for the household's own mandate.

    `restrictions` are those of the household and of these accounts (`Restriction.account` says which), `reserves` those
    of the household for its own mandate, else those of the account.
    """

    household: Household
    account: Account | None
    accounts: tuple[Account, ...]
    day: dt.date
    mandate: Mandate
    version: ModelVersion
    sleeves: tuple[SleeveOfTarget, ...]
    reserves: tuple[CashReserve, ...]
    restrictions: tuple[Restriction, ...]

    @property
    def account_ids(self) -> tuple[uuid.UUID, ...]:
        """The public ids of the accounts that are covered."""
        return tuple(account.public_id for account in self.accounts)

    @property
    def currency(self) -> str:
        """The currency in which it is measured."""
        return self.account.currency if self.account is not None else self.household.currency

    def reserve_of(self, values: Mapping[int, Decimal], rates: Mapping[int, Decimal] | None = None) -> Decimal:
        """Return the cash that is kept back of what accounts are worth, by their row ids."""
        return reserve_amount(self.reserves, values, rates)

    def for_engine(self) -> tuple[SleeveTarget, ...]:
        """Return the sleeves as the engine takes them; securities are named by row id."""
        return tuple(
            SleeveTarget(
                name=sleeve.name,
                asset_class=sleeve.asset_class,
                weight=sleeve.weight,
                band=sleeve.band,
                securities=tuple(
                    SecurityTarget(
                        security_id=str(holding.instrument.pk),
                        weight=holding.weight,
                        band=holding.band,
                        substitutes=tuple(str(each.pk) for each in holding.substitutes),
                    )
                    for holding in sleeve.holdings
                ),
            )
            for sleeve in self.sleeves
        )


@dataclass(frozen=True, slots=True)
class HouseholdTargets:
    """All targets of a household, its own first; `without` are managed accounts that follow no model."""

    household: Household
    targets: tuple[PortfolioTarget, ...]
    without: tuple[Account, ...]
    reserves: tuple[CashReserve, ...]
    restrictions: tuple[Restriction, ...]

    def of(self, account: Account) -> PortfolioTarget | None:
        """Return the target that an account is part of."""
        return next((each for each in self.targets if account.pk in {a.pk for a in each.accounts}), None)


def reserve_amount(
    reserves: Iterable[CashReserve], values: Mapping[int, Decimal], rates: Mapping[int, Decimal] | None = None
) -> Decimal:
    """Return what reserves keep back: amounts, and shares of the account they are for, else of all these accounts.

    An amount that an account keeps is in its own currency, of which a unit is worth its `rates` (1 where not given).
    """
    total = sum(values.values(), NOTHING)
    kept = NOTHING
    for each in reserves:
        base = total if each.account_id is None else values.get(each.account_id, NOTHING)
        rate = (rates or {}).get(each.account_id or 0, ONE)
        kept += each.amount * rate if each.amount is not None else max(base, NOTHING) * (each.share or NOTHING)
    return kept


def household_targets(household: Household, day: dt.date) -> HouseholdTargets:
    """Return what a household ought to hold on the day."""
    return targets_on([household], day)[household.pk]


def targets_on(households: Sequence[Household], day: dt.date) -> dict[int, HouseholdTargets]:
    """Return for each household, by its row id, what it ought to hold, in a fixed number of queries.

    A mandate whose model has no version in force on the day has no target.
    """
    ids = [household.pk for household in households]
    of_household = Q(household__in=ids)
    accounts = _by_household(
        Account.objects.filter(of_household).managed().open().exclude(closed_on__lt=day).order_by("pk")
    )
    mandates = _by_household(Mandate.objects.filter(of_household).on(day).select_related("model"))
    restrictions = _by_household(
        with_successors(Restriction.objects.filter(of_household).on(day).select_related("instrument", "account"))
    )
    reserves = _by_household(CashReserve.objects.filter(of_household).on(day).select_related("account"))
    versions = versions_on({row.model_id for rows in mandates.values() for row in rows}, day)
    return {
        household.pk: _Terms(
            household,
            day,
            accounts[household.pk],
            mandates[household.pk],
            reserves[household.pk],
            restrictions[household.pk],
        ).resolved(versions)
        for household in households
    }


def targets_through(household: Household, span: DateSpan) -> list[tuple[dt.date, HouseholdTargets]]:
    """Return what a household ought to hold from each day of a span on which that changed, and from its first.

    In a fixed number of queries, without reserves and restrictions.
    """
    mandates = list(Mandate.objects.filter(household=household, from_day__lte=span.last).select_related("model"))
    versions = _versions({row.model_id for row in mandates}, span)
    accounts = list(Account.objects.filter(household=household).managed().order_by("pk"))
    changes = {span.first, *(row.from_day for row in mandates), *(row.effective_from for row in versions)}
    ended = [*(row.until for row in mandates), *(row.until for row in versions), *(row.closed_on for row in accounts)]
    changes |= {day + dt.timedelta(days=1) for day in ended if day is not None}
    found = []
    for day in sorted(day for day in changes if day is not None and day in span):
        held = [each for each in accounts if (day <= each.closed_on if each.closed_on else each.status != CLOSED)]
        terms = _Terms(household, day, held, [each for each in mandates if each.is_on(day)], [], [])
        found.append((day, terms.resolved({each.model_id: each for each in versions if _is_on(each, day)})))
    return found


def versions_on(model_ids: Iterable[int], day: dt.date) -> dict[int, ModelVersion]:
    """Return for each model the version in force on the day, with all it holds; models without one are left out."""
    return {row.model_id: row for row in _versions(model_ids, DateSpan(day, day))}


def _versions(model_ids: Iterable[int], span: DateSpan) -> list[ModelVersion]:
    rows = (
        ModelVersion.objects.filter(model_id__in=list(model_ids), state__in=STANDING, effective_from__lte=span.last)
        .filter(Q(until=None) | Q(until__gte=span.first))
        .select_related("model", "benchmark")
        .prefetch_related("sleeves__holdings__instrument", "sleeves__holdings__substitutes__instrument")
    )
    return list(rows.order_by("effective_from", "number"))


def _is_on(version: ModelVersion, day: dt.date) -> bool:
    starts = version.effective_from
    return starts is not None and starts <= day and (version.until is None or day <= version.until)


def sleeves_of(version: ModelVersion) -> tuple[SleeveOfTarget, ...]:
    """Return what a version holds, weights resolved to the whole."""
    return tuple(_sleeve(row) for row in version.sleeves.all())


def _sleeve(row: Sleeve) -> SleeveOfTarget:
    return SleeveOfTarget(
        name=row.name,
        asset_class=row.asset_class,
        weight=row.weight,
        band=Band(row.absolute_band, row.relative_band),
        holdings=tuple(_holding(row, holding) for holding in row.holdings.all()),
    )


def _holding(sleeve: Sleeve, row: SleeveHolding) -> HoldingOfTarget:
    return HoldingOfTarget(
        instrument=row.instrument,
        share=row.share,
        weight=sleeve.weight * row.share,
        band=Band(row.absolute_band, row.relative_band),
        substitutes=tuple(each.instrument for each in row.substitutes.all()),
    )


def _by_household(rows: Iterable[T]) -> dict[int, list[T]]:
    found: dict[int, list[T]] = defaultdict(list)
    for row in rows:
        found[row.household_id].append(row)
    return found


@dataclass(frozen=True, slots=True)
class _Terms:
    """What stands in the rows of one household on the day."""

    household: Household
    day: dt.date
    accounts: list[Account]
    mandates: list[Mandate]
    reserves: list[CashReserve]
    restrictions: list[Restriction]

    def resolved(self, versions: dict[int, ModelVersion]) -> HouseholdTargets:
        own = {mandate.account_id: mandate for mandate in self.mandates if mandate.account_id is not None}
        standing = [mandate for mandate in self.mandates if mandate.model_id in versions]
        shared = next((mandate for mandate in standing if mandate.account_id is None), None)
        rest = tuple(account for account in self.accounts if account.pk not in own)
        targets = []
        if shared is not None and rest:
            targets.append(self._target(shared, None, rest, versions[shared.model_id]))
        for account in self.accounts:
            mandate = own.get(account.pk)
            if mandate is not None and mandate.model_id in versions:
                targets.append(self._target(mandate, account, (account,), versions[mandate.model_id]))
        return HouseholdTargets(
            household=self.household,
            targets=tuple(targets),
            without=tuple(a for a in self.accounts if not any(a in target.accounts for target in targets)),
            reserves=tuple(self.reserves),
            restrictions=tuple(self.restrictions),
        )

    def _target(
        self, mandate: Mandate, account: Account | None, accounts: tuple[Account, ...], version: ModelVersion
    ) -> PortfolioTarget:
        covered = {each.pk for each in accounts}
        return PortfolioTarget(
            household=self.household,
            account=account,
            accounts=accounts,
            day=self.day,
            mandate=mandate,
            version=version,
            sleeves=sleeves_of(version),
            reserves=tuple(
                each
                for each in self.reserves
                if each.account_id in covered or (each.account_id is None and account is None)
            ),
            restrictions=tuple(
                each for each in self.restrictions if each.account_id is None or each.account_id in covered
            ),
        )
