"""Rows of integrations."""

from apps.integrations.models.fix import FixConnection, FixMessage
from apps.integrations.models.partner import Partner

__all__ = ["FixConnection", "FixMessage", "Partner"]
