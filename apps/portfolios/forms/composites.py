"""What people type about composites."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from apps.core.forms import DayInput
from apps.portfolios.models import Account, Benchmark


class CompositeForm(forms.Form):
    """A composite to define."""

    name = forms.CharField(label=_("Name"), max_length=120)
    definition = forms.CharField(label=_("Which accounts belong to it"), widget=forms.Textarea(attrs={"rows": 3}))
    currency = forms.CharField(label=_("Currency"), max_length=3, min_length=3, initial="USD")
    inception = forms.DateField(
        label=_("Beginning"), widget=DayInput(), help_text=_("The first day of a month: composites count whole months.")
    )
    benchmark = forms.ModelChoiceField(label=_("Benchmark"), queryset=Benchmark.objects.none(), required=False)

    def __init__(self, *args: Any, offered: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["benchmark"]
        if isinstance(field, forms.ModelChoiceField):
            field.queryset = offered

    def clean_currency(self) -> str:
        """Write currencies as the books do."""
        currency: str = self.cleaned_data["currency"].upper()
        return currency


class MemberForm(forms.Form):
    """An account that belongs to a composite."""

    account = forms.ModelChoiceField(label=_("Account"), queryset=Account.objects.none())
    starts_on = forms.DateField(label=_("From"), widget=DayInput(), help_text=_("The first day of a month."))
    discretion = forms.CharField(label=_("Why the firm has discretion"), max_length=300)

    def __init__(self, *args: Any, accounts: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["account"]
        if isinstance(field, forms.ModelChoiceField):
            field.queryset = accounts


class LeaveForm(forms.Form):
    """When and why an account leaves."""

    ends_on = forms.DateField(label=_("Until"), widget=DayInput(), help_text=_("The last day of a month."))
    reason = forms.CharField(label=_("Why it leaves"), max_length=300)
