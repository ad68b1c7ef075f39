"""Which partners get tokens, and what these carry."""

from __future__ import annotations

from typing import Any

from oauth2_provider.oauth2_validators import OAuth2Validator
from oauth2_provider.scopes import SettingsScopes


class PartnerScopes(SettingsScopes):
    """A token carries at most what its partner was granted; asked for nothing, it carries all of that."""

    def get_available_scopes(self, application: Any = None, *_: Any, **__: Any) -> list[str]:
        """Return the partner's scopes."""
        partner = getattr(application, "partner", None)
        return list(partner.scopes) if partner is not None and partner.is_active else []

    def get_default_scopes(self, application: Any = None, *_: Any, **__: Any) -> list[str]:
        """Return all of the partner's scopes."""
        return self.get_available_scopes(application)


class PartnerValidator(OAuth2Validator):
    """Knows a client only while its partner is let in."""

    def authenticate_client(self, request: Any, *args: Any, **kwargs: Any) -> bool:
        """Check the secret, then the partner's state."""
        is_known = super().authenticate_client(request, *args, **kwargs)
        partner = getattr(request.client, "partner", None) if is_known else None
        return partner is not None and partner.is_active
