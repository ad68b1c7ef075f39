import datetime as dt
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.clients.services.households import assign_household
from apps.plans.models import PlanStep, StepOwner, StepStatus
from apps.plans.services.steps import StepDetails, add_step
from tests.days import today
from tests.factories import clients, plans, portfolios


@pytest.fixture
def watch(ada):
    made = plans.watched(ada, Decimal(400), (today().replace(day=1) - dt.timedelta(days=70)).replace(day=1))
    step(ada, made.household, "Bring the will")
    return made


def step(ada, household, title, owner=StepOwner.CLIENT, days=3):
    details = StepDetails(title=title, owner=owner, due_on=today() + dt.timedelta(days=days))
    return add_step(household=household, details=details, by=ada.as_actor())


def board(household):
    return f"/households/{household.public_id}/plan/steps/"


def addresses(watch):
    row = PlanStep.objects.filter(household=watch.household).first()
    own, contribution = f"/plans/steps/{row.public_id}/", f"/plans/contributions/{watch.public_id}/"
    return {
        board(watch.household): "get",
        f"{board(watch.household)}new/": "get",
        own: "get",
        f"{own}finish/": "get",
        f"{own}halt/": "get",
        f"{own}reopen/": "post",
        contribution: "get",
        f"{contribution}stop/": "get",
        f"{contribution}figures/expected/": "get",
    }


def test_nobody_unknown_sees_or_does_anything(watch, sign_in):
    for address, verb in {**addresses(watch), "/plans/steps/": "get"}.items():
        answer = getattr(sign_in(), verb)(address)
        assert answer.status_code == 302, address
        assert "/accounts/login/" in answer["Location"]


def test_support_and_clients_are_told_who_can(watch, sue, clay, ada, sign_in):
    assign_household(household=watch.household, user=sue, by=ada.as_actor())
    for person in (sue, clay):
        client = sign_in(person)
        for address, verb in {**addresses(watch), "/plans/steps/": "get"}.items():
            assert getattr(client, verb)(address).status_code == 403, (person, address)


def test_another_advisor_finds_nothing(watch, mallory, sign_in):
    client = sign_in(mallory)
    for address, verb in addresses(watch).items():
        assert getattr(client, verb)(address).status_code == 404, address
    assert "Bring the will" not in client.get("/plans/steps/?view=open").content.decode()


def test_compliance_reads_the_board_and_changes_nothing(watch, connie, sign_in):
    client = sign_in(connie)
    for address, verb in addresses(watch).items():
        reads = address.endswith(("/plan/steps/", "/expected/"))
        assert getattr(client, verb)(address).status_code == (200 if reads else 403), address
    assert "/finish/" not in client.get(board(watch.household)).content.decode()


def test_an_advisor_walks_a_step_from_new_to_done_and_back(ada, watch, sign_in):
    client, household = sign_in(ada), watch.household
    new = {"title": "Call the bank", "owner": "advisor", "due_on": today().isoformat()}
    wrong = client.post(f"{board(household)}new/", {**new, "owner": "other"})
    assert wrong.status_code == 422
    assert "Say who does it." in wrong.content.decode()
    assert client.post(f"{board(household)}new/", new)["Location"] == board(household)
    row = PlanStep.objects.get(title="Call the bank")
    address = f"/plans/steps/{row.public_id}/"
    client.post(address, {**new, "title": "Call the other bank"})
    assert client.post(f"{address}halt/", {"status": "blocked", "reason": ""}).status_code == 422
    client.post(f"{address}halt/", {"status": "blocked", "reason": "Closed today"})
    assert "Closed today" in client.get(board(household)).content.decode()
    assert client.post(f"{address}finish/", {"note": ""}).status_code == 422
    paper = SimpleUploadedFile("letter.pdf", clients.pdf(), "application/pdf")
    client.post(f"{address}finish/", {"note": "Confirmed by letter", "paper": paper})
    row.refresh_from_db()
    assert (row.status, row.title, row.document.title) == ("done", "Call the other bank", "Call the other bank")
    page = client.get(board(household)).content.decode()
    assert "Confirmed by letter" in page
    assert str(row.document.public_id) in page
    client.post(f"{address}reopen/")
    row.refresh_from_db()
    assert row.status == StepStatus.OPEN


def test_what_arrived_is_offered_as_evidence_and_shown_against_what_was_agreed(ada, watch, sign_in):
    client = sign_in(ada)
    entry = portfolios.entry(watch.account, ada, "deposit", today(), cash="275.50")
    row = PlanStep.objects.get(title="Bring the will")
    assert "$275.50" in client.get(f"/plans/steps/{row.public_id}/finish/").content.decode()
    client.post(f"/plans/steps/{row.public_id}/finish/", {"note": "", "entry": entry.public_id})
    row.refresh_from_db()
    assert row.entry == entry
    page = client.get(board(watch.household)).content.decode()
    assert "Missed" in page
    key = f"arrived-{today():%Y-%m}"
    passport = client.get(f"/plans/contributions/{watch.public_id}/figures/{key}/").content.decode()
    assert "$275.50" in passport
    assert client.get(f"/plans/contributions/{watch.public_id}/figures/nothing/").status_code == 404


def test_an_amount_of_nothing_is_refused_and_a_watch_is_stopped_for_a_reason(ada, watch, sign_in):
    client, address = sign_in(ada), f"/plans/contributions/{watch.public_id}/"
    told = {"monthly_amount": "0", "first_month": watch.first_month.isoformat()}
    assert client.post(address, told).status_code == 422
    client.post(address, {**told, "monthly_amount": "350"})
    assert client.post(f"{address}stop/", {"reason": ""}).status_code == 422
    client.post(f"{address}stop/", {"reason": "Left the job"})
    watch.refresh_from_db()
    assert (watch.monthly_amount, watch.stopped_on) == (350, today())


def test_the_list_goes_across_households_by_what_is_due_in_a_constant_number_of_queries(ada, watch, sign_in):
    client = sign_in(ada)
    step(ada, watch.household, "Long gone", StepOwner.ADVISOR, -4)
    step(ada, watch.household, "Far away", StepOwner.ADVISOR, 90)
    page = client.get("/plans/steps/").content.decode()
    assert page.index("Long gone") < page.index("Bring the will")
    assert "Far away" not in page
    assert "Bring the will" not in client.get("/plans/steps/?view=overdue").content.decode()
    assert "Far away" in client.get("/plans/steps/?view=open").content.decode()
    with CaptureQueriesContext(connection) as one:
        client.get("/plans/steps/")
    for name in ("Stone", "Brook"):
        step(ada, clients.household(ada, name=name), f"Step of {name}")
    with CaptureQueriesContext(connection) as many:
        assert "Step of Brook" in client.get("/plans/steps/").content.decode()
    assert len(many) == len(one)
    assert "Long gone" in client.get("/").content.decode()


def test_a_client_reads_the_steps_and_does_their_own(ada, watch, sign_in):
    household = watch.household
    user = clients.portal_user(household.people.get(relationship="head"))
    theirs = step(ada, household, "Check the mix", StepOwner.ADVISOR)
    client, own = sign_in(user), PlanStep.objects.get(title="Bring the will")
    assert "Bring the will" in client.get("/portal/").content.decode()
    address = f"/portal/plan/steps/{own.public_id}/"
    assert client.get(address).status_code == 200
    assert client.post(address, {"note": ""}).status_code == 422
    assert client.post(f"/portal/plan/steps/{theirs.public_id}/", {"note": "x"}).status_code == 403
    paper = SimpleUploadedFile("will.pdf", clients.pdf(), "application/pdf")
    client.post(address, {"note": "Here", "paper": paper})
    own.refresh_from_db()
    assert (own.status, own.document.visible_to_client) == (StepStatus.DONE, True)
    stranger = clients.portal_user(clients.household(ada, name="Stone").people.get(relationship="head"))
    assert sign_in(stranger).get(address).status_code == 404
    assert sign_in(ada).get(address).status_code == 403
