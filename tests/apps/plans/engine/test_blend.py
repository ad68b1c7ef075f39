"""The blend against closed forms, and a Kalman update written out."""

from __future__ import annotations

import numpy as np
import pytest

from apps.kernel.errors import InvalidInputError
from apps.plans.engine.blend import FirmView, blended_means
from tests.apps.plans.engine.households import published_assumptions, simple_assumptions


def after(views: dict[str, FirmView], years: float = 90.0) -> np.ndarray:
    return np.array([each.after for each in blended_means(simple_assumptions(), views, years=years)])


@pytest.mark.parametrize("confidence", [0.0, 0.25, 0.5, 1.0])
@pytest.mark.parametrize("years", [10.0, 90.0])
def test_a_single_view_moves_its_class_by_its_confidence(confidence: float, years: float) -> None:
    before = simple_assumptions().means()
    told = after({"equity": FirmView(0.05, confidence)}, years)
    assert told[0] == pytest.approx(before[0] + confidence * (0.05 - before[0]), abs=1e-12)


def test_classes_without_a_view_move_with_what_they_move_with() -> None:
    base = simple_assumptions()
    covariance, before = base.covariance(), base.means()
    told = after({"equity": FirmView(0.05, 1.0)})
    beta = covariance[:, 0] / covariance[0, 0]
    assert told == pytest.approx(before + beta * (0.05 - before[0]), abs=1e-12)


def test_two_views_are_the_update_of_a_normal_prior() -> None:
    base, years = published_assumptions(), 92.0
    views = {"us_equity": FirmView(0.07, 0.6), "corporate_bonds": FirmView(0.055, 0.3)}
    prior = base.covariance() / years
    precision, weighted = np.linalg.inv(prior), np.linalg.inv(prior) @ base.means()
    for key, view in views.items():
        place = base.asset_keys.index(key)
        certainty = 1.0 / ((1.0 / view.confidence - 1.0) * prior[place, place])
        precision[place, place] += certainty
        weighted[place] += certainty * view.mean
    told = [each.after for each in blended_means(base, views, years=years)]
    assert told == pytest.approx(np.linalg.solve(precision, weighted), abs=1e-10)


def test_no_view_leaves_the_means_and_a_blend_says_what_was_before_and_which_view_was_held() -> None:
    base, view = published_assumptions(), FirmView(0.07, 0.5)
    assert [each.after for each in blended_means(base, {}, years=92.0)] == pytest.approx(list(base.means()))
    means = blended_means(base, {"us_equity": view}, years=92.0)
    assert [each.key for each in means] == list(base.asset_keys)
    assert [each.before for each in means] == list(base.means())
    assert [each.view for each in means] == [view if key == "us_equity" else None for key in base.asset_keys]


@pytest.mark.parametrize(
    ("views", "field"),
    [
        ({"gold": FirmView(0.05, 0.5)}, "means[gold]"),
        ({"equity": FirmView(5.0, 0.5)}, "means[equity]"),
        ({"equity": FirmView(0.05, 1.5)}, "confidence[equity]"),
    ],
)
def test_what_cannot_be_is_refused_at_the_class(views: dict[str, FirmView], field: str) -> None:
    with pytest.raises(InvalidInputError) as refused:
        blended_means(simple_assumptions(), views, years=90.0)
    assert refused.value.field == field
