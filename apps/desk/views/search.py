"""Search, for the palette and as a page."""

from __future__ import annotations

from typing import Any

from django.views.generic import TemplateView

from apps.accounts.policies import Permission
from apps.core.access import RequiresMixin, actor_of
from apps.desk.selectors.searches import search


class SearchView(RequiresMixin, TemplateView):
    """GET /search/?q=: groups of hits; htmx gets them alone."""

    permission = Permission.VIEW_HOUSEHOLDS

    def get_template_names(self) -> list[str]:
        """Answer the palette with the list."""
        is_palette = self.request.htmx  # type: ignore[attr-defined]
        return ["_components/search_results.html" if is_palette else "staff/desk/search.html"]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add what was found."""
        text = self.request.GET.get("q", "")
        return super().get_context_data(text=text, groups=search(actor_of(self.request), text), **kwargs)
