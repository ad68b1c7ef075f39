from decimal import Decimal

import pytest
from django.db import DatabaseError, transaction

from apps.compliance.engine.errors import CapacityFactError
from apps.compliance.models import CapacityAssessment
from apps.core.models import AuditEvent
from apps.kernel.errors import InvalidInputError
from tests.factories import compliance as make
from tests.factories.clients import household


def test_capacity_is_scored_and_kept_with_its_facts_and_trail(ada):
    row = make.capacity(household(ada), ada)
    assert (row.score, row.level, row.currency) == (Decimal("72.9"), 6, "USD")
    assert row.facts["debt_service_ratio"] == "0.2"
    assert len(row.trail) == 9
    event = AuditEvent.objects.get(action="compliance.assess_capacity")
    assert event.after["level"] == 6


def test_an_answered_profile_follows_the_newest_capacity(ada, clay):
    ana = make.adult(household(ada), clay)
    assessment = make.answered(ana, points=4, by=ada)
    make.capacity(ana.household, ada, years_to_first_withdrawal="2")
    assessment.refresh_from_db()
    assert (assessment.tolerance_level, assessment.recommended_level, assessment.binding) == (6, 2, "capacity")
    assert [line["code"] for line in assessment.disagreements] == ["willing_beyond_able", "capacity_capped"]
    make.capacity(ana.household, ada)
    assessment.refresh_from_db()
    assert (assessment.recommended_level, assessment.binding) == (6, "both")


def test_losses_are_told_in_the_households_currency_to_the_cent(ada, clay):
    ana = make.adult(household(ada), clay)
    assessment = make.answered(ana, points=4, by=ada)
    make.capacity(ana.household, ada, value="500000")
    assessment.refresh_from_db()
    told = assessment.bad_year
    assert (told["equity_share"], told["value"], told["currency"]) == ("0.80", "500000.00", "USD")
    # 80% × −36.55% + 20% × −3.54% = −29.948% of 500,000
    assert told["stresses"] == [{"code": "2008", "return": "-0.299480", "amount": "-149740.00"}]


def test_a_reviewed_profile_keeps_the_figures_it_was_reviewed_on(ada, clay):
    ana = make.adult(household(ada), clay)
    assessment = make.in_force(ana, ada)
    before = assessment.recommended_level
    make.capacity(ana.household, ada, years_to_first_withdrawal="0")
    assessment.refresh_from_db()
    assert assessment.recommended_level == before


def test_an_impossible_fact_leaves_nothing_behind(ada):
    with pytest.raises(CapacityFactError):
        make.capacity(household(ada), ada, net_worth_share="3")
    assert not CapacityAssessment.objects.exists()
    assert not AuditEvent.objects.filter(action="compliance.assess_capacity").exists()


def test_a_negative_portfolio_is_refused(ada):
    with pytest.raises(InvalidInputError, match="negative"):
        make.capacity(household(ada), ada, value="-1")


def test_the_database_refuses_to_change_an_assessment_of_capacity(ada):
    row = make.capacity(household(ada), ada)
    with pytest.raises(DatabaseError, match="This record stands"), transaction.atomic():
        CapacityAssessment.objects.filter(pk=row.pk).update(level=7)
