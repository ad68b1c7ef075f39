import datetime as dt
from decimal import Decimal

import pytest

from apps.core.models import AuditEvent
from apps.kernel.errors import InvalidInputError
from apps.plans.models import AssumptionTable
from apps.plans.selectors.assumptions import asset_lines, assumption_set
from apps.plans.services import assumptions as written
from apps.plans.services._tables import NoTableError, published_assumptions, tax_table_on
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


@pytest.fixture
def older(in_alpha, monkeypatch):
    """Steward as it was before its published set stated the tails; undone, the set comes anew."""
    tables = [{name: part for name, part in table.items() if name != "tails"} for table in published_assumptions()]
    monkeypatch.setattr(written, "published_assumptions", lambda: tables)
    return monkeypatch


def test_what_steward_ships_anew_never_takes_the_place_of_the_firms_view(older, paul):
    by = paul.as_actor()
    base = assumptions_in_force(day=DAY, by=by)
    view = set_house_view(means={"us_equity": Decimal("0.07")}, reason="Low", effective_from=DAY, by=by)
    older.undo()
    assert assumptions_in_force(day=DAY, by=by) == view
    assert assumptions_in_force(day=dt.date(DAY.year + 1, 1, 1), by=by) == view
    newest = AssumptionTable.objects.filter(based_on=None).order_by("-number")[0]
    assert newest.number > view.number > base.number


def test_without_a_view_the_published_set_that_came_last_holds(older, paul):
    by = paul.as_actor()
    base = assumptions_in_force(day=DAY, by=by)
    older.undo()
    newest = assumptions_in_force(day=DAY, by=by)
    assert newest.number > base.number
    assert newest.based_on is None


def test_a_view_holds_from_its_day_on_and_a_later_one_from_its_own(in_alpha, paul):
    by, soon = paul.as_actor(), DAY + dt.timedelta(days=30)
    means = {"us_equity": Decimal("0.07")}
    coming = set_house_view(means=means, reason="From next month on", effective_from=soon, by=by)
    assert assumptions_in_force(day=DAY, by=by).based_on is None
    now = set_house_view(means={"cash": Decimal("0.03")}, reason="Until then", effective_from=DAY, by=by)
    assert assumptions_in_force(day=DAY, by=by) == now
    assert assumptions_in_force(day=soon, by=by) == coming
