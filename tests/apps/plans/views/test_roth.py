"""The Roth explorer's page: what it shows, to whom, and what becomes of it."""

from __future__ import annotations

import re

import pytest

from apps.clients.services.households import assign_household
from apps.core.models import AuditEvent
from apps.plans.models import Plan, PlanScenario
from apps.plans.services.merging import merge_lines, merge_scenario
from apps.portfolios.models import Registration
from tests.factories import plans, portfolios


@pytest.fixture
def run(ada):
    household = plans.household_with_facts(ada)
    account = portfolios.account(household, ada, name="Old IRA", registration=Registration.TRADITIONAL_IRA)
    portfolios.entry(account, ada, "deposit", cash="700000")
    return plans.computed(plans.drafted(ada, household), ada)


@pytest.fixture
def base(run):
    return f"/plans/{run.plan.public_id}/roth/"


def head(run) -> str:
    return str(run.plan.household.people.get(relationship="head").public_id)


def test_the_page_sets_every_way_side_by_side_and_each_figure_says_where_it_is_from(base, run, ada, sign_in):
    client, before = sign_in(ada), AuditEvent.objects.count()
    page = client.get(base).content.decode()
    for text in ("No conversions", "Fill the bracket of 22%", "Medicare&#x27;s first surcharge", "surcharge no. 5"):
        assert text in page
    assert "Left at the end, after tax" in page
    assert f"may convert from {run.plan.household.people.get(relationship='head').date_of_birth.year + 65} to" in page
    found = re.findall(rf'href="({base}figures/[^"]+)"', page)
    links = sorted({link.replace("&amp;", "&") for link in found})
    assert len(links) > 100
    for link in links[:: len(links) // 8]:
        told = client.get(link, headers={"hx-request": "true"})
        assert told.status_code == 200, link
        assert "nobody is said to hold after-tax money in IRAs" in told.content.decode()
    assert client.get(f"{base}figures/1900:taxes/").status_code == 404
    assert AuditEvent.objects.count() == before
    tab = client.get(f"/households/{run.plan.household.public_id}/plan/").content.decode()
    assert base in tab


def test_a_way_becomes_a_scenario_and_an_entry_of_the_draft(base, run, ada, sign_in):
    client, key = sign_in(ada), f"roth_step:{head(run)}"
    page = client.get(f"{base}?way=surcharge-1").content.decode()
    assert f'name="{key}" value="1"' in page
    told = client.post(f"/plans/{run.plan.public_id}/what-if/keep/", {key: "1", "scenario_name": "Below the first"})
    assert told.status_code == 302
    row = PlanScenario.objects.get(name="Below the first")
    assert row.changes == {key: 1.0}
    (line,) = merge_lines(row, run.plan)
    draft = merge_scenario(scenario=row, seen={key: line.seen}, by=ada.as_actor())
    assert [(each.kind, each.value) for each in draft.overrides.all()] == [("roth_step", 1)]
    filled = client.post(
        f"/plans/{run.plan.public_id}/overrides/new/",
        {"kind": "roth_bracket", "person": head(run), "value": "22", "reason": "Simpler"},
    )
    assert filled.status_code == 302
    assert [(each.kind, each.value) for each in Plan.objects.get(pk=draft.pk).overrides.all()] == [("roth_bracket", 22)]


@pytest.mark.parametrize("query", ["way=bracket-99", "person=nobody", "heirs=50"])
def test_what_is_not_on_offer_is_told_on_the_page(base, ada, sign_in, query):
    told = sign_in(ada).get(f"{base}?{query}")
    assert told.status_code == 200
    assert "This choice is not on offer" in told.content.decode()
    assert "Ways side by side" in told.content.decode()


def test_without_a_tax_deferred_account_the_page_says_what_is_missing(ada, sign_in):
    run = plans.computed(plans.drafted(ada), ada)
    client, base = sign_in(ada), f"/plans/{run.plan.public_id}/roth/"
    page = client.get(base).content.decode()
    assert "Nothing to convert" in page
    assert f"/households/{run.plan.household.public_id}/portfolio/" in page
    assert client.get(f"{base}figures/chosen:left/").status_code == 404


def test_a_version_without_a_result_says_to_generate_it(ada, sign_in):
    base = f"/plans/{plans.drafted(ada).public_id}/roth/"
    assert "Generate the plan first" in sign_in(ada).get(base).content.decode()
    assert sign_in(ada).get(f"{base}figures/chosen:left/").status_code == 409


@pytest.mark.parametrize(("name", "status"), [("", 302), ("sue", 403), ("clay", 403), ("mallory", 404)])
def test_nobody_unknown_nor_without_the_right_nor_of_another_advisor_looks(ada, sign_in, request, name, status):
    plan, person = plans.drafted(ada), request.getfixturevalue(name) if name else None
    if name == "sue":
        assign_household(household=plan.household, user=person, by=ada.as_actor())
    client = sign_in(person) if person else sign_in()
    for page in ("", "figures/chosen:left/"):
        assert client.get(f"/plans/{plan.public_id}/roth/{page}").status_code == status, page


def test_compliance_reads_and_is_offered_no_scenario(base, connie, sign_in):
    page = sign_in(connie).get(f"{base}?way=bracket-22").content.decode()
    assert "Ways side by side" in page
    assert "Use this in a scenario" not in page
