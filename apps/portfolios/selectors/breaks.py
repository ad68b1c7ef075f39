"""Breaks in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import QuerySet
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from apps.core.actors import Actor
from apps.core.passports import Amount
from apps.core.templatetags.formats import number_text
from apps.portfolios.models import ReconciliationBreak, TransactionKind

KINDS = {
    "not_in_book": _("Not in our book"),
    "not_at_custodian": _("Not at the custodian"),
    "quantity": _("Quantity"),
    "price": _("Price"),
    "value": _("Value"),
    "cash": _("Cash"),
    "lots": _("Cost of tax lots"),
    "lot_quantity": _("Quantity of tax lots"),
}
# what is told in money; all else is a quantity
MONEY_KINDS = frozenset({"cash", "value", "price", "lots"})
CAUSES = {
    "unsettled_trade": _("A trade that has not settled yet"),
    "missing_trade": _("A trade that our book lacks"),
    "missing_split": _("A split that our book lacks"),
    "missing_reinvestment": _("A reinvested dividend that our book lacks"),
    "missing_transfer": _("A transfer that our book lacks"),
    "missing_income": _("Interest or a dividend that our book lacks"),
    "missing_fee": _("A fee that our book lacks"),
    "missing_cash_flow": _("A deposit or withdrawal that our book lacks"),
    "duplicate_entry": _("An entry that stands twice"),
    "stale_price": _("Our price is older than theirs"),
    "priced_per_hundred": _("They price per hundred of face value"),
    "custodian_arithmetic": _("Their price times their quantity is not their value"),
    "other_quantity": _("The holding differs as a whole: mend its position first"),
    "unknown_cost": _("Lots that came in without their cost"),
    "other_dates": _("Lots of other days of acquisition"),
    "other_cost": _("Lots of the same days at another cost"),
    "unknown": _("Nothing that we recognise"),
}


@dataclass(frozen=True, slots=True)
class BreakRow:
    """One break in words, with the entry that would mend it."""

    row: ReconciliationBreak
    what: str
    cause: str
    proposal: str
    proposed: Amount | None
    is_money: bool
    difference: Decimal


def open_breaks(actor: Actor) -> QuerySet[ReconciliationBreak]:
    """Return the open breaks the actor may see, the oldest statement first."""
    rows = ReconciliationBreak.objects.visible_to(actor).open()
    return rows.select_related("account__household", "instrument", "statement").order_by("statement__as_of", "id")


def break_rows(rows: Sequence[ReconciliationBreak]) -> list[BreakRow]:
    """Put breaks into words."""
    return [
        BreakRow(
            row=row,
            what=str(KINDS.get(row.kind, row.kind)),
            cause=str(CAUSES.get(row.cause, row.cause)),
            proposal=_proposal(row),
            proposed=proposed_amount(row),
            is_money=row.kind in MONEY_KINDS,
            difference=(row.theirs or Decimal(0)) - (row.ours or Decimal(0)),
        )
        for row in rows
    ]


def _proposal(row: ReconciliationBreak) -> str:
    told = row.proposal
    if not told:
        return ""
    if told.get("reverses"):
        return gettext("Take one of the two entries back")
    if told.get("lots"):
        n = len(told["lots"])
        return ngettext("Take the custodian's lot over", "Take the custodian's %(n)s lots over", n) % {"n": n}
    parts = [str(dict(TransactionKind.choices).get(told["kind"], told["kind"]))]
    if told.get("quantity"):
        parts.append(number_text(Decimal(told["quantity"])))
    if row.instrument:
        parts.append(str(row.instrument))
    if told.get("split"):
        parts.append(gettext("%(new)s for %(old)s") % dict(zip(("new", "old"), told["split"], strict=True)))
    return " ".join(parts)


def proposed_amount(row: ReconciliationBreak) -> Amount | None:
    """Return what the entry that would mend the break brings or takes; None where it moves no cash."""
    told = row.proposal
    if not told or told.get("reverses") or told.get("lots") or not told.get("amount"):
        return None
    return Amount.of_money(Decimal(told["amount"]), told.get("currency", "USD"))
