"""Calls and distributions of private funds, and what other assets pay: announced, booked, taken back."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext

from apps.accounts.selectors.firm_days import firm_today
from apps.clients.models import Document
from apps.core import audit
from apps.core.actors import Actor
from apps.core.services import service
from apps.core.templatetags.formats import date_text, money_text
from apps.kernel.dates import DateSpan
from apps.kernel.errors import DomainError, InvalidInputError, gettext_noop
from apps.portfolios.models import Account, AssetFlow, AssetFlowKind, AssetFlowState, ManualAsset, TransactionKind
from apps.portfolios.selectors.prices import PriceBook
from apps.portfolios.services._asset_values import keep_prices_of
from apps.portfolios.services._checks import checked
from apps.portfolios.services.entries import TransactionEntry
from apps.portfolios.services.manual_assets import (
    AssetStepError,
    demand_day,
    locked,
    paper_of,
    take_back_entries_of,
    tell,
    uncalled,
)
from apps.portfolios.services.restrictions import ReserveTerms, add_reserve, end_reserve
from apps.portfolios.services.transactions import record_transactions

ONE_DAY = dt.timedelta(days=1)
CENT, UNIT, PERCENT = Decimal("0.01"), Decimal("0.00000001"), Decimal(100)
_ENTRIES = {
    AssetFlowKind.RETURN_OF_CAPITAL: TransactionKind.RETURN_OF_CAPITAL,
    AssetFlowKind.GAIN: TransactionKind.DIVIDEND,
    AssetFlowKind.INCOME: TransactionKind.DIVIDEND,
}


class CallTooLargeError(DomainError):
    """More is called than is left of the commitment."""

    code = "call_too_large"


@dataclass(frozen=True, slots=True)
class FlowDetails:
    """A call or a distribution. `day` is when it moved; of a call that is announced, when it is due."""

    kind: str
    day: dt.date
    amount: Decimal
    is_recallable: bool = False
    document: Document | None = None
    note: str = ""


@service
def announce_call(*, asset: ManualAsset, details: FlowDetails, by: Actor, account: Account | None = None) -> AssetFlow:
    """Record a notice of a call that is due: its cash is kept back, in the account or of the household, until paid.

    Raises InvalidInputError for a wrong field, anything but a call of a fund, or an account that the firm does not
    manage; CallTooLargeError over what is left of the commitment; AssetStepError once the fund has ended.
    """
    asset = locked(asset)
    demand_day(asset, firm_today())
    row = _checked(asset, details, AssetFlowState.ANNOUNCED, by)
    household = asset.account.household
    here = _in_currency(asset, details.amount, (account or household).currency)
    if here is not None:
        purpose = gettext("Capital call of %(fund)s, due %(day)s") % {"fund": asset, "day": date_text(details.day)}
        terms = ReserveTerms(purpose[:200], firm_today(), amount=here, account=account)
        row.reserve = add_reserve(household=household, terms=terms, by=by)
    row.save()
    audit.record("portfolios.announce_call", by=by, target=row, after=audit.snapshot(row))
    tell(asset)
    return row


@service
def pay_call(*, flow: AssetFlow, day: dt.date, by: Actor) -> AssetFlow:
    """Book an announced call on the day on which it was paid; its cash is no longer kept back.

    Raises AssetStepError for one that is not announced, InvalidInputError for a day to come.
    """
    asset = locked(flow.asset)
    row = AssetFlow.objects.select_for_update().get(pk=flow.pk)
    _demand(row, AssetFlowState.ANNOUNCED)
    demand_day(asset, day)
    before = audit.snapshot(row)
    row.day, row.state = day, AssetFlowState.BOOKED
    row.asset = asset
    checked(row, exclude=["reserve"])
    _end_reserve(row, day, gettext_noop("The call was paid."), by)
    row.save(update_fields=["day", "state", "updated_at"])
    _book(row, by)
    audit.record("portfolios.pay_call", by=by, target=row, before=before, after=audit.snapshot(row))
    return row


@service
def record_flow(*, asset: ManualAsset, details: FlowDetails, by: Actor) -> AssetFlow:
    """Record what was called and paid, or what came back.

    Raises InvalidInputError for a wrong field, a day to come, a distribution before the first call, or anything but
    income of an asset that is no fund; CallTooLargeError over what is left of the commitment; AssetStepError once the
    asset has ended.
    """
    asset = locked(asset)
    demand_day(asset, details.day)
    row = _checked(asset, details, AssetFlowState.BOOKED, by)
    row.save()
    _book(row, by)
    audit.record("portfolios.record_flow", by=by, target=row, after=audit.snapshot(row))
    return row


@service
def take_back_flow(*, flow: AssetFlow, reason: str, by: Actor) -> AssetFlow:
    """Take back a call or distribution that was wrong, with its entries or its reserve.

    Raises InvalidInputError without a reason or where later distributions rest on a call, or calls on a distribution
    that could be called again; AssetStepError for one that was taken back already or once the asset has ended.
    """
    asset = locked(flow.asset)
    row = AssetFlow.objects.select_for_update().get(pk=flow.pk)
    if not reason.strip():
        raise InvalidInputError(gettext_noop("Say why it was wrong."), field="reason")
    demand_day(asset, firm_today())
    if row.state == AssetFlowState.TAKEN_BACK:
        raise AssetStepError(gettext_noop("This was taken back already."))
    if row.is_call and row.state == AssetFlowState.BOOKED:
        _demand_calls_before(list(asset.flows.filter(state=AssetFlowState.BOOKED).exclude(pk=row.pk)))
    before = audit.snapshot(row)
    row.asset, was = asset, row.state
    row.state = AssetFlowState.TAKEN_BACK
    if was == AssetFlowState.ANNOUNCED:
        _end_reserve(row, firm_today(), reason, by)
    row.save(update_fields=["state", "updated_at"])
    if row.is_recallable and uncalled(asset) < 0:
        raise InvalidInputError(
            gettext_noop("What could be called again was called again."),
            mend=gettext_noop("Take the later call back first, or correct the commitment."),
            field="reason",
        )
    take_back_entries_of(asset, _source(row), reason, by)
    keep_prices_of(asset)
    audit.record(
        "portfolios.take_back_flow", by=by, target=row, before=before, after=audit.snapshot(row), reason=reason
    )
    tell(asset)
    return row


def _checked(asset: ManualAsset, details: FlowDetails, state: str, by: Actor) -> AssetFlow:
    row = AssetFlow(
        asset=asset,
        kind=details.kind,
        day=details.day,
        amount=details.amount,
        is_recallable=details.is_recallable,
        state=state,
        document=paper_of(asset, details.document),
        note=details.note.strip(),
        recorded_by=by.label[:200],
    )
    checked(row, exclude=["reserve"])
    if not asset.is_fund and row.kind != AssetFlowKind.INCOME:
        raise InvalidInputError(
            gettext_noop("Only a private fund calls and gives back capital."),
            mend=gettext_noop("Record income, a new value, or the sale."),
            field="kind",
        )
    if row.kind == AssetFlowKind.CALL:
        _demand_room(asset, row)
    elif asset.is_fund and not row.is_call:
        _demand_calls_before([*asset.flows.filter(state=AssetFlowState.BOOKED), row])
    return row


def _demand_room(asset: ManualAsset, row: AssetFlow) -> None:
    """Refuse a call over what is left of the commitment."""
    left = uncalled(asset)
    if row.amount > left:
        raise CallTooLargeError(
            gettext_noop("The call is more than the %(left)s that are left of the commitment."),
            mend=gettext_noop("Correct the amount or the commitment, or say that it is beside the commitment."),
            field="amount",
            left=money_text(max(left, Decimal(0)), asset.account.currency),
        )


def _demand_calls_before(told: list[AssetFlow]) -> None:
    """Refuse a distribution of a day by which nothing was called."""
    given = min((each.day for each in told if not each.is_call), default=None)
    called = min((each.day for each in told if each.is_call), default=dt.date.max)
    if given is not None and given < called:
        raise InvalidInputError(
            gettext_noop("A distribution of %(day)s would come before the first call."),
            mend=gettext_noop("Record the calls before it first."),
            field="day",
            day=given,
        )


def _demand(row: AssetFlow, state: str) -> None:
    if row.state != state:
        raise AssetStepError(
            gettext_noop("This call is “%(state)s”."),
            mend=gettext_noop("Look at it anew."),
            state=row.get_state_display(),
        )


def _book(row: AssetFlow, by: Actor) -> None:
    """Enter what moved: the money comes from outside for a call, and goes there from a distribution."""
    asset, instrument = row.asset, row.asset.instrument
    about: dict[str, Any] = {"trade_date": row.day, "source": _source(row), "description": row.note}
    if row.is_call:
        units = (row.amount * PERCENT / (asset.commitment or row.amount)).quantize(UNIT)
        if not units:
            raise InvalidInputError(
                gettext_noop("The call is too small beside the commitment: no part of a unit comes of it."),
                mend=gettext_noop("Correct the amount or the commitment."),
                field="amount",
            )
        entries = [
            TransactionEntry(TransactionKind.DEPOSIT, cash=row.amount, **about),
            TransactionEntry(TransactionKind.BUY, instrument=instrument, units=units, cash=-row.amount, **about),
        ]
    else:
        kind = _ENTRIES[AssetFlowKind(row.kind)]
        entries = [
            TransactionEntry(kind, instrument=instrument, cash=row.amount, **about),
            TransactionEntry(TransactionKind.WITHDRAWAL, cash=-row.amount, **about),
        ]
    record_transactions(account=asset.account, entries=entries, by=by)
    keep_prices_of(asset)


def _source(row: AssetFlow) -> str:
    return f"asset:{row.public_id}"


def _end_reserve(row: AssetFlow, day: dt.date, reason: str, by: Actor) -> None:
    """On the day itself the money has gone: the day before is the last on which it is kept back."""
    if row.reserve is not None and row.reserve.is_on(firm_today()):
        until = max(row.reserve.from_day, day - ONE_DAY)
        end_reserve(reserve=row.reserve, until=until, reason=reason, by=by)


def _in_currency(asset: ManualAsset, amount: Decimal, wanted: str) -> Decimal | None:
    """Return the amount in another currency at the last rate, None where there is none."""
    currency, today = asset.account.currency, firm_today()
    rate = PriceBook([], wanted, DateSpan(today, today), [currency]).rate(currency, today)
    return None if rate is None else (amount * rate).quantize(CENT)
