"""Which households hold something whose value is older than the firm's limits."""

from __future__ import annotations

import datetime as dt
import uuid
from collections import Counter
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q, Subquery, Sum

from apps.core.actors import Actor
from apps.market.models import Price
from apps.portfolios.models import Instrument, InstrumentPrice, Transaction
from apps.portfolios.selectors.value_ages import ValueAge, age_limits, stated_ages


@dataclass(frozen=True, slots=True)
class OldValues:
    """A household and how many of its holdings were last valued too long ago."""

    household_id: uuid.UUID
    household: str
    number: int


def old_values(actor: Actor, day: dt.date, of_household: Q | None = None) -> list[OldValues]:
    """Return the households that the actor may see with old values on the day, the most of them first.

    A fixed number of queries; what was never valued is not old, it is without a price.
    """
    old = _old_instruments(day)
    if not old:
        return []
    entries = Transaction.objects.visible_to(actor).traded_by(day).filter(of_household or Q(), instrument__in=old)
    held = (
        entries.order_by()
        .values("account__household__public_id", "account__household__name", "instrument")
        .annotate(units=Sum("units"))
        .exclude(units=0)
    )
    counted = Counter((row["account__household__public_id"], row["account__household__name"]) for row in held)
    found = [OldValues(public_id, name, number) for (public_id, name), number in counted.items()]
    return sorted(found, key=lambda each: (-each.number, each.household))


def _old_instruments(day: dt.date) -> list[int]:
    limits = age_limits()
    prices = Price.objects.filter(security=OuterRef("master"), day__lte=day).order_by("-day")
    own = InstrumentPrice.objects.filter(instrument=OuterRef("pk"), day__lte=day).order_by("-day")
    held = Exists(Transaction.objects.filter(instrument=OuterRef("pk")))
    rows = list(
        Instrument.objects.filter(held).annotate(
            of_market=Subquery(prices.values("day")[:1]), of_firm=Subquery(own.values("day")[:1])
        )
    )
    stated = stated_ages(rows, day)
    found = []
    for row in rows:
        age, valued_on = stated.get(row.pk, (ValueAge.LISTED, row.of_market))
        if limits.is_old(age, valued_on or (row.of_firm if row.pk in stated else None), day):
            found.append(row.pk)
    return found
