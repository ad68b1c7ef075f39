"""What an advisor types about spending in retirement."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from django import forms
from django.forms import BoundField
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from apps.core.forms import PercentField
from apps.plans.models import Plan, SpendingRuleKind
from apps.plans.selectors.plan_rules import PUBLISHED

# Which fields stand together, what they are called, and the rules that ask for them.
PARTS: tuple[tuple[Promise | str, tuple[str, ...], tuple[SpendingRuleKind, ...]], ...] = (
    (_("When spending is cut or raised"), ("upper", "lower"), (SpendingRuleKind.RATE,)),
    (_("When spending is cut or raised"), ("below", "above"), (SpendingRuleKind.DOLLARS,)),
    (_("By how much"), ("cut", "raised"), (SpendingRuleKind.RATE, SpendingRuleKind.DOLLARS)),
    (_("What is drawn"), ("share", "fall", "rise"), (SpendingRuleKind.SHARE,)),
    (
        _("How far spending may go"),
        ("floor", "ceiling"),
        (SpendingRuleKind.RATE, SpendingRuleKind.SHARE, SpendingRuleKind.DOLLARS),
    ),
)
# What a share of the savings calls the bounds of a year's change, and what the rule calls them.
_OF_SHARE = {"fall": "cut", "rise": "raised"}


class SpendingRuleForm(forms.Form):
    """How spending in retirement moves: what the chosen rule needs counts, what another rule was told waits unread."""

    kind = forms.ChoiceField(
        label=_("Spending in retirement"), choices=SpendingRuleKind.choices, widget=forms.RadioSelect
    )
    upper = PercentField(
        label=_("Cut when the rate drawn passes this part of the first one, in per cent"),
        required=False,
        help_text=_("Published: 120."),
    )
    lower = PercentField(
        label=_("Raise when it falls below this part of the first one, in per cent"),
        required=False,
        help_text=_("Published: 80."),
    )
    below = forms.DecimalField(
        label=_("Lower guardrail: savings of"),
        required=False,
        max_digits=14,
        decimal_places=2,
        help_text=_("In money of today; with this or less, spending is cut."),
    )
    above = forms.DecimalField(
        label=_("Upper guardrail: savings of"),
        required=False,
        max_digits=14,
        decimal_places=2,
        help_text=_("In money of today; with this or more, spending is raised."),
    )
    cut = PercentField(label=_("Then cut by, in per cent"), required=False)
    raised = PercentField(label=_("Then raised by, in per cent"), required=False)
    share = PercentField(label=_("Share of the savings that is drawn a year, in per cent"), required=False)
    fall = PercentField(label=_("The most it falls in a year, in per cent"), required=False)
    rise = PercentField(label=_("The most it rises in a year, in per cent"), required=False)
    floor = PercentField(
        label=_("Never less than this part of what is planned, in per cent"),
        required=False,
        help_text=_("The chance of success asks for this part alone."),
    )
    ceiling = PercentField(label=_("Never more than this part of what is planned, in per cent"), required=False)

    def __init__(self, *args: Any, plan: Plan, **kwargs: Any) -> None:
        now = {"kind": SpendingRuleKind.SAME.value, **PUBLISHED, **(plan.spending_rule or {})}
        names = {name: _OF_SHARE.get(name, name) for name in self.base_fields}
        figures = {name: Decimal(now[key]) for name, key in names.items() if key in now and name != "kind"}
        kwargs["initial"] = {"kind": now["kind"], **figures}
        super().__init__(*args, **kwargs)

    def clean(self) -> dict[str, Any]:
        """Leave out what the chosen rule does not ask for: it is not looked at, so it cannot be wrong."""
        clean = super().clean() or {}
        for name in set(self.fields) - {"kind"} - asked_by(clean.get("kind", "")):
            clean.pop(name, None)
            self.errors.pop(name, None)
        return clean

    @property
    def parts(self) -> Iterator[tuple[Promise | str, str, list[BoundField]]]:
        """Give each group of fields with its name and the rules that ask for it, as words."""
        for name, fields, kinds in PARTS:
            yield name, " ".join(kind.value for kind in kinds), [self[field] for field in fields]

    def figures(self) -> dict[str, Decimal | None]:
        """Return what was typed for the chosen rule, by the rule's own names."""
        return {_OF_SHARE.get(name, name): value for name, value in self.cleaned_data.items() if name != "kind"}

    def add_error(self, field: str | None, error: Any) -> None:
        """Tell what is wrong at the field that asked for it."""
        if self.cleaned_data.get("kind") == SpendingRuleKind.SHARE:
            field = {own: of_share for of_share, own in _OF_SHARE.items()}.get(field or "", field)
        super().add_error(field, error)


def asked_by(kind: str) -> set[str]:
    """Return the fields that a rule asks for."""
    return {field for _name, fields, kinds in PARTS if kind in {each.value for each in kinds} for field in fields}
