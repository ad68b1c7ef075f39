import datetime as dt
from decimal import Decimal

from apps.money.models import ExpenseLine
from apps.plans.models import Plan, PlanStatus
from apps.plans.selectors.held_plans import confirmed_of, plans_held
from tests.factories import clients, plans


def test_what_was_confirmed_is_read_from_the_version():
    assert confirmed_of(None) is None
    assert confirmed_of(Plan()) is None
    kept = {"facts": [], "by": "Ada Lovelace", "at": "2026-03-01T12:00:00+00:00", "reason": "It holds."}
    found = confirmed_of(Plan(facts_confirmed=kept))
    assert (found.by, found.reason) == ("Ada Lovelace", "It holds.")
    assert found.at == dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)


def test_only_plans_that_all_have_signed_and_that_are_not_in_force_are_held(ada, system):
    plan = plans.drafted(ada)
    plans.computed(plan, ada)
    user = clients.portal_user(plan.household.people.get(relationship="head"))
    plans.asked_to_sign(plan, ada, system)
    assert not plans_held(ada.as_actor()).exists()
    ExpenseLine.objects.update(monthly_amount=Decimal(1))
    plans.signed(plan, user)
    assert list(plans_held(ada.as_actor())) == [plan]
    assert list(plans_held(user.as_actor())) == [plan]
    Plan.objects.update(status=PlanStatus.SUPERSEDED)
    assert not plans_held(ada.as_actor()).exists()
