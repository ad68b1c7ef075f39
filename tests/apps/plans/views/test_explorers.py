"""The pages that explore one choice of a plan: what they show, to whom, and what they refuse."""

import datetime as dt
import re
from dataclasses import replace

import pytest

from apps.clients.services.households import assign_household
from apps.core.models import AuditEvent
from apps.money.models import IncomeSource
from apps.plans.engine.tax_years import tax_years
from apps.plans.models import PlanScenario
from tests.days import today
from tests.factories import money, plans


@pytest.fixture
def run(ada):
    return plans.computed(plans.drafted(ada), ada)


@pytest.fixture
def base(run):
    return f"/plans/{run.plan.public_id}/"


PAGES = ("taxes/", "social-security/", "stress/")
MORE = (
    *PAGES,
    "stress/results/",
    "taxes/file/",
    "taxes/figures/total/",
    "social-security/figures/chosen:value/",
)


@pytest.mark.parametrize(("name", "status"), [("", 302), ("sue", 403), ("clay", 403), ("mallory", 404)])
def test_nobody_unknown_nor_without_the_right_nor_of_another_advisor_looks(base, run, sign_in, request, name, status):
    person = request.getfixturevalue(name) if name else None
    if name == "sue":
        assign_household(household=run.plan.household, user=person, by=run.plan.household.advisor.as_actor())
    client = sign_in(person) if person else sign_in()
    for page in MORE:
        assert client.get(f"{base}{page}").status_code == status, page


def test_a_version_without_a_result_says_to_generate_it(ada, sign_in):
    plan = plans.drafted(ada)
    for page in PAGES:
        told = sign_in(ada).get(f"/plans/{plan.public_id}/{page}")
        assert told.status_code == 200
        assert "Generate the plan first" in told.content.decode()
    for page in MORE[len(PAGES) :]:
        assert sign_in(ada).get(f"/plans/{plan.public_id}/{page}").status_code == 409


def links_of(page, part):
    return sorted({link.replace("&amp;", "&") for link in re.findall(rf'href="([^"]*/{part}/figures/[^"]+)"', page)})


def test_the_tax_map_shows_every_year_and_every_figure_says_where_it_is_from(base, run, ada, sign_in):
    client, before = sign_in(ada), AuditEvent.objects.count()
    page = client.get(f"{base}taxes/").content.decode()
    years = result_years(run)
    assert all(f">{year}<span" in page for year in years)
    links = links_of(page, "taxes")
    assert len(links) > 15 * len(years)
    for link in [*links[:: len(links) // 25], *(link for link in links if "/total/" in link)]:
        told = client.get(link, headers={"hx-request": "true"})
        assert told.status_code == 200, link
        assert "not the middle of the futures" in told.content.decode()
    assert client.get(f"{base}taxes/figures/1900:agi/").status_code == 404
    assert AuditEvent.objects.count() == before
    plan_tab = client.get(f"/households/{run.plan.household.public_id}/plan/").content.decode()
    assert f"{base}taxes/" in plan_tab
    assert f"{base}social-security/" in plan_tab


def test_the_tax_map_tells_minimum_tax_what_comes_back_and_gifts_carried_on(base, run, ada, sign_in, monkeypatch):
    def with_them(inputs):
        told = tax_years(inputs)
        taxes = replace(told[1].taxes, minimum=43_148.0, minimum_credit=39_160.0)
        changed = replace(told[1], taxes=taxes, deductions=replace(told[1].deductions, carried=28_884.0), price=1.0)
        return (told[0], changed, *told[2:])

    monkeypatch.setattr("apps.plans.services._explorers.tax_years", with_them)
    client, year = sign_in(ada), result_years(run)[1]
    page = client.get(f"{base}taxes/").content.decode()
    shown = {"minimum": "43,148", "minimum_credit": "39,160", "charity_carried": "28,884"}
    laws = {"minimum": "IRC 55", "minimum_credit": "Form 8801", "charity_carried": "IRC 170(d)(1)"}
    assert page.count("alternative minimum tax") == page.count("less earlier minimum tax given back") == 1
    for name, amount in shown.items():
        assert amount in page
        told = client.get(f"{base}taxes/figures/{year}:{name}/", headers={"hx-request": "true"}).content.decode()
        assert amount in told
        assert laws[name] in told


def result_years(run):
    start = run.plan.runs.first().facts_as_of.year
    return range(start, start + 3)


def test_the_tax_map_in_money_of_each_year_is_dearer_than_in_money_of_today(base, ada, sign_in):
    client = sign_in(ada)
    files = [client.get(f"{base}taxes/file/{query}").content.decode("utf-8-sig") for query in ("", "?money=year")]
    rows = [[line.split(",") for line in text.splitlines()] for text in files]
    assert len(rows[0]) == len(rows[1]) > 30
    assert "USD of today" in files[0]
    assert "USD of each year" in files[1]
    # the first year begins at the prices of today
    assert rows[0][1][-8:] == rows[1][1][-8:]
    assert files[0] != files[1]
    assert "?money=year" in client.get(f"{base}taxes/?money=year").content.decode()


def test_the_explorer_prices_every_age_and_measures_the_plan(base, ada, sign_in):
    client = sign_in(ada)
    page = client.get(f"{base}social-security/").content.decode()
    assert "Choices side by side" in page
    assert "When waiting pays" in page
    assert "Highest value" in page
    links = links_of(page, "social-security")
    assert len(links) > 20
    for link in links[:: max(1, len(links) // 12)]:
        told = client.get(link, headers={"hx-request": "true"})
        assert told.status_code == 200, link


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("age:{head}=600", "between the ages of 62 and 70"),
        ("age:{head}=soon", "between the ages of 62 and 70"),
        ("age:{head}=9999999", "between the ages of 62 and 70"),
        ("age:{head}=777", "not open any more"),
        ("rate=50", "not on offer"),
    ],
)
def test_a_wrong_age_is_told_on_the_page_which_shows_the_best_ones(base, run, ada, sign_in, query, message):
    head = run.plan.household.people.get(relationship="head").public_id
    told = sign_in(ada).get(f"{base}social-security/?{query.format(head=head)}")
    assert told.status_code == 200
    assert message in told.content.decode()
    assert "Choices side by side" in told.content.decode()


def test_chosen_ages_become_a_scenario(base, run, ada, sign_in):
    client, head = sign_in(ada), run.plan.household.people.get(relationship="head").public_id
    page = client.get(f"{base}social-security/?age:{head}=840").content.decode()
    assert f'name="claim_age:{head}" value="70"' in page
    told = client.post(f"{base}what-if/keep/", {f"claim_age:{head}": "70", "scenario_name": "Later"})
    assert told.status_code == 302
    assert PlanScenario.objects.get(name="Later").changes == {f"claim_age:{head}": 70.0}


def test_a_plan_without_claims_says_how_to_get_them(ada, sign_in):
    household = plans.household_with_facts(ada)
    IncomeSource.objects.filter(kind="social_security").update(ends_on=dt.date(2060, 1, 1))
    run = plans.computed(plans.drafted(ada, household), ada)
    page = sign_in(ada).get(f"/plans/{run.plan.public_id}/social-security/").content.decode()
    assert "No Social Security to explore" in page
    assert f"/households/{household.public_id}/money/" in page
    refused = sign_in(ada).get(f"/plans/{run.plan.public_id}/social-security/figures/chosen:value/")
    assert refused.status_code == 404


def test_a_widow_sees_when_the_survivors_benefit_is_worth_most(ada, sign_in):
    household = plans.household_with_facts(ada)
    household.filing_status = "single"
    household.save(update_fields=["filing_status"])
    household.people.filter(relationship="partner").delete()
    money.fact("former_spouse", household, ada, name="Peter", as_of=today())
    run = plans.computed(plans.drafted(ada, household), ada)
    client = sign_in(ada)
    page = client.get(f"/plans/{run.plan.public_id}/social-security/").content.decode()
    assert "When to begin the survivor's benefit" in page
    links = [link for link in links_of(page, "social-security") if "survivor:" in link]
    assert len(links) >= 8
    for link in links[:2]:
        assert client.get(link, headers={"hx-request": "true"}).status_code == 200, link
    assert (
        "on the record of Peter is counted" in client.get(f"/households/{household.public_id}/plan/").content.decode()
    )
