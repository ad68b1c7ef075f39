"""What people type about plans: shape and clean values; services decide."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

from django import forms
from django.core.validators import BaseValidator
from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from apps.clients.models import Household, Person
from apps.core.forms import DayInput, PercentField
from apps.core.templatetags import formats
from apps.kernel.money import Money
from apps.plans.forms.means import MEANS, MeansForm
from apps.plans.models import (
    Decision,
    Goal,
    GoalKind,
    GoalPriority,
    OverrideKind,
    Plan,
    PlanStep,
    StepOwner,
    StepStatus,
    Tongue,
)
from apps.plans.models.goal import MAX_OWN_WORDS
from apps.plans.selectors.overview_builders import CHOICE_UNITS
from apps.plans.selectors.overview_parts import LeverLine
from apps.portfolios.models import Transaction


class PersonField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """Somebody of the household, by public id."""

    def __init__(self, **options: Any) -> None:
        super().__init__(queryset=Person.objects.none(), to_field_name="public_id", required=False, **options)


class GoalForm(MeansForm):
    """A goal."""

    field_order = ("kind", "name", "annual_amount", "starts_on", "years", "priority", "person", *MEANS, "own_words")

    kind = forms.ChoiceField(label=_("Kind"), choices=GoalKind.choices)
    name = forms.CharField(label=_("Name"), max_length=120)
    annual_amount = forms.DecimalField(
        label=_("Amount a year"), min_value=0, max_digits=14, decimal_places=2, help_text=_("In money of today.")
    )
    starts_on = forms.DateField(
        label=_("From"),
        widget=DayInput(),
        required=False,
        help_text=_("Empty for retirement: it starts when work ends. In the past for what is under way."),
    )
    years = forms.IntegerField(
        label=_("For how many years"), min_value=0, max_value=80, required=False, help_text=_("1 for a single sum.")
    )
    priority = forms.ChoiceField(label=_("Priority"), choices=GoalPriority.choices)
    person = PersonField(label=_("For whom"))
    own_words = forms.CharField(
        label=_("In the client's own words"),
        widget=forms.Textarea(attrs={"rows": 2}),
        required=False,
        max_length=MAX_OWN_WORDS,
        help_text=_("Up to 10,000 characters."),
    )

    def __init__(
        self,
        *args: Any,
        household: Household,
        accounts: Sequence[tuple[str, str]],
        goal: Goal | None = None,
        **kwargs: Any,
    ) -> None:
        if goal is not None:
            names = ("kind", "name", "annual_amount", "starts_on", "years", "priority", "own_words")
            kwargs["initial"] = {
                **{name: getattr(goal, name) for name in (*names, *MEANS)},
                "person": goal.person.public_id if goal.person else None,
            }
        super().__init__(*args, **kwargs)
        _fill(self.fields["person"], household.people.all())
        self.offer(accounts)

    @property
    def details(self) -> dict[str, Any]:
        """What was said of the goal itself."""
        own = ("kind", "name", "annual_amount", "starts_on", "priority", "person", "own_words")
        return {**{name: self.cleaned_data[name] for name in own}, "years": self.cleaned_data["years"] or 0}


class GoalWordsForm(forms.Form):
    """What somebody said they want, as it was said."""

    person = forms.ModelChoiceField(label=_("Who speaks"), queryset=Person.objects.none(), to_field_name="public_id")
    language = forms.ChoiceField(label=_("Language"), choices=Tongue.choices)
    text = forms.CharField(
        label=_("In their own words"),
        widget=forms.Textarea(attrs={"rows": 6}),
        max_length=5000,
        help_text=_("What for, how much, when, for whom: what is not said is asked afterwards, never guessed."),
    )

    def __init__(self, *args: Any, household: Household, **kwargs: Any) -> None:
        kwargs["initial"] = {"language": (get_language() or "en")[:2], **(kwargs.get("initial") or {})}
        super().__init__(*args, **kwargs)
        _fill(self.fields["person"], household.people.adults())


class ChoicesForm(forms.Form):
    """How the plan is made: one field for each choice; proportions are typed in per cent."""

    def __init__(self, *args: Any, plan: Plan, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, (unit, _style) in CHOICE_UNITS.items():
            column = Plan._meta.get_field(name)
            field = cast("forms.Field", column.formfield())  # type: ignore[union-attr]
            label = str(field.label)[:1].upper() + str(field.label)[1:]
            field.label = label
            is_share = unit == "percent"
            self.fields[name] = _per_cent(cast("models.DecimalField[Any, Any]", column), label) if is_share else field
            self.initial[name] = getattr(plan, name)


class OverrideForm(forms.Form):
    """A fact that the plan takes differently."""

    kind = forms.ChoiceField(label=_("Instead of"), choices=OverrideKind.choices)
    person = PersonField(label=_("Whose"), help_text=_("For an age or a salary."))
    value = forms.DecimalField(label=_("The plan takes"), min_value=0, max_digits=14, decimal_places=2)
    reason = forms.CharField(label=_("Why"), widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, *args: Any, household: Household, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _fill(self.fields["person"], household.people.adults())


class DecisionForm(forms.Form):
    """What the advisor makes of a piece of advice."""

    decision = forms.ChoiceField(
        label=_("Decision"),
        choices=[(value, label) for value, label in Decision.choices if value != Decision.OPEN],
        widget=forms.RadioSelect,
    )
    reason = forms.CharField(
        label=_("Reason"),
        widget=forms.Textarea(attrs={"rows": 3}),
        required=False,
        help_text=_(
            "Needed when you adjust or decline, or accept one more way to the target: "
            "the client and an examiner read it."
        ),
    )
    field_order = ("decision", "value", "reason")

    def __init__(self, *args: Any, lever: LeverLine | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if lever is not None:
            kind = PercentField if lever.unit == "percent" else forms.DecimalField
            self.fields["value"] = kind(
                label=_("Changed to: %(name)s") % {"name": lever.label},
                required=False,
                initial=lever.value,
                max_digits=16,
                decimal_places=2,
                help_text=_("The engine measures what it does."),
            )
            self.order_fields(self.field_order)


class AnswerForm(forms.Form):
    """The answer to a client's question."""

    answer = forms.CharField(label=_("Answer"), max_length=8000, widget=forms.Textarea(attrs={"rows": 4}))


class DiscardForm(forms.Form):
    """Why a draft is given up."""

    reason = forms.CharField(label=_("Why"), widget=forms.Textarea(attrs={"rows": 2}))


class ConfirmForm(forms.Form):
    """Why a plan holds with facts that changed since it was worked out."""

    reason = forms.CharField(
        label=_("Why the plan still holds"),
        help_text=_("The client reads it beside the plan."),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class StepForm(forms.Form):
    """A step in one's own words."""

    title = forms.CharField(label=_("What is to be done"), max_length=200)
    owner = forms.ChoiceField(label=_("Who does it"), choices=StepOwner.choices)
    person = PersonField(label=_("Whose"), help_text=_("For a step of the client; empty for either adult."))
    owner_name = forms.CharField(
        label=_("Name"), max_length=120, required=False, help_text=_("For somebody else, such as an attorney.")
    )
    due_on = forms.DateField(label=_("Until"), widget=DayInput())

    def __init__(self, *args: Any, household: Household, step: PlanStep | None = None, **kwargs: Any) -> None:
        if step is not None:
            kwargs["initial"] = {
                "title": step.words,
                "owner": step.owner,
                "person": step.person.public_id if step.person else None,
                "owner_name": step.owner_name,
                "due_on": step.due_on,
            }
        super().__init__(*args, **kwargs)
        _fill(self.fields["person"], household.people.adults())


class FinishForm(forms.Form):
    """What shows that a step is done."""

    note = forms.CharField(
        label=_("How it was done"), widget=forms.Textarea(attrs={"rows": 3}), max_length=2000, required=False
    )
    paper = forms.FileField(label=_("A paper that shows it"), required=False)


class EntryField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """An entry of a ledger, by its day, amount and account."""

    def label_from_instance(self, obj: Transaction) -> str:
        """Say enough of the entry to choose it."""
        amount = formats.money_text(Money(obj.cash, obj.currency), style="exact")
        return f"{formats.date_text(obj.trade_date)} · {amount} · {obj.account.name}"


class FinishWithEntryForm(FinishForm):
    """The same for the firm's people, who may point at what arrived."""

    entry = EntryField(
        queryset=Transaction.objects.none(),
        to_field_name="public_id",
        required=False,
        label=_("What arrived"),
        empty_label=_("None"),
    )

    def __init__(self, *args: Any, entries: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _fill(self.fields["entry"], entries)


class HaltForm(forms.Form):
    """Why a step waits, or is not done at all."""

    status = forms.ChoiceField(
        label=_("The step"),
        choices=[(StepStatus.BLOCKED, _("waits for something")), (StepStatus.DROPPED, _("is dropped"))],
        widget=forms.RadioSelect,
        initial=StepStatus.BLOCKED,
    )
    reason = forms.CharField(label=_("Why"), widget=forms.Textarea(attrs={"rows": 3}), max_length=2000)


class WatchForm(forms.Form):
    """What should arrive every month."""

    monthly_amount = forms.DecimalField(label=_("Amount a month"), min_value=0, max_digits=12, decimal_places=2)
    first_month = forms.DateField(
        label=_("From the month of"), widget=DayInput(), help_text=_("Any day of the first month that counts.")
    )


class StopWatchForm(forms.Form):
    """Why a contribution is not watched any more."""

    reason = forms.CharField(label=_("Why"), widget=forms.Textarea(attrs={"rows": 3}), max_length=2000)


def _per_cent(column: models.DecimalField[Any, Any], label: str) -> PercentField:
    """Return the field of a fraction, with the limits of its column in per cent."""
    limits = {limit.code: 100 * limit.limit_value for limit in column.validators if isinstance(limit, BaseValidator)}
    return PercentField(
        label=_("%(name)s, in per cent") % {"name": label},
        min_value=limits["min_value"],
        max_value=limits["max_value"],
        decimal_places=column.decimal_places - 2,
        help_text=column.help_text,
    )


def _fill(field: forms.Field, people: Any) -> None:
    if isinstance(field, forms.ModelChoiceField):
        field.queryset = people


class DismissForm(forms.Form):
    """Why an alert is put aside."""

    reason = forms.CharField(label=_("Why"), widget=forms.Textarea(attrs={"rows": 2}), max_length=2000)


class MonitoringRulesForm(forms.Form):
    """From when on the night tells something, and whom."""

    drift = PercentField(
        label=_("Tell a change of the chance from"),
        help_text=_("In percentage points. Smaller changes come and go with the markets."),
    )
    lower = PercentField(
        label=_("Guardrail below, at a chance of"),
        help_text=_("At the wealth where the plan's chance falls to this, its advisor hears of it."),
    )
    upper = PercentField(label=_("Guardrail above, at a chance of"))
    tells_clients = forms.BooleanField(
        label=_("Clients are told in the portal when a guardrail is reached"), required=False
    )
