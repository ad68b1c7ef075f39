from decimal import Decimal

from django.utils import translation

from apps.kernel.money import Money
from apps.plans.engine.advice_texts import debt_texts, emergency_texts
from apps.plans.engine.digest import plain
from apps.plans.selectors.figures import Figure, Wording, figures_in, money_figure, sentence, written

WORDING = Wording("USD", {"loan-1": "Car loan"}, "advice:x")
DEBT = {"monthly_extra": 200.0, "rate": 0.079, "bond_return": 0.0483, "interest_saved": 763.2, "months_sooner": 14.0}


def test_a_sentence_of_the_engine_names_the_debt_and_marks_each_number():
    title, why, _ = debt_texts("loan-1", DEBT)
    assert written(sentence(plain(title), WORDING)) == "Pay $200 more a month on Car loan"
    parts = sentence(plain(why), WORDING)
    assert [each.kind for each in parts if isinstance(each, Figure)] == ["percent", "percent", "money", "count"]
    assert "7.9% a year" in written(parts)
    assert len({each.key for each in parts if isinstance(each, Figure)}) == 4


def test_a_changed_number_takes_the_place_of_the_proposed_one():
    title, _, _ = debt_texts("loan-1", DEBT)
    parts = sentence(plain(title), WORDING, {"extra__money": Decimal("50.0000")})
    assert written(parts) == "Pay $50 more a month on Car loan"


def test_numbers_are_written_in_the_readers_language():
    facts = {"held": 1000.0, "needed": 41520.0, "months": 6.0, "fill_months": 24.0, "monthly_extra": 1688.3}
    title, _, _ = emergency_texts(facts)
    with translation.override("pt-br"):
        assert "41.520" in written(sentence(plain(title), WORDING))


def test_an_amount_is_exact_to_the_cent_and_nothing_known_is_a_dash():
    assert money_figure(0.125, "USD", "k", "l").value == Money(Decimal("0.13"), "USD")
    assert money_figure(None, "USD", "k", "l").text == "–"


def test_figures_are_found_wherever_they_lie():
    inside = Figure(1, "count", "a", "A")
    assert [each.key for each in figures_in(({"not": "walked"}, [inside], ("text", inside)))] == ["a", "a"]


def test_ages_years_and_treatments_of_a_sentence_read_as_people_say_them():
    text = {
        "message": "Begin at %(then__years)s instead of %(now__years)s in %(year__year)s from %(first__treatment)s",
        "params": [
            ["then__years", 70.0],
            ["now__years", 66.8],
            ["year__year", 2026.0],
            ["first__treatment", "taxable"],
        ],
    }
    told = sentence(text, Wording("USD", {}, "advice:x"))
    assert written(told) == "Begin at 70 instead of 66.8 in 2026 from taxable accounts"
