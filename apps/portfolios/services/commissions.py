"""Schedules of commissions: what was agreed with a custodian, from a day on."""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict, dataclass
from decimal import Decimal

from apps.core import audit
from apps.core.actors import Actor
from apps.core.services import service
from apps.kernel.errors import InvalidInputError, gettext_noop
from apps.portfolios.models import CommissionSchedule
from apps.portfolios.selectors.commissions import terms_of
from apps.portfolios.services._checks import checked

NOTHING = Decimal(0)


@dataclass(frozen=True, slots=True)
class ScheduleTerms:
    """What a trade costs at a custodian, and where that is agreed; `kind` empty is for all securities not named."""

    custodian: str
    starts_on: dt.date
    source: str
    kind: str = ""
    per_trade: Decimal = NOTHING
    per_share: Decimal = NOTHING
    rate: Decimal = NOTHING
    least: Decimal = NOTHING
    most: Decimal | None = None
    allowance: Decimal = NOTHING


@service
def set_commissions(*, terms: ScheduleTerms, by: Actor) -> CommissionSchedule:
    """Keep a schedule; the one before it holds for the days before.

    Raises InvalidInputError without a source, for a number that cannot be, or a second schedule from the same day.
    """
    if not terms.source.strip():
        raise InvalidInputError(gettext_noop("Say where the commission is agreed."), field="source")
    row = CommissionSchedule(**asdict(terms), set_by=by.label[:200])
    row.custodian, row.source = terms.custodian.strip(), terms.source.strip()
    checked(row)
    terms_of(row)  # the engine refuses terms that contradict themselves
    row.save()
    audit.record("portfolios.set_commissions", by=by, target=row, after=audit.snapshot(row))
    return row
