"""Mandates: which model a household or an account follows, and from when."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from apps.accounts.selectors.firm_days import firm_today
from apps.clients.models import Household
from apps.compliance.selectors.risk_limits import risk_limit
from apps.core import audit, jobs, realtime
from apps.core.actors import Actor
from apps.core.services import service
from apps.core.templatetags.formats import percent_text
from apps.kernel.errors import DomainError, InvalidInputError, gettext_noop
from apps.portfolios.models import Account, AccountStatus, Mandate, ModelPortfolio
from apps.portfolios.selectors.model_portfolios import stocks_of
from apps.portfolios.selectors.targets import sleeves_of, versions_on
from apps.portfolios.services._checks import checked


class MandateOverlapError(DomainError):
    """Two mandates would hold on the same day."""

    code = "mandate_overlap"


@dataclass(frozen=True, slots=True)
class MandateTerms:
    """What is agreed. Without an account it is for all managed accounts of the household together."""

    model: ModelPortfolio
    from_day: dt.date
    until: dt.date | None = None
    account: Account | None = None
    client_approves: bool = False
    note: str = ""


@service
def give_mandate(*, household: Household, terms: MandateTerms, by: Actor) -> Mandate:
    """Have a household, or one of its accounts, follow a model. One that holds without an end ends the day before.

    Raises MandateOverlapError where another holds on one of the days, InvalidInputError for an account of another
    household, held away or closed, a model without a version in force on the first day, and a model with more stocks
    than the household's risk profile allows unless the note says why.
    """
    Household.objects.select_for_update().get(pk=household.pk)
    check_account(household, terms.account)
    _check_model(household, terms)
    mandate = Mandate(
        household=household,
        account=terms.account,
        model=terms.model,
        from_day=terms.from_day,
        until=terms.until,
        client_approves=terms.client_approves,
        note=terms.note.strip(),
    )
    _make_room(mandate, by)
    checked(mandate)
    mandate.save()
    audit.record("portfolios.give_mandate", by=by, target=mandate, after=audit.snapshot(mandate))
    tell_household(household, by)
    return mandate


@service
def end_mandate(*, mandate: Mandate, until: dt.date, by: Actor, reason: str = "") -> Mandate:
    """End a mandate after a day. Raises InvalidInputError for a day before its first or after its last."""
    locked = Mandate.objects.select_for_update(of=("self",)).select_related("household").get(pk=mandate.pk)
    check_end(locked.from_day, locked.until, until)
    before = audit.snapshot(locked)
    locked.until = until
    checked(locked)
    locked.save(update_fields=["until", "updated_at"])
    audit.record(
        "portfolios.end_mandate", by=by, target=locked, before=before, after=audit.snapshot(locked), reason=reason
    )
    tell_household(locked.household, by)
    return locked


def check_account(household: Household, account: Account | None) -> None:
    """Refuse an account that terms cannot hold for."""
    if account is None:
        return
    if account.household_id != household.pk:
        raise InvalidInputError(gettext_noop("The account belongs to another household."), field="account")
    if account.is_held_away or account.status == AccountStatus.CLOSED:
        raise InvalidInputError(
            gettext_noop("The firm does not manage this account."),
            mend=gettext_noop("Choose one that is neither held away nor closed."),
            field="account",
        )


def check_end(from_day: dt.date, last: dt.date | None, until: dt.date) -> None:
    """Refuse an end that lies outside the days of a term."""
    if until < from_day or (last is not None and until > last):
        raise InvalidInputError(
            gettext_noop("The last day lies outside the days for which this holds."),
            mend=gettext_noop("Choose a day from its first on and not after its last."),
            field="until",
        )


def tell_household(household: Household, by: Actor) -> None:
    """Say that what the household ought to hold has changed, and have it looked at anew."""
    realtime.publish(f"household:{household.public_id}", "portfolio.changed", household=str(household.public_id))
    jobs.enqueue("portfolios.watch_household", by=by, household_id=household.pk)


def _check_model(household: Household, terms: MandateTerms) -> None:
    # a model that is being retired is not given away meanwhile
    ModelPortfolio.objects.select_for_update().get(pk=terms.model.pk)
    version = versions_on([terms.model.pk], terms.from_day).get(terms.model.pk)
    if version is None:
        raise InvalidInputError(
            gettext_noop("“%(name)s” has no approved version on that day."),
            mend=gettext_noop("Choose a later day, another model, or have a version approved first."),
            field="model",
            name=terms.model.name,
        )
    limit = risk_limit(household, firm_today())
    stocks = stocks_of(sleeves_of(version))
    if limit is not None and float(stocks) > limit.max_equity_share + 1e-9 and not terms.note.strip():
        raise InvalidInputError(
            gettext_noop("The model holds %(has)s in stocks; the household's risk profile allows %(may)s."),
            mend=gettext_noop("Choose another model, or say in the note why this one is right."),
            field="model",
            has=percent_text(stocks),
            may=percent_text(limit.max_equity_share),
        )


def _make_room(mandate: Mandate, by: Actor) -> None:
    """End the one that holds without an end; refuse any other overlap."""
    others = Mandate.objects.select_for_update(of=("self",)).filter(
        household=mandate.household, account=mandate.account
    )
    for other in others.not_over(mandate.from_day):
        if other.until is None and other.from_day < mandate.from_day:
            before = audit.snapshot(other)
            other.until = mandate.from_day - dt.timedelta(days=1)
            other.save(update_fields=["until", "updated_at"])
            audit.record("portfolios.end_mandate", by=by, target=other, before=before, after=audit.snapshot(other))
        elif mandate.until is None or other.from_day <= mandate.until:
            raise MandateOverlapError(
                gettext_noop("Another mandate holds from %(first)s."),
                mend=gettext_noop("End it first, or choose other days."),
                field="from_day",
                first=other.from_day.isoformat(),
            )
