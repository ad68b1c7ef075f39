"""Forms of compliance."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from apps.compliance.models import AssessmentKind, ConsentRule, ExportFormat, RiskLevel
from apps.compliance.policies import LIFE_EVENTS
from apps.compliance.selectors.questionnaires import QuestionnairePage
from apps.core.forms import DayInput, PercentField


def _day(label: Any) -> forms.DateField:
    return forms.DateField(label=label, required=False, widget=DayInput({"class": "form-control"}))


def _select() -> forms.Select:
    return forms.Select(attrs={"class": "form-select"})


class TrailFilterForm(forms.Form):
    """What part of the trail to show."""

    person = forms.ChoiceField(label=_("Who"), required=False)
    action = forms.ChoiceField(label=_("What was done"), required=False)
    first = _day(_("From"))
    last = _day(_("To"))
    self_reviews = forms.BooleanField(
        label=_("Self-reviews only"), required=False, widget=forms.CheckboxInput(attrs={"class": "form-check-input"})
    )

    def __init__(
        self, *args: Any, people: list[tuple[str, str]], actions: list[tuple[str, str]], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person"] = forms.ChoiceField(
            label=_("Who"), required=False, choices=[("", _("Everybody")), *people], widget=_select()
        )
        self.fields["action"] = forms.ChoiceField(
            label=_("What was done"), required=False, choices=[("", _("Everything")), *actions], widget=_select()
        )


class ExportForm(forms.Form):
    """What an export button sends: the filters of the page, and the format."""

    format = forms.ChoiceField(choices=ExportFormat.choices)
    household = forms.UUIDField(required=False)
    person = forms.CharField(required=False, max_length=120)
    action = forms.CharField(required=False, max_length=80)
    first = forms.DateField(required=False)
    last = forms.DateField(required=False)
    self_reviews = forms.BooleanField(required=False)


class InviteForm(forms.Form):
    """Whom to ask."""

    person = forms.UUIDField()
    kind = forms.ChoiceField(choices=AssessmentKind.choices)


class LifeEventForm(forms.Form):
    """What happened."""

    event = forms.ChoiceField(label=_("What happened"), choices=list(LIFE_EVENTS.items()))
    note = forms.CharField(label=_("What you were told, when and by whom"), max_length=500)


class AcknowledgementForm(forms.Form):
    """How a client said yes outside the portal."""

    person = forms.UUIDField()
    purpose = forms.CharField(max_length=14)
    given_how = forms.CharField(max_length=300)


def _per_cent(label: Any, help_text: Any = "", *, required: bool = True) -> PercentField:
    return PercentField(label=label, help_text=help_text, max_digits=7, decimal_places=2, required=required)


class CapacityForm(forms.Form):
    """The eight facts of capacity as people say them: years and per cent."""

    years_to_first_withdrawal = forms.DecimalField(
        label=_("Years to the first withdrawal"), max_digits=4, decimal_places=1
    )
    withdrawal_years = forms.DecimalField(label=_("Years of withdrawals"), max_digits=4, decimal_places=1)
    liquidity_coverage = _per_cent(
        _("Liquid assets, % of a year's net need"), _("Net need: spending that income does not cover.")
    )
    income_stability = forms.TypedChoiceField(
        label=_("Income"),
        coerce=Decimal,
        choices=[
            ("", _("Choose")),
            ("0", _("Unstable: commission or seasonal")),
            ("1", _("Variable")),
            ("2", _("Stable employment")),
            ("3", _("Guaranteed for life")),
        ],
    )
    funded_ratio = _per_cent(_("Assets, % of the value of all goals"), _("Both at the real risk-free rate."))
    debt_service_ratio = _per_cent(_("Debt payments, % of income"))
    dependants = forms.DecimalField(label=_("Dependants"), max_digits=2, decimal_places=0)
    net_worth_share = _per_cent(_("This portfolio, % of net worth"))
    portfolio_value = forms.DecimalField(label=_("Value of this portfolio"), max_digits=16, decimal_places=2)
    required_return = _per_cent(
        _("Return the plan requires, % a year"), _("Before inflation is taken off."), required=False
    )
    source = forms.CharField(
        label=_("Where the figures come from"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("Statements, plan or conversation, with their date."),
    )

    FACTS = (
        "years_to_first_withdrawal",
        "withdrawal_years",
        "liquidity_coverage",
        "income_stability",
        "funded_ratio",
        "debt_service_ratio",
        "dependants",
        "net_worth_share",
    )


class ReviewForm(forms.Form):
    """What the advisor makes of a profile."""

    accepted_level = forms.TypedChoiceField(label=_("Accepted level"), coerce=int, choices=RiskLevel.choices)
    note = forms.CharField(
        label=_("What was discussed"), widget=forms.Textarea(attrs={"rows": 4}), help_text=_("It stands on the trail.")
    )
    exception_reason = forms.CharField(
        label=_("Reason for an exception"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Only for a level above the recommended one. The client has to acknowledge it."),
    )


class AnswersForm(forms.Form):
    """The questionnaire as one form: answers taken down by the firm."""

    given_how = forms.CharField(
        label=_("How the answers were given"),
        max_length=300,
        help_text=_("The meeting, call or signed paper, with its date."),
    )

    def __init__(self, *args: Any, page: QuestionnairePage, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for item in page.items:
            self.fields[item.code] = forms.ChoiceField(
                label=f"{item.number}. {item.text}",
                choices=[(option.code, option.text) for option in item.options],
                widget=forms.RadioSelect,
            )
        self.item_codes = [item.code for item in page.items]
        self.order_fields([*self.item_codes, "given_how"])

    def answers(self) -> dict[str, str]:
        """Return item → option."""
        return {code: self.cleaned_data[code] for code in self.item_codes}


class WithdrawForm(forms.Form):
    """Why an open questionnaire is taken back."""

    reason = forms.CharField(max_length=200)


class CheckpointRulesForm(forms.Form):
    """The firm's rules for the checkpoints before money moves."""

    manager_above_amount = forms.DecimalField(
        label=_("A manager reviews trades above"), max_digits=14, decimal_places=2, min_value=0
    )
    manager_above_share = PercentField(
        label=_("or above this share of the portfolio, in per cent"), max_digits=6, decimal_places=2, min_value=0
    )
    manager_above_lines = forms.IntegerField(label=_("or above this many trades"), min_value=1, max_value=1000)
    consent = forms.ChoiceField(label=_("The client approves trades"), choices=ConsentRule.choices)
