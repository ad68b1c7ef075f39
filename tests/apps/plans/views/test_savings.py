"""Retirement and education calculators: filled with facts, errors at the field, saved by who may, and whose."""

from __future__ import annotations

import re
from contextlib import ExitStack

import pytest

from apps.clients.services.households import assign_household
from apps.plans.models import Goal
from apps.plans.services._turns import AT_ONCE_A_PERSON, TURNS
from apps.plans.services.plans import draft_plan
from tests.factories import clients, plans

RETIREMENT = {
    "age": 50, "retirement_age": 65, "annual_income": "60000", "deferred": "300000", "monthly_saving": "1000",
    "monthly_benefit": "2000", "benefit_age": 67, "horizon_age": 90, "equity_share": 60, "target": 85,
}  # fmt: skip
EDUCATION = {
    "age": 8, "start_age": 18, "years": 4, "annual_cost": "30000", "cost_growth": 4, "saved": "5000",
    "monthly_saving": "300", "equity_share": 50, "target": 85,
}  # fmt: skip
WHOLE = {"retirement": RETIREMENT, "education": EDUCATION}


@pytest.fixture
def household(ada):
    return plans.household_with_facts(ada)


def address(household, rest=""):
    return f"/households/{household.public_id}/plan/calculators/{rest}"


@pytest.mark.parametrize("kind", ["retirement", "education"])
def test_a_page_begins_with_the_facts_and_answers_what_is_typed(kind, ada, household, sign_in):
    client = sign_in(ada)
    page = client.get(address(household, f"{kind}/")).content.decode()
    assert "Chance that it is enough" in page
    assert "By the plain formula" in page
    assert re.search(r'name="target" value="85"', page)
    typed = client.get(address(household, f"{kind}/"), WHOLE[kind]).content.decode()
    assert typed != page
    assert "of 100 futures" in typed
    assert "Save to the plan" in typed
    tool = client.get(f"/plans/calculators/{kind}/", WHOLE[kind]).content.decode()
    assert "Chance that it is enough" in tool
    assert "Save to the plan" not in tool
    ground = client.get(address(household, f"{kind}/"), {**WHOLE[kind], "how": 1}).content.decode()
    assert "High-grade" in ground or "high_grade_bonds" in ground
    assert "<form" not in ground


@pytest.mark.parametrize("kind", ["retirement", "education"])
def test_what_is_typed_is_posted_and_stands_sealed_in_the_address(kind, ada, household, sign_in):
    client = sign_in(ada)
    answer = client.post(address(household, f"{kind}/"), WHOLE[kind])
    assert answer.url.startswith(f"{address(household, kind)}/?typed=")
    page = client.get(answer.url).content.decode()
    name, value = next((name, value) for name, value in WHOLE[kind].items() if str(value).endswith("000"))
    assert f'name="{name}" value="{value}"' in page
    assert f"{name}={value}" not in page
    (save,) = re.findall(rf'href="([^"]+/{kind}/save/[^"]+)"', page)
    assert value not in save


@pytest.mark.parametrize("kind", ["retirement", "education"])
def test_a_link_that_cannot_be_read_says_so_and_saves_nothing(kind, ada, household, sign_in):
    client, page = sign_in(ada), address(household, f"{kind}/")
    told = client.get(f"{page}?typed=broken").content.decode()
    assert "This link is not complete" in told
    assert "Chance that it is enough" not in told
    back = client.get(f"{page}save/?typed=broken")
    assert "This link is not complete" in client.get(back.url).content.decode()


def test_too_many_questions_at_once_are_told_to_wait_and_nothing_is_marked_wrong(ada, household, sign_in):
    client, asked = sign_in(ada), {**RETIREMENT, "annual_income": "61234"}
    with ExitStack() as held:
        for _place in range(AT_ONCE_A_PERSON - 1):
            held.enter_context(TURNS.place(ada.as_actor().key))
        page = client.get(address(household, "retirement/"), asked).content.decode()
    assert "The engine is answering others. Try again in a moment." in page
    assert "Mend what is marked" not in page
    assert "Chance that it is enough" in client.get(address(household, "retirement/"), asked).content.decode()


def test_the_calculators_are_found_from_the_plan(ada, household, sign_in):
    client = sign_in(ada)
    assert address(household) in client.get(f"/households/{household.public_id}/plan/").content.decode()
    listed = client.get(address(household)).content.decode()
    for page in (address(household, "retirement/"), address(household, "education/"), "plan/taxes/"):
        assert page in listed
    assert "/plans/calculators/" in client.get("/plans/").content.decode()


def test_what_cannot_be_is_told_at_its_field_with_its_mending(ada, household, sign_in):
    client = sign_in(ada)
    page = client.get(address(household, "retirement/"), {**RETIREMENT, "retirement_age": 50}).content.decode()
    told = page[page.index('id="id_retirement_age_told"') :][:700]
    assert "Give a later age" in told
    assert "Chance that it is enough" not in page
    for kind, name, value in (
        ("retirement", "age", 120), ("retirement", "deferred", "-1"), ("retirement", "equity_share", 101),
        ("retirement", "benefit_age", 99_999),
        ("education", "start_age", 5), ("education", "years", 0), ("education", "annual_cost", "0"),
    ):  # fmt: skip
        said = {**WHOLE[kind], name: value} | ({"monthly_benefit": 0} if name == "benefit_age" else {})
        page = client.get(address(household, f"{kind}/"), said).content.decode()
        assert "form-errors" in page[page.index(f'id="id_{name}_told"') :][:400], (kind, name)


def test_a_couples_retirement_saved_for_the_other_one_swaps_no_ages(ada, household, sign_in):
    client, plan = sign_in(ada), draft_plan(household=household, by=ada.as_actor())
    head, partner = (household.people.get(relationship=each) for each in ("head", "partner"))
    both = {**RETIREMENT, "retirement_age": 64, "age_2": 48, "retirement_age_2": 61}
    save = client.get(client.post(address(household, "retirement/"), both).url).context["save_url"]
    offered = client.get(save).context["form"].fields["person"].queryset
    assert set(offered) == {head, partner}
    said = {"name": "Together", "priority": "essential", "person": str(partner.public_id)}
    assert client.post(save, said).status_code == 302
    ages = plan.overrides.filter(kind="retirement_age").values_list("person__pk", "value")
    assert dict(ages) == {head.pk: 64, partner.pk: 61}


def test_saving_puts_the_goal_into_the_draft_and_shows_where_it_came_from(ada, household, sign_in):
    client, head = sign_in(ada), household.people.get(relationship="head")
    query = "&".join(f"{name}={value}" for name, value in RETIREMENT.items())
    save = f"{address(household, 'retirement/save/')}?{query}"
    assert "Start the next version" in client.get(save).content.decode()
    draft_plan(household=household, by=ada.as_actor())
    assert "Work ends at the age of" in client.get(save).content.decode()
    told = {"name": "Stopping", "priority": "essential", "person": str(head.public_id), "takes_saving": "on"}
    assert client.post(save, {**told, "person": ""}).status_code == 422
    assert client.post(save, told).status_code == 302
    goal = Goal.objects.get(plan__household=household)
    assert (goal.name, goal.annual_amount) == ("Stopping", 60_000)
    plan = client.get(f"/households/{household.public_id}/plan/").content.decode()
    assert "From the retirement calculator" in plan
    wrong = client.get(f"{address(household, 'retirement/save/')}?age=50&retirement_age=40")
    assert wrong.url.startswith(f"{address(household, 'retirement/')}?typed=")
    assert 'name="retirement_age" value="40"' in client.get(wrong.url).content.decode()


def test_saving_a_study_changes_the_goal_that_is_there_instead_of_adding_a_second(ada, household, sign_in):
    plan, client = plans.drafted(ada, household), sign_in(ada)
    save = address(household, "education/save/")
    page = client.get(save, EDUCATION).content.decode()
    assert 'value="College"' in page
    query = "&".join(f"{name}={value}" for name, value in EDUCATION.items())
    told = {"name": "College", "priority": "important", "person": ""}
    assert client.post(f"{save}?{query}", told).status_code == 302
    assert plan.goals.get(kind="education").annual_amount > 30_000


def test_only_who_reads_this_households_plans_computes(ada, household, sign_in, sue, clay, connie):
    assign_household(household=household, user=sue, by=ada.as_actor())
    pages = [address(household, rest) for rest in ("", "retirement/", "education/")]
    for page in [*pages, "/plans/calculators/", "/plans/calculators/education/"]:
        assert sign_in().get(page).status_code == 302
        assert sign_in(clay).get(page).status_code == 403
        assert sign_in(sue).get(page).status_code == 403
        assert sign_in(connie).get(page).status_code == 200


def test_only_who_edits_this_households_plans_saves(ada, household, sign_in, paul, connie):
    other = clients.household(paul, name="Elsewhere")
    for rest in ("", "retirement/", "education/", "retirement/save/", "education/save/"):
        assert sign_in(ada).get(address(other, rest)).status_code == 404
    assert sign_in(ada).post(address(other, "retirement/save/"), {}).status_code == 404
    assert sign_in(ada).post(address(other, "retirement/"), RETIREMENT).status_code == 404
    assert sign_in(connie).get(address(household, "retirement/save/"), RETIREMENT).status_code == 403
    assert sign_in(connie).post(address(household, "education/save/"), {}).status_code == 403
