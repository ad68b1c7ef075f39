import math

import pytest

from apps.compliance.engine.risk_features import FURTHEST, Left, PersonFacts, consider, measured, table_of
from apps.kernel.errors import InvalidInputError
from tests.apps.compliance.engine.risk_books import drawn_book


def people(n=40, **changed):
    """Return people who differ in three facts, some facts changed for all."""
    told = [{"tolerance": 20.0 + at % 30, "age": 30.0 + at % 40, "capacity": 30.0 + at % 50} for at in range(n)]
    return [PersonFacts(f"p{at:03d}", row | changed) for at, row in enumerate(told)]


@pytest.mark.parametrize("wrong", [math.nan, math.inf, -math.inf, -1.0, 1000.0])
def test_what_cannot_be_a_fact_is_refused_by_its_name(wrong):
    with pytest.raises(InvalidInputError) as refused:
        consider([*people(), PersonFacts("x", {"tolerance": wrong})])
    assert refused.value.field == "tolerance"


def test_an_unknown_fact_and_a_person_given_twice_are_refused():
    with pytest.raises(InvalidInputError):
        consider([PersonFacts("x", {"luck": 1.0})])
    with pytest.raises(InvalidInputError):
        consider([*people(), people()[0]])


def test_a_fact_that_half_of_the_people_lack_does_not_count():
    told = [
        PersonFacts(p.key, {**p.values, "equity_share": at / 40}) if at < 15 else p for at, p in enumerate(people())
    ]
    found = consider(told)
    assert found.dropped["equity_share"] == Left.RARE
    assert found.dropped["plan_chance"] == Left.RARE
    assert found.ruler.codes == ("tolerance", "capacity", "age")


def test_a_fact_that_is_the_same_for_all_does_not_count():
    found = consider(people(plan_chance=0.8))
    assert found.dropped["plan_chance"] == Left.CONSTANT
    assert "plan_chance" not in found.ruler.codes


def test_who_was_not_asked_and_who_has_too_little_known_is_left_out_and_nobody_else():
    told = [*people(), PersonFacts("no", {"age": 50.0, "capacity": 40.0}), PersonFacts("few", {"tolerance": 30.0})]
    found = consider(told)
    assert found.left_out == {"no": Left.NOT_ASKED, "few": Left.TOO_FEW}
    assert len(found.people) == 40


def test_unknown_facts_are_counted_and_not_filled_in():
    told = people()
    told[3] = PersonFacts("p003", {"tolerance": 25.0, "age": 50.0})
    found = consider(told)
    assert found.unknown == {"tolerance": 0, "capacity": 1, "age": 0}
    assert math.isnan(table_of([told[3]], found.ruler.codes)[0][1])


def test_an_odd_figure_is_no_further_than_the_furthest_and_does_not_stretch_the_ruler():
    plain = people(liquid_months=6.0)
    told = [PersonFacts(p.key, {**p.values, "liquid_months": 4.0 + at % 5}) for at, p in enumerate(plain)]
    odd = [*told[:-1], PersonFacts(told[-1].key, {**told[-1].values, "liquid_months": 1200.0})]
    ruler = consider(told).ruler
    assert consider(odd).ruler.scales[1] == pytest.approx(ruler.scales[1], rel=0.1)
    assert measured(odd[-1:], ruler)[0][ruler.codes.index("liquid_months")] == FURTHEST


def test_the_last_ruler_is_kept_while_the_same_facts_count():
    told, _ = drawn_book(1, 40)
    ruler = consider(told).ruler
    more, _ = drawn_book(2, 60)
    assert consider(more, ruler).ruler is ruler
    without = [PersonFacts(p.key, {c: v for c, v in p.values.items() if c != "plan_chance"}) for p in more]
    assert consider(without, ruler).ruler != ruler
