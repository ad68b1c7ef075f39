"""Rates of tax by which lots are chosen and taxes estimated."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from apps.clients.models import Household
from apps.core import audit
from apps.core.actors import Actor
from apps.core.services import service
from apps.kernel.errors import DomainError, InvalidInputError, gettext_noop
from apps.portfolios.models import LotElection, LotMethod, TaxRate
from apps.portfolios.selectors.lot_rules import dated_rates
from apps.portfolios.services._checks import checked


class RatesInUseError(DomainError):
    """An account sells for the least tax by these rates."""

    code = "rates_in_use"


@dataclass(frozen=True, slots=True)
class RateTerms:
    """What a further dollar of short and of long gain is taxed with, as fractions, from a day on, and why."""

    short: Decimal
    long: Decimal
    starts_on: dt.date
    reason: str


@service
def set_tax_rates(*, household: Household | None, terms: RateTerms, by: Actor) -> TaxRate:
    """Give a household, or all that have none (None), their rates from a day on.

    Raises InvalidInputError without a reason, for a rate below zero or above one, or a second one from the same day.
    """
    if not terms.reason.strip():
        raise InvalidInputError(gettext_noop("Rates need a reason: where they come from."), field="reason")
    rate = TaxRate(
        household=household,
        short=terms.short,
        long=terms.long,
        starts_on=terms.starts_on,
        reason=terms.reason.strip(),
    )
    checked(rate)
    rate.save()
    audit.record("portfolios.set_tax_rates", by=by, target=rate, after=audit.snapshot(rate))
    return rate


@service
def withdraw_tax_rates(*, rate: TaxRate, reason: str, by: Actor) -> None:
    """Take rates back as if they had never been given; they stay on the trail.

    Raises InvalidInputError without a reason, RatesInUseError when an account that sells for the least tax would be
    left without rates.
    """
    if not reason.strip():
        raise InvalidInputError(gettext_noop("Taking it back needs a reason."), field="reason")
    before = audit.snapshot(rate)
    audit.record("portfolios.withdraw_tax_rates", by=by, target=rate, before=before, after={}, reason=reason)
    household = rate.household_id
    TaxRate.objects.filter(pk=rate.pk).delete()
    orders = LotElection.objects.filter(method=LotMethod.MINIMUM_TAX).select_related("account")
    for order in orders if household is None else orders.filter(account__household=household):
        if not any(each.starts_on <= order.starts_on for each in dated_rates(order.account.household_id)):
            raise RatesInUseError(
                gettext_noop("The account %(account)s sells for the least tax and would have no rates."),
                mend=gettext_noop("Give other rates first, or change the lot method of the account."),
                account=order.account.name,
            )
