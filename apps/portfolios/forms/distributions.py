"""What people type about the distributions that the law requires."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from apps.clients.models import Person
from apps.core.forms import DayInput
from apps.portfolios.models import Account, DistributionTerms, Employment, HeirKind, SpouseHolds
from apps.portfolios.selectors.distributions import INHERITED, OF_EMPLOYER

_OF_BEQUEST = (
    "deceased_born_on",
    "died_on",
    "heir",
    "spouse_holds",
    "is_ten_year",
    "left_by_deceased",
    "oldest_heir_born_on",
    "are_all_eligible",
    "heir_born_on",
    "heir_died_on",
)
_OF_EMPLOYER = ("employment", "retired_on", "is_five_percent_owner")
_YES_OR_NO = (("", _("Not known")), ("yes", _("Yes")), ("no", _("No")))


class DistributionTermsForm(forms.Form):
    """The spouse who alone inherits an account; of an inherited one who died, and what the heir was to them."""

    spouse = forms.ModelChoiceField(
        label=_("Spouse who is the only beneficiary, all year"),
        queryset=Person.objects.none(),
        required=False,
        empty_label=_("None, or there are others"),
        help_text=_("One who is more than ten years younger makes the distributions smaller."),
    )
    employment = forms.ChoiceField(
        label=_("Works for the employer of this plan"),
        choices=Employment.choices,
        required=False,
        help_text=_(
            "Who still works there takes nothing yet, unless more than five per cent of the employer was owned."
        ),
    )
    retired_on = forms.DateField(label=_("Left the employer on"), widget=DayInput(), required=False)
    is_five_percent_owner = forms.TypedChoiceField(
        label=_("Owned more than five per cent of the employer in the year of the age"),
        choices=_YES_OR_NO,
        coerce=lambda value: value == "yes",
        empty_value=None,
        required=False,
    )
    deceased_born_on = forms.DateField(label=_("Date of birth of the deceased"), widget=DayInput())
    died_on = forms.DateField(label=_("Day of death"), widget=DayInput())
    heir = forms.ChoiceField(label=_("The heir is"), choices=HeirKind.choices)
    spouse_holds = forms.ChoiceField(
        label=_("A spouse holds it"),
        choices=SpouseHolds.choices,
        initial=SpouseHolds.HEIR,
        required=False,
        help_text=_("As the one who died would have: the election of a spouse who alone inherits, for 2024 and later."),
    )
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
    oldest_heir_born_on = forms.DateField(
        label=_("Several heirs share it: date of birth of the oldest"),
        widget=DayInput(),
        required=False,
        help_text=_("Leave empty where the shares were separated by 31 December of the year after the death."),
    )
    are_all_eligible = forms.BooleanField(label=_("Each of those who share might take it over a life"), required=False)
    heir_born_on = forms.DateField(
        label=_("The heir died since: date of birth of that heir"),
        widget=DayInput(),
        required=False,
        help_text=_("The account's owner then is the one who follows."),
    )
    heir_died_on = forms.DateField(label=_("Day of death of that heir"), widget=DayInput(), required=False)

    def __init__(self, *args: Any, account: Account, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        is_inherited = account.registration in INHERITED
        left_out = _OF_EMPLOYER if is_inherited or account.registration not in OF_EMPLOYER else ()
        for name in (*left_out, *(("spouse",) if is_inherited else _OF_BEQUEST)):
            del self.fields[name]
        if is_inherited:
            return
        field = self.fields["spouse"]
        if isinstance(field, forms.ModelChoiceField):
            field.queryset = account.household.people.adults().exclude(owned_accounts__account=account)

    def clean_spouse_holds(self) -> str:
        """Hold it as an heir where nothing is chosen."""
        return self.cleaned_data["spouse_holds"] or SpouseHolds.HEIR.value


def terms_as_typed(known: DistributionTerms) -> dict[str, Any]:
    """Return what is known as the form shows it."""
    owned = {None: "", True: "yes", False: "no"}[known.is_five_percent_owner]
    fields = DistributionTermsForm.base_fields
    return {name: getattr(known, name) for name in fields} | {"is_five_percent_owner": owned}
