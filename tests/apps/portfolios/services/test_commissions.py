"""Schedules of commissions: kept, dated, and refused where they cannot be."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from apps.accounts.models import User
from apps.core.models import AuditEvent
from apps.kernel.errors import InvalidInputError
from apps.portfolios.models import CommissionSchedule
from apps.portfolios.selectors.commissions import in_force, schedules_for, terms_text
from apps.portfolios.services.commissions import ScheduleTerms, set_commissions

DAY, LATER = dt.date(2026, 1, 2), dt.date(2026, 7, 1)
D = Decimal


def kept(paul: User, **terms: object) -> CommissionSchedule:
    told = {"custodian": "Example", "starts_on": DAY, "source": "Agreement, annex 2", **terms}
    return set_commissions(terms=ScheduleTerms(**told), by=paul.as_actor())


def test_the_schedule_of_the_kind_goes_before_that_of_all_others(paul: User, ada: User, clay: User) -> None:
    usual, funds = kept(paul, per_trade=D(0)), kept(paul, kind="mutual_fund", per_trade=D(20), most=D(50))
    later = kept(paul, per_share=D("0.005"), least=D(1), starts_on=LATER)
    rows = schedules_for(ada.as_actor())
    asked = [("stock", DAY), ("mutual_fund", LATER), ("stock", LATER), ("stock", DAY - dt.timedelta(days=1))]
    assert [in_force(rows, "Example", kind, day) for kind, day in asked] == [usual, funds, later, None]
    assert in_force(rows, "Another", "stock", DAY) is None
    assert schedules_for(clay.as_actor()) == []
    assert (terms_text(usual), terms_text(funds)) == ("nothing", "20 per trade, at most 50")
    assert terms_text(later) == "0.005 per share, at least 1"
    assert AuditEvent.objects.filter(action="portfolios.set_commissions").count() == 3


@pytest.mark.parametrize(
    ("terms", "field"),
    [
        ({"source": " "}, "source"),
        ({"per_trade": D(-1)}, "per_trade"),
        ({"least": D(2), "most": D(1)}, "least"),
        ({"kind": "nothing"}, "kind"),
        ({"custodian": " "}, "custodian"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_kept(paul: User, terms: dict[str, object], field: str) -> None:
    with pytest.raises(InvalidInputError) as refused:
        kept(paul, **terms)
    assert refused.value.field == field
    assert not CommissionSchedule.objects.exists()
    assert not AuditEvent.objects.filter(action="portfolios.set_commissions").exists()


def test_a_day_has_one_schedule(paul: User) -> None:
    kept(paul)
    with pytest.raises(InvalidInputError, match="from this day already"):
        kept(paul, per_trade=D(1))
    assert CommissionSchedule.objects.count() == 1
