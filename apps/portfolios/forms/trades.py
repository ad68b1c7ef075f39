"""What people type about trades and orders."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from apps.clients.models import Household
from apps.core.forms import DayInput, PercentField
from apps.market.models import SecurityKind
from apps.portfolios.models import Account, AccountStatus, Side
from apps.portfolios.policies import place_of
from apps.portfolios.selectors.sales import LotForSale
from apps.portfolios.selectors.trade_estimates import TradeEstimate, TypedTrade

# as many as one form holds; more come from a rebalance or over the API
MOST_LINES, FIRST_LINES = 40, 2
LINE_FIELDS = ("account", "side", "symbol", "quantity", "amount", "limit_price", "reason")
LOT = "lot_"


def rows_of(data: Mapping[str, Any]) -> list[TypedTrade]:
    """Return the rows of what was sent, in order, as they were typed; of nothing two empty ones.

    An address may begin the first: account, side, symbol, quantity, and the lot that it is to take.
    """
    values: dict[int, dict[str, str]] = {}
    lots: dict[int, dict[str, str]] = {}
    for key in data:
        _, place, name = [*key.split("_", 2), "", ""][:3]
        at = place_of(place) if key.startswith("line_") else None
        if at is not None and at < MOST_LINES:
            row = values.setdefault(at, {})
            if name.startswith(LOT):
                lots.setdefault(at, {})[name.removeprefix(LOT)] = str(data[key])
            elif name in LINE_FIELDS:
                row[name] = str(data[key])
    if not values:
        first = {name: str(data[name]) for name in ("account", "side", "symbol", "quantity") if name in data}
        named = {str(data["lot"]): first.get("quantity", "")} if "lot" in data else {}
        return [TypedTrade(first, named), *(TypedTrade({}, {}) for _ in range(FIRST_LINES - 1))]
    return [TypedTrade(values.get(place, {}), lots.get(place, {})) for place in range(max(values) + 1)]


def rows_changed(rows: Sequence[TypedTrade], change: str) -> list[TypedTrade]:
    """Return the rows with one more (`add`) or without one (`remove-2`)."""
    what, _, told = change.partition("-")
    changed, place = list(rows), place_of(told)
    if what == "add" and len(changed) < MOST_LINES:
        changed.append(TypedTrade({}, {}))
    elif what == "remove" and place is not None and place < len(changed) and len(changed) > 1:
        del changed[place]
    return changed


@dataclass(frozen=True, slots=True)
class TradeRow:
    """A row as the page draws it: its fields, and of a sale a box for each open lot."""

    place: int
    fields: tuple[Any, ...]
    estimate: TradeEstimate | None
    lots: tuple[tuple[LotForSale, Any], ...]


class TradeForm(forms.Form):
    """Trades to propose: rows of account, side, security and quantity or amount; empty rows are left out.

    `rows` are the rows as they were typed. A sale may name how much of each lot it takes.
    """

    purpose = forms.CharField(
        label=_("What the trades are for"), max_length=300, help_text=_("The client and every reviewer read it.")
    )

    def __init__(self, *args: Any, household: Household, rows: Sequence[TypedTrade], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.typed = rows
        accounts = Account.objects.filter(household=household, status=AccountStatus.ACTIVE, is_held_away=False)
        for place, row in enumerate(rows):
            for name, field in _line_fields(accounts).items():
                field.initial = row.values.get(name)
                self.fields[f"line_{place}_{name}"] = field
            for lot, part in row.lots.items():
                self._add_lot(place, lot, part)

    def _add_lot(self, place: int, lot: str, part: str = "") -> None:
        name = f"line_{place}_{LOT}{lot}"
        if name not in self.fields:
            of_lot = forms.DecimalField(
                label=_("Of this lot"),
                max_digits=20,
                decimal_places=8,
                min_value=0,
                required=False,
                initial=part,
                widget=forms.NumberInput(attrs={"class": "form-control"}),
            )
            self.fields[name] = of_lot

    def drawn(self, estimates: Sequence[TradeEstimate | None]) -> list[TradeRow]:
        """Return the rows with what each would bring, and a box for each lot that a sale can name."""
        found = []
        for place, estimate in enumerate(estimates):
            open_lots = estimate.lots if estimate is not None else ()
            for lot in open_lots:
                self._add_lot(place, lot.lot_id)
            fields = tuple(self[f"line_{place}_{name}"] for name in LINE_FIELDS)
            boxes = tuple((lot, self[f"line_{place}_{LOT}{lot.lot_id}"]) for lot in open_lots)
            found.append(TradeRow(place, fields, estimate, boxes))
        return found

    def clean(self) -> dict[str, Any]:
        """Gather the rows that say something as `lines`, each with its place."""
        told = super().clean() or {}
        lines = []
        for place, typed in enumerate(self.typed):
            row = {name: told.get(f"line_{place}_{name}") for name in LINE_FIELDS}
            parts = {lot: told.get(f"line_{place}_{LOT}{lot}") for lot in typed.lots}
            row["lots"] = [(lot, part) for lot, part in parts.items() if part]
            if not any(row[name] for name in ("symbol", "quantity", "amount")):
                continue
            for name in ("account", "symbol"):
                if not row[name] and f"line_{place}_{name}" not in self.errors:
                    self.add_error(f"line_{place}_{name}", _("This line needs it."))
            lines.append({"place": place, **row})
        if not lines and not self.errors:
            self.add_error("line_0_symbol", _("Write at least one trade."))
        return {**told, "lines": lines}


def _line_fields(accounts: Any) -> dict[str, forms.Field]:
    return {
        "account": forms.ModelChoiceField(
            label=_("Account"), queryset=accounts, required=False, empty_label="–", to_field_name="public_id"
        ),
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


class OrderTermsForm(forms.Form):
    """What an order in the market is to become."""

    quantity = forms.DecimalField(
        label=_("Quantity"),
        max_digits=20,
        decimal_places=8,
        help_text=_("Of the whole order, with what is executed already; no more than passed the checkpoints."),
    )
    limit_price = forms.DecimalField(
        label=_("Limit price"),
        max_digits=18,
        decimal_places=6,
        required=False,
        help_text=_("Empty: at the market's price. A price that was not cleared goes to compliance first."),
    )
    reason = forms.CharField(label=_("Reason"), max_length=300)


class ConfirmationsForm(forms.Form):
    """A custodian's file of executions."""

    file = forms.FileField(
        label=_("File of executions (CSV)"),
        help_text=_("Columns: Order reference, Execution id, Quantity, Price, Commission, Trade date."),
    )


class VerifyForm(forms.Form):
    """What a person says of an executed proposal; fees are compared by hand where no schedule is kept."""

    fees_compared = forms.BooleanField(
        label=_("I compared the fees with those agreed with the custodian."), required=False
    )
    note = forms.CharField(
        label=_("Note"), max_length=300, required=False, help_text=_("Needed where not all is as ordered and agreed.")
    )

    def __init__(self, *args: Any, asks_for_fees: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not asks_for_fees:
            del self.fields["fees_compared"]


class CommissionForm(forms.Form):
    """A schedule of commissions."""

    custodian = forms.ChoiceField(label=_("Custodian"))
    kind = forms.ChoiceField(label=_("For"), choices=[("", _("All others")), *SecurityKind.choices], required=False)
    starts_on = forms.DateField(label=_("From"), widget=DayInput())
    per_trade = forms.DecimalField(label=_("Per trade"), max_digits=12, decimal_places=2, min_value=0, initial=0)
    per_share = forms.DecimalField(label=_("Per share"), max_digits=12, decimal_places=6, min_value=0, initial=0)
    rate = PercentField(
        label=_("Of the amount, in per cent"), initial=Decimal(0), min_value=0, max_value=100, decimal_places=6
    )
    least = forms.DecimalField(label=_("At least"), max_digits=12, decimal_places=2, min_value=0, initial=0)
    most = forms.DecimalField(label=_("At most"), max_digits=12, decimal_places=2, min_value=0, required=False)
    allowance = forms.DecimalField(
        label=_("On top at most"),
        max_digits=12,
        decimal_places=2,
        min_value=0,
        initial=0,
        help_text=_("Fees of exchanges and regulators that the custodian passes on."),
    )
    source = forms.CharField(
        label=_("Where it is agreed"), max_length=300, help_text=_("The agreement or letter, with its date.")
    )

    def __init__(self, *args: Any, custodians: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["custodian"]
        if isinstance(field, forms.ChoiceField):
            field.choices = [(name, name) for name in custodians]
