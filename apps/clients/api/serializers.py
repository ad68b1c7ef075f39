"""What goes in and comes out. Tax numbers go in in clear and come out masked."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from apps.accounts.models import User
from apps.clients.models import Household, Person, Relationship
from apps.core.api.sparse import SparseMixin
from apps.core.api.strict import StrictMixin
from apps.core.secrets import last_four


class AdvisorOut(serializers.ModelSerializer):  # type: ignore[type-arg]
    """Who advises."""

    id = serializers.UUIDField(source="public_id")
    name = serializers.CharField(source="full_name")

    class Meta:
        model = User
        fields = ("id", "name")


class MemberOut(serializers.ModelSerializer):  # type: ignore[type-arg]
    """A person as a member of their household."""

    id = serializers.UUIDField(source="public_id")

    class Meta:
        model = Person
        fields = ("id", "relationship", "first_name", "last_name", "date_of_birth")


class HouseholdOut(SparseMixin, serializers.ModelSerializer):  # type: ignore[type-arg]
    """A household with its people."""

    id = serializers.UUIDField(source="public_id")
    advisor = AdvisorOut()
    people = MemberOut(many=True)

    class Meta:
        model = Household
        fields = (
            "id",
            "name",
            "status",
            "advisor",
            "filing_status",
            "address",
            "city",
            "state",
            "postal_code",
            "country",
            "currency",
            "client_since",
            "next_review_on",
            "objectives",
            "external_id",
            "people",
            "created_at",
            "updated_at",
        )


class HouseholdBriefOut(serializers.ModelSerializer):  # type: ignore[type-arg]
    """The household of a client."""

    id = serializers.UUIDField(source="public_id")

    class Meta:
        model = Household
        fields = ("id", "name", "status")


PERSON_FIELDS = (
    "relationship",
    "first_name",
    "last_name",
    "date_of_birth",
    "email",
    "phone",
    "marital_status",
    "occupation",
    "employment_status",
    "annual_income",
    "retirement_age",
    "supported_until",
    "external_id",
)


class ClientOut(SparseMixin, serializers.ModelSerializer):  # type: ignore[type-arg]
    """A client with the household that they belong to."""

    id = serializers.UUIDField(source="public_id")
    household = HouseholdBriefOut()
    tax_id_masked = serializers.SerializerMethodField()
    has_portal_account = serializers.SerializerMethodField()

    class Meta:
        model = Person
        fields = ("id", "household", *PERSON_FIELDS, "tax_id_masked", "has_portal_account", "created_at", "updated_at")

    @extend_schema_field(serializers.CharField())
    def get_tax_id_masked(self, person: Person) -> str:
        """Return the last four characters."""
        return last_four(person.tax_id)

    @extend_schema_field(serializers.BooleanField())
    def get_has_portal_account(self, person: Person) -> bool:
        """Say whether the client signs in to the portal."""
        return person.user_id is not None


class HouseholdIn(StrictMixin, serializers.ModelSerializer):  # type: ignore[type-arg]
    """What is said of the household of a new client."""

    class Meta:
        model = Household
        fields = (
            "name",
            "filing_status",
            "address",
            "city",
            "state",
            "postal_code",
            "country",
            "objectives",
            "external_id",
        )
        extra_kwargs = {name: {"required": False} for name in fields}
        validators: list[Any] = []  # the service tells a number that is taken, at its field


class ClientIn(StrictMixin, serializers.ModelSerializer):  # type: ignore[type-arg]
    """A client to change: what is left out is emptied, except the tax number, which is then kept."""

    tax_id = serializers.CharField(
        required=False, write_only=True, max_length=20, help_text="SSN, ITIN or CPF; kept when left out."
    )

    class Meta:
        model = Person
        fields = (*PERSON_FIELDS, "tax_id")
        validators: list[Any] = []

    def said(self) -> dict[str, Any]:
        """Return every field of a client, emptied where the request is silent."""
        model = {field.name: field for field in Person._meta.concrete_fields}
        empty = {name: None if model[name].null else "" for name in PERSON_FIELDS}
        return {**empty, **self.validated_data}


class NewClientIn(ClientIn):
    """A client to take on: head of a new household, or a member of a known one (`household_id`)."""

    relationship = serializers.ChoiceField(
        choices=Relationship.choices, required=False, help_text="Needed with household_id."
    )
    household_id = serializers.UUIDField(required=False, help_text="The household that the client joins.")
    household = HouseholdIn(required=False)
    advisor_id = serializers.UUIDField(
        required=False, help_text="Who advises a new household; the firm's principal when left out."
    )

    class Meta:
        model = Person
        fields = (*PERSON_FIELDS, "tax_id", "household_id", "household", "advisor_id")
        validators: list[Any] = []
