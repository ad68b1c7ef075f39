"""Pages of the nights of plans: the list, the plan's page, the decisions, the rules."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from apps.accounts.models import User
from apps.core.models import Job, JobState
from apps.core.templatetags.formats import money_text
from apps.plans.models import AlertState, MonitoringRules, Plan, PlanAlert, PlanMeasurement
from apps.plans.services.plans import draft_plan
from tests.days import today
from tests.factories import plans

Enter = Callable[..., Client]


@pytest.fixture
def alert(ada: User) -> PlanAlert:
    plan = plans.in_force(ada)
    plans.night()
    plans.balance(plan.household, "0.5")
    plans.night(again=True)
    return PlanAlert.objects.select_related("plan__household").get()


def tab(alert: PlanAlert) -> str:
    return reverse("plans:household-plan", kwargs={"household_id": alert.plan.household.public_id})


def test_the_plans_page_says_what_changed_by_how_much_and_what_to_do(
    sign_in: Enter, ada: User, alert: PlanAlert
) -> None:
    page = sign_in(ada).get(tab(alert)).content.decode()
    for words in ("Since it was accepted", "Guardrail below reached", "Markets and balances", "All together"):
        assert words in page
    assert "a month in retirement" in page
    assert "months later than planned" in page
    assert 'id="since"' in page


def test_a_line_is_drawn_once_there_are_two_days_to_draw_it_between(
    sign_in: Enter, ada: User, alert: PlanAlert
) -> None:
    client = sign_in(ada)
    assert "Your plan since it was accepted" not in client.get(tab(alert)).content.decode()
    PlanMeasurement.objects.filter(plan=alert.plan).update(day=today() + dt.timedelta(days=1))
    assert "Your plan since it was accepted" in client.get(tab(alert)).content.decode()


def test_a_plan_that_was_never_measured_says_so(sign_in: Enter, ada: User) -> None:
    plan = plans.in_force(ada)
    address = reverse("plans:household-plan", kwargs={"household_id": plan.household.public_id})
    page = sign_in(ada).get(address).content.decode()
    assert "Its first night is still to come" in page
    sign_in(ada).post(reverse("plans:plan-measure", kwargs={"plan_id": plan.public_id}))
    assert Job.objects.get(name="plans.monitor_plans").arguments["again"] is True


def test_measuring_leads_back_to_the_version_measured_and_says_that_it_runs(sign_in: Enter, ada: User) -> None:
    plan = plans.in_force(ada)
    draft_plan(household=plan.household, by=ada.as_actor())
    entered = sign_in(ada)
    answer = entered.post(reverse("plans:plan-measure", kwargs={"plan_id": plan.public_id}))
    assert answer.url.endswith(f"?version={plan.version}#since")
    page = entered.get(answer.url).content.decode()
    assert 'id="since"' in page
    assert "The plan is being measured" in page
    assert "Measure it now" not in page
    Job.objects.update(state=JobState.DONE)
    assert "Measure it now" in entered.get(answer.url).content.decode()


def test_the_list_is_filtered_sorted_and_shows_no_other_advisors(
    sign_in: Enter, ada: User, mallory: User, alert: PlanAlert, django_assert_max_num_queries: Any
) -> None:
    address = reverse("plans:alert-list")
    ada_s = sign_in(ada)
    with django_assert_max_num_queries(30):
        page = ada_s.get(address).content.decode()
    assert alert.plan.household.name in page
    assert alert.plan.household.name in ada_s.get(f"{address}?kind=below&sort=-found&q=river").content.decode()
    assert "Nothing found" in ada_s.get(f"{address}?kind=drift").content.decode()
    assert "Nothing found" in ada_s.get(f"{address}?state=over").content.decode()
    assert ada_s.get(f"{address}?sort=nonsense&kind=nonsense").status_code == 200
    assert alert.plan.household.name not in sign_in(mallory).get(address).content.decode()


def test_an_alert_waits_on_today_until_it_was_seen(sign_in: Enter, ada: User, alert: PlanAlert) -> None:
    entered = sign_in(ada)
    today = entered.get(reverse("desk:today")).content.decode()
    assert "Look at the alert" in today
    assert alert.spending_change is not None
    passport = reverse(
        "plans:figure", kwargs={"plan_id": alert.plan.public_id, "key": f"alert:{alert.public_id}:spending"}
    )
    (shown,) = re.findall(rf'<a [^>]*href="{re.escape(passport)}"[^>]*>([^<]+)</a>', today)
    assert shown == money_text(alert.spending_change, alert.plan.household.currency, style="whole")
    entered.post(reverse("plans:alert-acknowledge", kwargs={"alert_id": alert.public_id}))
    assert "Look at the alert" not in entered.get(reverse("desk:today")).content.decode()
    assert "seen by Ada" in entered.get(tab(alert)).content.decode()


def test_an_alert_is_dismissed_with_a_reason(sign_in: Enter, ada: User, alert: PlanAlert) -> None:
    entered, address = sign_in(ada), reverse("plans:alert-dismiss", kwargs={"alert_id": alert.public_id})
    assert "Dismiss the alert" in entered.get(address).content.decode()
    assert entered.post(address, {"reason": ""}).status_code == 422
    entered.post(address, {"reason": "They wait for the sale of the boat."})
    alert.refresh_from_db()
    assert alert.state == AlertState.DISMISSED
    again = entered.post(address, {"reason": "Twice."})
    assert again.status_code == 409
    assert "already" in again.content.decode()


def test_a_draft_starts_from_the_alert_once(sign_in: Enter, ada: User, alert: PlanAlert) -> None:
    entered, address = sign_in(ada), reverse("plans:alert-draft", kwargs={"alert_id": alert.public_id})
    entered.post(address, {"adjustment": "spending"})
    assert Plan.objects.in_the_works().count() == 1
    entered.post(address, {"adjustment": "spending"})
    assert Plan.objects.in_the_works().count() == 1


def test_the_rules_are_set_by_who_manages_the_firm(sign_in: Enter, ada: User, paul: User) -> None:
    address = reverse("plans:monitoring-rules")
    assert sign_in(ada).get(address).status_code == 403
    entered = sign_in(paul)
    assert 'value="3"' in entered.get(address).content.decode()
    wrong = {"drift": "3", "lower": "96", "upper": "95"}
    assert entered.post(address, wrong).status_code == 422
    entered.post(address, {"drift": "4", "lower": "65", "upper": "95", "tells_clients": "on"})
    row = MonitoringRules.objects.get()
    assert (float(row.drift), row.tells_clients) == (0.04, True)


@pytest.mark.parametrize("name", ["alert-acknowledge", "alert-dismiss", "alert-draft"])
def test_strangers_find_no_alert_and_others_may_not(
    sign_in: Enter, ada: User, mallory: User, connie: User, alert: PlanAlert, name: str
) -> None:
    address = reverse(f"plans:{name}", kwargs={"alert_id": alert.public_id})
    body = {"reason": "x", "adjustment": "spending"}
    assert sign_in(mallory).post(address, body).status_code == 404
    assert sign_in(connie).post(address, body).status_code == 403
    assert sign_in().post(address, body).status_code in {302, 403}
    alert.refresh_from_db()
    assert alert.state == AlertState.OPEN
