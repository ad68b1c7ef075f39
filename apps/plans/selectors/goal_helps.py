"""What would help a goal most, as pages and papers say it."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlencode

from django.utils.translation import gettext as _

from apps.kernel.errors import gettext_noop
from apps.plans.engine.what_if_levers import LeverKind
from apps.plans.engine.what_if_results import GoalHelp, HelpCost
from apps.plans.selectors.figures import Figure, Wording, as_typed, money_figure, sentence
from apps.plans.selectors.overview_parts import GoalHelpLine, HelpCostLine

# what is said, and the place of the value in it
_TEXTS = {
    LeverKind.RETIREMENT_AGE: (gettext_noop("%(subject)s works to the age of %(value__years)s"), "value__years"),
    LeverKind.RETIREMENT_SPENDING: (gettext_noop("living on %(value__money)s a month in retirement"), "value__money"),
    LeverKind.EXTRA_SAVING: (gettext_noop("saving %(value__money)s a month more than today"), "value__money"),
    LeverKind.CLAIM_AGE: (gettext_noop("%(subject)s claims Social Security at %(value__years)s"), "value__years"),
    LeverKind.GOAL_AMOUNT: (gettext_noop("%(subject)s at %(value__money)s a year"), "value__money"),
    LeverKind.GOAL_YEAR: (gettext_noop("%(subject)s from %(value__year)s on"), "value__year"),
    LeverKind.GOAL_ACCOUNTS: (gettext_noop("income and other accounts pay for %(subject)s too"), "value__years"),
}


def help_line(told: GoalHelp, currency: str, names: Mapping[str, str]) -> GoalHelpLine:
    """Return a step with its figures; their passports' keys begin with ``goal_help:``."""
    at = f"goal_help:{told.goal}"
    kind, _colon, subject = told.lever.partition(":")
    message, place = _TEXTS[LeverKind(kind)]
    text = {"message": message, "params": {"subject": subject, place: told.value}}
    return GoalHelpLine(
        text=sentence(text, Wording(currency, names, at)),
        success=Figure(told.success.value, "percent", f"{at}:success", _("Chance of the goal then")),
        change=Figure(told.change.value, "points", f"{at}:change", _("Change of the chance, in points")),
        error=Figure(told.change.standard_error, "points", f"{at}:error", _("Standard error, in points"), "2"),
        query=urlencode({told.lever: as_typed(told.value)}),
        cost=None if told.cost is None else _cost(told.cost, at, currency, names),
    )


def _cost(cost: HelpCost, at: str, currency: str, names: Mapping[str, str]) -> HelpCostLine:
    hurt = None
    if cost.hurt_change is not None:
        hurt = Figure(cost.hurt_change.value, "points", f"{at}:hurt", _("Change of the other goal's chance, in points"))
    unpaid = money_figure(cost.unpaid, currency, f"{at}:unpaid", _("Change of what is missing of the goal"))
    return HelpCostLine(
        unpaid=unpaid,
        plan=Figure(cost.plan.value, "points", f"{at}:plan", _("Change of the plan's chance, in points")),
        left=money_figure(cost.left.value, currency, f"{at}:left", _("Change of what is left at the end")),
        hurt=hurt,
        hurt_name=names.get(cost.hurt, cost.hurt),
    )
