"""What no custodian reports: taken into the books, valued, sold."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from apps.accounts.selectors.firm_days import firm_today
from apps.clients.models import Document, Household
from apps.core import audit, realtime
from apps.core.actors import Actor
from apps.core.services import service
from apps.kernel.errors import DomainError, InvalidInputError, gettext_noop
from apps.market.models import AssetClass, SecurityKind
from apps.portfolios.engine.private_funds import FlowKind, FundFlow, fund_figures
from apps.portfolios.models import (
    AccountStatus,
    Appraisal,
    AssetFlowKind,
    AssetFlowState,
    Instrument,
    ManualAsset,
    ManualAssetKind,
    Transaction,
    TransactionKind,
)
from apps.portfolios.selectors.asset_rows import booked_flows
from apps.portfolios.services._asset_values import keep_prices_of
from apps.portfolios.services._checks import checked
from apps.portfolios.services.accounts import AccountDetails, OwnerShare, open_account
from apps.portfolios.services.entries import TransactionEntry
from apps.portfolios.services.transactions import record_transactions, reverse_transaction

ONE = Decimal(1)
OF_BEGINNING, OF_END = "asset:begin", "asset:end"


class AssetStepError(DomainError):
    """The asset is in no state for this."""

    code = "asset_step"


@dataclass(frozen=True, slots=True)
class StatedValue:
    """A value that somebody stated for a day, and what it rests on."""

    day: dt.date
    value: Decimal
    source: str
    valued_by: str
    document: Document | None = None


@dataclass(frozen=True, slots=True)
class AssetDetails:
    """What is known of an asset when it comes into the books.

    A fund has a commitment and begins with its first call; all else begins with what was stated (`first`), at the cost
    and of the day on which it was acquired where they are known.
    """

    name: str
    kind: str
    registration: str
    owners: Sequence[OwnerShare] = ()
    asset_class: str = AssetClass.OTHER
    currency: str = "USD"
    commitment: Decimal | None = None
    first: StatedValue | None = None
    cost: Decimal | None = None
    acquired_on: dt.date | None = None


@service
def record_asset(*, household: Household, details: AssetDetails, by: Actor) -> ManualAsset:
    """Take an asset into the books, in an account held away of its own.

    Raises InvalidInputError for a wrong field: a fund without a commitment, anything else with one or without a value.
    """
    if (details.kind == ManualAssetKind.PRIVATE_FUND) == (details.first is not None):
        raise InvalidInputError(
            gettext_noop("All but a private fund comes with a value; a fund begins with its first call."), field="value"
        )
    told = AccountDetails(
        name=details.name,
        registration=details.registration,
        owners=details.owners,
        currency=details.currency,
        opened_on=details.first.day if details.first else None,
        is_held_away=True,
        status=AccountStatus.ACTIVE,
    )
    account = open_account(household=household, details=told, by=by)
    instrument = Instrument(
        name=details.name,
        kind=SecurityKind.PRIVATE_FUND if details.first is None else SecurityKind.OTHER,
        asset_class=details.asset_class,
        currency=details.currency,
    )
    checked(instrument)
    instrument.save()
    asset = ManualAsset(account=account, instrument=instrument, kind=details.kind, commitment=details.commitment)
    checked(asset)
    asset.save()
    audit.record("portfolios.record_asset", by=by, target=asset, after=audit.snapshot(asset))
    if details.first is not None:
        _begin(asset, details, details.first, by)
    return asset


def _begin(asset: ManualAsset, details: AssetDetails, first: StatedValue, by: Actor) -> None:
    came = TransactionEntry(
        kind=TransactionKind.TRANSFER_IN,
        trade_date=first.day,
        instrument=asset.instrument,
        units=ONE,
        cost=details.cost,
        acquired_on=details.acquired_on,
        source=OF_BEGINNING,
    )
    record_transactions(account=asset.account, entries=[came], by=by)
    appraise_asset(asset=asset, stated=first, by=by)


@service
def appraise_asset(*, asset: ManualAsset, stated: StatedValue, by: Actor) -> Appraisal:
    """State what an asset is worth at the close of a day; of a fund, the net asset value of its statement.

    Raises InvalidInputError for a wrong field, a day to come, a day before anything was held, a second value of a day,
    or the paper of another household; AssetStepError once it was sold or wound up.
    """
    asset = locked(asset)
    demand_day(asset, stated.day)
    if not _held_on(asset, stated.day):
        raise InvalidInputError(
            gettext_noop("Nothing of it was held on that day."),
            mend=gettext_noop("Choose a day from its beginning on; of a fund, record its first call first."),
            field="day",
        )
    row = Appraisal(
        asset=asset,
        day=stated.day,
        value=stated.value,
        source=stated.source,
        valued_by=stated.valued_by.strip(),
        document=paper_of(asset, stated.document),
        recorded_by=by.label[:200],
    )
    checked(row)
    row.save()
    keep_prices_of(asset)
    audit.record("portfolios.appraise_asset", by=by, target=row, after=audit.snapshot(row))
    tell(asset)
    return row


@service
def take_back_appraisal(*, appraisal: Appraisal, reason: str, by: Actor) -> Appraisal:
    """Take back a value that was wrong; those before it count again.

    Raises InvalidInputError without a reason, AssetStepError for one that was taken back already.
    """
    asset = locked(appraisal.asset)
    row = Appraisal.objects.select_for_update().get(pk=appraisal.pk)
    if not reason.strip():
        raise InvalidInputError(gettext_noop("Say why it was wrong."), field="reason")
    if row.taken_back_because:
        raise AssetStepError(gettext_noop("This value was taken back already."))
    before = audit.snapshot(row)
    row.taken_back_because = reason.strip()[:300]
    row.save(update_fields=["taken_back_because", "updated_at"])
    keep_prices_of(asset)
    after = audit.snapshot(row)
    audit.record("portfolios.take_back_appraisal", by=by, target=row, before=before, after=after, reason=reason)
    tell(asset)
    return row


@service
def change_asset(*, asset: ManualAsset, changes: dict[str, Any], by: Actor) -> ManualAsset:
    """Change what was agreed of an asset (`commitment`, `is_billed`, `billing_note`).

    Raises InvalidInputError for another field, a wrong value, a commitment under what was called of it, or fees
    without saying where they are agreed.
    """
    unknown = set(changes) - {"commitment", "is_billed", "billing_note"}
    if unknown:
        raise InvalidInputError(gettext_noop("“%(name)s” of an asset cannot be changed this way."), name=min(unknown))
    asset = locked(asset)
    before = audit.snapshot(asset)
    for name, value in changes.items():
        setattr(asset, name, value)
    checked(asset)
    if asset.is_fund and uncalled(asset) < 0:
        raise InvalidInputError(
            gettext_noop("More was called of the commitment already, or is announced."),
            mend=gettext_noop("Give the commitment of the signed agreement."),
            field="commitment",
        )
    asset.save(update_fields=[*changes, "updated_at"])
    audit.record("portfolios.change_asset", by=by, target=asset, before=before, after=audit.snapshot(asset))
    tell(asset)
    return asset


@service
def end_asset(*, asset: ManualAsset, day: dt.date, proceeds: Decimal, by: Actor, note: str = "") -> ManualAsset:
    """Say that an asset was sold or wound up: it leaves the books for what was paid, and the money goes to its owners.

    Raises InvalidInputError for a day to come or one on which nothing was held, or negative proceeds; AssetStepError
    once it has ended, or while a call is announced.
    """
    asset = locked(asset)
    demand_day(asset, day)
    held = _held_on(asset, day)
    if not held or proceeds < 0:
        field = "proceeds" if held else "day"
        raise InvalidInputError(gettext_noop("It was held on the day, and sold for nothing or more."), field=field)
    if asset.flows.exclude(state=AssetFlowState.TAKEN_BACK).filter(day__gt=day).exists():
        raise AssetStepError(
            gettext_noop("Something moves after that day, or a call is announced."),
            mend=gettext_noop("Choose a later day, or take those entries back first."),
            field="day",
        )
    about: dict[str, Any] = {"trade_date": day, "source": OF_END, "description": note}
    entries = [TransactionEntry(TransactionKind.SELL, instrument=asset.instrument, units=-held, cash=proceeds, **about)]
    if proceeds:
        entries.append(TransactionEntry(TransactionKind.WITHDRAWAL, cash=-proceeds, **about))
    record_transactions(account=asset.account, entries=entries, by=by)
    return _with_end(asset, day, "portfolios.end_asset", by, note)


@service
def take_back_end(*, asset: ManualAsset, reason: str, by: Actor) -> ManualAsset:
    """Take back that an asset was sold. Raises AssetStepError where it was not, InvalidInputError without a reason."""
    asset = locked(asset)
    if asset.ended_on is None:
        raise AssetStepError(gettext_noop("It was not sold."))
    take_back_entries_of(asset, OF_END, reason, by)
    return _with_end(asset, None, "portfolios.take_back_asset_end", by, reason)


def _with_end(asset: ManualAsset, day: dt.date | None, action: str, by: Actor, reason: str) -> ManualAsset:
    before = audit.snapshot(asset)
    asset.ended_on = day
    asset.save(update_fields=["ended_on", "updated_at"])
    keep_prices_of(asset)
    audit.record(action, by=by, target=asset, before=before, after=audit.snapshot(asset), reason=reason)
    tell(asset)
    return asset


def locked(asset: ManualAsset) -> ManualAsset:
    """Return the asset with its account and household, its row locked."""
    rows = ManualAsset.objects.select_for_update(of=("self",)).select_related("account__household", "instrument")
    return rows.get(pk=asset.pk)


def uncalled(asset: ManualAsset) -> Decimal:
    """Return what is left of a fund's commitment after all calls, those that are announced too."""
    waiting = asset.flows.announced().filter(kind=AssetFlowKind.CALL)
    told = [*booked_flows(asset), *(FundFlow(each.day, FlowKind.CALL, each.amount) for each in waiting)]
    last = max([firm_today(), *(each.day for each in told)])
    return fund_figures(asset.commitment or Decimal(0), (), told, last).unfunded


def demand_day(asset: ManualAsset, day: dt.date) -> None:
    """Refuse a day to come, and anything once the asset has ended."""
    if asset.ended_on is not None:
        raise AssetStepError(
            gettext_noop("It was sold or wound up on %(day)s."),
            mend=gettext_noop("Take that back first."),
            day=asset.ended_on,
        )
    if day > firm_today():
        raise InvalidInputError(gettext_noop("The day lies in the future."), field="day")


def paper_of(asset: ManualAsset, document: Document | None) -> Document | None:
    """Return the paper; raise InvalidInputError for one of another household."""
    if document is not None and document.household_id != asset.account.household_id:
        raise InvalidInputError(gettext_noop("The paper belongs to another household."), field="document")
    return document


def take_back_entries_of(asset: ManualAsset, source: str, reason: str, by: Actor) -> None:
    """Reverse the entries that one fact of the asset made."""
    for entry in Transaction.objects.standing().filter(account=asset.account, source=source).order_by("-pk"):
        reverse_transaction(transaction=entry, reason=reason, by=by)


def tell(asset: ManualAsset) -> None:
    """Say that the household's portfolio has changed."""
    household, account = asset.account.household.public_id, asset.account.public_id
    realtime.publish(f"household:{household}", "portfolio.changed", account=str(account))


def _held_on(asset: ManualAsset, day: dt.date) -> Decimal:
    rows = asset.account.transactions.standing().filter(instrument=asset.instrument, trade_date__lte=day)
    return sum((row.units for row in rows), Decimal(0))
