import datetime as dt

import pytest

from apps.compliance.selectors.trail import TrailQuery, trail_actions, trail_entries, trail_events, trail_people
from apps.core import audit
from apps.kernel.errors import InvalidInputError
from tests.apps.compliance.trails import seal_now
from tests.factories.clients import household


@pytest.fixture
def two(ada):
    return household(ada), household(ada, name="Stone")


def test_a_households_trail_holds_its_events_alone(two, connie):
    rivera, _stone = two
    rows = trail_events(connie.as_actor(), TrailQuery(household=str(rivera.public_id)))
    assert {row.subject_id for row in rows} == {str(rivera.public_id)}
    assert rows.count() == 6


def test_an_advisor_would_see_only_their_own_households(two, ada, mallory):
    assert trail_events(ada.as_actor(), TrailQuery()).exists()
    assert not trail_events(mallory.as_actor(), TrailQuery()).exists()


def test_filters_narrow_by_person_action_period_and_self_review(two, connie, ada, paul):
    audit.record("accounts.attest_self_review", by=paul.as_actor(), target=paul, after={"is_self_review": True})
    officer = connie.as_actor()
    assert trail_events(officer, TrailQuery(person=paul.as_actor().key)).count() == 1
    assert trail_events(officer, TrailQuery(action="clients.add_person")).count() == 8
    assert trail_events(officer, TrailQuery(self_reviews=True)).count() == 1
    today = dt.datetime.now(tz=dt.UTC).date()
    assert not trail_events(officer, TrailQuery(first=today + dt.timedelta(days=2))).exists()
    assert trail_events(officer, TrailQuery(first=today - dt.timedelta(days=2))).exists()


def test_a_period_that_ends_before_it_begins_is_refused(two, connie):
    query = TrailQuery(first=dt.date(2026, 2, 1), last=dt.date(2026, 1, 1))
    with pytest.raises(InvalidInputError, match="before it begins"):
        trail_events(connie.as_actor(), query)


def test_days_are_those_of_the_firm(two, connie, paul):
    event = audit.record("tests.late", by=paul.as_actor(), target=paul)
    entry = trail_entries([event])[0]
    assert entry.zone == "America/New_York"
    assert entry.at_utc - entry.at_firm in (dt.timedelta(hours=4), dt.timedelta(hours=5))


def test_an_entry_tells_before_and_after_origin_and_place_in_the_chain(two, connie, paul):
    audit.record(
        "accounts.change_name", by=paul.as_actor(), target=paul, before={"full_name": "Paul", "x": 1},
        after={"full_name": "Paula", "x": 1}, reason="Marriage",
    )  # fmt: skip
    seal_now()
    entry = trail_entries(trail_events(connie.as_actor(), TrailQuery())[:1])[0]
    assert [(change.field, change.before, change.after) for change in entry.changes] == [("name", "Paul", "Paula")]
    assert (entry.words, entry.who, entry.role, entry.reason) == ("Change name", "Paul", "principal", "Marriage")
    assert entry.sequence
    assert len(entry.hash) == 64


def test_a_page_of_entries_costs_a_constant_number_of_queries(two, connie, django_assert_num_queries):
    with django_assert_num_queries(3):
        trail_entries(trail_events(connie.as_actor(), TrailQuery())[:50])


def test_filters_offer_people_and_actions_that_occur(two, connie, ada):
    assert (ada.as_actor().key, "Ada") in trail_people(connie.as_actor())
    assert "clients.onboard_household" in dict(trail_actions(connie.as_actor()))


def test_a_query_survives_being_stored():
    query = TrailQuery(household="x", first=dt.date(2026, 1, 1), self_reviews=True)
    assert TrailQuery.from_content(query.as_content()) == query
    assert TrailQuery.from_content({}).is_everything
