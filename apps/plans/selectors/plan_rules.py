"""The rules that a plan assumes, as pages say them: how spending is set in retirement, what is converted to Roth."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from apps.core.templatetags import formats
from apps.core.templatetags.charts import Band, ChartSpec
from apps.plans.engine.conversion_choices import ConversionPlan, ConversionRule
from apps.plans.engine.results import SpendingYear
from apps.plans.engine.spending_choices import PortfolioShare, RateGuardrails, SpendingRule, WealthGuardrails
from apps.plans.models import Plan, SpendingRuleKind
from apps.plans.selectors.figures import Figure, money_figure
from apps.plans.selectors.overview_builders import Found

# What a rule begins with: the published one of Guyton and Klinger, between a floor and a ceiling.
PUBLISHED = {"floor": "0.8", "ceiling": "1.25", "lower": "0.8", "upper": "1.2", "cut": "0.1", "raised": "0.1"}
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
    """What the rule of spending brings, None where spending stays the same; rule, conversions and gifts, said."""

    spending: SpendingPart | None
    words: tuple[str, ...]
    conversions: tuple[str, ...]


def plan_rules(found: Found) -> PlanRules:
    """Return the rules of a plan as its result has them."""
    rule = found.question.inputs.spending_rule
    words = () if rule is None else rule_words(rule, found.currency)
    return PlanRules(spending_part(found), words, (*conversion_texts(found), *gift_texts(found)))


def stated_rule(plan: Plan) -> SpendingRule | None:
    """Return the rule that a version states, as the engine takes it; None where spending stays the same."""
    stored = plan.spending_rule
    if stored is None:
        return None
    told = {name: float(value) for name, value in stored.items() if name not in {"kind", "by", "on"}}
    kind, cut, raised = SpendingRuleKind(stored["kind"]), told["cut"], told["raised"]
    step: PortfolioShare | WealthGuardrails | RateGuardrails
    if kind is SpendingRuleKind.SHARE:
        step = PortfolioShare(told["share"], cut, raised)
    elif kind is SpendingRuleKind.DOLLARS:
        step = WealthGuardrails(told["below"], told["above"], 1.0 - cut, 1.0 + raised)
    else:
        step = RateGuardrails(told["upper"], told["lower"], cut, raised)
    return SpendingRule(step, told["floor"], told["ceiling"])


def stated_words(plan: Plan) -> tuple[str, ...]:
    """Say the rule that a version states, whether it was generated with it or not."""
    rule = stated_rule(plan)
    return (same_words(),) if rule is None else rule_words(rule, plan.household.currency)


def same_words() -> str:
    """Say that no rule moves what is spent."""
    return _("Spending in retirement is taken to stay the same, in money of today.")


def rule_words(rule: SpendingRule, currency: str) -> tuple[str, ...]:
    """Say what a rule of spending means to the household: what it looks at, what it does, and what it never does."""
    bounds = _(
        "Spending never falls below %(floor)s of what is planned and never rises above %(ceiling)s of it; a future "
        "counts as a success when %(floor)s of the plan is paid to the end."
    ) % {"floor": formats.percent_text(rule.floor, 0), "ceiling": formats.percent_text(rule.ceiling, 0)}
    step = rule.step
    if isinstance(step, PortfolioShare):
        return (_share_words(step), bounds)
    return (_rate_words(step) if isinstance(step, RateGuardrails) else _dollar_words(step, currency), bounds)


def _rate_words(step: RateGuardrails) -> str:
    return _(
        "Each January the rate drawn, what is to come from savings as a part of them, is compared with that of the "
        "first year of retirement. Where it is more than %(above)s higher, the draw is cut by %(cut)s, but not in the "
        "last %(years)s years; where it is more than %(below)s lower, the draw rises by %(raised)s. After a year of "
        "losses it does not rise with prices while the rate is above the first one (Guyton and Klinger, 2006)."
    ) % {
        "above": formats.percent_text(step.upper - 1.0, 0),
        "below": formats.percent_text(1.0 - step.lower, 0),
        "cut": formats.percent_text(step.cut, 0),
        "raised": formats.percent_text(step.raised, 0),
        "years": step.protected_years,
    }


def _share_words(step: PortfolioShare) -> str:
    return _(
        "Each January %(share)s of the savings is drawn for the year, besides incomes; after inflation that is at most "
        "%(fall)s less and at most %(rise)s more than the year before."
    ) % {
        "share": formats.percent_text(step.share, 1),
        "fall": formats.percent_text(step.fall, 1),
        "rise": formats.percent_text(step.rise, 1),
    }


def _dollar_words(step: WealthGuardrails, currency: str) -> str:
    return _(
        "Each January the savings are held against two amounts in money of today: at %(below)s or less, spending goes "
        "to %(part_below)s of what is planned; at %(above)s or more, to %(part_above)s. Between them it stays as it is."
    ) % {
        "below": money_figure(step.below, currency, "", "").text,
        "above": money_figure(step.above, currency, "", "").text,
        "part_below": formats.percent_text(step.part_below, 0),
        "part_above": formats.percent_text(step.part_above, 0),
    }


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


def gift_texts(found: Found) -> tuple[str, ...]:
    """Say what IRAs give to charity."""
    gifts = found.question.inputs.ira_gifts
    if gifts is None or gifts.annual_amount < 1.0:
        return ()
    much = money_figure(gifts.annual_amount, found.currency, "", "").text
    return (_("IRAs give %(much)s a year to charity once their owners are 70½, in money of today.") % {"much": much},)


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
