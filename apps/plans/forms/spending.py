"""What an advisor types about spending in retirement."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from apps.core.forms import PercentField
from apps.plans.models import Plan, SpendingRuleKind
from apps.plans.selectors.plan_rules import PUBLISHED


class SpendingRuleForm(forms.Form):
    """How spending in retirement moves; which figures a rule needs, its service says at the field."""

    kind = forms.ChoiceField(label=_("Spending in retirement"), choices=SpendingRuleKind.choices)
    floor = PercentField(
        label=_("Never less than this part of what is planned, in per cent"),
        required=False,
        help_text=_("The chance of success asks for this part alone."),
    )
    ceiling = PercentField(label=_("Never more than this part of what is planned, in per cent"), required=False)
    upper = PercentField(
        label=_("Cut when the rate drawn passes this part of the first one, in per cent"),
        required=False,
        help_text=_("For guardrails around the rate drawn. Published: 120."),
    )
    lower = PercentField(
        label=_("Raise when it falls below this part of the first one, in per cent"),
        required=False,
        help_text=_("For guardrails around the rate drawn. Published: 80."),
    )
    share = PercentField(
        label=_("Share of the savings that is drawn a year, in per cent"),
        required=False,
        help_text=_("For a share of what there is."),
    )
    below = forms.DecimalField(
        label=_("Lower guardrail: savings of"),
        required=False,
        max_digits=14,
        decimal_places=2,
        help_text=_("For guardrails in dollars; in money of today."),
    )
    above = forms.DecimalField(
        label=_("Upper guardrail: savings of"),
        required=False,
        max_digits=14,
        decimal_places=2,
        help_text=_("For guardrails in dollars; in money of today."),
    )
    cut = PercentField(
        label=_("Then cut by, in per cent"),
        required=False,
        help_text=_("For a share of what there is: the most it falls in a year."),
    )
    raised = PercentField(
        label=_("Then raised by, in per cent"),
        required=False,
        help_text=_("For a share of what there is: the most it rises in a year."),
    )

    def __init__(self, *args: Any, plan: Plan, **kwargs: Any) -> None:
        now = plan.spending_rule or {"kind": SpendingRuleKind.SAME.value, **PUBLISHED}
        figures = {name: Decimal(now[name]) for name in self.base_fields if name in now and name != "kind"}
        kwargs["initial"] = {"kind": now["kind"], **figures}
        super().__init__(*args, **kwargs)
