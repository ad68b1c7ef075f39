import datetime as dt
from decimal import Decimal

import pytest

from apps.core.models import AuditEvent
from apps.kernel.errors import InvalidInputError
from apps.plans.models import AssumptionTable
from apps.plans.selectors.assumptions import asset_lines, assumption_set
from apps.plans.services import assumptions as written
from apps.plans.services._tables import NoTableError, published_assumptions, tax_table_on
from apps.plans.services.assumptions import (
    assumptions_in_force,
    blend_house_view,
    load_published_assumptions,
    set_house_view,
    tried_blend,
)
from tests.factories import plans

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


def test_a_blend_is_a_new_version_with_where_each_number_comes_from(in_alpha, paul):
    base = assumptions_in_force(day=DAY, by=paul.as_actor())
    views = {"us_equity": (Decimal("0.07"), Decimal("0.4"))}
    first = blend_house_view(views=views, reason="Valuations", effective_from=DAY, by=paul.as_actor())
    before, after = assumption_set(base), assumption_set(first)
    assert after.means()[0] == pytest.approx(before.means()[0] + 0.4 * (0.07 - before.means()[0]), abs=5e-5)
    assert after.means()[1] < before.means()[1]
    assert after.degrees_of_freedom == before.degrees_of_freedom
    told = {line.key: line.method for line in asset_lines(first)}
    assert "40%" in told["us_equity"].replace("\xa0", "").replace(" %", "%")
    assert "moved with" in told["us_small_equity"]
    views = {line.key: line.view for line in asset_lines(first)}
    assert "published 9.25" in views["us_equity"]
    assert "blended with the firm" in views["us_equity"]
    assert "moved with the firm" in views["us_small_equity"]
    assert {line.view for line in asset_lines(base)} == {""}
    outright = set_house_view(means={"cash": Decimal("0.02")}, reason="x", effective_from=DAY, by=paul.as_actor())
    assert "set by the firm" in {line.key: line.view for line in asset_lines(outright)}["cash"]
    assert AuditEvent.objects.filter(action="plans.record_assumptions", reason="Valuations").count() == 1
    # a second blend starts from history again, not from the first
    second = blend_house_view(
        views={"us_equity": (Decimal("0.07"), Decimal("0.8"))}, reason="Surer", effective_from=DAY, by=paul.as_actor()
    )
    assert second.based_on == base
    expected = before.means()[0] + 0.8 * (0.07 - before.means()[0])
    assert assumption_set(second).means()[0] == pytest.approx(expected, abs=5e-5)


def test_a_view_on_top_of_a_blend_does_not_claim_to_be_blended(in_alpha, paul):
    by = paul.as_actor()
    views = {"us_equity": (Decimal("0.07"), Decimal("0.4")), "cash": (Decimal("0.03"), Decimal("0.5"))}
    blend_house_view(views=views, reason="Valuations", effective_from=DAY, by=by)
    view = set_house_view(means={"us_equity": Decimal("0.06")}, reason="Lower", effective_from=DAY, by=by)
    told = {line.key: line.method for line in asset_lines(view)}
    assert "blended" not in told["us_equity"]
    assert "blended" in told["cash"]


def test_what_steward_ships_anew_never_takes_the_place_of_the_firms_view(in_alpha, paul):
    by = paul.as_actor()
    with plans.before_tails():
        base = assumptions_in_force(day=DAY, by=by)
        view = set_house_view(means={"us_equity": Decimal("0.07")}, reason="Low", effective_from=DAY, by=by)
    later = dt.date(DAY.year + 1, 1, 1)
    assert assumptions_in_force(day=DAY, by=by) == assumptions_in_force(day=later, by=by) == view
    newest = AssumptionTable.objects.published().in_force(DAY)[0]
    assert newest.number > view.number > base.number
    assert assumption_set(view).degrees_of_freedom is None
    # the firm's next blend starts from what is published now
    views = {"us_equity": (Decimal("0.07"), Decimal("0.4"))}
    blend = blend_house_view(views=views, reason="Valuations", effective_from=DAY, by=by)
    assert blend.based_on == newest
    assert assumption_set(blend).degrees_of_freedom == assumption_set(newest).degrees_of_freedom is not None
    assert assumptions_in_force(day=DAY, by=by) == blend


def test_a_view_holds_from_its_day_on_and_a_later_one_from_its_own(in_alpha, paul):
    by, soon = paul.as_actor(), DAY + dt.timedelta(days=30)
    means = {"us_equity": Decimal("0.07")}
    coming = set_house_view(means=means, reason="From next month on", effective_from=soon, by=by)
    published = assumptions_in_force(day=DAY, by=by)
    assert published.based_on is None
    now = set_house_view(means={"cash": Decimal("0.03")}, reason="Until then", effective_from=DAY, by=by)
    assert assumptions_in_force(day=DAY, by=by) == now
    assert assumptions_in_force(day=soon, by=by) == coming


def test_without_a_view_the_published_set_of_the_latest_day_holds(in_alpha, paul, monkeypatch):
    by = paul.as_actor()
    with plans.before_tails():
        base = assumptions_in_force(day=DAY, by=by)
    newest = assumptions_in_force(day=DAY, by=by)
    assert newest.number > base.number
    earlier = [{**table, "key": "earlier", "effective_from": dt.date(2020, 1, 1)} for table in published_assumptions()]
    monkeypatch.setattr(written, "published_assumptions", lambda: earlier)
    assert assumptions_in_force(day=DAY, by=by) == newest
    assert AssumptionTable.objects.get(key="earlier").number > newest.number


def test_a_blend_without_reason_or_views_or_said_before_is_refused(in_alpha, paul):
    views = {"us_equity": (Decimal("0.07"), Decimal("0.4"))}
    for told, reason, field in ((views, " ", "reason"), ({}, "x", "views")):
        with pytest.raises(InvalidInputError) as refused:
            blend_house_view(views=told, reason=reason, effective_from=DAY, by=paul.as_actor())
        assert refused.value.field == field
    with pytest.raises(InvalidInputError) as refused:
        unsure = {"us_equity": (Decimal("0.07"), Decimal(2))}
        blend_house_view(views=unsure, reason="x", effective_from=DAY, by=paul.as_actor())
    assert refused.value.field == "confidence[us_equity]"
    assert not AssumptionTable.objects.exclude(based_on=None).exists()
    blend_house_view(views=views, reason="Valuations", effective_from=DAY, by=paul.as_actor())
    with pytest.raises(InvalidInputError, match="already"):
        blend_house_view(views=views, reason="Once more", effective_from=DAY, by=paul.as_actor())
    assert AssumptionTable.objects.exclude(based_on=None).count() == 1


def test_a_view_is_given_up_and_whatever_is_published_last_holds_again(in_alpha, paul):
    by = paul.as_actor()
    views = {"us_equity": (Decimal("0.07"), Decimal("0.4"))}
    with plans.before_tails():
        base = assumptions_in_force(day=DAY, by=by)
        with pytest.raises(InvalidInputError) as refused:
            blend_house_view(views={}, reason="Nothing", effective_from=DAY, by=by)
        assert refused.value.field == "views"
        blend_house_view(views=views, reason="Valuations", effective_from=DAY, by=by)
        blend_house_view(views={}, reason="Back to history", effective_from=DAY, by=by)
        assert assumptions_in_force(day=DAY, by=by) == base
    newest = assumptions_in_force(day=DAY, by=by)
    assert newest.based_on is None
    assert newest.number > base.number
    # a view that comes after holds again
    view = blend_house_view(views=views, reason="Valuations", effective_from=DAY, by=by)
    assert assumptions_in_force(day=DAY, by=by) == view


def test_a_blend_that_is_only_tried_is_the_one_that_would_be_kept(in_alpha, paul):
    by = paul.as_actor()
    assumptions_in_force(day=DAY, by=by)
    views = {"us_equity": (Decimal("0.07"), Decimal("0.4"))}
    tried = tried_blend(views=views, day=DAY)
    assert AssumptionTable.objects.count() == 1
    kept = blend_house_view(views=views, reason="Valuations", effective_from=DAY, by=by)
    assert tried.content == kept.content
