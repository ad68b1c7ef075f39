"""Partners, FIX connections and language models of the firm."""

from apps.integrations.models.fix import FixConnection, FixMessage
from apps.integrations.models.language_model import LanguageModelConnection
from apps.integrations.models.partner import Partner

__all__ = ["FixConnection", "FixMessage", "LanguageModelConnection", "Partner"]
