"""Households and people."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import User
from apps.accounts.policies import Permission
from apps.clients.models import Household, HouseholdStatus, Person, Relationship
from apps.clients.models.person import OLDEST_RETIRED, YOUNGEST_RETIRED, birth_problem
from apps.clients.readers.people import read_tax_id
from apps.core.actors import Actor
from apps.core.errors import shown
from apps.core.forms import DayInput
from apps.core.secrets import last_four
from apps.core.tabular.problems import CellError


def assignable(actor: Actor, now: int | None = None) -> QuerySet[User]:
    """Return whom the actor may make a household's advisor: whoever the firm has, for those who assign households.

    Others take households on themselves: an advisor is let in to all of a household. `now` is who advises it (row id).
    """
    people = User.objects.active().staff()
    may_assign = actor.can(Permission.ASSIGN_HOUSEHOLDS)
    return people if may_assign else people.filter(pk__in=[actor.user_id or 0, now or 0])


class SeenAtMixin(forms.Form):
    """Carries the state that the editor saw, so that a later change by somebody else is noticed."""

    seen_at = forms.CharField(widget=forms.HiddenInput, required=False)

    def clean_seen_at(self) -> dt.datetime | None:
        """Read the moment; a text that is none is refused rather than taken for the newest state."""
        text = self.cleaned_data["seen_at"]
        try:
            return dt.datetime.fromisoformat(text) if text else None
        except ValueError:
            raise forms.ValidationError(_("Reload the page and make your change again.")) from None


def clean_tax_id(text: str) -> str:
    """Return the number as its authority writes it; a wrong one is refused without repeating it."""
    if not text:
        return ""
    try:
        return read_tax_id(text)[1]
    except CellError as wrong:
        raise forms.ValidationError(shown(wrong).sentence) from wrong


class HouseholdForm(SeenAtMixin, forms.ModelForm):  # type: ignore[type-arg]
    """What is true of the household as a whole."""

    advisor = forms.ModelChoiceField(User.objects.none(), label=_("Advisor"))

    class Meta:
        model = Household
        fields = (
            "name",
            "advisor",
            "filing_status",
            "address",
            "city",
            "state",
            "postal_code",
            "country",
            "next_review_on",
            "objectives",
        )
        widgets = {
            "address": forms.Textarea(attrs={"rows": 2}),
            "objectives": forms.Textarea(attrs={"rows": 3}),
            "next_review_on": DayInput(),
        }

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["advisor"].queryset = assignable(actor, self.instance.advisor_id)  # type: ignore[attr-defined]
        if self.instance.pk:
            self.fields["seen_at"].initial = self.instance.updated_at.isoformat()


class PersonForm(SeenAtMixin, forms.ModelForm):  # type: ignore[type-arg]
    """One member of a household."""

    tax_id = forms.CharField(
        label=_("Tax number"), required=False, max_length=20, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )

    class Meta:
        model = Person
        fields = (
            "relationship",
            "first_name",
            "last_name",
            "date_of_birth",
            "email",
            "phone",
            "marital_status",
            "employment_status",
            "occupation",
            "annual_income",
            "retirement_age",
            "supported_until",
        )
        widgets = {"date_of_birth": DayInput(), "phone": forms.TextInput(attrs={"type": "tel"})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.fields["seen_at"].initial = self.instance.updated_at.isoformat()
            if self.instance.tax_id:
                self.fields["tax_id"].help_text = _("On file: %(masked)s. Leave empty to keep it.") % {
                    "masked": last_four(self.instance.tax_id)
                }

    def clean_tax_id(self) -> str:
        """Check the number."""
        return clean_tax_id(self.cleaned_data["tax_id"])

    def said(self) -> dict[str, Any]:
        """Return what is to be stored: an empty tax number says nothing."""
        fields = {name: value for name, value in self.cleaned_data.items() if name != "seen_at"}
        if not fields["tax_id"]:
            del fields["tax_id"]
        return fields


class MemberForm(forms.Form):
    """One row of the form that takes a household on."""

    first_name = forms.CharField(label=_("First name"), max_length=100)
    last_name = forms.CharField(label=_("Last name"), max_length=100)
    date_of_birth = forms.DateField(label=_("Date of birth"), required=False, widget=DayInput())
    relationship = Relationship.CHILD

    def clean_date_of_birth(self) -> dt.date | None:
        """Refuse here, at the field of the row, who cannot be."""
        born: dt.date | None = self.cleaned_data["date_of_birth"]
        if born is not None and (wrong := birth_problem(self.relationship, born)):
            raise forms.ValidationError(wrong)
        return born


class AdultForm(MemberForm):
    """The head, or their partner."""

    relationship = Relationship.HEAD

    email = forms.EmailField(label=_("E-mail"), required=False)
    phone = forms.CharField(label=_("Phone"), required=False, max_length=32, widget=forms.TextInput({"type": "tel"}))
    tax_id = forms.CharField(
        label=_("Tax number"), required=False, max_length=20, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    employment_status = forms.ChoiceField(
        label=_("Employment"),
        required=False,
        choices=[("", "—"), *Person._meta.get_field("employment_status").choices],  # type: ignore[misc]
    )
    annual_income = forms.DecimalField(
        label=_("Income a year"), required=False, min_value=0, max_digits=14, decimal_places=2
    )
    retirement_age = forms.IntegerField(
        label=_("Would like to retire at"), required=False, min_value=YOUNGEST_RETIRED, max_value=OLDEST_RETIRED
    )

    def clean_tax_id(self) -> str:
        """Check the number."""
        return clean_tax_id(self.cleaned_data["tax_id"])


class TakeOnForm(forms.Form):
    """A household with its people, on one page: a head, a partner and children where there are any.

    The people are forms of their own; a row left empty is nobody.
    """

    name = forms.CharField(
        label=_("Household"), max_length=200, help_text=_("How the firm calls it, such as Okafor-Reyes.")
    )
    advisor = forms.ModelChoiceField(User.objects.none(), label=_("Advisor"))
    filing_status = forms.ChoiceField(
        label=_("Tax filing status"),
        required=False,
        choices=[("", "—"), *Household._meta.get_field("filing_status").choices],  # type: ignore[misc]
    )
    address = forms.CharField(label=_("Street address"), required=False, widget=forms.Textarea(attrs={"rows": 2}))
    city = forms.CharField(label=_("City"), required=False, max_length=120)
    state = forms.CharField(label=_("State of residence"), required=False, max_length=2)
    postal_code = forms.CharField(label=_("Postal code"), required=False, max_length=12)
    objectives = forms.CharField(
        label=_("Objectives, in the client's words"), required=False, widget=forms.Textarea(attrs={"rows": 3})
    )

    CHILDREN = 3

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["advisor"].queryset = assignable(actor)  # type: ignore[attr-defined]
        data, files = (self.data, self.files) if self.is_bound else (None, None)
        self.head = AdultForm(data, files, prefix="head")
        self.partner = AdultForm(data, files, prefix="partner", empty_permitted=True, use_required_attribute=False)
        self.children = [
            MemberForm(data, files, prefix=f"child_{n}", empty_permitted=True, use_required_attribute=False)
            for n in range(1, self.CHILDREN + 1)
        ]

    @property
    def members(self) -> Iterator[tuple[str, MemberForm]]:
        """Walk the rows with what each is in the household."""
        yield Relationship.HEAD, self.head
        yield Relationship.PARTNER, self.partner
        for child in self.children:
            yield Relationship.CHILD, child

    def is_valid(self) -> bool:
        """Check the household and every row."""
        return all([super().is_valid(), *(form.is_valid() for _relationship, form in self.members)])

    def people(self) -> list[dict[str, Any]]:
        """Return the people that were entered."""
        return [
            {"relationship": str(relationship), **{name: value for name, value in form.cleaned_data.items() if value}}
            for relationship, form in self.members
            if form.has_changed()
        ]

    def details(self) -> dict[str, Any]:
        """Return what is said of the household besides name and advisor."""
        return {name: value for name, value in self.cleaned_data.items() if name not in {"name", "advisor"} and value}


class StatusForm(forms.Form):
    """The next step of the relationship."""

    status = forms.ChoiceField(choices=HouseholdStatus.choices)
    reason = forms.CharField(required=False, max_length=500)


class WithdrawAccessForm(forms.Form):
    """Why somebody's portal account is taken away."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Kept on the trail: a divorce, a wrong person, a mailbox that was lost."),
    )
