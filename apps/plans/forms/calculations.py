"""What people say when a calculation is to be kept, and the form of each calculator."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from apps.core.calculator_forms import InterestForm, LoanForm, RefinancingForm, RentOrBuyForm, TaxForm
from apps.core.forms import DayInput
from apps.money.models import DebtKind
from apps.plans.models import CalculatorKind

CALCULATORS: dict[str, type[forms.Form]] = {
    CalculatorKind.TAX: TaxForm,
    CalculatorKind.LOAN: LoanForm,
    CalculatorKind.REFINANCING: RefinancingForm,
    CalculatorKind.RENT_OR_BUY: RentOrBuyForm,
    CalculatorKind.INTEREST: InterestForm,
}
# a field that only an answered form of the kind holds
FIRST = {
    CalculatorKind.TAX: "wages_1",
    CalculatorKind.LOAN: "principal",
    CalculatorKind.REFINANCING: "owed",
    CalculatorKind.RENT_OR_BUY: "price",
    CalculatorKind.INTEREST: "annual_rate",
}
_NAMES = {
    "debt": _("New loan"),
    "goal": _("A home"),
    "step": _("Refinance the loan"),
}
_BECOMES = {
    "note": _("A note on the household"),
    "debt": _("A note, and a debt that is owed from today on"),
    "goal": _("A note, and a goal of the plan: what buying takes at once"),
    "step": _("A note, and a step for the advisor"),
}


def start_of(form_class: type[forms.Form], begun: dict[str, Any]) -> dict[str, Any]:
    """Return what a calculator's form begins with: its own examples, and what is known."""
    return {**{name: field.initial for name, field in form_class.base_fields.items()}, **begun}


class KeepForm(forms.Form):
    """What is to become of a calculation; the fields are those of what it can become."""

    becomes = forms.ChoiceField(label=_("Keep it as"), widget=forms.RadioSelect)
    name = forms.CharField(label=_("Name"), max_length=120, required=False)
    debt_kind = forms.ChoiceField(label=_("Kind of debt"), choices=DebtKind.choices, required=False)
    day = forms.DateField(label=_("Until, or from"), widget=DayInput(), required=False)
    note = forms.CharField(label=_("Note"), widget=forms.Textarea(attrs={"rows": 3}), max_length=2000, required=False)

    def __init__(self, *args: Any, can_become: Sequence[str], **kwargs: Any) -> None:
        other = next((word for word in can_become if word != "note"), "")
        kwargs["initial"] = {"becomes": "note", "name": _NAMES.get(other, ""), **(kwargs.get("initial") or {})}
        super().__init__(*args, **kwargs)
        choice = self.fields["becomes"]
        if isinstance(choice, forms.ChoiceField):
            choice.choices = [(word, _BECOMES[word]) for word in can_become]
        asked = {"debt": ("name", "debt_kind"), "goal": ("name", "day"), "step": ("name", "day")}.get(other, ())
        for name in {"name", "debt_kind", "day"} - set(asked):
            del self.fields[name]
        if other == "goal":
            self.fields["day"].label = _("To be bought on")
        elif other == "step":
            self.fields["day"].label = _("To be done until")
