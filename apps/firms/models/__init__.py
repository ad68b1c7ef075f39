"""Rows of firms."""

from apps.firms.models.firm import Domain, Firm, FirmState
from apps.firms.models.registration import Registration, RegistrationKind, RegistrationState

__all__ = ["Domain", "Firm", "FirmState", "Registration", "RegistrationKind", "RegistrationState"]
