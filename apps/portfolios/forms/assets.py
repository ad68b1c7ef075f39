"""What people type about assets that are valued by hand."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from apps.clients.models import Document, Household, Person
from apps.core.forms import DayInput
from apps.market.models import AssetClass
from apps.portfolios.models import (
    Account,
    AppraisalSource,
    AssetFlowKind,
    ManualAssetKind,
    Registration,
)


def _amount(label: Any, **options: Any) -> forms.DecimalField:
    return forms.DecimalField(label=label, min_value=Decimal(0), max_digits=14, decimal_places=2, **options)


class _OwnersForm(forms.Form):
    """Who owns it, in what form."""

    name = forms.CharField(label=_("Name"), max_length=120)
    registration = forms.ChoiceField(label=_("Registration"), choices=Registration.choices)
    owner = forms.ModelChoiceField(label=_("Owner"), queryset=Person.objects.none())
    joint_owner = forms.ModelChoiceField(
        label=_("Second owner, by halves"), queryset=Person.objects.none(), required=False, empty_label=_("None")
    )
    asset_class = forms.ChoiceField(label=_("Counts as"), choices=AssetClass.choices, initial=AssetClass.OTHER)
    currency = forms.CharField(label=_("Currency"), max_length=3, min_length=3)

    def __init__(self, *args: Any, household: Household, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("owner", "joint_owner"):
            field = self.fields[name]
            if isinstance(field, forms.ModelChoiceField):
                field.queryset = household.people.all()

    def clean_currency(self) -> str:
        """Write currencies as they are kept."""
        currency: str = self.cleaned_data["currency"].strip().upper()
        return currency


class FundForm(_OwnersForm):
    """A private fund and what was committed to it."""

    commitment = _amount(_("Commitment"))
    field_order = ("name", "commitment", "currency", "asset_class")


class AssetForm(_OwnersForm):
    """Anything else, with the value that it comes with."""

    kind = forms.ChoiceField(
        label=_("Kind"),
        choices=[choice for choice in ManualAssetKind.choices if choice[0] != ManualAssetKind.PRIVATE_FUND],
    )
    value = _amount(_("Value"))
    day = forms.DateField(label=_("As of"), widget=DayInput())
    source = forms.ChoiceField(label=_("The value rests on"), choices=AppraisalSource.choices)
    valued_by = forms.CharField(label=_("Who valued it"), max_length=120)
    cost = _amount(_("What it cost"), required=False)
    acquired_on = forms.DateField(label=_("Acquired on"), widget=DayInput(), required=False)
    field_order = ("name", "kind", "value", "currency", "day", "source", "valued_by", "asset_class")


class _WithPaper(forms.Form):
    """Rests on a paper of the household."""

    document = forms.ModelChoiceField(
        label=_("Paper"), queryset=Document.objects.none(), required=False, empty_label=_("None")
    )

    def __init__(self, *args: Any, papers: QuerySet[Document], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["document"]
        if isinstance(field, forms.ModelChoiceField):
            field.queryset = papers


class AppraisalForm(_WithPaper):
    """What it is worth, by whom and on what ground."""

    day = forms.DateField(label=_("As of"), widget=DayInput())
    value = _amount(_("Value"))
    source = forms.ChoiceField(label=_("Rests on"), choices=AppraisalSource.choices)
    valued_by = forms.CharField(label=_("Who valued it"), max_length=120)
    field_order = ("day", "value", "source", "valued_by", "document")


class FlowForm(_WithPaper):
    """What was called and paid, or what came back; of an asset that is no fund, income alone."""

    kind = forms.ChoiceField(label=_("Kind"), choices=AssetFlowKind.choices)
    day = forms.DateField(label=_("Day"), widget=DayInput())
    amount = _amount(_("Amount"))
    is_recallable = forms.BooleanField(
        label=_("Can be called again"),
        required=False,
        help_text=_("Of a distribution: it adds to what is unfunded."),
    )
    note = forms.CharField(label=_("Note"), max_length=300, required=False)
    field_order = ("kind", "day", "amount", "is_recallable", "document", "note")

    def __init__(self, *args: Any, is_fund: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kind = self.fields["kind"]
        if not is_fund and isinstance(kind, forms.ChoiceField):
            kind.choices = [(AssetFlowKind.INCOME.value, _("Income"))]
            del self.fields["is_recallable"]


class CallForm(_WithPaper):
    """A notice of a call."""

    kind = forms.ChoiceField(
        label=_("Kind"), choices=[choice for choice in AssetFlowKind.choices if choice[0].startswith("call")]
    )
    day = forms.DateField(label=_("Due on"), widget=DayInput())
    amount = _amount(_("Amount"))
    account = forms.ModelChoiceField(
        label=_("Keep the cash back in"),
        queryset=Account.objects.none(),
        required=False,
        empty_label=_("all managed accounts"),
        help_text=_("Rebalancing leaves it there until the call is paid."),
    )
    note = forms.CharField(label=_("Note"), max_length=300, required=False)
    field_order = ("kind", "day", "amount", "account", "document", "note")

    def __init__(self, *args: Any, household: Household, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["account"]
        if isinstance(field, forms.ModelChoiceField):
            field.queryset = Account.objects.filter(household=household).managed().open()


class PaidForm(forms.Form):
    """When a call was paid."""

    day = forms.DateField(label=_("Paid on"), widget=DayInput())


class AssetTermsForm(forms.Form):
    """What was agreed of it."""

    commitment = _amount(_("Commitment"))
    is_billed = forms.BooleanField(
        label=_("The firm charges fees on it"),
        required=False,
        help_text=_("Only where the client agreed: usually what the firm does not manage is left out."),
    )
    billing_note = forms.CharField(label=_("Where that is agreed"), max_length=300, required=False)

    def __init__(self, *args: Any, is_fund: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not is_fund:
            del self.fields["commitment"]


class AssetEndForm(forms.Form):
    """What it was sold for."""

    day = forms.DateField(label=_("Sold or wound up on"), widget=DayInput())
    proceeds = _amount(_("What was paid for it"))
    note = forms.CharField(label=_("Note"), max_length=300, required=False)
