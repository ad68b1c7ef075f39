"""What people type about accounts and entries: shape and clean input, nothing written."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from apps.clients.models import Household, Person
from apps.core.forms import DayInput, PercentField
from apps.portfolios.models import ElectionScope, LotMethod, Registration, TransactionKind
from apps.portfolios.policies import RESHAPES


class AccountForm(forms.Form):
    """An account to open."""

    name = forms.CharField(label=_("Name"), max_length=120)
    registration = forms.ChoiceField(label=_("Registration"), choices=Registration.choices)
    owner = forms.ModelChoiceField(label=_("Owner"), queryset=Person.objects.none())
    joint_owner = forms.ModelChoiceField(
        label=_("Second owner, by halves"), queryset=Person.objects.none(), required=False, empty_label=_("None")
    )
    custodian = forms.CharField(label=_("Custodian"), max_length=120, required=False)
    number = forms.CharField(
        label=_("Account number"),
        max_length=40,
        required=False,
        help_text=_("Kept encrypted; pages show the last four characters."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    opened_on = forms.DateField(label=_("Opened on"), widget=DayInput(), required=False)
    is_held_away = forms.BooleanField(label=_("Held away: seen, not managed or billed"), required=False)
    is_open = forms.BooleanField(label=_("The account is open at the custodian already"), required=False, initial=True)

    def __init__(self, *args: Any, household: Household, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("owner", "joint_owner"):
            field = self.fields[name]
            if isinstance(field, forms.ModelChoiceField):
                field.queryset = household.people.all()


class AccountNumberForm(forms.Form):
    """Where an account was opened, and its number there."""

    custodian = forms.CharField(label=_("Custodian"), max_length=120)
    number = forms.CharField(
        label=_("Account number"),
        max_length=40,
        help_text=_("Kept encrypted; pages show the last four characters."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


class EntryForm(forms.Form):
    """An entry typed by hand: numbers without signs, since the kind says in which direction they go."""

    kind = forms.ChoiceField(
        label=_("Kind"),
        choices=[
            (value, label)
            for value, label in TransactionKind.choices
            if value not in RESHAPES | {TransactionKind.REVERSAL, TransactionKind.JOURNAL, TransactionKind.RECEIVED}
        ],
    )
    trade_date = forms.DateField(label=_("Trade date"), widget=DayInput())
    settle_date = forms.DateField(label=_("Settlement date"), widget=DayInput(), required=False)
    symbol = forms.CharField(label=_("Security, by symbol"), max_length=32, required=False)
    quantity = forms.DecimalField(label=_("Quantity"), max_digits=20, decimal_places=8, required=False)
    price = forms.DecimalField(label=_("Price"), max_digits=18, decimal_places=6, required=False)
    fees = forms.DecimalField(label=_("Fees"), max_digits=18, decimal_places=2, required=False)
    amount = forms.DecimalField(
        label=_("Amount"),
        max_digits=18,
        decimal_places=2,
        required=False,
        help_text=_("What moved in cash. Of a trade it follows from quantity, price and fees when left empty."),
    )
    description = forms.CharField(label=_("Description"), max_length=300, required=False)

    def clean_symbol(self) -> str:
        """Write symbols as the master does."""
        symbol: str = self.cleaned_data["symbol"].strip().upper()
        return symbol


class CorporateActionForm(forms.Form):
    """What a company did to its shares; which fields are needed follows from the kind."""

    kind = forms.ChoiceField(
        label=_("Kind"), choices=[(value, label) for value, label in TransactionKind.choices if value in RESHAPES]
    )
    trade_date = forms.DateField(
        label=_("Day"), widget=DayInput(), help_text=_("From this day on trades are in the new shares.")
    )
    symbol = forms.CharField(label=_("Security, by symbol"), max_length=32)
    into = forms.CharField(
        label=_("Becomes or brings, by symbol"),
        max_length=32,
        required=False,
        help_text=_("Of a merger, a spin-off or a change of symbol."),
    )
    split_new = forms.DecimalField(
        label=_("New shares"),
        max_digits=20,
        decimal_places=8,
        required=False,
        help_text=_("Of a split or merger those that take the place of the old, else those that come on top."),
    )
    split_old = forms.DecimalField(label=_("For old shares"), max_digits=20, decimal_places=8, required=False)
    cash = forms.DecimalField(
        label=_("Cash paid besides, for all shares"), max_digits=18, decimal_places=2, required=False
    )
    fair_old = forms.DecimalField(
        label=_("Value of an old share afterwards"), max_digits=18, decimal_places=6, required=False
    )
    fair_new = forms.DecimalField(
        label=_("Value of a new share"),
        max_digits=18,
        decimal_places=6,
        required=False,
        help_text=_("The cost is shared by these values (Form 8937). Left empty, the closes of the day are taken."),
    )
    description = forms.CharField(label=_("Description"), max_length=300, required=False)


class LotMethodForm(forms.Form):
    """A standing order about lots."""

    scope = forms.ChoiceField(label=_("For"), choices=ElectionScope.choices, required=True)
    method = forms.ChoiceField(label=_("Method"), choices=LotMethod.choices)
    starts_on = forms.DateField(
        label=_("From"), widget=DayInput(), help_text=_("Sales from this day on follow it, those before stay.")
    )
    given_on = forms.DateField(
        label=_("Given to the custodian on"),
        widget=DayInput(),
        required=False,
        help_text=_("Leave it empty where the order is given today. No sale that had settled by then follows it."),
    )
    reason = forms.CharField(label=_("Reason"), max_length=300, help_text=_("Whose order it is, and where it stands."))


class TaxRateForm(forms.Form):
    """Rates of tax."""

    short = PercentField(label=_("Short-term gains, per cent"), max_value=100, min_value=0, decimal_places=2)
    long = PercentField(label=_("Long-term gains, per cent"), max_value=100, min_value=0, decimal_places=2)
    starts_on = forms.DateField(label=_("From"), widget=DayInput())
    reason = forms.CharField(
        label=_("Reason"),
        max_length=300,
        help_text=_("Where they come from: a return, a bracket, the client's preparer."),
    )


class SaleOfLotsForm(forms.Form):
    """A sale, and how much of each open lot it takes."""

    trade_date = forms.DateField(label=_("Trade date"), widget=DayInput())
    settle_date = forms.DateField(label=_("Settlement date"), widget=DayInput(), required=False)
    price = forms.DecimalField(label=_("Price"), max_digits=18, decimal_places=6, required=False)
    fees = forms.DecimalField(label=_("Fees"), max_digits=18, decimal_places=2, required=False)
    amount = forms.DecimalField(
        label=_("Amount"),
        max_digits=18,
        decimal_places=2,
        required=False,
        help_text=_("What came in cash. It follows from quantity, price and fees when left empty."),
    )
    description = forms.CharField(label=_("Description"), max_length=300, required=False)

    def __init__(self, *args: Any, lots: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.lots = lots
        for lot_id in lots:
            self.fields[f"lot_{lot_id}"] = forms.DecimalField(
                label=_("Of this lot"),
                max_digits=20,
                decimal_places=8,
                min_value=0,
                required=False,
                widget=forms.NumberInput(attrs={"class": "form-control"}),
            )

    def of_sale(self) -> list[Any]:
        """Return the fields that are not of a lot."""
        return [field for field in self if not field.name.startswith("lot_")]

    def of_lot(self, lot_id: str) -> Any:
        """Return the field of a lot."""
        return self[f"lot_{lot_id}"]

    def sale(self) -> dict[str, Any]:
        """Return what was typed of the sale itself."""
        return {name: value for name, value in self.cleaned_data.items() if not name.startswith("lot_")}

    def chosen(self) -> list[tuple[str, Decimal]]:
        """Return the lots of which something is sold."""
        told = ((lot_id, self.cleaned_data.get(f"lot_{lot_id}")) for lot_id in self.lots)
        return [(lot_id, quantity) for lot_id, quantity in told if quantity]


class StepForm(forms.Form):
    """A step of an account's life."""

    status = forms.CharField()
    reason = forms.CharField(max_length=300, required=False)


class ReasonForm(forms.Form):
    """Why."""

    reason = forms.CharField(
        label=_("Reason"), max_length=300, help_text=_("It stands on the trail, beside the entry and its reversal.")
    )


class NoteForm(forms.Form):
    """Why a difference may stand."""

    note = forms.CharField(label=_("Why the difference may stand"), max_length=300)


class DayForm(forms.Form):
    """The day that a page shows."""

    day = forms.DateField(label=_("As of"), widget=DayInput(), required=False)

    def chosen(self) -> Any:
        """Return the day asked for, today when none or one to come is."""
        today = timezone.localdate()
        day = self.cleaned_data.get("day") if self.is_valid() else None
        return min(day, today) if day else today


class SecurityForm(DayForm):
    """The day that a security's page shows, and how many years back its habits are looked at."""

    look = forms.TypedChoiceField(
        label=_("Looked at over"),
        choices=((1, _("one year")), (3, _("three years")), (5, _("five years")), (10, _("ten years"))),
        coerce=int,
        required=False,
    )

    def years(self) -> int:
        """Return the years asked for, five when none are."""
        return (self.cleaned_data.get("look") if self.is_valid() else None) or 5


class PerformanceForm(DayForm):
    """The day up to which returns are shown, and the day as of which the ledger counts."""

    known_on = forms.DateField(label=_("As it was known on"), widget=DayInput(), required=False)
    # the very moment: of the figures before and after a correction
    moment = forms.DateTimeField(required=False, widget=forms.HiddenInput())

    def known_at(self) -> Any:
        """Return the moment as of which the ledger counts: the end of the day that was chosen; None for now."""
        if self.is_valid() and self.cleaned_data.get("moment"):
            return self.cleaned_data["moment"]
        day = self.cleaned_data.get("known_on") if self.is_valid() else None
        if day is None or day >= timezone.localdate():
            return None
        return timezone.make_aware(dt.datetime.combine(day, dt.time.max))
