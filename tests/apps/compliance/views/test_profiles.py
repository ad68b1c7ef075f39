import pytest
from django.urls import reverse

from apps.compliance.models import AssessmentState, CapacityAssessment, RiskAssessment
from tests.factories import compliance as make
from tests.factories.clients import household

CAPACITY = {
    "years_to_first_withdrawal": "15",
    "withdrawal_years": "25",
    "liquidity_coverage": "100",
    "income_stability": "2",
    "funded_ratio": "100",
    "debt_service_ratio": "20",
    "dependants": "2",
    "net_worth_share": "50",
    "portfolio_value": "500000",
    "required_return": "7",
    "source": "Statements of May 3",
}


@pytest.fixture
def ana(ada, clay):
    return make.adult(household(ada), clay)


def tab(ana):
    return reverse("compliance:household-compliance", kwargs={"household_id": ana.household.public_id})


def page(name, assessment, **kwargs):
    return reverse(f"compliance:{name}", kwargs={"assessment_id": assessment.public_id, **kwargs})


def test_anonymous_goes_to_sign_in(ana, sign_in):
    answer = sign_in().get(tab(ana))
    assert answer.status_code == 302
    assert "/accounts/login/" in answer["location"]


@pytest.mark.parametrize(
    ("who", "status"), [("ada", 200), ("paul", 200), ("connie", 200), ("mallory", 404), ("sue", 403), ("clay", 403)]
)
def test_the_tab_opens_by_role_and_household(request, ana, sign_in, who, status):
    assert sign_in(request.getfixturevalue(who)).get(tab(ana)).status_code == status


def test_an_empty_tab_says_how_to_begin(ana, ada, sign_in):
    text = sign_in(ada).get(tab(ana)).content.decode()
    assert "No risk profile yet." in text
    assert "Ask for own profile" in text
    assert "No portal account yet" in text  # Luis has none


def test_a_profile_in_force_shows_levels_losses_and_the_limit(ana, ada, connie, sign_in):
    make.in_force(ana, ada)
    text = sign_in(connie).get(tab(ana)).content.decode()
    assert "6 · High" in text
    assert 'data-value="-149740.00"' in text
    assert "Luis Rivera has no profile in force." in text
    assert "Ask for own profile" not in text  # compliance reads here


def test_the_tab_costs_a_constant_number_of_queries(ana, ada, sign_in, django_assert_max_num_queries):
    make.in_force(ana, ada)
    make.in_force(ana, ada, points=3)
    client = sign_in(ada)
    client.get(tab(ana))
    with django_assert_max_num_queries(20):
        client.get(tab(ana))


def test_an_advisor_asks_for_a_profile(ana, ada, sign_in):
    url = reverse("compliance:household-invite", kwargs={"household_id": ana.household.public_id})
    answer = sign_in(ada).post(url, {"person": ana.public_id, "kind": "individual"})
    assert answer["location"] == tab(ana)
    assert RiskAssessment.objects.get().person == ana


@pytest.mark.parametrize(("who", "status"), [("mallory", 302), ("connie", 403), ("sue", 403), ("clay", 403)])
def test_others_cannot_ask(request, ana, sign_in, who, status):
    url = reverse("compliance:household-invite", kwargs={"household_id": ana.household.public_id})
    answer = sign_in(request.getfixturevalue(who)).post(url, {"person": ana.public_id, "kind": "individual"})
    assert answer.status_code in (status, 404)
    assert not RiskAssessment.objects.exists()


def test_answers_of_a_meeting_are_taken_down_by_form(ana, ada, sign_in):
    assessment = make.opened(ana, ada)
    client, url = sign_in(ada), page("assessment-answers", assessment)
    assert "How would you describe yourself" in client.get(url).content.decode()
    answers = make.answers(assessment, 3)
    assert client.post(url, answers).status_code == 422  # how they were given is missing
    assert client.post(url, answers | {"given_how": "Meeting"})["location"] == tab(ana)
    assessment.refresh_from_db()
    assert assessment.state == AssessmentState.ANSWERED


def test_capacity_is_assessed_by_form_in_per_cent(ana, ada, sign_in):
    url = reverse("compliance:household-capacity", kwargs={"household_id": ana.household.public_id})
    client = sign_in(ada)
    assert client.get(url).status_code == 200
    assert client.post(url, CAPACITY)["location"] == tab(ana)
    row = CapacityAssessment.objects.get()
    assert (row.facts["debt_service_ratio"], str(row.score)) == ("0.2", "72.9")
    assert row.sources["dependants"] == "Statements of May 3"
    # the next form starts from what is known
    assert 'value="20"' in client.get(url).content.decode()


def test_an_impossible_fact_is_told_at_its_field(ana, ada, sign_in):
    url = reverse("compliance:household-capacity", kwargs={"household_id": ana.household.public_id})
    answer = sign_in(ada).post(url, CAPACITY | {"net_worth_share": "150"})
    assert answer.status_code == 422
    assert "lies outside 0 to 1" in answer.content.decode()
    assert not CapacityAssessment.objects.exists()


def test_a_review_by_form_brings_the_profile_into_force(ana, ada, sign_in):
    assessment = make.answered(ana, by=ada)
    client, url = sign_in(ada), page("assessment-review", assessment)
    assert "Tolerance alone recommends nothing" in client.get(url).content.decode()
    make.capacity(ana.household, ada)
    assert client.get(url).status_code == 200
    refused = client.post(url, {"accepted_level": 7, "note": "Talked."})
    assert refused.status_code == 422
    assert "above the recommended level 6" in refused.content.decode()
    assert client.post(url, {"accepted_level": 5, "note": "Talked."})["location"] == tab(ana)
    assessment.refresh_from_db()
    assert assessment.state == AssessmentState.REVIEWED


def test_an_exception_is_acknowledged_on_paper(ana, ada, sign_in):
    assessment = make.answered(ana, by=ada)
    make.capacity(ana.household, ada)
    client = sign_in(ada)
    fields = {"accepted_level": 7, "note": "Talked.", "exception_reason": "Insists."}
    client.post(page("assessment-review", assessment), fields)
    assert "has to acknowledge" in client.get(tab(ana)).content.decode()
    said = {"person": ana.public_id, "purpose": "exception", "given_how": "Letter of May 3"}
    client.post(page("assessment-acknowledge", assessment), said)
    assessment.refresh_from_db()
    assert assessment.state == AssessmentState.REVIEWED


def test_a_questionnaire_is_withdrawn_and_a_life_event_recorded(ana, ada, sign_in):
    assessment = make.opened(ana, ada)
    client = sign_in(ada)
    client.post(page("assessment-withdraw", assessment), {"reason": "Too early"})
    assessment.refresh_from_db()
    assert assessment.state == AssessmentState.SUPERSEDED
    in_force = make.in_force(ana, ada)
    url = reverse("compliance:household-life-event", kwargs={"household_id": ana.household.public_id})
    client.post(url, {"event": "divorce", "note": "By phone"})
    in_force.refresh_from_db()
    assert in_force.state == AssessmentState.EXPIRED


def test_details_and_passports_tell_how_each_figure_came_about(ana, ada, connie, sign_in):
    assessment = make.in_force(ana, ada)
    client = sign_in(connie)
    assert "Which would trouble you more?" in client.get(page("assessment-detail", assessment)).content.decode()
    told = {"tolerance": "Together 52 points", "profile": "Recommended is the lower", "loss": "1928 to 2024"}
    for figure, words in told.items():
        url = page("profile-passport", assessment, figure=figure)
        assert words in client.get(url).content.decode()
        panel = client.get(url, headers={"hx-request": "true"}).content.decode()
        assert words in panel
        assert "<html" not in panel
    assert client.get(page("profile-passport", assessment, figure="weather")).status_code == 404
    capacity = reverse("compliance:capacity-passport", kwargs={"capacity_id": assessment.capacity.public_id})
    assert "Weighted mean 72.9 of 100" in client.get(capacity).content.decode()


def test_a_strangers_assessment_does_not_exist(ana, ada, mallory, sign_in):
    assessment = make.in_force(ana, ada)
    client = sign_in(mallory)
    for name in ("assessment-detail", "assessment-review", "assessment-answers"):
        assert client.get(page(name, assessment)).status_code == 404, name
    assert client.get(page("profile-passport", assessment, figure="loss")).status_code == 404
    capacity = reverse("compliance:capacity-passport", kwargs={"capacity_id": assessment.capacity.public_id})
    assert client.get(capacity).status_code == 404
