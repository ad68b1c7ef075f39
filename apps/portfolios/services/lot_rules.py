"""Standing orders: which lots an account sells from a day on."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from apps.accounts.selectors.firm_days import firm_today
from apps.core import audit
from apps.core.actors import Actor
from apps.core.services import service
from apps.kernel.errors import InvalidInputError, gettext_noop
from apps.market.services.sessions import settles_on
from apps.portfolios.models import Account, ElectionScope, LotElection, LotMethod
from apps.portfolios.selectors.books import account_book
from apps.portfolios.selectors.lot_rules import dated_rates
from apps.portfolios.services._checks import checked


@dataclass(frozen=True, slots=True)
class MethodTerms:
    """A method, for what, from which day, and why or by whose order.

    `given_on` is when the custodian had the order, today where it is given now.
    """

    method: str
    starts_on: dt.date
    reason: str
    scope: str = ElectionScope.ALL
    given_on: dt.date | None = None


@service
def elect_lot_method(*, account: Account, terms: MethodTerms, by: Actor) -> LotElection:
    """Give an account its lot method from a day on; the books of sales from that day follow.

    Lots are identified no later than a sale settles (Treas. Reg. 1.1012-1(c)(8)): an order holds for sales that had not
    settled when it was given, never for those before. One that was given long ago may be recorded now.

    Raises InvalidInputError without a reason, for a day before the account was opened, a day on which sales had settled
    before the order was given, a second method from one day, average cost of anything but mutual funds, and the least
    tax without rates from that day.
    """
    locked = Account.objects.select_for_update().get(pk=account.pk)
    if not terms.reason.strip():
        raise InvalidInputError(gettext_noop("A lot method needs a reason: whose order it is."), field="reason")
    if locked.opened_on is not None and terms.starts_on < locked.opened_on:
        raise InvalidInputError(gettext_noop("The account was not open on this day."), field="starts_on")
    given_on = terms.given_on or firm_today()
    _demand_in_time(terms.starts_on, given_on)
    if terms.method == LotMethod.AVERAGE and terms.scope != ElectionScope.FUNDS:
        raise InvalidInputError(
            gettext_noop("Average cost is for mutual funds alone."),
            mend=gettext_noop("Choose “Mutual funds alone”, or another method."),
            field="scope",
        )
    if terms.method == LotMethod.MINIMUM_TAX:
        _demand_rates(locked, terms.starts_on)
    election = LotElection(
        account=locked,
        scope=terms.scope,
        method=terms.method,
        starts_on=terms.starts_on,
        given_on=given_on,
        reason=terms.reason.strip(),
    )
    checked(election)
    election.save()
    audit.record("portfolios.elect_lot_method", by=by, target=election, after=audit.snapshot(election))
    account_book(locked, firm_today())
    return election


@service
def withdraw_lot_method(*, election: LotElection, reason: str, by: Actor) -> None:
    """Take a standing order back as if it had never been given; it stays on the trail.

    Raises InvalidInputError without a reason.
    """
    if not reason.strip():
        raise InvalidInputError(gettext_noop("Taking it back needs a reason."), field="reason")
    account = Account.objects.select_for_update().get(pk=election.account_id)
    before = audit.snapshot(election)
    audit.record("portfolios.withdraw_lot_method", by=by, target=election, before=before, after={}, reason=reason)
    LotElection.objects.filter(pk=election.pk).delete()
    account_book(account, firm_today())


def _demand_in_time(starts_on: dt.date, given_on: dt.date) -> None:
    if given_on > firm_today():
        raise InvalidInputError(gettext_noop("The order cannot have been given in the future."), field="given_on")
    if starts_on < given_on and settles_on(starts_on) < given_on:
        raise InvalidInputError(
            gettext_noop("Sales of %(day)s had settled when the order was given: the lots of a settled sale stand."),
            mend=gettext_noop("Let it begin on the day it was given, or say when the custodian had it."),
            field="starts_on",
            day=starts_on,
        )


def _demand_rates(account: Account, day: dt.date) -> None:
    if not any(each.starts_on <= day for each in dated_rates(account.household_id)):
        raise InvalidInputError(
            gettext_noop("The least tax needs the tax rates of the household, and there are none on %(day)s."),
            mend=gettext_noop("Give the firm's or the household's rates from this day or an earlier one first."),
            field="method",
            day=day,
        )
