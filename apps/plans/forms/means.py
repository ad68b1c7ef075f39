"""What pays for a goal and how far it gives way: the part that the form of a goal and that of a wish have in common."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from apps.core.forms import PercentField
from apps.plans.models.goal import MAX_WAIT_YEARS

MEANS = ("funded_by", "funded_only", "wait_years", "least_share")


class MeansForm(forms.Form):
    """The accounts of a goal and what it waits for or gives up."""

    funded_by = forms.MultipleChoiceField(
        label=_("Paid from"),
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text=_("These accounts pay first and are kept for the goal: other spending comes to them last."),
    )
    funded_only = forms.BooleanField(
        label=_("Nothing else pays for it"), required=False, help_text=_("Income and other accounts are left alone.")
    )
    wait_years = forms.IntegerField(
        label=_("Can wait up to, in years"),
        min_value=0,
        max_value=MAX_WAIT_YEARS,
        required=False,
        help_text=_("Where the money is not there on its day. 0: its date is fixed; empty: not asked."),
    )
    least_share = PercentField(
        label=_("Part that is enough, %"),
        min_value=5,
        max_value=100,
        max_digits=4,
        decimal_places=1,
        required=False,
        help_text=_("Of each payment. 100: all of it or nothing; empty: not asked."),
    )

    def offer(self, accounts: Sequence[tuple[str, str]]) -> None:
        """Offer accounts, by key and name; without any the question is not asked."""
        cast("forms.MultipleChoiceField", self.fields["funded_by"]).choices = [*accounts]
        if not accounts:
            del self.fields["funded_by"], self.fields["funded_only"]

    @property
    def means(self) -> dict[str, Any]:
        """What was said of its accounts and of how far it gives way, as the service takes it."""
        told = self.cleaned_data
        return {
            "accounts": tuple(told.get("funded_by") or ()),
            "only": bool(told.get("funded_only")),
            "wait_years": told["wait_years"],
            "least_share": told["least_share"],
        }
