"""What people type about services: what they say, who takes them, what was checked."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from apps.clients.models import Household
from apps.core.forms import DayInput, PercentField
from apps.portfolios.models import (
    Account,
    ModelPortfolio,
    Rhythm,
    RunMode,
    ServiceKind,
    ServiceOffering,
    ServiceVersion,
    Way,
)


class OfferingForm(forms.Form):
    """A service and all that a version of it says."""

    name = forms.CharField(label=_("Name"), max_length=120)
    kind = forms.ChoiceField(label=_("Kind"), choices=ServiceKind.choices)
    promise = forms.CharField(label=_("What the client gets"), widget=forms.Textarea(attrs={"rows": 3}))
    model = forms.ModelChoiceField(
        label=_("Model"),
        queryset=ModelPortfolio.objects.none(),
        required=False,
        empty_label=_("None"),
        help_text=_("Its bands hold. Investment management needs one."),
    )
    client_approves = forms.BooleanField(label=_("The client approves each trade"), required=False)
    cash_share = PercentField(
        label=_("Kept in cash, %"), min_value=0, max_value=50, max_digits=7, decimal_places=4, initial=0
    )
    rebalance_mode = forms.ChoiceField(label=_("Rebalancing begins with"), choices=RunMode.choices)
    minimum_amount = forms.DecimalField(
        label=_("Smallest trade"), min_value=0, max_digits=14, decimal_places=2, initial=250
    )
    blocks_short_gains = forms.BooleanField(label=_("No short-term gains"), required=False)
    review_months = forms.TypedChoiceField(label=_("Review"), choices=Rhythm.choices[1:], coerce=int)
    meeting_way = forms.ChoiceField(label=_("Reviews are held"), choices=Way.choices)
    report_months = forms.TypedChoiceField(
        label=_("Performance report"),
        choices=Rhythm.choices,
        coerce=int,
        help_text=_("Delivered to the portal with a mail. Quarters without one are left out of the batch."),
    )
    checklist = forms.CharField(
        label=_("Quality checks"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("One a line; gone through for each household at every review."),
    )
    note = forms.CharField(label=_("What changed and why"), max_length=300, required=False)

    def __init__(self, *args: Any, models: list[ModelPortfolio], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["model"]
        if isinstance(field, forms.ModelChoiceField):
            field.queryset = ModelPortfolio.objects.filter(pk__in=[model.pk for model in models])

    def clean_checklist(self) -> list[str]:
        """Return the lines."""
        return [line.strip() for line in str(self.cleaned_data["checklist"]).splitlines() if line.strip()]

    def typed(self) -> dict[str, Any]:
        """Return the terms alone."""
        return {name: value for name, value in self.cleaned_data.items() if name not in {"name", "kind"}}


def begun_with_version(offering: ServiceOffering, version: ServiceVersion, *, is_draft: bool) -> dict[str, Any]:
    """Return what the form begins with."""
    told = {name: getattr(version, name) for name in version.terms()}
    note = version.note if is_draft else ""
    own = {"name": offering.name, "kind": offering.kind, "checklist": "\n".join(version.checklist), "note": note}
    return told | own


class TakeServiceForm(forms.Form):
    """Which service a household takes."""

    offering = forms.ModelChoiceField(label=_("Service"), queryset=ServiceOffering.objects.none())
    account = forms.ModelChoiceField(
        label=_("For"), queryset=Account.objects.none(), required=False, empty_label=_("all managed accounts")
    )
    from_day = forms.DateField(label=_("From"), widget=DayInput())
    note = forms.CharField(
        label=_("Why this service"),
        max_length=300,
        required=False,
        help_text=_("Needed where its model holds more stocks than the risk profile allows."),
    )

    def __init__(self, *args: Any, household: Household, offerings: list[ServiceOffering], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        service, account = self.fields["offering"], self.fields["account"]
        if isinstance(service, forms.ModelChoiceField) and isinstance(account, forms.ModelChoiceField):
            service.queryset = ServiceOffering.objects.filter(pk__in=[each.pk for each in offerings])
            account.queryset = Account.objects.filter(household=household).managed().open()


class QualityCheckForm(forms.Form):
    """Which checks are in order, and what is to be done where they are not."""

    met = forms.TypedMultipleChoiceField(
        label=_("In order"), coerce=int, required=False, widget=forms.CheckboxSelectMultiple
    )
    note = forms.CharField(label=_("What is to be done"), max_length=300, required=False)

    def __init__(self, *args: Any, checklist: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["met"]
        if isinstance(field, forms.TypedMultipleChoiceField):
            field.choices = list(enumerate(checklist))
        if not checklist:
            del self.fields["met"]
