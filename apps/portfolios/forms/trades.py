"""What people type about trades and orders."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from apps.clients.models import Household
from apps.core.forms import DayInput
from apps.portfolios.models import Account, AccountStatus, Side

LINES = 6


class TradeForm(forms.Form):
    """Trades to propose: rows of account, side, security and quantity or amount; empty rows are left out."""

    purpose = forms.CharField(
        label=_("What the trades are for"), max_length=300, help_text=_("The client and every reviewer read it.")
    )

    def __init__(self, *args: Any, household: Household, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        accounts = Account.objects.filter(household=household, status=AccountStatus.ACTIVE, is_held_away=False)
        for place in range(LINES):
            for name, field in _line_fields(accounts).items():
                self.fields[f"line_{place}_{name}"] = field

    def rows(self) -> list[list[Any]]:
        """Return the fields of each row."""
        return [[self[f"line_{place}_{name}"] for name in _LINE_FIELDS] for place in range(LINES)]

    def clean(self) -> dict[str, Any]:
        """Gather the rows that say something as `lines`, each with its place."""
        told = super().clean() or {}
        lines = []
        for place in range(LINES):
            row = {name: told.get(f"line_{place}_{name}") for name in _LINE_FIELDS}
            if not any(row[name] for name in ("symbol", "quantity", "amount")):
                continue
            for name in ("account", "symbol"):
                if not row[name] and f"line_{place}_{name}" not in self.errors:
                    self.add_error(f"line_{place}_{name}", _("This line needs it."))
            lines.append({"place": place, **row})
        if not lines and not self.errors:
            self.add_error("line_0_symbol", _("Write at least one trade."))
        return {**told, "lines": lines}


_LINE_FIELDS = ("account", "side", "symbol", "quantity", "amount", "limit_price", "reason")


def _line_fields(accounts: Any) -> dict[str, forms.Field]:
    return {
        "account": forms.ModelChoiceField(label=_("Account"), queryset=accounts, required=False, empty_label="–"),
        "side": forms.ChoiceField(label=_("Side"), choices=Side.choices, required=False),
        "symbol": forms.CharField(label=_("Security, by symbol"), max_length=32, required=False),
        "quantity": forms.DecimalField(label=_("Quantity"), max_digits=20, decimal_places=8, required=False),
        "amount": forms.DecimalField(label=_("or amount"), max_digits=18, decimal_places=2, required=False),
        "limit_price": forms.DecimalField(label=_("Limit price"), max_digits=18, decimal_places=6, required=False),
        "reason": forms.CharField(label=_("Reason"), max_length=300, required=False),
    }


class FillForm(forms.Form):
    """An execution as the broker told it."""

    execution_id = forms.CharField(
        label=_("Execution id"), max_length=60, help_text=_("The broker's own; the same id twice counts once.")
    )
    quantity = forms.DecimalField(label=_("Quantity"), max_digits=20, decimal_places=8)
    price = forms.DecimalField(label=_("Price"), max_digits=18, decimal_places=6)
    fees = forms.DecimalField(label=_("Fees"), max_digits=18, decimal_places=2, required=False)
    day = forms.DateField(label=_("Day"), widget=DayInput(), initial=timezone.localdate)


class ConfirmationsForm(forms.Form):
    """A custodian's file of executions."""

    file = forms.FileField(
        label=_("File of executions (CSV)"),
        help_text=_("Columns: Order reference, Execution id, Quantity, Price, Commission, Trade date."),
    )


class VerifyForm(forms.Form):
    """What a person confirms of an executed proposal."""

    fees_confirmed = forms.BooleanField(
        label=_("I compared the fees with those agreed with the custodian."), required=False
    )
    note = forms.CharField(
        label=_("Note"), max_length=300, required=False, help_text=_("Needed where not all was executed as ordered.")
    )
