"""Rows of accounts."""

from apps.accounts.models.firm_profile import FirmProfile
from apps.accounts.models.user import User

__all__ = ["FirmProfile", "User"]
