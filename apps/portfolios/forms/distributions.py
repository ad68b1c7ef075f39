"""What people type about the distributions that the law requires."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from apps.clients.models import Person
from apps.core.forms import DayInput
from apps.portfolios.models import Account, HeirKind, Registration


class DistributionTermsForm(forms.Form):
    """The spouse who alone inherits an account; of an inherited one who died, and what the heir was to them."""

    spouse = forms.ModelChoiceField(
        label=_("Spouse who is the only beneficiary, all year"),
        queryset=Person.objects.none(),
        required=False,
        empty_label=_("None, or there are others"),
        help_text=_("One who is more than ten years younger makes the distributions smaller."),
    )
    deceased_born_on = forms.DateField(label=_("Date of birth of the deceased"), widget=DayInput())
    died_on = forms.DateField(label=_("Day of death"), widget=DayInput())
    heir = forms.ChoiceField(label=_("The heir is"), choices=HeirKind.choices)
    is_ten_year = forms.BooleanField(
        label=_("The heir chose the ten years instead of a life"),
        required=False,
        help_text=_("Open to who may take it over a life, where the owner had not begun."),
    )
    left_by_deceased = forms.DecimalField(
        label=_("Required for the year of death and not taken"),
        min_value=Decimal(0),
        max_digits=14,
        decimal_places=2,
        initial=Decimal(0),
    )

    def __init__(self, *args: Any, account: Account, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if account.registration == Registration.INHERITED_IRA:
            del self.fields["spouse"]
            return
        for name in ("deceased_born_on", "died_on", "heir", "is_ten_year", "left_by_deceased"):
            del self.fields[name]
        field = self.fields["spouse"]
        if isinstance(field, forms.ModelChoiceField):
            field.queryset = account.household.people.adults().exclude(owned_accounts__account=account)
