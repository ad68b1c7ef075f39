"""Standing orders and rates of tax as pages show them."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass

from django.utils.translation import gettext

from apps.accounts.policies import Permission
from apps.clients.models import Household
from apps.core.actors import Actor
from apps.core.passports import Amount, Passport, PassportLine
from apps.core.templatetags.formats import date_text
from apps.kernel.errors import NotFoundError, gettext_noop
from apps.portfolios.models import Account, LotElection, TaxRate
from apps.portfolios.selectors.lot_rules import tax_rate_on

SHORT, LONG = "short", "long"


@dataclass(frozen=True, slots=True)
class RatesPage:
    """Rates by day, newest first, and which of them hold today; `of_firm` are shown where a household has none."""

    rows: tuple[TaxRate, ...]
    now: TaxRate | None
    as_of: dt.date


def rates_page(household: Household | None, day: dt.date) -> RatesPage:
    """Return the rates of a household, or of the firm (None)."""
    if household is None:
        rows = tuple(TaxRate.objects.of_firm())
        return RatesPage(rows, next((row for row in rows if row.holds_on(day)), None), day)
    return RatesPage(tuple(household.tax_rates.all()), tax_rate_on(household.pk, day), day)


def rate_for(actor: Actor, public_id: uuid.UUID | str, *, for_change: bool = False) -> TaxRate:
    """Return a rate the actor may see; to change one of the firm's takes who manages the firm.

    Raises NotFoundError otherwise.
    """
    rate = TaxRate.objects.visible_to(actor).select_related("household").filter(public_id=public_id).first()
    of_firm = rate is not None and rate.household_id is None
    if rate is None or (for_change and of_firm and not actor.can(Permission.MANAGE_FIRM)):
        raise NotFoundError(gettext_noop("There are no such rates."))
    return rate


def election_for(actor: Actor, public_id: uuid.UUID | str) -> LotElection:
    """Return a standing order of an account the actor may see; raise NotFoundError otherwise."""
    accounts = Account.objects.visible_to(actor)
    found = LotElection.objects.filter(account__in=accounts, public_id=public_id).select_related("account").first()
    if found is None:
        raise NotFoundError(gettext_noop("There is no such lot method."))
    return found


def rate_passport(rate: TaxRate, figure: str) -> Passport:
    """Return where a rate comes from. Raises NotFoundError for another figure."""
    if figure not in {SHORT, LONG}:
        raise NotFoundError(gettext_noop("There is no such figure."))
    titles = {SHORT: gettext("Short-term rate"), LONG: gettext("Long-term rate")}
    value = rate.short if figure == SHORT else rate.long
    whose = rate.household.name if rate.household else gettext("Households without rates of their own")
    return Passport(
        title=titles[figure],
        value=Amount(value, "percent", "2"),
        method=gettext("As it was given: what a further dollar of such gain is taxed with, all levels together."),
        as_of=rate.starts_on,
        source=rate.reason,
        lines=(
            PassportLine(whose, gettext("from %(day)s") % {"day": date_text(rate.starts_on)}, None),
            PassportLine(titles[SHORT], "", Amount(rate.short, "percent", "2")),
            PassportLine(titles[LONG], "", Amount(rate.long, "percent", "2")),
        ),
    )
