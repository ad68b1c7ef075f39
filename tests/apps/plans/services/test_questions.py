import pytest

from apps.core.models import AuditEvent
from apps.kernel.errors import InvalidInputError
from apps.notices.models import Mail
from apps.plans.models import PlanQuestion
from apps.plans.selectors.plan_lists import open_questions
from apps.plans.services.errors import NotInTheHouseholdError, QuestionClosedError, StatusNotPossibleError
from apps.plans.services.publishing import publish_plan
from apps.plans.services.questions import answer_question, ask_question
from tests.factories import clients, plans


@pytest.fixture
def plan(ada):
    plan = plans.drafted(ada)
    plans.computed(plan, ada)
    return publish_plan(plan=plan, by=ada.as_actor())


@pytest.fixture
def client(plan):
    return clients.portal_user(plan.household.people.get(relationship="head"))


def test_a_client_asks_and_the_advisor_answers(ada, plan, client, sue, mallory):
    question = ask_question(plan=plan, text="What if I retire at 60?", by=client.as_actor())
    assert Mail.objects.get(kind="plans/question_asked").to == ada.email
    assert list(open_questions(ada.as_actor())) == [question]
    assert not open_questions(mallory.as_actor()).exists()
    assert not open_questions(sue.as_actor()).exists()
    answer_question(question=question, text="Then the chance falls.", by=ada.as_actor())
    question.refresh_from_db()
    assert question.answered_by == ada.as_actor().label
    assert Mail.objects.filter(kind="plans/question_answered").count() == 1
    assert AuditEvent.objects.filter(action__in=["plans.ask_question", "plans.answer_question"]).count() == 2
    with pytest.raises(QuestionClosedError):
        answer_question(question=question, text="Again", by=ada.as_actor())


def test_only_the_household_asks_about_its_plan(ada, plan):
    other = clients.household(ada, name="Stone")
    stranger = clients.portal_user(other.people.get(relationship="head"))
    with pytest.raises(NotInTheHouseholdError):
        ask_question(plan=plan, text="May I?", by=stranger.as_actor())
    assert not PlanQuestion.objects.exists()


def test_an_empty_question_and_one_about_a_draft_are_refused(ada, plan, client):
    with pytest.raises(InvalidInputError) as refused:
        ask_question(plan=plan, text="  ", by=client.as_actor())
    assert refused.value.field == "text"
    plan.status = "superseded"
    plan.save()
    with pytest.raises(StatusNotPossibleError):
        ask_question(plan=plan, text="Well?", by=client.as_actor())
