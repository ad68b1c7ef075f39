import pytest
from django.utils import timezone

from apps.compliance.selectors.profiles import acknowledgements_for, household_profiles
from apps.compliance.services.assessments import save_answer, submit_answers
from apps.compliance.services.reviews import review_assessment
from tests.factories import compliance as make
from tests.factories.clients import household


@pytest.fixture
def ana(ada, clay):
    return make.adult(household(ada), clay)


def seen(ana, user):
    return household_profiles(ana.household, user.as_actor(), timezone.localdate())


def test_adults_stand_side_by_side_and_children_do_not(ana, ada):
    profiles = seen(ana, ada)
    assert [str(each.person) for each in profiles.adults] == ["Ana Rivera", "Luis Rivera"]
    assert profiles.capacity is None
    assert profiles.portfolio is None


def test_the_profile_in_force_and_the_one_in_progress_are_told_apart(ana, ada):
    old = make.in_force(ana, ada)
    new = make.opened(ana, ada)
    adult = seen(ana, ada).adults[0]
    assert (adult.current.assessment, adult.upcoming.assessment, adult.earlier) == (old, new, ())
    assert (adult.upcoming.answered, adult.upcoming.questions) == (0, 13)


def test_contradictions_are_told_in_the_words_that_were_asked(ana, ada, clay):
    assessment = make.opened(ana, ada)
    for item, option in (make.answers(assessment, 3) | {"fall_reaction": "a", "past_fall": "d"}).items():
        save_answer(assessment=assessment, item=item, option=option, by=clay.as_actor())
    submit_answers(assessment=assessment, by=clay.as_actor())
    pairs = seen(ana, ada).adults[0].upcoming.contradictions
    assert [(pair.first_answer, pair.second_answer) for pair in pairs] == [("Sell everything", "Bought more of it")]


def test_losses_are_money_and_proportion(ana, ada):
    make.in_force(ana, ada)
    losses = seen(ana, ada).adults[0].current.losses
    assert [loss.code for loss in losses] == ["p05", "2008"]
    assert str(losses[1].amount) == "-149740.00 USD"
    assert all(loss.proportion < 0 for loss in losses)


def test_a_client_is_shown_what_they_are_asked_to_acknowledge(ana, ada, clay):
    assessment = make.answered(ana, by=ada)
    make.capacity(ana.household, ada)
    assert acknowledgements_for(clay.as_actor(), timezone.localdate()) == []
    review_assessment(
        assessment=assessment, accepted_level=7, note="Talked.", exception_reason="Insists.", by=ada.as_actor()
    )
    [(asked, what)] = acknowledgements_for(clay.as_actor(), timezone.localdate())
    assert asked == assessment
    assert what.purpose == "exception"
    assert "7 · Very high" in what.statement
    assert acknowledgements_for(ada.as_actor(), timezone.localdate()) == []


def test_the_page_costs_a_constant_number_of_queries(ana, ada, django_assert_max_num_queries):
    make.in_force(ana, ada)
    make.in_force(ana, ada, points=2)
    with django_assert_max_num_queries(4):
        seen(ana, ada)
