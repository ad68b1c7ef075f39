"""The prices of a manual asset: what was stated, carried forward by what moved since."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from apps.kernel.errors import InvalidInputError, gettext_noop
from apps.portfolios.engine.private_funds import carried_values
from apps.portfolios.models import InstrumentPrice, ManualAsset
from apps.portfolios.selectors.asset_rows import booked_flows, standing_marks

PRICE_STEP = Decimal("0.000001")
LARGEST_PRICE = Decimal(10) ** 12  # 12 digits before the point are kept of a price
STATED, CARRIED = "Appraisal", "Last statement and what moved since"


def keep_prices_of(asset: ManualAsset) -> None:
    """Write the price of one unit on each day on which the value changes; what is no longer so goes.

    A day before anything was held has no price. Raises InvalidInputError for a value that no price of a unit can hold.
    """
    marks = standing_marks(asset)
    values = carried_values(marks, booked_flows(asset)) if asset.is_fund else marks
    stated = {mark.day for mark in marks}
    units = _UnitsByDay(asset)
    wanted = {mark.day: (mark.value / held).quantize(PRICE_STEP) for mark in values if (held := units.on(mark.day))}
    for day, close in wanted.items():
        if close >= LARGEST_PRICE:
            raise InvalidInputError(
                gettext_noop("The value of %(day)s is too large beside what was called by then to be kept per unit."),
                mend=gettext_noop("Correct the value, the calls before it or the commitment."),
                field="value",
                day=day.isoformat(),
            )
    rows = {row.day: row for row in InstrumentPrice.objects.filter(instrument=asset.instrument)}
    InstrumentPrice.objects.filter(pk__in=[row.pk for day, row in rows.items() if day not in wanted]).delete()
    added: list[InstrumentPrice] = []
    changed: list[InstrumentPrice] = []
    for day, close in wanted.items():
        row = rows.get(day, InstrumentPrice(instrument=asset.instrument, day=day))
        told = (close, STATED if day in stated else CARRIED)
        if (row.close, row.source) != told:
            row.close, row.source = told
            (changed if day in rows else added).append(row)
    InstrumentPrice.objects.bulk_create(added)
    InstrumentPrice.objects.bulk_update(changed, ["close", "source"])


class _UnitsByDay:
    """What is held of the asset at the close of any day."""

    def __init__(self, asset: ManualAsset) -> None:
        rows = asset.account.transactions.standing().filter(instrument=asset.instrument).order_by("trade_date")
        self.moves = list(rows.values_list("trade_date", "units"))

    def on(self, day: dt.date) -> Decimal:
        """Return the units."""
        return sum((units for on, units in self.moves if on <= day), Decimal(0))
