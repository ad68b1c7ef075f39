"""What clients type, tick and send."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar, cast

from django import forms
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from apps.clients.models import Person
from apps.compliance.selectors.questionnaires import ShownItem
from apps.core.calculator_forms import CalculatorForm, Dollars, LoanForm, RefinancingForm, RentOrBuyForm, TaxForm
from apps.core.forms import DayInput, PercentField
from apps.plans.models import CalculatorKind, GoalKind, GoalPriority, GoalWish, Tongue
from apps.plans.models.goal import MAX_WAIT_YEARS
from apps.plans.selectors.wishes import asked_means, heard_words


class AnswerForm(forms.Form):
    """One question of a questionnaire."""

    option = forms.ChoiceField(
        widget=forms.RadioSelect, error_messages={"required": _("Choose the answer that is closest to you.")}
    )


def answer_form(item: ShownItem, data: Any) -> AnswerForm:
    """Return the form of one question with its options and the answer given so far."""
    chosen = next((option.code for option in item.options if option.is_chosen), None)
    form = AnswerForm(data, initial={"option": chosen})
    field = form.fields["option"]
    field.label = item.text
    field.choices = [(option.code, option.text) for option in item.options]  # type: ignore[attr-defined]
    return form


class AcknowledgeForm(forms.Form):
    """A yes."""

    agreed = forms.BooleanField(
        label=_("I have read this and confirm it."), error_messages={"required": _("Tick the box to confirm.")}
    )


class SignForm(forms.Form):
    """What a signer ticks and types. The version of the consent travels along: it must be the one that was shown."""

    consent_version = forms.CharField(widget=forms.HiddenInput, required=False)
    consent = forms.BooleanField(
        label=_("I have read the consent above and agree to sign electronically."),
        error_messages={"required": _("Tick the box: without your consent the paper cannot be signed here.")},
    )
    typed_name = forms.CharField(
        label=_("Your full name"),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        help_text=_("Type it as it stands in the paper."),
    )


class DeclineForm(forms.Form):
    """Why a paper is not signed."""

    reason = forms.CharField(label=_("Why"), widget=forms.Textarea(attrs={"rows": 3}), max_length=2000)


class PaperForm(forms.Form):
    """A paper that the firm asked for; the service judges it by its content."""

    paper = forms.FileField(label=_("The file"), error_messages={"required": _("Choose the file first.")})


class QuestionForm(forms.Form):
    """A question about the plan."""

    text = forms.CharField(
        label=_("Your question"), widget=forms.Textarea(attrs={"rows": 4}), max_length=4000, strip=True
    )


class StepDoneForm(forms.Form):
    """What shows that a step of the plan is done."""

    note = forms.CharField(
        label=_("How you did it"), widget=forms.Textarea(attrs={"rows": 3}), max_length=2000, required=False
    )
    paper = forms.FileField(
        label=_("A paper that shows it"), required=False, help_text=_("PDF, picture, Word, Excel or text, up to 25 MB.")
    )


class GoalWordsForm(forms.Form):
    """What a client wants, in their own words."""

    text = forms.CharField(
        label=_("What do you want to reach?"),
        widget=forms.Textarea(attrs={"rows": 6}),
        max_length=5000,
        help_text=_("As you would say it: what for, about how much, when, for whom. What you leave out we ask."),
    )
    language = forms.ChoiceField(label=_("You write in"), choices=Tongue.choices)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["initial"] = {"language": (get_language() or "en")[:2], **(kwargs.get("initial") or {})}
        super().__init__(*args, **kwargs)


class WishForm(forms.Form):
    """A goal found in a client's words: what is not known stays empty, the advisor asks.

    Whether it can wait, how much is enough and who pays are asked where the words speak of it.
    """

    MEANS: ClassVar[tuple[str, ...]] = ("wait_years", "least_share", "funded_by", "funded_only")

    name = forms.CharField(label=_("What for"), max_length=120)
    annual_amount = forms.DecimalField(
        label=_("Amount a year"),
        min_value=0,
        max_digits=14,
        decimal_places=2,
        required=False,
        help_text=_("In today's money. Leave it empty if you do not know."),
    )
    years = forms.IntegerField(
        label=_("For how many years"), min_value=0, max_value=80, required=False, help_text=_("1 for a single sum.")
    )
    starts_on = forms.DateField(label=_("From"), widget=DayInput(), required=False)
    retirement_age = forms.IntegerField(label=_("Age at which work ends"), min_value=18, max_value=100, required=False)
    person = forms.ModelChoiceField(
        label=_("For whom"), queryset=Person.objects.none(), to_field_name="public_id", required=False
    )
    priority = forms.ChoiceField(label=_("How much you want it"), choices=GoalPriority.choices)
    wait_years = forms.IntegerField(
        label=_("How many years could it wait?"), min_value=0, max_value=MAX_WAIT_YEARS, required=False
    )
    least_share = PercentField(
        label=_("How much of it would be enough, in per cent?"),
        min_value=5,
        max_value=100,
        max_digits=4,
        decimal_places=1,
        required=False,
    )
    funded_by = forms.MultipleChoiceField(
        label=_("Which accounts should pay for it?"), widget=forms.CheckboxSelectMultiple, required=False
    )
    funded_only = forms.BooleanField(label=_("Nothing else should pay for it"), required=False)

    def __init__(self, *args: Any, wish: GoalWish, accounts: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        names = ("name", "annual_amount", "starts_on", "retirement_age", "priority", *self.MEANS)
        kwargs["initial"] = {
            **{name: getattr(wish, name) for name in names},
            "years": wish.years or None,
            "person": wish.person.public_id if wish.person else None,
        }
        super().__init__(*args, **kwargs)
        self.kind, asked = wish.kind, asked_means(wish)
        if "funded_by" in asked and accounts:
            cast("forms.MultipleChoiceField", self.fields["funded_by"]).choices = [*accounts]
            asked |= {"funded_only"}
        # what was known before and is not asked stays as it is
        self.kept = {name: getattr(wish, name) for name in self.MEANS if name not in asked}
        for name in self.kept:
            del self.fields[name]
        for name, words in heard_words(wish).items():
            if name in self.fields:
                self.fields[name].help_text = gettext("You wrote: “%(words)s”.") % {"words": words}
        people = wish.text.household.people.all()
        is_retirement = wish.kind == GoalKind.RETIREMENT
        for name in ("years", "starts_on") if is_retirement else ("retirement_age",):
            del self.fields[name]
        person = self.fields["person"]
        person.label = _("Whose work ends") if is_retirement else person.label
        if isinstance(person, forms.ModelChoiceField):
            person.queryset = people.adults() if is_retirement else people

    def clean(self) -> dict[str, Any]:
        """Add the kind, which the advisor sets, and nothing for what was not asked."""
        clean = super().clean() or {}
        return {**clean, "kind": self.kind, "years": clean.get("years") or 0}

    @property
    def details(self) -> dict[str, Any]:
        """What was said of the goal itself."""
        return {name: value for name, value in self.cleaned_data.items() if name not in self.MEANS}

    @property
    def means(self) -> dict[str, Any]:
        """What was said of its accounts and of how far it gives way, as the service takes it."""
        told = {**self.kept, **self.cleaned_data}
        return {
            "accounts": tuple(told["funded_by"] or ()),
            "only": bool(told["funded_only"]),
            "wait_years": told["wait_years"],
            "least_share": told["least_share"],
        }


class RetirementForm(CalculatorForm):
    """What a client says about the time after work, alone or for two."""

    age = forms.IntegerField(label=_("How old are you?"))
    retirement_age = forms.IntegerField(label=_("At what age would you like to stop working?"))
    monthly_saving = Dollars(label=_("What you put aside a month"), help_text=_("With what your employer adds."))
    monthly_benefit = Dollars(
        label=_("Social Security a month"), help_text=_("In today's money, as your statement says it.")
    )
    benefit_age = forms.IntegerField(label=_("Social Security from what age?"), required=False)
    wages = Dollars(
        label=_("What you earn a year, before tax"), help_text=_("Counts if your partner stops working before you.")
    )
    age_2 = forms.IntegerField(
        label=_("How old is your partner?"), required=False, help_text=_("Leave it empty to ask for yourself alone.")
    )
    retirement_age_2 = forms.IntegerField(
        label=_("At what age would your partner like to stop working?"), required=False
    )
    monthly_saving_2 = Dollars(label=_("What your partner puts aside a month"))
    monthly_benefit_2 = Dollars(label=_("Your partner's Social Security a month"))
    benefit_age_2 = forms.IntegerField(label=_("Your partner's Social Security from what age?"), required=False)
    wages_2 = Dollars(label=_("What your partner earns a year, before tax"))
    annual_income = Dollars(
        label=_("What should you have to live on a year?"),
        help_text=_("In today's money, once the first of you has stopped working. Taxes are added for you."),
    )
    deferred = Dollars(label=_("In retirement accounts today"), help_text=_("401(k), traditional IRA and the like."))
    other = Dollars(label=_("Elsewhere today"), help_text=_("Brokerage accounts and money at the bank."))

    def clean_benefit_age(self) -> int:
        """Take the usual age where nothing is said."""
        return self.cleaned_data["benefit_age"] or 67

    def clean_benefit_age_2(self) -> int:
        """Take the usual age where nothing is said."""
        return self.cleaned_data["benefit_age_2"] or 67


class EducationForm(CalculatorForm):
    """What a client says about a study."""

    age = forms.IntegerField(label=_("How old is the student today?"))
    start_age = forms.IntegerField(label=_("At what age does the study start?"))
    years = forms.IntegerField(label=_("How many years does it take?"))
    annual_cost = Dollars(
        label=_("What would a year cost today?"), help_text=_("Tuition, room and board, less aid. We let it rise.")
    )
    saved = Dollars(label=_("Put aside for it today"), help_text=_("In a 529 plan: what it earns is not taxed."))
    monthly_saving = Dollars(label=_("What you put aside for it a month"))


class TellForm(forms.Form):
    """What a client adds to a calculation when they tell their advisor."""

    note = forms.CharField(
        label=_("Anything to add?"), widget=forms.Textarea(attrs={"rows": 3}), max_length=2000, required=False
    )


class TradeApprovalForm(forms.Form):
    """A client's yes to trades."""

    agreed = forms.BooleanField(
        label=_("I have read these trades and approve them."),
        error_messages={"required": _("Tick the box to confirm.")},
    )
    typed_name = forms.CharField(
        label=_("Your full name"), max_length=200, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )


class PlainWords(forms.Form):
    """A form of staff with labels as a client says it; a label that says more needs no help."""

    LABELS: ClassVar[dict[str, str | Promise]] = {}
    HELPS: ClassVar[dict[str, str | Promise]] = {}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, label in self.LABELS.items():
            self.fields[name].label = str(label)
        for name, help_text in self.HELPS.items():
            self.fields[name].help_text = str(help_text)


class ClientTaxForm(PlainWords, TaxForm):
    """A year's taxes."""

    LABELS: ClassVar[dict[str, str | Promise]] = {
        "year": _("By the law of which year?"),
        "filing_status": _("How do you file?"),
        "state": _("In which state do you live?"),
        "age_1": _("Your age at the end of the year"),
        "age_2": _("Your partner's age at the end of the year"),
        "wages_1": _("Your wages in the year, before tax"),
        "wages_2": _("Your partner's wages in the year"),
        "pre_tax": _("Paid into a 401(k) or the like, before tax"),
        "withdrawals": _("Taken out of a 401(k), traditional IRA or the like"),
        "dividends": _("Dividends of shares and funds"),
        "gains": _("Gains of what you sold after more than a year"),
        "others": _("Others you support"),
    }
    HELPS: ClassVar[dict[str, str | Promise]] = {
        "pre_tax": _("Taken out of your wages before tax, as your pay slip says.")
    }


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
