import datetime as dt
from decimal import Decimal

import pytest

from apps.core.models import AuditEvent
from apps.kernel.errors import InvalidInputError
from apps.plans.models import AssumptionTable
from apps.plans.selectors.assumptions import asset_lines, assumption_set
from apps.plans.services._tables import NoTableError, tax_table_on
from apps.plans.services.assumptions import assumptions_in_force, load_published_assumptions, set_house_view

DAY = dt.date(2026, 11, 20)


def test_published_tables_are_taken_in_once(in_alpha, system):
    first = load_published_assumptions(by=system)
    assert first
    assert load_published_assumptions(by=system) == []
    assert AuditEvent.objects.filter(action="plans.record_assumptions").count() == len(first)
    assert all(line.source for line in asset_lines(first[-1]))


def test_a_house_view_is_a_new_version_on_top_with_its_reason(in_alpha, paul):
    base = assumptions_in_force(day=DAY, by=paul.as_actor())
    view = set_house_view(
        means={"us_equity": Decimal("0.07")}, reason="Valuations", effective_from=DAY, by=paul.as_actor()
    )
    assert assumptions_in_force(day=DAY, by=paul.as_actor()) == view
    assert view.based_on == base
    assert assumption_set(view).assets[0].arithmetic_mean == 0.07
    assert assumption_set(base).assets[0].arithmetic_mean != 0.07


def test_a_view_without_reason_or_of_an_unknown_asset_is_refused(in_alpha, paul):
    with pytest.raises(InvalidInputError) as refused:
        set_house_view(means={"us_equity": Decimal("0.07")}, reason=" ", effective_from=DAY, by=paul.as_actor())
    assert refused.value.field == "reason"
    with pytest.raises(InvalidInputError, match="no asset"):
        set_house_view(means={"gold": Decimal("0.07")}, reason="x", effective_from=DAY, by=paul.as_actor())
    assert not AssumptionTable.objects.exclude(based_on=None).exists()


def test_before_the_first_table_there_are_no_plans(in_alpha, paul):
    with pytest.raises(NoTableError):
        assumptions_in_force(day=dt.date(1990, 1, 1), by=paul.as_actor())
    with pytest.raises(NoTableError):
        tax_table_on(dt.date(1990, 1, 1))
    assert tax_table_on(DAY).year == 2026
