"""History and the firm's view of returns, blended by how sure each is (Black and Litterman 1992; form: Walters 2014).

What the assumption set says is the prior. Its means are known to within the spread of a mean of as many years as its
history has; a view pulls them by the confidence that the firm states. Classes without a view move with those that they
move with.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from apps.kernel.errors import InvalidInputError, gettext_noop
from apps.plans.engine.assumptions import AssumptionSet
from apps.plans.engine.checks import annual_rate, within
from apps.plans.engine.moments import Moments, View, black_litterman

TINY = 1e-12


@dataclass(frozen=True, slots=True)
class FirmView:
    """What the firm expects of a class a year, as a fraction, and how sure it is: 0 not at all, 1 entirely."""

    mean: float
    confidence: float


@dataclass(frozen=True, slots=True)
class BlendedMean:
    """A mean before and after, and the view that was held of it, where there was one."""

    key: str
    before: float
    after: float
    view: FirmView | None


def blended_means(base: AssumptionSet, views: Mapping[str, FirmView], *, years: float) -> tuple[BlendedMean, ...]:
    """Return the posterior mean of each class of the set, whose history has so many years.

    With the prior N(m, S / years) of the means and views q = P mu + e, the variance of e_k being
    (1 / confidence - 1) p_k' (S / years) p_k: m' = m + S P' (P S P' + W)^-1 (q - P m). Of a single view the class
    itself moves by its confidence times its surprise, whatever the years of history are.
    Raises InvalidInputError, with the class in the field, for unknown classes and numbers that cannot be.
    """
    within(years, 1.0, 500.0, "years")
    keys = base.asset_keys
    for key, view in views.items():
        if key not in keys:
            raise InvalidInputError(
                gettext_noop("The assumption set has no asset “%(key)s”."),
                mend=gettext_noop("Use the keys of the set."),
                field=f"means[{key}]",
                key=key,
            )
        annual_rate(view.mean, f"means[{key}]")
        within(view.confidence, 0.0, 1.0, f"confidence[{key}]")
    rows = np.eye(len(keys))
    held = tuple(View(rows[keys.index(key)], view.mean, view.confidence) for key, view in views.items())
    covariance = base.covariance()
    # a class without risk has a mean that is known; a tiny variance lets a view of it count all the same
    covariance += np.diag(np.where(np.diag(covariance) < TINY, TINY, 0.0))
    told = black_litterman(Moments(base.means(), covariance), held, 1.0 / years).means
    before = base.means()
    return tuple(
        BlendedMean(key, float(before[place]), float(told[place]), views.get(key)) for place, key in enumerate(keys)
    )
