"""What people type into calculators that need no books: staff, clients and who keeps an answer share the forms."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from apps.core.forms import PercentField


class CalculatorForm(forms.Form):
    """A calculator's fields, each described by its help and by the place of its error."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            if isinstance(field.widget, forms.CheckboxInput):
                shape = "form-check-input"
            else:
                shape = "form-select" if isinstance(field, forms.ChoiceField) else "form-control is-amount"
            described = [f"id_{name}_helptext"] * bool(field.help_text) + [f"id_{name}_told"]
            field.widget.attrs.update({"class": shape, "aria-describedby": " ".join(described)})


class Dollars(forms.DecimalField):
    """An amount that may be left empty, which is nothing."""

    def __init__(self, **options: Any) -> None:
        super().__init__(min_value=0, max_value=100_000_000, max_digits=12, decimal_places=2, required=False, **options)

    def clean(self, value: Any) -> Any:
        """Take nothing for an empty field."""
        return super().clean(value) or Decimal(0)


class Amount(forms.DecimalField):
    """An amount in whole cents; empty is nothing where it may be."""

    def __init__(self, **options: Any) -> None:
        super().__init__(min_value=0, max_value=1_000_000_000, max_digits=12, decimal_places=2, **options)

    def clean(self, value: Any) -> Any:
        """Take nothing for an empty field."""
        return super().clean(value) or Decimal(0)


class Share(PercentField):
    """A rate or share, typed in per cent."""

    def __init__(self, *, low: int = 0, high: int = 30, **options: Any) -> None:
        super().__init__(min_value=low, max_value=high, max_digits=7, decimal_places=4, **options)


def _years(label: Any, initial: int) -> forms.IntegerField:
    return forms.IntegerField(label=label, min_value=1, max_value=60, initial=initial)


class InterestForm(CalculatorForm):
    """A sum and a saving at a rate."""

    start = Amount(label=_("Sum today"), initial=10_000, required=False)
    monthly = Amount(label=_("Paid in a month"), initial=200, required=False)
    annual_rate = Share(label=_("Rate a year, %"), initial="4")
    years = _years(_("Years"), 10)


class LoanForm(CalculatorForm):
    """A loan with level payments."""

    principal = Amount(label=_("Owed"))
    annual_rate = Share(label=_("Rate a year, %"))
    years = _years(_("Years"), 30)
    extra = Amount(label=_("Paid more a month"), initial=0, required=False)


class RefinancingForm(CalculatorForm):
    """A loan, and the one in its place."""

    owed = Amount(label=_("Owed"))
    old_rate = Share(label=_("Rate now, %"))
    old_years = _years(_("Years left"), 25)
    new_rate = Share(label=_("New rate, %"), initial="5.5")
    new_years = _years(_("Years of the new loan"), 25)
    costs = Amount(label=_("Costs of the change"), initial=4_000, required=False)


class RentOrBuyForm(CalculatorForm):
    """A home to buy beside one to rent."""

    price = Amount(label=_("Price of the home"), initial=400_000)
    down_payment = Amount(label=_("Down payment"), initial=80_000, required=False)
    mortgage_rate = Share(label=_("Mortgage rate a year, %"), initial="6.5")
    mortgage_years = _years(_("Years of the mortgage"), 30)
    rent = Amount(label=_("Rent a month instead"), initial=2_200)
    years = _years(_("Years you would stay"), 10)
    value_growth = Share(label=_("The home gains a year, %"), initial="3", low=-20)
    rent_growth = Share(label=_("The rent rises a year, %"), initial="3", low=-20)
    investment_return = Share(
        label=_("Money put aside earns a year, %"), initial="5", low=-20, help_text=_("After tax and costs.")
    )
    buying_costs = Share(label=_("Costs of buying, % of the price"), initial="3")
    selling_costs = Share(label=_("Costs of selling, % of the value"), initial="6")
    yearly_costs = Share(
        label=_("Costs of owning a year, % of the value"),
        initial="2.5",
        help_text=_("Property tax, insurance and upkeep."),
    )


class TaxForm(CalculatorForm):
    """A household's year, as its tax returns ask it. Fields without help text mean what the trade's word says.

    ``law`` says which ``years``, ``statuses`` and ``states`` may be chosen.
    """

    year = forms.TypedChoiceField(label=_("Year of law"), coerce=int)
    filing_status = forms.ChoiceField(label=_("Files as"))
    state = forms.ChoiceField(label=_("State of residence"), required=False)
    age_1 = forms.IntegerField(label=_("Age at the end of the year"), min_value=1, max_value=120)
    age_2 = forms.IntegerField(label=_("Age of the second person"), min_value=1, max_value=120, required=False)
    wages_1 = Dollars(label=_("Wages"))
    wages_2 = Dollars(label=_("Wages of the second person"))
    pre_tax = Dollars(label=_("Paid in before tax"), help_text=_("Into a workplace plan, out of these wages."))
    pensions = Dollars(label=_("Pensions, rent and other taxable income"))
    withdrawals = Dollars(label=_("Taken out of tax-deferred accounts"))
    benefits = Dollars(label=_("Social Security"))
    interest = Dollars(label=_("Interest"))
    dividends = Dollars(label=_("Qualified dividends"))
    gains = Dollars(label=_("Long-term gains"))
    children = forms.IntegerField(label=_("Children under 17"), min_value=0, max_value=20, required=False)
    others = forms.IntegerField(label=_("Other dependants"), min_value=0, max_value=20, required=False)

    def __init__(self, *args: Any, law: Mapping[str, Sequence[tuple[Any, Any]]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, among in (("year", "years"), ("filing_status", "statuses"), ("state", "states")):
            cast("forms.ChoiceField", self.fields[name]).choices = law[among]

    def clean_children(self) -> int:
        """Take none for an empty field."""
        return self.cleaned_data["children"] or 0

    def clean_others(self) -> int:
        """Take none for an empty field."""
        return self.cleaned_data["others"] or 0
