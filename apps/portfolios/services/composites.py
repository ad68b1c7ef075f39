"""Composites: defined, and which accounts belong to them from when to when."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db import models

from apps.core import audit
from apps.core.actors import Actor
from apps.core.services import service
from apps.kernel.errors import InvalidInputError, gettext_noop
from apps.portfolios.models import Account, Benchmark, Composite, CompositeMember
from apps.portfolios.services._checks import checked

ONE_DAY = dt.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class CompositeTerms:
    """What a composite is."""

    name: str
    definition: str
    inception: dt.date
    currency: str = "USD"
    benchmark: Benchmark | None = None


@service
def define_composite(*, terms: CompositeTerms, by: Actor) -> Composite:
    """Define a composite. Raises InvalidInputError for a taken name, no definition, or a day within a month."""
    _demand_first(terms.inception, "inception")
    row = Composite(
        name=terms.name.strip(),
        definition=terms.definition.strip(),
        inception=terms.inception,
        currency=terms.currency,
        benchmark=terms.benchmark,
    )
    checked(row)
    row.save()
    audit.record("portfolios.define_composite", by=by, target=row, after=audit.snapshot(row))
    return row


@service
def add_member(
    *, composite: Composite, account: Account, starts_on: dt.date, discretion: str, by: Actor
) -> CompositeMember:
    """Take an account into a composite from the first day of a month on.

    Raises InvalidInputError for one that the firm does not manage or that is a member already, for another currency,
    or a day that begins no month or comes before the composite.
    """
    composite = Composite.objects.select_for_update().get(pk=composite.pk)
    _demand_first(starts_on, "starts_on")
    if account.is_held_away:
        raise InvalidInputError(
            gettext_noop("The firm does not manage this account, so it has no discretion."), field="account"
        )
    if account.currency != composite.currency:
        raise InvalidInputError(gettext_noop("The account is kept in another currency."), field="account")
    if starts_on < composite.inception:
        raise InvalidInputError(
            gettext_noop("The composite begins on %(day)s."), field="starts_on", day=composite.inception
        )
    standing = composite.members.filter(account=account).filter(
        models.Q(ends_on=None) | models.Q(ends_on__gte=starts_on)
    )
    if standing.exists():
        raise InvalidInputError(gettext_noop("The account is a member already."), field="account")
    row = CompositeMember(composite=composite, account=account, starts_on=starts_on, discretion=discretion.strip())
    checked(row)
    row.save()
    audit.record("portfolios.add_composite_member", by=by, target=row, after=audit.snapshot(row))
    return row


@service
def end_member(*, member: CompositeMember, ends_on: dt.date, reason: str, by: Actor) -> CompositeMember:
    """Let an account leave a composite at the end of a month; its past stays in the record.

    Raises InvalidInputError for a day that ends no month, without a reason, or before it came.
    """
    member = CompositeMember.objects.select_for_update().get(pk=member.pk)
    if (ends_on + ONE_DAY).day != 1:
        raise InvalidInputError(gettext_noop("An account leaves at the end of a month."), field="ends_on")
    if not reason.strip():
        raise InvalidInputError(gettext_noop("Say why the account leaves."), field="reason")
    before = audit.snapshot(member)
    member.ends_on, member.ended_because = ends_on, reason.strip()
    checked(member)
    member.save(update_fields=["ends_on", "ended_because", "updated_at"])
    after = audit.snapshot(member)
    audit.record("portfolios.end_composite_member", by=by, target=member, before=before, after=after)
    return member


def _demand_first(day: dt.date, field: str) -> None:
    if day.day != 1:
        raise InvalidInputError(
            gettext_noop("Composites count whole months."),
            mend=gettext_noop("Choose the first day of a month."),
            field=field,
        )
