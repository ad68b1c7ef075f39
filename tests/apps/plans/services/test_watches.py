import datetime as dt
from decimal import Decimal

import pytest
from django.db import DatabaseError

from apps.core.models import AuditEvent
from apps.kernel.errors import InvalidInputError
from apps.notices.models import Mail
from apps.plans.models import PlanStep, StepOwner
from apps.plans.selectors.contribution_months import contribution_passport, watch_lines
from apps.plans.services import watches
from apps.plans.services.errors import StepNotPossibleError
from apps.plans.services.watches import change_watch, judge_contributions, stop_watch
from tests.factories import plans, portfolios

JUNE, AUGUST_6 = dt.date(2026, 6, 1), dt.date(2026, 8, 6)


@pytest.fixture
def watch(ada):
    return plans.watched(ada, Decimal(400), JUNE)


def arrived(watch, ada, day, cash):
    return portfolios.entry(watch.account, ada, "deposit", day, cash=cash)


def test_a_month_without_its_contribution_becomes_a_step_and_one_mail(ada, watch, system):
    arrived(watch, ada, dt.date(2026, 6, 30), "400")
    arrived(watch, ada, dt.date(2026, 7, 2), "150")
    assert judge_contributions(on=AUGUST_6, by=system) == 1
    step = PlanStep.objects.get(code__startswith="missed")
    assert (step.owner, step.due_on) == (StepOwner.ADVISOR, AUGUST_6 + watches.ASK_WITHIN)
    mail = Mail.objects.get(kind="plans/contribution_missed")
    assert mail.to == ada.email
    assert "July 2026" in mail.text
    assert "$150.00" in mail.text
    watch.refresh_from_db()
    assert watch.judged_through == dt.date(2026, 7, 1)
    assert AuditEvent.objects.filter(action="plans.miss_contribution").count() == 1


def test_a_month_is_judged_once_and_not_before_late_entries_have_come(ada, watch, system):
    arrived(watch, ada, dt.date(2026, 6, 3), "400")
    assert judge_contributions(on=dt.date(2026, 8, 5), by=system) == 0
    assert judge_contributions(on=AUGUST_6, by=system) == 1
    assert judge_contributions(on=AUGUST_6, by=system) == 0
    assert Mail.objects.filter(kind="plans/contribution_missed").count() == 1


def test_what_was_taken_back_or_came_to_another_account_does_not_count(ada, watch, system):
    from apps.portfolios.services.transactions import reverse_transaction

    entry = arrived(watch, ada, dt.date(2026, 6, 3), "400")
    reverse_transaction(transaction=entry, reason="Booked twice", by=ada.as_actor())
    other = portfolios.account(watch.household, ada, name="Other", number="77-1")
    portfolios.entry(other, ada, "deposit", dt.date(2026, 6, 3), cash="400")
    assert judge_contributions(on=dt.date(2026, 7, 6), by=system) == 1


def test_another_amount_is_expected_from_another_month_on(ada, watch, system):
    change_watch(watch=watch, monthly_amount=Decimal(100), first_month=dt.date(2026, 7, 15), by=ada.as_actor())
    arrived(watch, ada, dt.date(2026, 7, 2), "150")
    assert judge_contributions(on=AUGUST_6, by=system) == 0
    assert AuditEvent.objects.filter(action="plans.change_watch").count() == 1


@pytest.mark.parametrize("amount", [Decimal(0), Decimal(-5)])
def test_nothing_is_no_contribution(ada, watch, amount):
    with pytest.raises(InvalidInputError):
        change_watch(watch=watch, monthly_amount=amount, first_month=JUNE, by=ada.as_actor())


def test_a_stopped_watch_is_judged_no_more_and_stopped_for_a_reason(ada, watch, system):
    with pytest.raises(InvalidInputError) as refused:
        stop_watch(watch=watch, reason=" ", by=ada.as_actor())
    assert refused.value.field == "reason"
    stop_watch(watch=watch, reason="The plan at work ended", by=ada.as_actor())
    assert judge_contributions(on=AUGUST_6, by=system) == 0
    for again in (
        lambda: stop_watch(watch=watch, reason="x", by=ada.as_actor()),
        lambda: change_watch(watch=watch, monthly_amount=Decimal(1), first_month=JUNE, by=ada.as_actor()),
    ):
        with pytest.raises(StepNotPossibleError, match="not watched any more"):
            again()


def test_a_judging_that_breaks_leaves_nothing_behind(watch, system, monkeypatch):
    def broken(*_args, **_kwargs):
        raise DatabaseError

    monkeypatch.setattr(watches, "queue_mail", broken)
    with pytest.raises(DatabaseError):
        judge_contributions(on=AUGUST_6, by=system)
    watch.refresh_from_db()
    assert watch.judged_through is None
    assert not PlanStep.objects.filter(code__startswith="missed").exists()


def test_months_are_shown_with_what_came_and_why(ada, watch):
    arrived(watch, ada, dt.date(2026, 7, 2), "150")
    (line,) = watch_lines([watch], AUGUST_6)
    assert [(each.month.month, each.arrived.amount, each.is_missed) for each in line.months] == [
        (8, 0, False),
        (7, 150, True),
        (6, 0, True),
    ]
    passport = contribution_passport(watch, "arrived-2026-07", AUGUST_6)
    assert passport.value.value == line.months[1].arrived
    assert contribution_passport(watch, "expected", AUGUST_6).value.value == line.amount
