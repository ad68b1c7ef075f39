"""The questions of calculators in a client's words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar, cast

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from apps.clients.models import Household
from apps.core.calculator_forms import LoanForm, RefinancingForm, RentOrBuyForm
from apps.plans.models import CalculatorKind
from apps.portal.forms import CalculatorForm, Dollars


class PlainWords(forms.Form):
    """A form of staff with labels as a client says it."""

    LABELS: ClassVar[dict[str, str | Promise]] = {}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, label in self.LABELS.items():
            self.fields[name].label = label


class ClientTaxForm(CalculatorForm):
    """A year's taxes."""

    year = forms.TypedChoiceField(label=_("By the law of which year?"), coerce=int)
    filing_status = forms.ChoiceField(
        label=_("How do you file?"), choices=Household._meta.get_field("filing_status").choices or []
    )
    state = forms.ChoiceField(label=_("In which state do you live?"), required=False)
    age_1 = forms.IntegerField(label=_("Your age at the end of the year"), min_value=1, max_value=120)
    age_2 = forms.IntegerField(
        label=_("Your partner's age at the end of the year"), min_value=1, max_value=120, required=False
    )
    wages_1 = Dollars(label=_("Your wages in the year, before tax"))
    wages_2 = Dollars(label=_("Your partner's wages in the year"))
    pre_tax = Dollars(label=_("Paid into a 401(k) or the like, before tax"))
    pensions = Dollars(label=_("Pensions, rent and other taxable income"))
    withdrawals = Dollars(label=_("Taken out of a 401(k), traditional IRA or the like"))
    benefits = Dollars(label=_("Social Security"))
    interest = Dollars(label=_("Interest"))
    dividends = Dollars(label=_("Dividends of shares and funds"))
    gains = Dollars(label=_("Gains of what you sold after more than a year"))
    children = forms.IntegerField(label=_("Children under 17"), min_value=0, max_value=20, required=False)
    others = forms.IntegerField(label=_("Others you support"), min_value=0, max_value=20, required=False)

    def __init__(self, *args: Any, years: Sequence[int], states: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast("forms.ChoiceField", self.fields["year"]).choices = [(year, year) for year in years]
        cast("forms.ChoiceField", self.fields["state"]).choices = [("", _("Not asked")), *states]
        for name in ("year", "filing_status", "state"):
            self.fields[name].widget.attrs["class"] = "form-select"

    def clean_children(self) -> int:
        """Take none for an empty field."""
        return self.cleaned_data["children"] or 0

    def clean_others(self) -> int:
        """Take none for an empty field."""
        return self.cleaned_data["others"] or 0


class ClientLoanForm(PlainWords, LoanForm):
    """A loan."""

    LABELS: ClassVar[dict[str, str | Promise]] = {
        "principal": _("How much do you borrow, or owe?"),
        "annual_rate": _("At what rate a year, %?"),
        "years": _("For how many years?"),
        "extra": _("Could you pay more each month? How much?"),
    }


class ClientRefinancingForm(PlainWords, RefinancingForm):
    """A loan, and the one in its place."""

    LABELS: ClassVar[dict[str, str | Promise]] = {
        "owed": _("How much do you still owe?"),
        "old_rate": _("At what rate now, %?"),
        "old_years": _("How many years are left?"),
        "new_rate": _("At what rate would the new loan be, %?"),
        "new_years": _("For how many years would it be?"),
        "costs": _("What would the change cost?"),
    }


class ClientRentOrBuyForm(PlainWords, RentOrBuyForm):
    """A home to buy beside one to rent."""

    LABELS: ClassVar[dict[str, str | Promise]] = {
        "price": _("What does the home cost?"),
        "down_payment": _("How much would you put down?"),
        "rent": _("What would you pay a month to rent instead?"),
        "years": _("How many years would you stay?"),
    }


CALCULATORS: dict[str, type[Any]] = {
    CalculatorKind.TAX: ClientTaxForm,
    CalculatorKind.LOAN: ClientLoanForm,
    CalculatorKind.REFINANCING: ClientRefinancingForm,
    CalculatorKind.RENT_OR_BUY: ClientRentOrBuyForm,
}
# a field that only an answered form of the kind holds
FIRST: dict[str, str] = {
    CalculatorKind.TAX: "wages_1",
    CalculatorKind.LOAN: "principal",
    CalculatorKind.REFINANCING: "owed",
    CalculatorKind.RENT_OR_BUY: "price",
}
TITLES: dict[str, str | Promise] = {
    CalculatorKind.TAX: _("Tax calculator"),
    CalculatorKind.LOAN: _("Loan calculator"),
    CalculatorKind.REFINANCING: _("A new loan for the old one"),
    CalculatorKind.RENT_OR_BUY: _("Rent or buy"),
}


def start_of(form_class: type[Any], begun: dict[str, Any]) -> dict[str, Any]:
    """Return what a calculator's form begins with: its own examples, and what is known."""
    return {**{name: field.initial for name, field in form_class.base_fields.items()}, **begun}
