"""What a client must not hold, and the cash that stays: added, and ended."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TypeVar

from apps.clients.models import Household
from apps.core import audit
from apps.core.actors import Actor
from apps.core.services import service
from apps.kernel.errors import DomainError, gettext_noop
from apps.portfolios.models import Account, CashReserve, Instrument, Restriction
from apps.portfolios.services._checks import checked
from apps.portfolios.services.instruments import instrument_by_symbol
from apps.portfolios.services.mandates import check_account, check_end, tell_household

T = TypeVar("T", Restriction, CashReserve)


class RestrictionOverlapError(DomainError):
    """The same restriction would hold twice on a day."""

    code = "restriction_overlap"


class ReserveTwiceError(DomainError):
    """The same reserve would be kept twice."""

    code = "reserve_twice"


_SAME_RESERVE = ("household", "account", "amount", "share", "purpose", "from_day", "until")


@dataclass(frozen=True, slots=True)
class RestrictionTerms:
    """What must not be done: with a security, or with all of an asset class; `max_weight` is a fraction."""

    kind: str
    reason: str
    from_day: dt.date
    instrument: Instrument | None = None
    asset_class: str = ""
    max_weight: Decimal | None = None
    account: Account | None = None
    until: dt.date | None = None


@dataclass(frozen=True, slots=True)
class ReserveTerms:
    """Cash that is not invested: an amount, or a share of the value."""

    purpose: str
    from_day: dt.date
    amount: Decimal | None = None
    share: Decimal | None = None
    account: Account | None = None
    until: dt.date | None = None


@service
def add_restriction(*, household: Household, terms: RestrictionTerms, by: Actor) -> Restriction:
    """Restrict what may be traded for a household or in one of its accounts.

    Raises InvalidInputError for a wrong field or an account that the firm does not manage, RestrictionOverlapError
    where the same one holds already.
    """
    Household.objects.select_for_update().get(pk=household.pk)
    check_account(household, terms.account)
    restriction = Restriction(
        household=household,
        account=terms.account,
        kind=terms.kind,
        instrument=terms.instrument,
        asset_class=terms.asset_class,
        max_weight=terms.max_weight,
        reason=terms.reason.strip(),
        from_day=terms.from_day,
        until=terms.until,
    )
    checked(restriction)
    _check_once(restriction)
    restriction.save()
    audit.record("portfolios.add_restriction", by=by, target=restriction, after=audit.snapshot(restriction))
    tell_household(household, by)
    return restriction


@service
def restrict_by_symbol(*, household: Household, terms: RestrictionTerms, symbol: str, by: Actor) -> Restriction:
    """Restrict what a person typed, with the security named by its symbol, or left out for an asset class.

    Raises InvalidInputError for a symbol that nobody knows, and what `add_restriction` raises.
    """
    instrument = instrument_by_symbol(symbol=symbol, field="symbol", by=by) if symbol.strip() else None
    return add_restriction(household=household, terms=replace(terms, instrument=instrument), by=by)


@service
def end_restriction(*, restriction: Restriction, until: dt.date, reason: str, by: Actor) -> Restriction:
    """End a restriction after a day. Raises InvalidInputError for a day outside its days."""
    locked = Restriction.objects.select_for_update(of=("self",)).select_related("household").get(pk=restriction.pk)
    return _ended(locked, until, reason, by)


@service
def add_reserve(*, household: Household, terms: ReserveTerms, by: Actor) -> CashReserve:
    """Keep cash back for a household or in one of its accounts. Reserves that hold at once add up.

    Raises InvalidInputError for a wrong field or an account that the firm does not manage, ReserveTwiceError for the
    very same reserve once more: a form that was sent twice.
    """
    Household.objects.select_for_update().get(pk=household.pk)
    check_account(household, terms.account)
    reserve = CashReserve(
        household=household,
        account=terms.account,
        amount=terms.amount,
        share=terms.share,
        purpose=terms.purpose.strip(),
        from_day=terms.from_day,
        until=terms.until,
    )
    checked(reserve)
    same = {name: getattr(reserve, name) for name in _SAME_RESERVE}
    if CashReserve.objects.filter(**same).exists():
        raise ReserveTwiceError(
            gettext_noop("This very reserve is kept already."),
            mend=gettext_noop("Give the second one another purpose, or a higher amount to the first."),
        )
    reserve.save()
    audit.record("portfolios.add_reserve", by=by, target=reserve, after=audit.snapshot(reserve))
    tell_household(household, by)
    return reserve


@service
def end_reserve(*, reserve: CashReserve, until: dt.date, reason: str, by: Actor) -> CashReserve:
    """End a reserve after a day. Raises InvalidInputError for a day outside its days."""
    locked = CashReserve.objects.select_for_update(of=("self",)).select_related("household").get(pk=reserve.pk)
    return _ended(locked, until, reason, by)


def _ended(term: T, until: dt.date, reason: str, by: Actor) -> T:
    check_end(term.from_day, term.until, until)
    before = audit.snapshot(term)
    term.until = until
    checked(term)
    term.save(update_fields=["until", "updated_at"])
    action = "portfolios.end_restriction" if isinstance(term, Restriction) else "portfolios.end_reserve"
    audit.record(action, by=by, target=term, before=before, after=audit.snapshot(term), reason=reason)
    tell_household(term.household, by)
    return term


def _check_once(told: Restriction) -> None:
    same = Restriction.objects.filter(
        household=told.household,
        account=told.account,
        kind=told.kind,
        instrument=told.instrument,
        asset_class=told.asset_class,
    ).not_over(told.from_day)
    for other in same:
        if told.until is None or other.from_day <= told.until:
            raise RestrictionOverlapError(
                gettext_noop("This restriction holds already, from %(first)s."),
                mend=gettext_noop("End that one first."),
                first=other.from_day.isoformat(),
            )
