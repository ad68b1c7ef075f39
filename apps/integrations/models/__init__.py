"""Rows of integrations."""

from apps.integrations.models.partner import Partner

__all__ = ["Partner"]
