"""Which benchmark a portfolio is held against on each day, and why that one.

First its own choice; then the benchmark that the model names which the account follows by itself; for an account after
that the household's choice, and the benchmark of the household's model. A model's benchmark counts while a version that
names it is in force and the mandate holds.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from django.db.models import Q
from django.utils.translation import gettext

from apps.clients.models import Household
from apps.core.templatetags.formats import date_text
from apps.kernel.dates import DateSpan
from apps.portfolios.models import Account, Benchmark, BenchmarkAssignment, Mandate, ModelVersion
from apps.portfolios.models.model_portfolio import STANDING

ONE_DAY = dt.timedelta(days=1)
BENCHMARK_PARTS = ("versions__parts__security", "versions__parts__series")


class ChoiceReason(StrEnum):
    """Why a benchmark counts."""

    OWN = "own"
    MODEL = "model"
    HOUSEHOLD = "household"
    HOUSEHOLD_MODEL = "household_model"


@dataclass(frozen=True, slots=True)
class BenchmarkChoice:
    """A benchmark over some days; `version` is the version of the model that names it, None for a choice by hand."""

    span: DateSpan
    benchmark: Benchmark
    reason: ChoiceReason
    version: ModelVersion | None = None

    @property
    def text(self) -> str:
        """Which and why, in words."""
        told = {
            "name": self.benchmark.name,
            "day": date_text(self.span.first),
            "model": str(self.version) if self.version is not None else "",
        }
        return {
            ChoiceReason.OWN: gettext("%(name)s, chosen for this portfolio, from %(day)s"),
            ChoiceReason.MODEL: gettext("%(name)s, the benchmark of its model %(model)s, from %(day)s"),
            ChoiceReason.HOUSEHOLD: gettext("%(name)s, chosen for the household, from %(day)s"),
            ChoiceReason.HOUSEHOLD_MODEL: gettext(
                "%(name)s, the benchmark of the household's model %(model)s, from %(day)s"
            ),
        }[self.reason] % told


def benchmark_choices(household: Household, account: Account | None, span: DateSpan) -> tuple[BenchmarkChoice, ...]:
    """Return what a portfolio is held against over a span, in order; days without a benchmark are left out."""
    wanted = Q(account=account) | Q(account=None) if account is not None else Q(account=None)
    assigned = list(
        BenchmarkAssignment.objects.filter(wanted, household=household)
        .within(span.first, span.last)
        .select_related("benchmark")
        .prefetch_related(*(f"benchmark__{path}" for path in BENCHMARK_PARTS))
        .order_by("starts_on")
    )
    mandates = Mandate.objects.filter(wanted, household=household, from_day__lte=span.last).not_over(span.first)
    followed = list(mandates.order_by("from_day"))
    versions = _versions({mandate.model_id for mandate in followed})
    layers: list[list[BenchmarkChoice]] = []
    for owner in [None] if account is None else [None, account.pk]:
        mine = owner is not None or account is None
        by_model = ChoiceReason.MODEL if mine else ChoiceReason.HOUSEHOLD_MODEL
        by_hand = ChoiceReason.OWN if mine else ChoiceReason.HOUSEHOLD
        layers.append(_of_models([each for each in followed if each.account_id == owner], versions, span, by_model))
        rows = [row for row in assigned if row.account_id == owner]
        layers.append(
            [BenchmarkChoice(_within(row.starts_on, row.ends_on, span), row.benchmark, by_hand) for row in rows]
        )
    return _laid(layers, span)


def _versions(model_ids: set[int]) -> list[ModelVersion]:
    """Versions that are, were or will be in force, the earliest first."""
    if not model_ids:
        return []
    rows = ModelVersion.objects.filter(model_id__in=model_ids, state__in=STANDING).select_related("model", "benchmark")
    return list(
        rows.prefetch_related(*(f"benchmark__{path}" for path in BENCHMARK_PARTS)).order_by("effective_from", "number")
    )


def _of_models(
    mandates: Iterable[Mandate], versions: Sequence[ModelVersion], span: DateSpan, reason: ChoiceReason
) -> list[BenchmarkChoice]:
    found = []
    for mandate in mandates:
        held = _within(mandate.from_day, mandate.until, span)
        rows = [version for version in versions if version.model_id == mandate.model_id]
        for place, version in enumerate(rows):
            first, last = version.effective_from or held.first, version.until or held.last
            if place + 1 < len(rows) and (after := rows[place + 1].effective_from) is not None:
                last = min(last, after - ONE_DAY)
            first, last = max(first, held.first), min(last, held.last)
            if version.benchmark is not None and first <= last:
                found.append(BenchmarkChoice(DateSpan(first, last), version.benchmark, reason, version))
    return found


def _within(first: dt.date, last: dt.date | None, span: DateSpan) -> DateSpan:
    return DateSpan(max(first, span.first), min(last or span.last, span.last))


def _laid(layers: Iterable[Iterable[BenchmarkChoice]], span: DateSpan) -> tuple[BenchmarkChoice, ...]:
    """Lay the layers over each other, the last on top, and cut them to days that do not overlap."""
    on: dict[dt.date, BenchmarkChoice] = {day: choice for layer in layers for choice in layer for day in choice.span}
    found: list[BenchmarkChoice] = []
    before: BenchmarkChoice | None = None
    for day in span:
        choice = on.get(day)
        if choice is not None and choice is before:
            found[-1] = _of_days(choice, found[-1].span.first, day)
        elif choice is not None:
            found.append(_of_days(choice, day, day))
        before = choice
    return tuple(found)


def _of_days(choice: BenchmarkChoice, first: dt.date, last: dt.date) -> BenchmarkChoice:
    return BenchmarkChoice(DateSpan(first, last), choice.benchmark, choice.reason, choice.version)
