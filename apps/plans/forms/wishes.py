"""A goal found in somebody's words, read over by the advisor before it enters the plan."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from apps.core.forms import DayInput, PercentField
from apps.plans.forms import PersonField
from apps.plans.models import GoalKind, GoalPriority, GoalWish
from apps.plans.models.goal import MAX_WAIT_YEARS
from apps.plans.selectors.wishes import heard_words


class WishForm(forms.Form):
    """A goal found in words, read over before it enters the plan."""

    kind = forms.ChoiceField(label=_("Kind"), choices=GoalKind.choices)
    name = forms.CharField(label=_("Name"), max_length=120)
    priority = forms.ChoiceField(label=_("Priority"), choices=GoalPriority.choices)
    annual_amount = forms.DecimalField(
        label=_("Amount a year"),
        min_value=0,
        max_digits=14,
        decimal_places=2,
        required=False,
        help_text=_("In money of today. Retirement: empty keeps what the plan has."),
    )
    years = forms.IntegerField(
        label=_("For how many years"), min_value=0, max_value=80, required=False, help_text=_("1 for a single sum.")
    )
    starts_on = forms.DateField(
        label=_("From"),
        widget=DayInput(),
        required=False,
        help_text=_("Empty for retirement: it starts when work ends."),
    )
    retirement_age = forms.IntegerField(
        label=_("Age at which work ends"), min_value=18, max_value=100, required=False, help_text=_("For retirement.")
    )
    person = PersonField(label=_("For whom"), help_text=_("For retirement: whose work ends."))
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

    def __init__(self, *args: Any, wish: GoalWish, accounts: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        names = ("kind", "name", "priority", "annual_amount", "starts_on", "retirement_age")
        means = ("funded_by", "funded_only", "wait_years", "least_share")
        kwargs["initial"] = {
            **{name: getattr(wish, name) for name in (*names, *means)},
            "years": wish.years or None,
            "person": wish.person.public_id if wish.person else None,
        }
        super().__init__(*args, **kwargs)
        person = self.fields["person"]
        if isinstance(person, forms.ModelChoiceField):
            person.queryset = wish.text.household.people.all()
        cast("forms.MultipleChoiceField", self.fields["funded_by"]).choices = [*accounts]
        for name, words in heard_words(wish).items():
            self.fields[name].help_text = gettext("From the words “%(words)s”.") % {"words": words}
        if not accounts:
            del self.fields["funded_by"], self.fields["funded_only"]

    def clean_years(self) -> int:
        """Return none as nothing."""
        return self.cleaned_data["years"] or 0

    @property
    def details(self) -> dict[str, Any]:
        """What was said of the goal itself."""
        means = {"funded_by", "funded_only", "wait_years", "least_share"}
        return {name: value for name, value in self.cleaned_data.items() if name not in means}

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
