"""Forms of billing: shape and clean input; never write."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from apps.billing.models import (
    Collection,
    FeeSchedule,
    FeeScheduleVersion,
    FeeTiming,
    PaymentMethod,
    ScheduleKind,
)
from apps.billing.models.schedule import PERIODS_PER_YEAR
from apps.clients.models import Agreement, AgreementState, Household
from apps.core.forms import DayInput, PercentField
from apps.core.templatetags import formats
from apps.portfolios.models import Account

N_TIERS = 6
SCOPES = [("household", _("the whole household")), ("account", _("each account"))]
BASES = [
    ("period_end", _("Value at the end of the period")),
    ("opening", _("Value at the opening of the period")),
    ("average_daily_balance", _("Average of the daily values")),
    ("average_month_ends", _("Average of the month ends")),
]
FRACTIONS = [
    ("actual_365", _("Days / 365")),
    ("actual_actual", _("Days / 365 or 366")),
    ("divide", _("An equal part of the year")),
]
_CLAUSES = {
    "schedule": _("Clause of the rates"),
    "value_basis": _("Clause of the values billed"),
    "proration": _("Clause of the proration"),
    "payer": _("Clause of the collection"),
}


def _percent(label: Any, *, required: bool = False, places: int = 4) -> PercentField:
    return PercentField(
        label=label, required=required, min_value=Decimal(0), max_value=100, max_digits=8, decimal_places=places
    )


def _amount(label: Any) -> forms.DecimalField:
    return forms.DecimalField(label=label, required=False, min_value=Decimal(0), max_digits=16, decimal_places=2)


class TermsForm(forms.Form):
    """The terms of a version. Rates are entered in per cent; a term left empty is not part of the schedule."""

    kind = forms.ChoiceField(label=_("Kind"), choices=ScheduleKind.choices)
    timing = forms.ChoiceField(label=_("Billed"), choices=FeeTiming.choices, initial=FeeTiming.ARREARS)
    periods_per_year = forms.TypedChoiceField(label=_("How often"), choices=PERIODS_PER_YEAR, coerce=int, initial=4)
    value_basis = forms.ChoiceField(label=_("Value billed"), choices=BASES)
    breakpoint_scope = forms.ChoiceField(label=_("Tiers look at"), choices=SCOPES)
    period_fraction = forms.ChoiceField(label=_("Part of the year"), choices=FRACTIONS)
    fixed_annual = _amount(_("Fixed amount a year"))
    minimum_annual = _amount(_("Minimum a year"))
    maximum_annual = _amount(_("Maximum a year"))
    discount = _percent(_("Discount, %"))
    flow_threshold = _amount(_("Prorate deposits and withdrawals from"))
    effective_on = forms.DateField(label=_("May be agreed from"), widget=DayInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for n in range(1, N_TIERS + 1):
            self.fields[f"up_to_{n}"] = _amount(_("Up to"))
            self.fields[f"rate_{n}"] = _percent(_("Rate a year, %"))
        for name, label in _CLAUSES.items():
            self.fields[f"clause_{name}"] = forms.CharField(label=label, required=False, max_length=20)

    def tier_rows(self) -> list[tuple[int, forms.BoundField, forms.BoundField]]:
        """Return the fields of the tiers, row by row."""
        return [(n, self[f"up_to_{n}"], self[f"rate_{n}"]) for n in range(1, N_TIERS + 1)]

    def plain_fields(self) -> list[forms.BoundField]:
        """Return the fields outside of the table of tiers."""
        return [field for field in self if not field.name.startswith(("up_to_", "rate_"))]

    def terms(self) -> dict[str, Any]:
        """Return the terms as the service takes them; rates as fractions."""
        given = self.cleaned_data
        names = ["kind", "timing", "value_basis", "breakpoint_scope", "period_fraction", "fixed_annual"]
        names += ["minimum_annual", "maximum_annual", "flow_threshold"]
        terms: dict[str, Any] = {name: given[name] for name in names}
        if given["discount"] is not None:
            terms["discount"] = given["discount"]
        terms["tiers"] = [
            {"up_to": given[f"up_to_{n}"], "rate": given[f"rate_{n}"]}
            for n in range(1, N_TIERS + 1)
            if given[f"rate_{n}"] is not None
        ]
        terms["clauses"] = {name: given[f"clause_{name}"] for name in _CLAUSES}
        return terms


class ScheduleForm(TermsForm):
    """A new schedule with its first terms."""

    name = forms.CharField(label=_("Name"), max_length=120)
    description = forms.CharField(
        label=_("What it is for"), required=False, widget=forms.Textarea(attrs={"rows": 2}), max_length=1000
    )
    field_order = ("name", "description")


class RunForm(forms.Form):
    """Which period is billed."""

    timing = forms.ChoiceField(label=_("Billed"), choices=FeeTiming.choices)
    periods_per_year = forms.TypedChoiceField(label=_("Period"), choices=PERIODS_PER_YEAR, coerce=int, initial=4)
    first_day = forms.DateField(label=_("First day of the period"), widget=DayInput)


class AgreementChoiceField(forms.ModelChoiceField):  # type: ignore[type-arg]  # the class takes none when it runs
    """An agreement of the household, told from the one before it by the day it takes effect."""

    def label_from_instance(self, obj: Agreement) -> str:
        """Return its title and its day."""
        return gettext("%(title)s, from %(day)s") % {"title": obj.title, "day": formats.date_text(obj.effective_on)}


class AssignForm(forms.Form):
    """The terms of a household, the agreement and the clause that they rest on."""

    version = forms.ModelChoiceField(label=_("Schedule"), queryset=FeeScheduleVersion.objects.none())
    agreement = AgreementChoiceField(label=_("Signed agreement"), queryset=Agreement.objects.none())
    clause = forms.CharField(label=_("Clause of the fee"), max_length=20)
    starts_on = forms.DateField(label=_("From"), widget=DayInput)
    negotiated_rate = _percent(_("Negotiated rate a year, %"))
    discount = _percent(_("Discount, %"))
    collection = forms.ChoiceField(label=_("Collected"), choices=Collection.choices)
    paying_account = forms.ModelChoiceField(label=_("Paying account"), queryset=Account.objects.none(), required=False)

    def __init__(self, *args: Any, household: Household, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        of_household: Any = self.fields
        versions = FeeScheduleVersion.objects.filter(schedule__is_active=True, currency=household.currency)
        of_household["version"].queryset = versions.select_related("schedule")
        of_household["agreement"].queryset = Agreement.objects.filter(household=household, state=AgreementState.SIGNED)
        of_household["paying_account"].queryset = Account.objects.filter(household=household).managed().open()

    @staticmethod
    def first_choice(household: Household, on: dt.date) -> dict[str, Any]:
        """Begin with the newest signed agreement, the clause that holds its rates, and the day it takes effect."""
        agreement = Agreement.objects.filter(household=household, state=AgreementState.SIGNED).first()
        if agreement is None:
            return {"starts_on": on}
        clause = agreement.fee_terms.get("clauses", {}).get("schedule", "")
        return {"agreement": agreement, "clause": clause, "starts_on": agreement.effective_on}

    def own(self) -> dict[str, Any]:
        """Return what the household negotiated; rates as fractions."""
        given = self.cleaned_data
        return {
            "negotiated_rate": given["negotiated_rate"],
            "discount": given["discount"] or Decimal(0),
            "collection": given["collection"],
            "paying_account": given["paying_account"],
        }


class ReasonForm(forms.Form):
    """Why something is taken back."""

    reason = forms.CharField(label=_("Why"), max_length=300)


class ReturnPaymentForm(forms.Form):
    """How an amount was given back."""

    note = forms.CharField(label=_("How it was given back"), max_length=300)


class ApplyPaymentForm(forms.Form):
    """Which invoice an amount is counted on."""

    invoice = forms.UUIDField(label=_("Invoice"))


class RecordPaymentForm(forms.Form):
    """What came another way than by card."""

    amount = forms.DecimalField(label=_("Amount"), min_value=Decimal("0.001"), max_digits=16, decimal_places=3)
    method = forms.ChoiceField(
        label=_("How"),
        choices=[(m.value, m.label) for m in PaymentMethod if m is not PaymentMethod.CARD],
    )
    reference = forms.CharField(label=_("Reference"), max_length=120, required=False)


def first_terms(version: FeeScheduleVersion | None, on: dt.date) -> dict[str, Any]:
    """Return the initial values of the editor: the newest version's terms, or an empty schedule from the day on."""
    if version is None:
        return {"effective_on": on}
    terms = version.terms
    plain = ["kind", "timing", "value_basis", "breakpoint_scope", "period_fraction"]
    initial: dict[str, Any] = {name: terms[name] for name in plain}
    initial |= {"effective_on": max(on, version.effective_on), "periods_per_year": version.periods_per_year}
    for name in ("minimum", "maximum"):
        initial[f"{name}_annual"] = terms[name]["annual_amount"]["amount"] if terms[name] else None
    initial["fixed_annual"] = terms["fixed_annual"]["amount"] if terms["fixed_annual"] else None
    initial["flow_threshold"] = terms["flow_rule"]["threshold"]["amount"] if terms["flow_rule"] else None
    initial["discount"] = Decimal(terms["discount"]["fraction"]) or None
    for n, tier in enumerate(terms["tiers"][:N_TIERS], start=1):
        initial[f"up_to_{n}"] = tier["up_to"]["amount"] if tier["up_to"] else None
        initial[f"rate_{n}"] = Decimal(tier["rate"]["fraction"])
    initial |= {f"clause_{name}": terms["clauses"][name] for name in _CLAUSES}
    return initial


def latest(schedule: FeeSchedule) -> FeeScheduleVersion | None:
    """Return the newest version of a schedule."""
    return schedule.versions.first()
