"""What trades should have cost by the custodians' schedules, and what they cost."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext

from apps.core.actors import Actor
from apps.portfolios.engine.commissions import CommissionTerms, commission, is_as_agreed
from apps.portfolios.models import Account, CommissionSchedule, ProposedTrade, TradeProposal

NOTHING = Decimal(0)


@dataclass(frozen=True, slots=True)
class FeeCheck:
    """A line that was executed: what was charged and what is agreed, None without a schedule."""

    line: ProposedTrade
    charged: Decimal
    agreed: Decimal | None
    schedule: CommissionSchedule | None
    holds: bool


def schedules_for(actor: Actor) -> list[CommissionSchedule]:
    """Return all schedules, by custodian, the newest first."""
    return list(CommissionSchedule.objects.visible_to(actor))


def custodians_known() -> list[str]:
    """Return the custodians of the firm's accounts."""
    rows = Account.objects.exclude(custodian="").order_by("custodian").values_list("custodian", flat=True)
    return list(rows.distinct())


def terms_text(schedule: CommissionSchedule) -> str:
    """Say the terms of a schedule in one line."""
    told = [
        (schedule.per_trade, gettext("%(number)s per trade")),
        (schedule.per_share, gettext("%(number)s per share")),
        (schedule.rate * 100, gettext("%(number)s per cent of the amount")),
        (schedule.least, gettext("at least %(number)s")),
        (schedule.most, gettext("at most %(number)s")),
        (schedule.allowance, gettext("up to %(number)s on top")),
    ]
    parts = [words % {"number": f"{number.normalize():f}"} for number, words in told if number]
    return ", ".join(parts) or gettext("nothing")


def terms_of(schedule: CommissionSchedule) -> CommissionTerms:
    """Return a schedule for the engine."""
    return CommissionTerms(
        schedule.per_trade, schedule.per_share, schedule.rate, schedule.least, schedule.most, schedule.allowance
    )


def fee_checks(proposal: TradeProposal) -> list[FeeCheck]:
    """Return each executed line of a proposal with its charge held against the schedule of its day."""
    lines = proposal.lines.select_related("account", "instrument", "share__order").prefetch_related(
        "share__order__fills"
    )
    done = [line for line in lines.order_by("pk") if line.filled_quantity]
    schedules = list(CommissionSchedule.objects.filter(custodian__in={line.account.custodian for line in done}))
    return [_checked(line, schedules) for line in done]


def _checked(line: ProposedTrade, schedules: Iterable[CommissionSchedule]) -> FeeCheck:
    day = max(fill.day for fill in line.share.order.fills.all())
    charged = line.filled_fees or NOTHING
    found = in_force(schedules, line.account.custodian, line.instrument.kind, day)
    if found is None:
        return FeeCheck(line, charged, None, None, holds=False)
    terms, quantity, amount = terms_of(found), line.filled_quantity or NOTHING, line.filled_amount or NOTHING
    agreed = commission(terms, quantity, amount)
    return FeeCheck(line, charged, agreed, found, is_as_agreed(terms, quantity, amount, charged))


def in_force(
    schedules: Iterable[CommissionSchedule], custodian: str, kind: str, day: dt.date
) -> CommissionSchedule | None:
    """Return the schedule of a custodian on a day: that of the kind of security, else that of all others."""
    began = [each for each in schedules if each.custodian == custodian and each.starts_on <= day]
    own = [each for each in began if each.kind == kind] or [each for each in began if not each.kind]
    return max(own, key=lambda each: each.starts_on, default=None)
