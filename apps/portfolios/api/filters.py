"""What lists can be narrowed by."""

from __future__ import annotations

import django_filters

from apps.portfolios.models import Account, AccountStatus, TaxTreatment, Transaction, TransactionKind


class AccountFilter(django_filters.FilterSet):
    """Accounts of a household, by state, by tax treatment."""

    household = django_filters.UUIDFilter("household__public_id")
    status = django_filters.ChoiceFilter(choices=AccountStatus.choices)
    tax_treatment = django_filters.ChoiceFilter(choices=TaxTreatment.choices)

    class Meta:
        model = Account
        fields = ("household", "status", "tax_treatment")


class TransactionFilter(django_filters.FilterSet):
    """Entries of days and kinds."""

    since = django_filters.DateFilter("trade_date", lookup_expr="gte")
    until = django_filters.DateFilter("trade_date", lookup_expr="lte")
    kind = django_filters.ChoiceFilter(choices=TransactionKind.choices)

    class Meta:
        model = Transaction
        fields = ("since", "until", "kind")
