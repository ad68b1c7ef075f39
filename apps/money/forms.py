"""What people type about a household's money: shape and clean input, nothing written."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any, ClassVar, cast

from django import forms
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext_lazy as _

from apps.clients.models import Household
from apps.core.forms import DayInput, PercentField
from apps.core.templatetags.formats import date_text, number_text
from apps.money.models import (
    Category,
    Debt,
    EquityGrant,
    ExpenseLine,
    FactOfHousehold,
    FormerSpouse,
    IncomeSource,
    InsurancePolicy,
    IraBasis,
    Property,
    RegularSaving,
    RothBasis,
    SpendingPhase,
    Windfall,
    YearlyPayment,
)

_NUMBER = re.compile(r"-?\d+(\.\d+)?")
_DAYS = {
    name: DayInput()
    for name in (
        "as_of", "starts_on", "ends_on", "expected_on", "sells_on", "date_of_birth", "married_on", "divorced_on",
        "died_on", "claimed_on", "remarried_on", "benefit_from", "granted_on", "expires_on", "exercise_on",
        "exercised_on", "taken_out_on",
    )
}  # fmt: skip


class FactForm(forms.ModelForm):  # type: ignore[type-arg]
    """A fact of the household; people and accounts offered are its own."""

    def __init__(self, *args: Any, household: Household, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.instance.pk:
            self.initial.setdefault("as_of", timezone.localdate())
        for each in self.fields.values():
            _word_nothing(each)
        offered: dict[str, Any] = {
            "person": household.people,
            "account": household.accounts,
            "debt": household.debt_facts,
            "rented_out": household.property_facts,
        }
        for name, rows in offered.items():
            field = self.fields.get(name)
            if isinstance(field, forms.ModelChoiceField):
                field.queryset = rows.all()

    def _post_clean(self) -> None:
        """Leave the row alone: the service fills and checks it."""


def _word_nothing(field: forms.Field) -> None:
    """Say in words what a list offers before anything is chosen."""
    nothing = _("Choose") if field.required else _("None")
    if isinstance(field, forms.ModelChoiceField):
        if field.empty_label is not None:
            field.empty_label = nothing
    elif isinstance(field, forms.ChoiceField):
        field.choices = [
            (value, nothing if value in {"", None} else label) for value, label in cast("Any", field.choices)
        ]


class IncomeForm(FactForm):
    """An income."""

    annual_growth = PercentField(label=_("Growth a year, in per cent"), initial=0, min_value=-20, max_value=20)

    class Meta:
        model = IncomeSource
        fields = (
            "name", "person", "kind", "annual_amount", "annual_growth", "is_inflation_linked", "starts_on", "ends_on",
            "rented_out", "as_of",
        )  # fmt: skip
        widgets = _DAYS


class ExpenseForm(FactForm):
    """A regular expense."""

    class Meta:
        model = ExpenseLine
        fields = ("name", "category", "monthly_amount", "is_essential", "as_of")
        widgets = _DAYS


class SavingForm(FactForm):
    """A regular saving."""

    class Meta:
        model = RegularSaving
        fields = ("name", "account", "monthly_amount", "is_by_employer", "is_deductible", "ends_on", "as_of")
        widgets = _DAYS


class DebtForm(FactForm):
    """A debt."""

    annual_rate = PercentField(label=_("Interest a year, in per cent"), min_value=0, max_value=99, decimal_places=4)

    class Meta:
        model = Debt
        fields = (
            "name",
            "kind",
            "lender",
            "balance",
            "annual_rate",
            "monthly_payment",
            "taken_out_on",
            "bought_home",
            "as_of",
        )
        widgets = _DAYS


class PropertyForm(FactForm):
    """A thing of value, and its sale."""

    instalment_rate = PercentField(
        label=_("Interest of the buyer a year, in per cent"), required=False, min_value=0, max_value=30,
        help_text=_("On what of the price is still to be paid. Left empty: none is counted."),
    )  # fmt: skip
    sold_share = PercentField(
        label=_("Share sold, in per cent"), initial=Decimal(1), min_value=0, max_value=100,
        help_text=_("Of what the household owns of it; the rest is kept."),
    )  # fmt: skip
    annual_growth = PercentField(
        label=_("Growth a year, in per cent"), required=False, min_value=-20, max_value=20,
        help_text=_("Of the price, inflation included. Left empty: the expected inflation."),
    )  # fmt: skip
    selling_cost = PercentField(
        label=_("Cost of the sale, in per cent of the price"), initial=Decimal("0.06"), min_value=0, max_value=50,
    )  # fmt: skip

    class Meta:
        model = Property
        fields = (
            "name", "kind", "value", "basis", "annual_growth", "cost", "property_tax", "kept_until_death", "sells_on",
            "sold_share", "selling_cost", "instalments", "instalment_rate", "debt", "is_passive", "as_of",
        )  # fmt: skip
        widgets = _DAYS


class InsuranceForm(FactForm):
    """A policy."""

    class Meta:
        model = InsurancePolicy
        fields = (
            "name", "kind", "person", "insurer", "coverage", "life_form", "ends_on", "annual_premium",
            "premium_in_costs", "as_of",
        )  # fmt: skip
        widgets = _DAYS


class PhaseForm(FactForm):
    """A phase of spending."""

    share = PercentField(
        label=_("Share of living costs, in per cent"), required=False, min_value=-100, max_value=500,
        help_text=_("Minus 20 for a fifth less."),
    )  # fmt: skip

    class Meta:
        model = SpendingPhase
        fields = (
            "name", "change", "monthly_amount", "share", "starts_on", "starts_at_retirement", "ends_on", "years",
            "person", "until_age", "is_essential", "as_of",
        )  # fmt: skip
        widgets = _DAYS


class WindfallForm(FactForm):
    """Money that is expected once."""

    class Meta:
        model = Windfall
        fields = (
            "name", "kind", "amount", "is_inflation_linked", "expected_on", "is_taxable", "person", "account", "as_of",
        )  # fmt: skip
        widgets = _DAYS


class FormerSpouseForm(FactForm):
    """A marriage that has ended."""

    class Meta:
        model = FormerSpouse
        fields = (
            "name", "person", "date_of_birth", "monthly_amount", "married_on", "divorced_on", "died_on", "claimed_on",
            "remarried_on", "benefit_from", "as_of",
        )  # fmt: skip
        widgets = _DAYS


class IraBasisForm(FactForm):
    """After-tax money in somebody's IRAs."""

    class Meta:
        model = IraBasis
        fields = ("name", "person", "amount", "tax_year", "as_of")
        widgets = _DAYS

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.instance.pk:
            self.initial.setdefault("name", _("After-tax money in IRAs"))
            self.initial.setdefault("tax_year", timezone.localdate().year - 1)


class RothBasisForm(FactForm):
    """What somebody paid and converted into Roth accounts."""

    class Meta:
        model = RothBasis
        fields = (
            "name", "person", "kind", "first_year", "contributions", "tax_year", "converted_0", "converted_1",
            "converted_2", "converted_3", "converted_4", "as_of",
        )  # fmt: skip
        widgets = _DAYS

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.instance.pk:
            self.initial.setdefault("name", _("Roth accounts"))
            self.initial.setdefault("tax_year", timezone.localdate().year - 1)


class GrantForm(FactForm):
    """Equity that an employer grants."""

    discount = PercentField(
        label=_("Discount, in per cent"), initial=0, min_value=0, max_value=15, help_text=_("Of a purchase plan only."),
    )  # fmt: skip

    class Meta:
        model = EquityGrant
        fields = (
            "name", "person", "kind", "granted_on", "quantity", "price", "as_of", "strike", "discount", "cliff_months",
            "vesting_months", "every_months", "expires_on", "exercise_on", "is_held", "held_shares", "exercised_on",
            "exercise_worth", "minimum_tax_credit",
        )  # fmt: skip
        labels: ClassVar[dict[str, Any]] = {"name": _("Company"), "as_of": _("Day of the price")}
        widgets = _DAYS


class PaymentForm(FactForm):
    """Gifts or medical costs a year."""

    class Meta:
        model = YearlyPayment
        fields = ("name", "kind", "annual_amount", "first_year", "last_year", "in_costs", "as_of")
        widgets = _DAYS


FACT_FORMS: dict[str, type[FactForm]] = {
    "income": IncomeForm,
    "expense": ExpenseForm,
    "saving": SavingForm,
    "debt": DebtForm,
    "property": PropertyForm,
    "insurance": InsuranceForm,
    "phase": PhaseForm,
    "windfall": WindfallForm,
    "former_spouse": FormerSpouseForm,
    "ira_basis": IraBasisForm,
    "roth_basis": RothBasisForm,
    "grant": GrantForm,
    "payment": PaymentForm,
}

# what the pages call each kind
FACT_TITLES = {
    "income": _("Income"),
    "expense": _("Regular expense"),
    "saving": _("Regular saving"),
    "debt": _("Debt"),
    "property": _("Property"),
    "insurance": _("Insurance"),
    "phase": _("Phase of spending"),
    "windfall": _("Money expected once"),
    "former_spouse": _("Former spouse"),
    "ira_basis": _("After-tax money in IRAs"),
    "roth_basis": _("Roth accounts"),
    "grant": _("Equity from an employer"),
    "payment": _("Gifts or medical costs"),
}


# what a client reads before telling of one
FACT_HELP = {
    "phase": _("A time in which you spend more or less than now: childcare, travel, a quieter age."),
    "windfall": _("Money that comes once: an inheritance, a gift, a bonus. A plan takes it as certain."),
    "grant": _("Shares or options of the company you work for. The papers of the grant say when they become yours."),
    "ira_basis": _(
        "What you paid into traditional IRAs without deducting it. It is not taxed again; Form 8606 of your last tax "
        "return says how much it is."
    ),
    "roth_basis": _("What you paid and converted into Roth accounts: it comes out untaxed before what it has earned."),
    "payment": _("What you give to charity or pay for medical care in a year: it may lower your taxes."),
}

# what lists of them are headed
FACT_LISTS = {
    **FACT_TITLES,
    "expense": _("Regular expenses"),
    "saving": _("Regular savings"),
    "debt": _("Debts"),
    "phase": _("Phases of spending"),
    "payment": _("Gifts and medical costs"),
}


class CategoryForm(forms.Form):
    """What an entry was for."""

    category = forms.ChoiceField(label=_("Category"), choices=Category.choices)


def kind_of(fact: FactOfHousehold) -> str:
    """Return the word of a fact's kind."""
    return next(word for word, form in FACT_FORMS.items() if form._meta.model is type(fact))


def texts_of(form: FactForm) -> dict[str, str]:
    """Return what a form says as texts by field, as it takes them again; a box that is not ticked is empty."""
    said = {}
    for name in form._meta.fields or ():
        is_clean = form.is_bound and name in getattr(form, "cleaned_data", {})
        value = form.fields[name].prepare_value(form.cleaned_data[name]) if is_clean else form[name].value()
        said[name] = ("on" if value else "") if isinstance(value, bool) else _text(value)
    return said


def _text(value: Any) -> str:
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    return "" if value is None else str(value)


def shown_text(form: FactForm, name: str, text: str) -> str:
    """Return a field's text as people read it: the name of what was chosen, yes or no."""
    field = form.fields[name]
    if isinstance(field, forms.BooleanField):
        return str(_("yes") if text else _("no"))
    if isinstance(field, forms.ModelChoiceField):
        return next((str(label) for value, label in cast("Any", field.choices) if text and str(value) == text), "—")
    if isinstance(field, forms.ChoiceField):
        return next((str(label) for value, label in cast("Any", field.choices) if str(value) == text), text or "—")
    if isinstance(field, forms.DateField) and (day := parse_date(text)):
        return date_text(day)
    return (
        number_text(Decimal(text)) if isinstance(field, forms.DecimalField) and _NUMBER.fullmatch(text) else text or "—"
    )


class DeclineSuggestionForm(forms.Form):
    """Why a suggestion is not accepted."""

    reason = forms.CharField(
        label=_("Why"), widget=forms.Textarea(attrs={"rows": 3}), max_length=2000, help_text=_("The client reads it.")
    )
