import datetime as dt

import pytest
from django.db import DatabaseError

from apps.core.models import AuditEvent
from apps.kernel.errors import InvalidInputError
from apps.plans.models import PlanStep, StepOwner, StepStatus
from apps.plans.services import steps
from apps.plans.services.errors import NotYourStepError, StepNotPossibleError
from apps.plans.services.steps import (
    Evidence,
    StepDetails,
    add_step,
    change_step,
    finish_own_step,
    finish_step,
    halt_step,
    reopen_step,
)
from tests.days import today
from tests.factories import clients, portfolios

SOON = dt.timedelta(days=20)


@pytest.fixture
def household(ada):
    return clients.household(ada)


@pytest.fixture
def step(ada, household):
    details = StepDetails(title="Bring the will", owner=StepOwner.CLIENT, due_on=today() + SOON)
    return add_step(household=household, details=details, by=ada.as_actor())


def events(action):
    return AuditEvent.objects.filter(action=action).count()


def test_a_step_is_written_once_and_audited(step):
    assert (step.status, step.title, step.code) == (StepStatus.OPEN, "Bring the will", "")
    assert events("plans.add_step") == 1


@pytest.mark.parametrize(
    ("told", "field"),
    [
        ({"title": " "}, "title"),
        ({"owner": "nobody"}, "owner"),
        ({"owner": StepOwner.OTHER}, "owner_name"),
    ],
)
def test_a_step_that_says_too_little_is_refused_at_its_field(ada, household, told, field):
    details = StepDetails(**{"title": "x", "owner": StepOwner.ADVISOR, "due_on": today(), **told})
    with pytest.raises(InvalidInputError) as refused:
        add_step(household=household, details=details, by=ada.as_actor())
    assert refused.value.field == field
    assert not PlanStep.objects.exists()


def test_people_of_another_household_own_no_step(ada, household):
    stranger = clients.household(ada, name="Stone").people.get(relationship="head")
    details = StepDetails(title="x", owner=StepOwner.CLIENT, due_on=today(), person=stranger)
    with pytest.raises(InvalidInputError, match="another household"):
        add_step(household=household, details=details, by=ada.as_actor())


def test_a_new_day_is_reminded_of_anew(ada, step):
    PlanStep.objects.update(reminded_on=today())
    details = StepDetails(title=step.title, owner=step.owner, due_on=today() + 2 * SOON)
    assert change_step(step=step, details=details, by=ada.as_actor()).reminded_on is None
    assert events("plans.change_step") == 1


def test_a_step_is_done_with_its_paper(ada, step):
    evidence = Evidence(filename="will.pdf", content=clients.pdf())
    done = finish_step(step=step, evidence=evidence, by=ada.as_actor())
    assert (done.status, done.document.title, done.closed_by) == ("done", "Bring the will", ada.as_actor().label)
    assert events("plans.finish_step") == 1


def test_a_step_is_done_with_what_arrived_in_an_account(ada, step, household):
    entry = portfolios.entry(portfolios.account(household, ada), ada, "deposit", cash="500")
    done = finish_step(step=step, evidence=Evidence(entry=entry), by=ada.as_actor())
    assert (done.status, done.entry) == ("done", entry)


def test_nothing_is_done_without_evidence_or_by_that_of_others(ada, step):
    with pytest.raises(InvalidInputError, match="Say how it was done"):
        finish_step(step=step, evidence=Evidence(note="  "), by=ada.as_actor())
    other = clients.household(ada, name="Stone")
    entry = portfolios.entry(portfolios.account(other, ada), ada, "deposit", cash="500")
    paper = clients.document(other, by=ada.as_actor())
    for foreign in (Evidence(entry=entry), Evidence(document=paper)):
        with pytest.raises(InvalidInputError, match="another household"):
            finish_step(step=step, evidence=foreign, by=ada.as_actor())
    step.refresh_from_db()
    assert step.status == StepStatus.OPEN


def test_a_closed_step_is_neither_done_twice_nor_changed_until_it_is_taken_up_again(ada, step):
    by = ada.as_actor()
    finish_step(step=step, evidence=Evidence(note="Seen"), by=by)
    with pytest.raises(StepNotPossibleError, match="already"):
        finish_step(step=step, evidence=Evidence(note="Seen again"), by=by)
    with pytest.raises(StepNotPossibleError):
        change_step(step=step, details=StepDetails("y", StepOwner.ADVISOR, today()), by=by)
    again = reopen_step(step=step, by=by)
    assert (again.status, again.note, again.closed_at) == (StepStatus.OPEN, "", None)
    assert events("plans.reopen_step") == 1


@pytest.mark.parametrize("status", [StepStatus.BLOCKED, StepStatus.DROPPED])
def test_a_step_waits_or_is_dropped_for_a_reason(ada, step, status):
    with pytest.raises(InvalidInputError) as refused:
        halt_step(step=step, status=status, reason=" ", by=ada.as_actor())
    assert refused.value.field == "reason"
    halted = halt_step(step=step, status=status, reason="The court is slow", by=ada.as_actor())
    assert (halted.status, halted.reason) == (status, "The court is slow")
    assert events("plans.halt_step") == 1


def test_a_step_cannot_be_halted_as_done(ada, step):
    with pytest.raises(InvalidInputError) as refused:
        halt_step(step=step, status=StepStatus.DONE, reason="x", by=ada.as_actor())
    assert refused.value.field == "status"


def test_a_client_does_their_own_steps_alone(ada, step, household):
    own = clients.portal_user(household.people.get(relationship="head"))
    partner = clients.portal_user(household.people.get(relationship="partner"))
    stranger = clients.portal_user(clients.household(ada, name="Stone").people.get(relationship="head"))
    step.person = household.people.get(relationship="head")
    step.save()
    for other in (partner, stranger, ada):
        with pytest.raises(NotYourStepError):
            finish_own_step(step=step, evidence=Evidence(note="Done"), by=other.as_actor())
    done = finish_own_step(step=step, evidence=Evidence(note="Done"), by=own.as_actor())
    assert done.closed_by == own.as_actor().label


def test_the_firms_steps_are_not_the_clients_to_do(ada, step, household):
    own = clients.portal_user(household.people.get(relationship="head"))
    details = StepDetails("File the papers", StepOwner.ADVISOR, today())
    firms = add_step(household=household, details=details, by=ada.as_actor())
    with pytest.raises(NotYourStepError):
        finish_own_step(step=firms, evidence=Evidence(note="Done"), by=own.as_actor())


def test_a_step_that_cannot_be_audited_is_not_done(ada, step, monkeypatch):
    def broken(*_args, **_kwargs):
        raise DatabaseError

    monkeypatch.setattr(steps.audit, "record", broken)
    with pytest.raises(DatabaseError):
        finish_step(step=step, evidence=Evidence(note="x"), by=ada.as_actor())
    step.refresh_from_db()
    assert step.status == StepStatus.OPEN
