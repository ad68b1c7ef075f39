"""Required distributions as partners read them, and what decides them as they write it."""

from __future__ import annotations

from decimal import Decimal

from rest_framework import serializers

from apps.core.api.sparse import SparseMixin
from apps.core.api.strict import StrictMixin
from apps.portfolios.engine.distributions import LifeTable
from apps.portfolios.models import Employment, HeirKind, SpouseHolds


def _money(**options: object) -> serializers.DecimalField:
    return serializers.DecimalField(max_digits=24, decimal_places=2, **options)  # type: ignore[arg-type]


class DistributionTermsIn(StrictMixin):
    """The spouse who alone will inherit; of an inherited account who died, when, and what the heir was to them."""

    spouse_id = serializers.UUIDField(default=None, allow_null=True)
    deceased_born_on = serializers.DateField(default=None, allow_null=True)
    died_on = serializers.DateField(default=None, allow_null=True)
    heir = serializers.ChoiceField(choices=HeirKind.choices, default="", allow_blank=True)
    is_ten_year = serializers.BooleanField(default=False)
    left_by_deceased = serializers.DecimalField(max_digits=14, decimal_places=2, min_value=0, default=Decimal(0))
    spouse_holds = serializers.ChoiceField(choices=SpouseHolds.choices, default=SpouseHolds.HEIR.value)
    oldest_heir_born_on = serializers.DateField(
        default=None, allow_null=True, help_text="Only where several heirs share what was not separated in time."
    )
    are_all_eligible = serializers.BooleanField(default=False)
    heir_born_on = serializers.DateField(default=None, allow_null=True)
    heir_died_on = serializers.DateField(default=None, allow_null=True)
    employment = serializers.ChoiceField(choices=Employment.choices, default="", allow_blank=True)
    retired_on = serializers.DateField(default=None, allow_null=True)
    is_five_percent_owner = serializers.BooleanField(default=None, allow_null=True)


class DistributionTermsOut(serializers.Serializer):  # type: ignore[type-arg]
    """What is known."""

    spouse_id = serializers.UUIDField(source="spouse.public_id", default=None, allow_null=True)
    deceased_born_on = serializers.DateField(allow_null=True)
    died_on = serializers.DateField(allow_null=True)
    heir = serializers.CharField(allow_blank=True)
    is_ten_year = serializers.BooleanField()
    left_by_deceased = _money()
    spouse_holds = serializers.CharField()
    oldest_heir_born_on = serializers.DateField(allow_null=True)
    are_all_eligible = serializers.BooleanField()
    heir_born_on = serializers.DateField(allow_null=True)
    heir_died_on = serializers.DateField(allow_null=True)
    employment = serializers.CharField(allow_blank=True)
    retired_on = serializers.DateField(allow_null=True)
    is_five_percent_owner = serializers.BooleanField(allow_null=True)


class DistributionYearOut(serializers.Serializer):  # type: ignore[type-arg]
    """What is required for a year, by which table, and what of it is not taken yet."""

    year = serializers.IntegerField(source="required.year")
    due_on = serializers.DateField(source="required.due_on")
    age = serializers.IntegerField(source="required.age")
    table = serializers.ChoiceField(choices=[each.value for each in LifeTable], source="required.table")
    divisor = serializers.DecimalField(max_digits=5, decimal_places=1, source="required.divisor")
    balance = _money(source="required.balance", help_text="On 31 December of the year before.")
    required = _money(source="required.amount")  # type: ignore[assignment]
    taken = _money()
    still_to_take = _money(source="amount")


class MissedOut(serializers.Serializer):  # type: ignore[type-arg]
    """What was due and not taken by then, and the excise tax on it."""

    year = serializers.IntegerField(source="required.year")
    due_on = serializers.DateField(source="required.due_on")
    missed = _money()
    made_up = _money(help_text="Taken since beyond what the account's later years required.")
    excise = _money()
    excise_if_made_up = _money(source="reduced", help_text="Where it is made up by `make_up_by`.")
    make_up_by = serializers.DateField(source="cure_by")


class DistributionsOut(SparseMixin, serializers.Serializer):  # type: ignore[type-arg]
    """The years that are open; `lacks` says why there is none."""

    account_id = serializers.UUIDField(source="account.public_id")
    as_of = serializers.DateField()
    currency = serializers.CharField(source="account.currency")
    years = DistributionYearOut(many=True, source="lines")
    missed = MissedOut(many=True)
    terms = DistributionTermsOut(allow_null=True)
    lacks = serializers.CharField(allow_blank=True)
    asks = serializers.ListField(child=serializers.CharField(), help_text="Facts that nobody wrote down yet.")
