"""Rows of firms."""

from apps.firms.models.firm import Domain, Firm, FirmState

__all__ = ["Domain", "Firm", "FirmState"]
