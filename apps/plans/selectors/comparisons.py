"""Two versions of a plan side by side: what went in and what came out."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from apps.plans.selectors.figures import Figure
from apps.plans.selectors.overviews import PlanOverview
from apps.plans.selectors.plan_rules import same_words


@dataclass(frozen=True, slots=True)
class ComparedLine:
    """One figure of both; None where a version does not have it."""

    label: str
    first: Figure | None
    second: Figure | None

    @property
    def differs(self) -> bool:
        """Whether the two are written differently."""
        return (self.first.text if self.first else "") != (self.second.text if self.second else "")


@dataclass(frozen=True, slots=True)
class Comparison:
    """Results first, then goals, then how the plans are made.

    `spending` says of each version, by its number, how it spends in retirement; empty where both say the same. `means`
    are the goals, by name, of which the versions say different accounts, waiting or parts that are enough, in words.
    """

    first: PlanOverview
    second: PlanOverview
    results: tuple[ComparedLine, ...]
    goals: tuple[ComparedLine, ...]
    inputs: tuple[ComparedLine, ...]
    spending: tuple[tuple[int, tuple[str, ...]], ...]
    means: tuple[tuple[str, str, str], ...]


def comparison(first: PlanOverview, second: PlanOverview) -> Comparison:
    """Set two versions side by side."""
    return Comparison(
        first=first,
        second=second,
        results=_results(first, second),
        goals=_matched(_goals(first), _goals(second)),
        inputs=_matched(_inputs(first), _inputs(second)),
        spending=_spending(first, second),
        means=_means(first, second),
    )


def _results(first: PlanOverview, second: PlanOverview) -> tuple[ComparedLine, ...]:
    lines = [
        ComparedLine(_("Chance of success"), first.success, second.success),
        ComparedLine(_("Standard error"), first.success_error, second.success_error),
        ComparedLine(_("Left in the middle future, in money of today"), first.wealth_at_end, second.wealth_at_end),
        ComparedLine(_("Left in one future of ten"), first.wealth_at_end_poor, second.wealth_at_end_poor),
    ]
    if first.savings or second.savings:
        lines.append(
            ComparedLine(
                _("Savings rate that reaches the target"),
                first.savings.rate_needed if first.savings else None,
                second.savings.rate_needed if second.savings else None,
            )
        )
    return tuple(lines)


def _goals(overview: PlanOverview) -> dict[str, Figure]:
    found = {}
    for goal in overview.goals:
        found[_("%(goal)s: a year") % {"goal": goal.name}] = goal.amount
        found[_("%(goal)s: chance") % {"goal": goal.name}] = goal.success
        if goal.given is not None:
            found[_("%(goal)s: in full and in time") % {"goal": goal.name}] = goal.given.as_wished
    return found


def _means(first: PlanOverview, second: PlanOverview) -> tuple[tuple[str, str, str], ...]:
    told = [{goal.name: goal.means.words if goal.means else "" for goal in each.goals} for each in (first, second)]
    both = {**told[0], **told[1]}
    rows = ((name, told[0].get(name, ""), told[1].get(name, "")) for name in both)
    return tuple(row for row in rows if row[1] != row[2])


def _inputs(overview: PlanOverview) -> dict[str, Figure]:
    return {line.label: line.figure for line in (*overview.choices, *overview.overrides)}


def _spending(first: PlanOverview, second: PlanOverview) -> tuple[tuple[int, tuple[str, ...]], ...]:
    if first.rules.words == second.rules.words:
        return ()
    return tuple((each.version, each.rules.words or (same_words(),)) for each in (first, second))


def _matched(first: dict[str, Figure], second: dict[str, Figure]) -> tuple[ComparedLine, ...]:
    return tuple(ComparedLine(label, first.get(label), second.get(label)) for label in {**first, **second})
