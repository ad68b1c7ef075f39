import html
import re
from decimal import Decimal
from urllib.parse import urlencode

import pytest

from apps.plans.models import Plan, ProjectionRun
from apps.plans.selectors.figures import as_typed
from apps.plans.selectors.run_values import result_of
from apps.plans.services.recommendations import decide_recommendation
from tests.factories import clients, plans

LINKS = re.compile(r'<(?:a|span) [^>]*data-figure="[^"]+"[^>]*>')


@pytest.fixture
def generated(ada):
    plan = plans.drafted(ada)
    plans.computed(plan, ada)
    return plan


def tab(plan: Plan) -> str:
    return f"/households/{plan.household.public_id}/plan/"


def test_a_household_without_a_plan_is_offered_to_start_one(ada, sign_in):
    household = clients.household(ada)
    page = sign_in(ada).get(f"/households/{household.public_id}/plan/")
    assert page.status_code == 200
    assert "Start the plan" in page.content.decode()
    assert "What the household spends" in page.content.decode()


def test_what_is_missing_leads_to_the_form_that_takes_it(ada, connie, sign_in):
    household = clients.household(ada)
    household.people.update(retirement_age=None)
    household.filing_status = ""
    household.save()
    client, address = sign_in(ada), f"/households/{household.public_id}/plan/"
    ways = re.findall(
        r'href="([^"]+)">Enter it<span class="visually-hidden">: ([^<]+)<', client.get(address).content.decode()
    )
    assert len(ways) == 7, ways
    forms = {text: client.get(way).content.decode() for way, text in ways}
    for text, field in (
        ("When Ana Rivera would like to retire.", 'name="retirement_age"'),
        ("How the household files its taxes.", 'name="filing_status"'),
        ("What the household spends: stated, or a bank statement.", 'name="monthly_amount"'),
        ("The Social Security that the adults expect.", 'name="annual_amount"'),
        ("Life and other insurance.", 'name="coverage"'),
    ):
        assert field in forms[text], text
    assert 'value="Luis"' in forms["When Luis Rivera would like to retire."]
    assert "Enter it" not in sign_in(connie).get(address).content.decode(), "who may not enter it is not led there"


def test_every_figure_of_the_plan_page_opens_its_passport(ada, sign_in, generated):
    client = sign_in(ada)
    page = client.get(tab(generated)).content.decode()
    tags = LINKS.findall(page)
    addresses = {re.search(r'href="([^"]+)"', tag).group(1) for tag in tags if "href=" in tag}
    bare = [tag for tag in tags if "href=" not in tag and "data-value" in tag]
    assert not bare, bare[:3]
    assert len(addresses) > 100
    # one of each kind of figure: hundreds of flows have the same passport but for the year
    kinds = {re.sub(r"[0-9a-f-]{36}|\d+", "#", address): address for address in sorted(addresses)}
    for address in kinds.values():
        answer = client.get(address, headers={"hx-request": "true"})
        assert answer.status_code == 200, address
        assert "data-panel-title" in answer.content.decode()


def test_a_goal_that_falls_short_says_what_helps_it_most_and_leads_to_the_lever(ada, sign_in):
    plan = plans.drafted(ada)
    # more than the household can pay: the goal falls short
    plan.goals.filter(kind="retirement").update(annual_amount=90_000)
    run = plans.computed(plan, ada)
    retirement = str(plan.goals.get(kind="retirement").public_id)
    help_ = next(each for each in result_of(run).helps if each.goal == retirement)
    client = sign_in(ada)
    page = client.get(tab(plan)).content.decode()
    assert "helps most:" in page
    query = urlencode({help_.lever: as_typed(help_.value)})
    address = f"/plans/{plan.public_id}/what-if/?{query}"
    assert address in page
    levers = client.get(address).content.decode()
    (slider,) = re.findall(rf'<input[^>]*name="{re.escape(help_.lever)}"[^>]*>', levers)
    assert f'value="{as_typed(help_.value)}"' in slider


def test_a_goal_with_means_is_typed_shown_and_explained(ada, sign_in):
    plan, client = plans.drafted(ada), sign_in(ada)
    bank = str(plan.household.bank_accounts.get().public_id)
    typed = {
        "kind": "home",
        "name": "Cabin",
        "annual_amount": "1000000",
        "starts_on": "2040-06-01",
        "years": "1",
        "priority": "aspirational",
        "funded_by": [bank],
        "funded_only": "on",
        "wait_years": "31",
        "least_share": "50",
    }
    address = f"/plans/{plan.public_id}/goals/new/"
    assert "Savings" in client.get(address).content.decode()
    refused = client.post(address, typed)
    assert refused.status_code == 422
    assert client.post(address, {**typed, "wait_years": "2"}).status_code == 302
    goal = plan.goals.get(name="Cabin")
    assert (goal.funded_by, goal.wait_years, goal.least_share) == ([bank], 2, Decimal("0.5"))
    again = client.get(f"/plans/{plan.public_id}/goals/{goal.public_id}/").content.decode()
    assert re.search(rf'<input[^>]*name="funded_by"[^>]*value="{bank}"[^>]*checked', again)
    plans.computed(plan, ada)
    page = client.get(tab(plan)).content.decode()
    assert "Paid only from" in page
    assert re.search(r"can wait <[^>]+>2</\w+> years", page)
    assert "in full and in time:" in page
    for name in ("as_wished", "later", "smaller", "years_later", "part"):
        told = client.get(f"/plans/{plan.public_id}/figures/goal:{goal.public_id}:{name}/")
        assert told.status_code == 200, name


def test_what_was_accepted_is_told_together_while_it_is_measured_and_then_with_its_figures(ada, sign_in, generated):
    client, run = sign_in(ada), generated.runs.finished().first()
    rows = [row for row in run.recommendations.all() if row.proposal["effect"]]
    for row in rows[:2]:
        decide_recommendation(recommendation=row, decision="accepted", reason="Both.", by=ada.as_actor())
    page = client.get(tab(generated)).content.decode()
    assert page.count("The engine is measuring what was accepted, all of it together.") == 2
    assert client.post(f"/plans/{generated.public_id}/publish/", follow=True).status_code == 200
    assert Plan.objects.get(pk=generated.pk).status == "in_review"
    told = plans.told_together(run).accepted_together
    told["overlaps"], told["over_limits"] = [[rows[0].key, rows[1].key]], ["bank"]
    ProjectionRun.objects.filter(pk=run.pk).update(accepted_together=told, names={**run.names, "bank": "Savings <1>"})
    page = client.get(tab(generated)).content.decode()
    assert "The engine is measuring what was accepted" not in page
    assert page.count("With all that was accepted, the chance of success is") == 2
    assert "change the same: what the second says is counted." in page
    assert "Together they pay more into Savings &lt;1&gt; than the law allows in a year" in page
    address = re.search(r'href="([^"]+/together:success_after/)"', page).group(1)
    passport = client.get(address, headers={"hx-request": "true"}).content.decode()
    assert "all advice that was accepted or adjusted at once" in passport


@pytest.mark.parametrize(
    ("state", "words"),
    [
        ("unchanged", "What was accepted changes nothing that the chance of success counts."),
        ("refused", "The plan cannot take all that was accepted at once: decline one of it."),
        ("older", "This result cannot tell what was accepted together. Generate the plan again to see it."),
    ],
)
def test_what_cannot_be_told_together_says_why(ada, sign_in, generated, state, words):
    run = generated.runs.finished().first()
    decide_recommendation(
        recommendation=run.recommendations.first(), decision="accepted", reason="x", by=ada.as_actor()
    )
    run.refresh_from_db()
    ProjectionRun.objects.filter(pk=run.pk).update(accepted_together={**run.accepted_together, "state": state})
    assert words in html.unescape(sign_in(ada).get(tab(generated)).content.decode())
