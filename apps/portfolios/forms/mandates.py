"""What people type about mandates, restrictions and reserves."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from apps.clients.models import Household
from apps.core.forms import DayInput, PercentField
from apps.market.models import AssetClass
from apps.portfolios.models import Account, ModelPortfolio, RestrictionKind


class _TermForm(forms.Form):
    """A term of a household or of one of its managed accounts, from a day and perhaps until one."""

    account = forms.ModelChoiceField(
        label=_("For"), queryset=Account.objects.none(), required=False, empty_label=_("all managed accounts")
    )
    from_day = forms.DateField(label=_("From"), widget=DayInput())
    until = forms.DateField(label=_("Until"), widget=DayInput(), required=False)

    def __init__(self, *args: Any, household: Household, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["account"]
        if isinstance(field, forms.ModelChoiceField):
            field.queryset = Account.objects.filter(household=household).managed().open()


class MandateForm(_TermForm):
    """Which model is followed."""

    model = forms.ModelChoiceField(label=_("Model"), queryset=ModelPortfolio.objects.none())
    client_approves = forms.BooleanField(label=_("The client approves each trade"), required=False)
    note = forms.CharField(
        label=_("Why this model"),
        max_length=300,
        required=False,
        help_text=_("Needed where the model holds more stocks than the risk profile allows."),
    )
    field_order = ("model", "account", "from_day", "until", "client_approves", "note")

    def __init__(self, *args: Any, models: list[ModelPortfolio], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["model"]
        if isinstance(field, forms.ModelChoiceField):
            field.queryset = ModelPortfolio.objects.filter(pk__in=[model.pk for model in models])


class RestrictionForm(_TermForm):
    """What must not be done, with a security or an asset class."""

    kind = forms.ChoiceField(label=_("Restriction"), choices=RestrictionKind.choices)
    symbol = forms.CharField(label=_("Security, by symbol"), max_length=32, required=False)
    asset_class = forms.ChoiceField(
        label=_("Or all of an asset class"), choices=[("", "–"), *AssetClass.choices], required=False
    )
    max_weight = PercentField(
        label=_("No more than, %"),
        required=False,
        min_value=Decimal(0),
        max_value=100,
        max_digits=7,
        decimal_places=4,
        help_text=_("Of the whole; for “No more than a share”."),
    )
    reason = forms.CharField(label=_("Reason"), max_length=300)
    field_order = ("kind", "symbol", "asset_class", "max_weight", "account", "from_day", "until", "reason")


class ReserveForm(_TermForm):
    """Cash that is not invested."""

    purpose = forms.CharField(label=_("What for"), max_length=200)
    amount = forms.DecimalField(
        label=_("Amount"), required=False, min_value=Decimal("0.01"), max_digits=14, decimal_places=2
    )
    share = PercentField(
        label=_("Or a share of the value, %"),
        required=False,
        min_value=Decimal(0),
        max_value=100,
        max_digits=7,
        decimal_places=4,
    )
    field_order = ("purpose", "amount", "share", "account", "from_day", "until")


class EndTermForm(forms.Form):
    """The last day of a term, and why."""

    until = forms.DateField(label=_("Last day"), widget=DayInput())
    reason = forms.CharField(label=_("Reason"), max_length=300)
