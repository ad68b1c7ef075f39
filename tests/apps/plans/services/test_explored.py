"""What the exploring pages say, for whoever asks: a page with the origin of each of its figures."""

from __future__ import annotations

from decimal import Decimal

import pytest

from apps.kernel.errors import InvalidInputError
from apps.money.models import IncomeSource
from apps.plans.selectors.claiming_pages import USUAL_RATE, Chosen
from apps.plans.selectors.explorers import explorer_passport
from apps.plans.selectors.figures import figures_in
from apps.plans.selectors.what_if import Asked, asked_of
from apps.plans.services.explored import explored_claiming, explored_stresses, explored_taxes
from tests.factories import plans


@pytest.fixture
def asked(ada) -> Asked:
    run = plans.computed(plans.drafted(ada), ada)
    found = asked_of(run.plan)
    assert found is not None
    return found


def test_each_page_comes_with_the_origin_of_its_figures(asked, ada):
    by = ada.as_actor()
    taxes = explored_taxes(asked=asked, in_today=True, by=by)
    claims = explored_claiming(asked=asked, chosen=Chosen(USUAL_RATE, None), by=by)
    stresses = explored_stresses(asked=asked, kept=plans.stressed(asked.run, ada, Decimal(90_000)))
    for found in (taxes, claims, stresses):
        figure = next(each for each in figures_in(found.page) if each.value is not None)
        assert explorer_passport(asked, found.page, figure.key, found.origin).method
    assert not explored_taxes(asked=asked, in_today=False, by=by).page.in_today
    assert stresses.page.care == "90000"
    assert explored_stresses(asked=asked, kept=None) is None


def test_an_age_that_is_past_is_refused_and_without_claims_there_is_nothing_to_say(asked, ada):
    with pytest.raises(InvalidInputError):
        explored_claiming(asked=asked, chosen=Chosen(USUAL_RATE, (1,)), by=ada.as_actor())
    IncomeSource.objects.filter(kind="social_security").delete()
    run = plans.computed(asked.run.plan, ada)
    without = Asked(run, asked_of(run.plan).question)
    assert explored_claiming(asked=without, chosen=Chosen(USUAL_RATE, None), by=ada.as_actor()) is None
