"""The questionnaire on the phone: one question a screen, resumed, submitted once."""

from __future__ import annotations

import pytest

from apps.compliance.models import AssessmentState
from tests.factories import compliance


@pytest.fixture
def assessment(household, ana, ada):
    return compliance.opened(household.people.get(relationship="head"), ada)


def address(assessment, rest=""):
    return f"/portal/questionnaires/{assessment.public_id}/{rest}"


def test_the_home_page_asks_for_it(portal, assessment):
    assert "Answer the risk questionnaire" in portal.get("/portal/").content.decode()


def test_it_is_resumed_at_the_first_question_without_an_answer(portal, assessment):
    items = assessment.questionnaire.content["items"]
    assert portal.get(address(assessment))["Location"] == address(assessment, "1/")
    answer = portal.post(address(assessment, "1/"), {"option": items[0]["options"][0]["code"]})
    assert answer["Location"] == address(assessment, "2/")
    assert portal.get(address(assessment))["Location"] == address(assessment, "2/")
    assert "1 of" not in portal.get(address(assessment, "2/")).content.decode().split("<h1")[0]


def test_a_question_without_a_choice_comes_back_with_the_reason(portal, assessment):
    answer = portal.post(address(assessment, "1/"), {})
    assert answer.status_code == 422
    assert "Choose the answer" in answer.content.decode()
    assessment.refresh_from_db()
    assert assessment.answers == {}


def test_an_invented_option_is_refused(portal, assessment):
    assert portal.post(address(assessment, "1/"), {"option": "zzz"}).status_code == 422


@pytest.mark.parametrize("number", ["0/", "99/"])
def test_there_are_no_other_questions(portal, assessment, number):
    assert portal.get(address(assessment, number)).status_code == 404


def test_all_answers_are_reviewed_and_submitted_once(portal, assessment):
    for number, (item, option) in enumerate(compliance.answers(assessment, 3).items(), 1):
        last = portal.post(address(assessment, f"{number}/"), {"option": option})
        assert item
    assert last["Location"] == address(assessment, "review/")
    assert "Submit the answers" in portal.get(address(assessment, "review/")).content.decode()
    portal.post(address(assessment, "submit/"))
    assessment.refresh_from_db()
    assert assessment.state == AssessmentState.ANSWERED
    page = portal.get(address(assessment, "review/")).content.decode()
    assert "Submit the answers" not in page
    refused = portal.post(address(assessment, "1/"), {"option": option})
    assert refused.status_code in {409, 422}


def test_an_incomplete_questionnaire_cannot_be_submitted(portal, assessment):
    portal.post(address(assessment, "submit/"))
    assessment.refresh_from_db()
    assert assessment.state == AssessmentState.OPEN


@pytest.mark.parametrize("rest", ["", "1/", "review/"])
def test_the_questionnaire_of_another_household_does_not_exist(stranger, sign_in, assessment, rest):
    assert sign_in(stranger).get(address(assessment, rest)).status_code == 404


def test_a_partner_does_not_answer_for_the_other(household, ana, sign_in, assessment):
    from tests.factories import clients

    luis = clients.portal_user(household.people.get(relationship="partner"))
    assert sign_in(luis).get(address(assessment, "1/")).status_code == 404
