"""Files of a firm lie in a folder of its own and are served only by views that check who asks."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings
from django.core.files.storage import FileSystemStorage

from apps.core.tenancy.names import require_firm


class FirmStorage(FileSystemStorage):
    """MEDIA_ROOT/<schema>/…; there is no URL, and outside a firm there are no files."""

    @property
    def base_location(self) -> str:
        """Return the firm's folder."""
        return str(Path(settings.MEDIA_ROOT) / require_firm())

    @property
    def location(self) -> str:
        """Return it absolute; computed each time, since one storage serves all firms."""
        return str(Path(self.base_location).resolve())

    def url(self, name: str | None) -> str:
        """Refuse: files have no address of their own."""
        raise ValueError(f"{name} is served by a view that checks who asks.")
