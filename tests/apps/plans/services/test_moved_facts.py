import datetime as dt
from decimal import Decimal

import pytest
from django.urls import reverse

from apps.money.models import BankAccount, Debt, ExpenseLine, IncomeSource, SpendingPhase
from apps.plans.models import PlanStatus
from apps.plans.services import moved_facts as module
from apps.plans.services.errors import FactsMovedError
from apps.plans.services.moved_facts import digest_of, moved_facts, moved_of, told
from apps.plans.services.publishing import publish_plan
from apps.plans.services.statuses import move_plan
from tests.days import today
from tests.factories import clients, money, plans, portfolios

DEAR = "Facts have changed since this was worked out: living costs"


@pytest.fixture
def ready(ada):
    plan = plans.drafted(ada)
    plans.computed(plan, ada)
    return plan


@pytest.fixture
def run(ready):
    return ready.runs.finished().first()


def dearer(plan, amount=9_999_999_999):
    ExpenseLine.objects.create(
        household=plan.household, name="Boat", monthly_amount=Decimal(amount), category="other", as_of=today()
    )


def kinds(plan, run):
    return [each.kind for each in moved_facts(plan, run)]


def test_nothing_has_moved_right_after_the_result(ready, run):
    assert moved_facts(ready, run) == ()
    assert moved_facts(ready, None) == ()


def test_a_plan_whose_facts_moved_is_neither_reviewed_nor_published(ada, ready):
    dearer(ready)
    with pytest.raises(FactsMovedError, match=f"{DEAR}. Generate it again"):
        publish_plan(plan=ready, by=ada.as_actor())
    with pytest.raises(FactsMovedError, match=DEAR):
        move_plan(plan=ready, status=PlanStatus.PUBLISHED, by=ada.as_actor())
    ready.refresh_from_db()
    assert ready.status == PlanStatus.IN_REVIEW


def test_a_new_result_can_be_published(ada, ready):
    dearer(ready, 10)
    plans.computed(ready, ada)
    assert moved_of(ready) == ()
    assert publish_plan(plan=ready, by=ada.as_actor()).status == PlanStatus.PUBLISHED


def test_the_page_says_what_changed_and_offers_no_publishing(ada, ready, sign_in):
    page = sign_in(ada).get(reverse("plans:household-plan", args=[ready.household.public_id]))
    assert "Publish to the client" in page.content.decode()
    dearer(ready)
    text = sign_in(ada).get(reverse("plans:household-plan", args=[ready.household.public_id])).content.decode()
    assert DEAR in text
    assert "Publish to the client" not in text


def test_advisor_and_client_read_it_beside_a_plan_that_waits_for_signatures(ada, ready, sign_in):
    user = clients.portal_user(ready.household.people.get(relationship="head"))
    publish_plan(plan=ready, by=ada.as_actor())
    assert "Facts have changed" not in sign_in(user).get(reverse("portal:plan")).content.decode()
    dearer(ready)
    text = sign_in(ada).get(reverse("plans:household-plan", args=[ready.household.public_id])).content.decode()
    assert f"{DEAR}. The client is told so" in text
    text = sign_in(user).get(reverse("portal:plan")).content.decode()
    assert "Facts have changed since this plan was worked out: living costs. Talk to Ada" in text


def test_what_moved_is_named(ready, run):
    IncomeSource.objects.filter(name="Social Security").update(annual_amount=Decimal(40_000))
    Debt.objects.update(monthly_payment=Decimal(500))
    assert told(moved_facts(ready, run)) == "income (Social Security), debts (Car loan)"


@pytest.mark.parametrize(("factor", "moved"), [("1.04", []), ("0.97", []), ("1.08", ["accounts"])])
def test_balances_may_move_as_markets_do(ready, run, factor, moved):
    plans.balance(ready.household, factor)
    assert kinds(ready, run) == moved


def test_a_debt_may_be_paid_down_and_a_new_one_is_told(ready, run):
    Debt.objects.update(balance=Decimal(14_700))
    assert kinds(ready, run) == []
    Debt.objects.create(
        household=ready.household,
        name="Boat loan",
        kind="other",
        balance=Decimal(90_000),
        annual_rate=Decimal("0.08"),
        monthly_payment=Decimal(900),
        as_of=today(),
    )
    assert told(moved_facts(ready, run)) == "debts (Boat loan)"


def test_a_card_paid_off_each_month_is_less_cash_and_no_debt(ready, run):
    card = {"household": ready.household, "name": "Card", "kind": "credit_card", "balance_as_of": today()}
    row = BankAccount.objects.create(balance=Decimal(-2_000), **card)
    assert kinds(ready, run) == []
    BankAccount.objects.filter(pk=row.pk).update(balance=Decimal(-200_000))
    assert kinds(ready, run) == ["accounts"]


def test_what_time_alone_moves_is_not_told(ada, ready, monkeypatch):
    person = ready.household.people.get(relationship="head")
    ends = today() + dt.timedelta(days=40)
    IncomeSource.objects.create(
        household=ready.household,
        person=person,
        name="Lease",
        kind="other_taxable",
        annual_amount=Decimal(9_000),
        ends_on=ends,
        as_of=today(),
    )
    run = plans.computed(ready, ada)
    monkeypatch.setattr(module, "firm_today", lambda: ends + dt.timedelta(days=30))
    assert kinds(ready, run) == []
    dearer(ready, 10)
    assert kinds(ready, run) == ["spending"]


def test_a_nights_prices_move_no_roth_account(ada, system):
    """What was paid in is taken to be all that it holds where nobody told: no fact, and nothing to hold a plan for."""
    household = plans.household_with_facts(ada)
    account = portfolios.account(household, ada, name="Roth", registration="roth_ira")
    portfolios.entry(account, ada, "deposit", today(), cash="50000")
    plan = plans.drafted(ada, household)
    run = plans.computed(plan, ada)
    portfolios.entry(account, ada, "deposit", today(), cash="10")
    assert kinds(plan, run) == []
    money.fact("roth_basis", household, ada, person=household.people.get(relationship="head"))
    assert kinds(plan, run) == ["taxes"]


def test_a_phase_that_ended_as_it_was_stated_is_not_told(ada, ready, monkeypatch):
    ends = today() + dt.timedelta(days=20)
    SpendingPhase.objects.create(
        household=ready.household,
        name="Nursery",
        change="more",
        monthly_amount=Decimal(700),
        ends_on=ends,
        as_of=today(),
    )
    run = plans.computed(ready, ada)
    monkeypatch.setattr(module, "firm_today", lambda: ends + dt.timedelta(days=10))
    assert kinds(ready, run) == []


def test_a_debt_paid_down_as_agreed_is_not_told_and_one_that_grew_is(ready, run, monkeypatch):
    debt = Debt.objects.get(household=ready.household)
    monkeypatch.setattr(module, "firm_today", lambda: today() + dt.timedelta(days=95))
    Debt.objects.update(balance=debt.balance - 4 * debt.monthly_payment)
    assert kinds(ready, run) == []
    Debt.objects.update(balance=debt.balance - 12 * debt.monthly_payment)
    assert kinds(ready, run) == ["debts"]
    Debt.objects.update(balance=debt.balance * 2)
    assert told(moved_facts(ready, run)) == f"debts ({debt.name})"


def test_a_result_that_kept_no_facts_tells_none_and_a_new_field_moves_nothing(ready, run):
    dearer(ready)
    kept = run.facts
    run.facts = None
    assert moved_facts(ready, run) == ()
    run.facts = {**kept, "spending": {name: value for name, value in kept["spending"].items() if name != "giving"}}
    assert kinds(ready, run) == ["spending"]
    ExpenseLine.objects.filter(name="Boat").delete()
    assert kinds(ready, run) == []


def test_another_name_is_no_other_fact(ready, run):
    Debt.objects.update(name="Loan of the car")
    assert kinds(ready, run) == []


def test_the_digest_names_what_was_seen(ready, run):
    assert digest_of(()) == ""
    dearer(ready, 10)
    first = digest_of(moved_facts(ready, run))
    assert first == digest_of(moved_facts(ready, run))
    dearer(ready, 20)
    assert digest_of(moved_facts(ready, run)) != first


def test_facts_that_make_no_plan_any_more_are_told(ready, run):
    ExpenseLine.objects.all().delete()
    assert kinds(ready, run) == ["unworkable"]


def test_only_plans_that_wait_are_looked_at(ada, ready):
    assert moved_of(None) == ()
    publish_plan(plan=ready, by=ada.as_actor())
    ready.refresh_from_db()
    dearer(ready)
    assert [each.kind for each in moved_of(ready)] == ["spending"]
    ready.status = PlanStatus.IN_FORCE
    assert moved_of(ready) == ()
