import pytest

from apps.compliance.selectors.onboarding import suitability_step
from tests.cast import person
from tests.factories import compliance as make
from tests.factories.clients import household


@pytest.fixture
def ana(ada, clay):
    return make.adult(household(ada), clay)


def test_it_says_who_has_the_ball_until_every_adult_has_a_profile(ana, ada):
    step = suitability_step(ana.household.public_id)
    assert not step.done
    assert step.missing == ("Ana Rivera has no risk questionnaire.", "Luis Rivera has no risk questionnaire.")
    assert step.waits_for == "advisor"
    luis = make.adult(ana.household, person("client", "Luis"), relationship="partner")
    make.opened(ana, ada)
    make.opened(luis, ada)
    assert suitability_step(ana.household.public_id).waits_for == "client"


def test_it_is_done_when_all_profiles_are_in_force(ana, ada):
    luis = make.adult(ana.household, person("client", "Luis"), relationship="partner")
    make.in_force(ana, ada)
    assert suitability_step(ana.household.public_id).missing == ("Luis Rivera has no risk questionnaire.",)
    make.in_force(luis, ada)
    step = suitability_step(ana.household.public_id)
    assert (step.done, step.missing, step.waits_for) == (True, (), "advisor")
    assert step.url.endswith("/compliance/")


def test_answers_wait_for_the_advisor(ana, ada):
    make.answered(ana, by=ada)
    assert "The answers of Ana Rivera wait for a review." in suitability_step(ana.household.public_id).missing
