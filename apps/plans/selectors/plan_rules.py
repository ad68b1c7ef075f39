"""The rules that a plan assumes, as pages say them: how spending is set in retirement, what is converted to Roth."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from apps.core.templatetags import formats
from apps.core.templatetags.charts import Band, ChartSpec
from apps.plans.engine.conversion_choices import ConversionPlan, ConversionRule
from apps.plans.engine.results import SpendingYear
from apps.plans.selectors.figures import Figure, money_figure
from apps.plans.selectors.overview_builders import Found

# places of SPENDING_LEVELS
_P5, _P25, _P50, _P75, _P95 = range(5)


@dataclass(frozen=True, slots=True)
class SpendingPart:
    """What the rule of spending brings, in money of today: the deepest cut, how often there is one, each year."""

    floor: Figure
    worst_cut: Figure
    cut_share: Figure
    currency: str
    as_of: str
    years: tuple[SpendingYear, ...]

    @property
    def chart(self) -> ChartSpec:
        """What may be spent each year of retirement, beside what is planned."""

        def rows(place: int) -> list[float]:
            return [year.real[place] for year in self.years]

        return ChartSpec(
            kind="fan",
            title=_("What can be spent a year in retirement"),
            unit=_("Spending a year in %(currency)s of today") % {"currency": self.currency},
            format="money",
            currency=self.currency,
            as_of=self.as_of,
            note=_("simulated returns"),
            x={"label": _("Year"), "values": [year.calendar_year for year in self.years]},
            series=[
                {"name": _("Middle future"), "values": list(rows(_P50)), "meaning": "main"},
                {
                    "name": _("As planned"),
                    "values": [year.planned for year in self.years],
                    "meaning": "target",
                    "style": "dashed",
                },
            ],
            bands=[
                Band(name=_("90 of 100 futures"), low=rows(_P5), high=rows(_P95)),
                Band(name=_("50 of 100 futures"), low=rows(_P25), high=rows(_P75)),
            ],
        )


@dataclass(frozen=True, slots=True)
class PlanRules:
    """What the rule of spending brings, None where spending stays the same; and what each person converts, said."""

    spending: SpendingPart | None
    conversions: tuple[str, ...]


def plan_rules(found: Found) -> PlanRules:
    """Return the rules of a plan as its result has them."""
    return PlanRules(spending_part(found), conversion_texts(found))


def spending_part(found: Found) -> SpendingPart | None:
    """Return what the rule of spending brings; None where spending stays the same, or the result knows no rule."""
    told = found.result.projection.spending
    if told is None:
        return None
    return SpendingPart(
        floor=Figure(told.floor, "percent", "spending_floor", _("Part of planned spending that is never cut"), "0"),
        worst_cut=Figure(told.worst_cut, "percent", "spending_worst_cut", _("Deepest cut, one future in twenty"), "0"),
        cut_share=Figure(told.cut_share, "percent", "spending_cut_share", _("Futures with a cut"), "0"),
        currency=found.currency,
        as_of=found.run.facts_as_of.isoformat(),
        years=told.years,
    )


def conversion_texts(found: Found) -> tuple[str, ...]:
    """Say for each person what is converted to Roth, and when."""
    return tuple(_conversion(found, plan) for plan in found.question.inputs.conversions)


def _conversion(found: Found, plan: ConversionPlan) -> str:
    facts = {
        "name": found.run.names.get(plan.owner, plan.owner),
        "first": plan.first_year,
        "last": plan.last_year,
        "much": "",
    }
    if plan.rule is ConversionRule.FIXED:
        facts["much"] = money_figure(plan.value, found.currency, "", "").text
        text = _("%(name)s converts %(much)s a year to Roth from %(first)s to %(last)s, in money of today.")
    elif plan.rule is ConversionRule.BELOW_STEP:
        facts["much"] = f"{plan.value:.0f}"
        text = _("%(name)s converts to Roth from %(first)s to %(last)s, up to step %(much)s of Medicare premiums.")
    else:
        facts["much"] = formats.percent_text(plan.value, 0)
        text = _("%(name)s converts to Roth from %(first)s to %(last)s, as much as fits the tax bracket of %(much)s.")
    return text % facts
