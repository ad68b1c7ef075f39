"""A goal found in somebody's words, read over by the advisor before it enters the plan."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from apps.core.forms import DayInput
from apps.plans.forms import PersonField
from apps.plans.forms.means import MEANS, MeansForm
from apps.plans.models import GoalKind, GoalPriority, GoalWish
from apps.plans.selectors.wishes import heard_words


class WishForm(MeansForm):
    """A goal found in words, read over before it enters the plan."""

    field_order = (
        "kind",
        "name",
        "priority",
        "annual_amount",
        "years",
        "starts_on",
        "retirement_age",
        "person",
        *MEANS,
    )

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

    def __init__(self, *args: Any, wish: GoalWish, accounts: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        names = ("kind", "name", "priority", "annual_amount", "starts_on", "retirement_age")
        kwargs["initial"] = {
            **{name: getattr(wish, name) for name in (*names, *MEANS)},
            "years": wish.years or None,
            "person": wish.person.public_id if wish.person else None,
        }
        super().__init__(*args, **kwargs)
        person = self.fields["person"]
        if isinstance(person, forms.ModelChoiceField):
            person.queryset = wish.text.household.people.all()
        self.offer(accounts)
        for name, words in heard_words(wish).items():
            if name in self.fields:
                self.fields[name].help_text = gettext("From the words “%(words)s”.") % {"words": words}

    def clean_years(self) -> int:
        """Return none as nothing."""
        return self.cleaned_data["years"] or 0

    @property
    def details(self) -> dict[str, Any]:
        """What was said of the goal itself."""
        return {name: value for name, value in self.cleaned_data.items() if name not in MEANS}
