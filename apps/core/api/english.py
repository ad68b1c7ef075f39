"""The language of the API."""

from __future__ import annotations

from typing import Any

from django.utils import translation


class EnglishMixin:
    """Text of the API is English, whatever the firm's language."""

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        """Answer in English."""
        with translation.override("en"):
            return super().dispatch(request, *args, **kwargs)  # type: ignore[misc]
