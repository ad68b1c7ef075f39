"""What calculators of money begin with, and how their answers are told."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from apps.clients.models import Household
from apps.core.templatetags.charts import ChartSpec
from apps.kernel.money import Money
from apps.money.engine.amortisation import Schedule
from apps.money.engine.refinancing import Refinancing
from apps.money.engine.rent_or_buy import RentOrBuy
from apps.money.selectors.situations import household_facts


@dataclass(frozen=True, slots=True)
class AnswerLine:
    """One number of an answer; a day stands in `day` instead of `value`."""

    label: str
    value: Money | Decimal | int | None = None
    kind: str = "money"
    style: str = ""
    day: dt.date | None = None
    is_main: bool = False


@dataclass(frozen=True, slots=True)
class Told:
    """An answer: its lines, a chart where years matter, and how it was made."""

    lines: tuple[AnswerLine, ...]
    method: str
    chart: ChartSpec | None = None


def loan_start(household: Household, on: dt.date) -> dict[str, Any]:
    """Return the household's largest debt as a loan calculator asks it, else a round example; rates in per cent."""
    debts = sorted(household_facts(household, on).debts, key=lambda debt: debt.balance, reverse=True)
    if not debts or debts[0].balance <= 0:
        return {"principal": Decimal(300_000), "annual_rate": "6.5", "years": 30}
    debt = debts[0]
    return {
        "principal": debt.balance,
        "annual_rate": f"{(100 * debt.annual_rate).normalize():f}",
        "years": _years_left(debt.balance, debt.annual_rate, debt.monthly_payment),
    }


def interest_lines(answer: Any, currency: str) -> Told:
    """Tell what saving comes to."""
    lines = (
        AnswerLine(_("At the end"), Money(answer.end, currency), style="whole", is_main=True),
        AnswerLine(_("Paid in"), Money(answer.paid_in, currency), style="whole"),
        AnswerLine(_("Interest"), Money(answer.interest, currency), style="whole"),
        AnswerLine(_("A year's growth at this rate"), answer.effective, "percent", "2"),
    )
    method = _("Interest is compounded monthly and paid in at each month's end. Before taxes; not less inflation.")
    return Told(lines, method)


def loan_lines(plain: Schedule, quick: Schedule, currency: str) -> Told:
    """Tell what a loan costs."""
    lines = [
        AnswerLine(_("Payment a month"), Money(plain.level, currency), style="exact", is_main=True),
        AnswerLine(_("Interest in all"), Money(plain.interest, currency), style="whole"),
        AnswerLine(_("Last payment"), day=plain.ends_on),
    ]
    if quick is not plain:
        lines += [
            AnswerLine(
                _("Interest saved by paying more"), Money(plain.interest - quick.interest, currency), "money", "whole"
            ),
            AnswerLine(_("Last payment then"), day=quick.ends_on),
            AnswerLine(_("Payments fewer"), len(plain.payments) - len(quick.payments), "count"),
        ]
    return Told(tuple(lines), _("Interest of each month is rounded to the cent; the last payment is what is left."))


def refinancing_lines(answer: Refinancing, currency: str) -> Told:
    """Tell what a new loan in place of an old one does."""
    lines = (
        AnswerLine(_("Saved in all, after the costs"), Money(answer.saved, currency), style="whole", is_main=True),
        AnswerLine(_("Payment a month now"), Money(answer.old.level, currency), style="exact"),
        AnswerLine(_("Payment a month then"), Money(answer.new.level, currency), style="exact"),
        AnswerLine(_("Interest in all now"), Money(answer.old.interest, currency), style="whole"),
        AnswerLine(_("Interest in all then"), Money(answer.new.interest, currency), style="whole"),
        AnswerLine(_("Costs made up for by lower payments on"), day=answer.paid_back_on),
        AnswerLine(_("Costs made up for by less interest on"), day=answer.ahead_on),
    )
    method = _("Both loans to the cent, payment by payment, to the end of the longer one; the costs are paid in cash.")
    return Told(lines, method)


def rent_or_buy_lines(answer: RentOrBuy, currency: str, on: dt.date) -> Told:
    """Tell who has more."""
    last = answer.ends[-1]
    who = _("Buying leaves more at the end") if answer.advantage >= 0 else _("Renting leaves more at the end")
    ahead = answer.ahead_after
    lines = (
        AnswerLine(who, Money(abs(answer.advantage), currency), style="whole", is_main=True),
        AnswerLine(_("The owner has at the end"), Money(last.owner, currency), style="whole"),
        AnswerLine(_("The renter has at the end"), Money(last.renter, currency), style="whole"),
        AnswerLine(_("The owner's first month"), Money(answer.owner_month, currency), style="whole"),
        AnswerLine(_("of which the mortgage"), Money(answer.level, currency), style="exact"),
        AnswerLine(_("Buying is ahead from the year"), ahead, "count"),
    )
    method = _(
        "Both spend the same: who pays less for the home in a month puts the difference aside. The home is sold at the "
        "end. Income tax, its deductions and moving are not counted."
    )
    return Told(lines, method, _sides(answer, who, currency, on))


def _sides(answer: RentOrBuy, title: str, currency: str, on: dt.date) -> ChartSpec:
    ends = answer.ends
    owner: Sequence[float | None] = [float(end.owner) for end in ends]
    renter: Sequence[float | None] = [float(end.renter) for end in ends]
    return ChartSpec(
        kind="lines",
        title=title,
        unit=_("Wealth in %(currency)s if the stay ended after so many years") % {"currency": currency},
        format="money",
        currency=currency,
        as_of=on.isoformat(),
        x={"label": _("Years"), "values": [end.year for end in ends]},
        series=[
            {"name": _("Owner"), "values": list(owner), "meaning": "main"},
            {"name": _("Renter"), "values": list(renter), "meaning": "target"},
        ],
    )


def _years_left(balance: Decimal, annual_rate: Decimal, payment: Decimal) -> int:
    """Whole years, rounded up, until a level payment has repaid a debt; thirty where it never does."""
    months, owed = 0, balance
    while owed > 0 and months < 360:
        owed, months = owed * (1 + annual_rate / 12) - payment, months + 1
        if owed >= balance:
            return 30
    return max(1, -(-months // 12))
