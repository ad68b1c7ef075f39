"""What people type into savings calculators."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from apps.clients.models import Person
from apps.core.calculator_forms import CalculatorForm, Dollars
from apps.core.forms import PercentField
from apps.plans.models import GoalPriority


class RetirementForm(CalculatorForm):
    """Saving for the time after work, of one or of two."""

    age = forms.IntegerField(label=_("Age today"))
    retirement_age = forms.IntegerField(label=_("Age at which work ends"))
    monthly_saving = Dollars(label=_("Saved a month"), help_text=_("With an employer's part; rises with prices."))
    monthly_benefit = Dollars(label=_("Social Security a month"), help_text=_("In money of today."))
    benefit_age = forms.IntegerField(label=_("Social Security from the age of"), required=False)
    wages = Dollars(
        label=_("Wages a year, before tax"), help_text=_("Count while the other one has stopped working already.")
    )
    age_2 = forms.IntegerField(
        label=_("Age today of the second one"), required=False, help_text=_("Empty: for one person. Two file together.")
    )
    retirement_age_2 = forms.IntegerField(label=_("Age at which the second one's work ends"), required=False)
    monthly_saving_2 = Dollars(label=_("Saved a month by the second one"))
    monthly_benefit_2 = Dollars(label=_("Social Security a month of the second one"))
    benefit_age_2 = forms.IntegerField(label=_("The second one's Social Security from the age of"), required=False)
    wages_2 = Dollars(label=_("Wages a year of the second one, before tax"))
    annual_income = Dollars(
        label=_("To live on a year"),
        help_text=_("In money of today, once the first has stopped working; taxes come on top."),
    )
    deferred = Dollars(label=_("Saved and taxed later"), help_text=_("401(k), traditional IRA and the like."))
    other = Dollars(label=_("Saved elsewhere"), help_text=_("Brokerage accounts and cash."))
    horizon_age = forms.IntegerField(label=_("The money lasts to the age of"))
    equity_share = PercentField(label=_("Shares in what is invested, %"), min_value=0, max_value=100)
    target = PercentField(label=_("Chance to aim for, %"))

    def clean_benefit_age(self) -> int:
        """Take the usual age where nothing is said."""
        return self.cleaned_data["benefit_age"] or 67

    def clean_benefit_age_2(self) -> int:
        """Take the usual age where nothing is said."""
        return self.cleaned_data["benefit_age_2"] or 67


class EducationForm(CalculatorForm):
    """Saving for a study."""

    age = forms.IntegerField(label=_("Age of the student today"))
    start_age = forms.IntegerField(label=_("Age at the start of the study"))
    years = forms.IntegerField(label=_("Years of study"))
    annual_cost = Dollars(label=_("A year costs today"), help_text=_("Tuition, room and board, less aid."))
    cost_growth = PercentField(label=_("The cost rises a year, %"))
    saved = Dollars(label=_("Saved for it"), help_text=_("In a 529 plan: what it earns is not taxed."))
    monthly_saving = Dollars(label=_("Saved a month"), help_text=_("Until the study starts; rises with prices."))
    equity_share = PercentField(label=_("Shares in what is invested, %"), min_value=0, max_value=100)
    target = PercentField(label=_("Chance to aim for, %"))


class SaveGoalForm(forms.Form):
    """What of a calculator's answer the plan takes over."""

    name = forms.CharField(label=_("Name of the goal"), max_length=120)
    priority = forms.ChoiceField(label=_("Priority"), choices=GoalPriority.choices)
    person = forms.ModelChoiceField(
        label=_("For whom"), queryset=Person.objects.none(), to_field_name="public_id", required=False
    )
    takes_saving = forms.BooleanField(
        label=_("Take the extra saving into the plan as well"),
        required=False,
        help_text=_("As a fact that this version takes differently, with its reason."),
    )

    def __init__(self, *args: Any, people: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        person = self.fields["person"]
        if isinstance(person, forms.ModelChoiceField):
            person.queryset = people
