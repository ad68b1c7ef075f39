import re
import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.clients.services.households import assign_household
from apps.core.actors import Actor
from apps.plans.models import PlanScenario
from apps.plans.services.scenarios import keep_scenario, measure_scenario
from tests.factories import plans


@pytest.fixture
def run(ada):
    return plans.computed(plans.drafted(ada), ada)


@pytest.fixture
def scenario(run, ada):
    return kept(run, ada, "Later")


def kept(run, ada, name, **changes):
    row = keep_scenario(plan=run.plan, name=name, changes=changes or {"retirement_spending": 5000.0}, by=ada.as_actor())
    by = Actor.system("plans.measure_scenario")
    return measure_scenario(scenario=row, revision=1, progress=plans.silent, by=by)


def addresses(scenario):
    plan, row = f"/plans/{scenario.plan.public_id}", f"/plans/scenarios/{scenario.public_id}"
    return {
        f"{plan}/scenarios/": "get",
        f"{row}/": "get",
        f"{plan}/what-if/keep/": "post",
        f"{row}/take/": "post",
        f"{row}/lock/": "post",
        f"{row}/aside/": "post",
        f"{row}/restore/": "post",
    }


@pytest.mark.parametrize(("name", "status"), [("", 302), ("sue", 403), ("clay", 403), ("mallory", 404)])
def test_nobody_unknown_nor_without_the_right_nor_of_another_advisor(scenario, sign_in, request, name, status):
    person = request.getfixturevalue(name) if name else None
    if name == "sue":
        assign_household(household=scenario.plan.household, user=person, by=scenario.plan.household.advisor.as_actor())
    client = sign_in(person) if person else sign_in()
    for address, verb in addresses(scenario).items():
        assert getattr(client, verb)(address).status_code == status, address
    scenario.refresh_from_db()
    assert scenario.locked_at is scenario.set_aside_at is None


def test_compliance_reads_scenarios_and_changes_none(scenario, connie, sign_in):
    client = sign_in(connie)
    for address, verb in addresses(scenario).items():
        assert getattr(client, verb)(address).status_code == (200 if address.endswith("/scenarios/") else 403), address


def test_levers_are_kept_once_however_often_the_button_is_pressed(run, ada, sign_in):
    client, base = sign_in(ada), f"/plans/{run.plan.public_id}/what-if/"
    told = {"scenario_name": "Hard times", "lower_returns": "1.5", "submission": str(uuid.uuid4())}
    for _ in range(2):
        answer = client.post(f"{base}keep/", told)
        assert answer["Location"] == f"/plans/{run.plan.public_id}/scenarios/"
    assert PlanScenario.objects.get().changes == {"lower_returns": 1.5}
    page = client.get(answer["Location"]).content.decode()
    assert "Hard times" in page
    assert "Being measured" in page


@pytest.mark.parametrize(
    ("told", "sentence"),
    [
        ({"scenario_name": "", "lower_returns": "1"}, "This field cannot be blank"),
        ({"scenario_name": "Same"}, "No lever is moved"),
        ({"scenario_name": "Far", "lower_returns": "70"}, "between 0 and 4"),
        ({"scenario_name": "Odd", "lower_returns": "x"}, "Give a number"),
        ({"scenario_name": "Gone", "lower_returns": "1", "change": "no-id"}, ""),
    ],
)
def test_what_cannot_be_kept_is_said_on_the_page_one_came_from(run, ada, sign_in, told, sentence):
    client, base = sign_in(ada), f"/plans/{run.plan.public_id}/what-if/"
    answer = client.post(f"{base}keep/", told, headers={"referer": f"http://alpha.localhost{base}?lower_returns=1"})
    assert not PlanScenario.objects.exists()
    if not sentence:
        assert answer.status_code == 404
        return
    assert answer["Location"].endswith("?lower_returns=1")
    assert sentence in client.get(answer["Location"]).content.decode()


def test_an_opened_scenario_is_changed_and_a_second_window_is_told(scenario, ada, sign_in):
    client, base = sign_in(ada), f"/plans/{scenario.plan.public_id}/what-if/"
    page = client.get(f"{base}?scenario={scenario.public_id}&retirement_spending=5000").content.decode()
    assert "Change this scenario" in page
    told = {"scenario_name": "Later", "change": str(scenario.public_id), "revision": "1", "retirement_spending": "4500"}
    client.post(f"{base}keep/", told)
    client.post(f"{base}keep/", {**told, "retirement_spending": "4000"})
    scenario.refresh_from_db()
    assert (scenario.changes, scenario.revision) == ({"retirement_spending": 4500.0}, 2)
    assert "Change this scenario" not in client.get(f"{base}?scenario=nothing").content.decode()


def test_three_stand_side_by_side_and_every_figure_opens_its_passport(run, ada, sign_in):
    rows = [kept(run, ada, name, lower_returns=value) for name, value in (("A", 1.0), ("B", 2.0), ("C", 3.0))]
    client = sign_in(ada)
    query = "&".join(f"scenario={row.public_id}" for row in rows)
    page = client.get(f"/plans/{run.plan.public_id}/scenarios/?{query}&scenario=no-id").content.decode()
    assert "what each difference does alone" in page
    heads = re.findall(r'<th scope="col"[^>]*>([A-C])</th>', page)
    assert heads == ["A", "B", "C"] * 2, "in the order of the list"
    newest = client.get(f"/plans/{run.plan.public_id}/scenarios/").content.decode()
    assert re.findall(r'<th scope="col"[^>]*>([A-C])</th>', newest) == heads
    links = {link.replace("&amp;", "&") for link in re.findall(r'href="([^"]*/what-if/figures/[^"]+)"', page)}
    assert len(links) > 20
    for link in sorted(links)[::5]:
        assert client.get(link, headers={"hx-request": "true"}).status_code == 200, link


def test_the_list_asks_as_many_queries_for_many_as_for_one(run, scenario, ada, sign_in):
    client, address = sign_in(ada), f"/plans/{run.plan.public_id}/scenarios/?scenario={scenario.public_id}"
    client.get(address)
    with CaptureQueriesContext(connection) as one:
        client.get(address)
    for name in ("B", "C"):
        kept(run, ada, name)
    with CaptureQueriesContext(connection) as many:
        client.get(address)
    assert len(many) <= len(one) + 2


def test_fields_are_merged_a_conflict_is_shown_and_buttons_work(scenario, ada, sign_in):
    client, base = sign_in(ada), f"/plans/scenarios/{scenario.public_id}/"
    page = client.get(base).content.decode()
    seen = re.search(r'name="seen:retirement_spending" value="([^"]*)"', page).group(1)
    told = {"take": ["retirement_spending"], "seen:retirement_spending": "1"}
    client.post(f"{base}take/", told)
    assert scenario.plan.goals.get(kind="retirement").annual_amount != 60_000
    assert "changed since you looked" in client.get(base).content.decode()
    client.post(f"{base}take/", {**told, "seen:retirement_spending": seen})
    assert scenario.plan.goals.get(kind="retirement").annual_amount == 60_000
    client.post(f"{base}aside/")
    assert "Restore" in client.get(f"/plans/{scenario.plan.public_id}/scenarios/").content.decode()
    client.post(f"{base}restore/")
    client.post(f"{base}lock/")
    page = client.get(f"/plans/{scenario.plan.public_id}/scenarios/").content.decode()
    assert "locked by" in page
    assert f"{base}aside/" not in page
