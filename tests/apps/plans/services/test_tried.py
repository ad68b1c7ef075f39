import pytest

from apps.kernel.errors import InvalidInputError
from apps.plans.selectors.what_if import asked_of
from apps.plans.selectors.what_if_values import Question
from apps.plans.services.tried import OWN_KINDS, answered, check_kinds, opened
from tests.factories import plans


@pytest.fixture
def asked(ada):
    plan = plans.drafted(ada)
    plans.computed(plan, ada)
    return asked_of(plan)


def test_nothing_moved_is_the_stored_result(asked, ada):
    found = answered(asked, Question("p", 1, {}, is_whole=True), ada.as_actor())
    assert found.success.value == asked.run.success
    assert found.moved == ()


def test_levers_of_other_kinds_are_left_out_and_stand_as_planned(asked, ada):
    told = {"extra_saving": "300", "lower_returns": "2"}
    page = opened(asked, told, ada.as_actor(), OWN_KINDS)
    rows = [row for group in page.groups for row in group.rows]
    assert {row.kind for row in rows} <= OWN_KINDS
    assert (
        page.result.moved
        == answered(asked, Question("q", 1, {"extra_saving": 300.0}, is_whole=True), ada.as_actor()).moved
    )
    every = opened(asked, told, ada.as_actor())
    assert len([row for group in every.groups for row in group.rows]) > len(rows)
    assert len(every.result.moved) == 2


def test_a_lever_of_another_kind_is_refused_at_its_name():
    check_kinds({"extra_saving": 1.0, "goal_amount:x": 2.0}, OWN_KINDS)
    with pytest.raises(InvalidInputError) as refused:
        check_kinds({"equity_share": 0.5}, OWN_KINDS)
    assert refused.value.field == "equity_share"
