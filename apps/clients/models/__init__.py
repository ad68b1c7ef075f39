"""Rows of clients."""

from apps.clients.models.household import Household, HouseholdGroupGrant, HouseholdStatus, HouseholdUserGrant
from apps.clients.models.person import Person, Relationship

__all__ = ["Household", "HouseholdGroupGrant", "HouseholdStatus", "HouseholdUserGrant", "Person", "Relationship"]
