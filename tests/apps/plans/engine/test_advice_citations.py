"""A text that states a number of its own is refused."""

from __future__ import annotations

from dataclasses import replace

import pytest

from apps.plans.engine.advice_citations import UncitedFigureError, check_citations, cited_figures, uncited
from apps.plans.engine.results import Effect, Recommendation, Text

ADVICE = Recommendation(
    key="save_more",
    kind="savings",
    title=Text("Save %(extra__money)s more each month", (("extra__money", 250.5),)),
    reason=Text("It reaches %(target__percent)s.", (("target__percent", 0.85),)),
    effect=Effect(0.6, 0.75, 0.15, 0.004, 12_000.0),
    confidence="high",
    difficulty="easy",
    timeframe="now",
    actions=(Text("Pay it into the 401(k) of %(account__name)s.", (("account__name", "7f3a"),)),),
    facts=(("monthly_extra", 250.5), ("target", 0.85)),
)


def test_texts_of_cited_figures_pass_and_names_of_the_law_are_no_figures() -> None:
    assert check_citations(ADVICE) is ADVICE
    assert cited_figures(ADVICE) == {250.5, 0.85, 0.6, 0.75, 0.15, 12_000.0}


@pytest.mark.parametrize(
    "lie",
    [
        Text("It reaches %(target__percent)s.", (("target__percent", 0.95),)),
        Text("It reaches 95%% of the markets.", ()),
        Text("You will have $1,000,000 more.", ()),
        Text("It takes 3 years.", ()),
        Text("Form 1099-R and 7 more papers.", ()),
    ],
)
def test_a_text_that_lies_is_refused_wherever_it_stands(lie: Text) -> None:
    for wrong in (replace(ADVICE, title=lie), replace(ADVICE, reason=lie), replace(ADVICE, actions=(lie,))):
        with pytest.raises(UncitedFigureError, match="save_more"):
            check_citations(wrong)


def test_a_number_written_out_counts_as_it_stands_or_as_a_share() -> None:
    figures = (0.85, 12_000.0)
    assert uncited(Text("85%% of markets leave 12,000 or 12000.", ()), figures) == ()
    assert uncited(Text("85 markets of them leave 12,001.", ()), figures) == ("85", "12,001")
