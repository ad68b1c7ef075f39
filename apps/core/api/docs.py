"""The page on which partners read and try the API."""

from __future__ import annotations

from drf_spectacular.views import SpectacularSwaggerSplitView
from rest_framework.renderers import TemplateHTMLRenderer


class DocsView(SpectacularSwaggerSplitView):
    """GET /api/docs: Swagger UI over /api/schema, served by this site alone; its script has an address of its own.

    Open like the schema: it describes the API, and shows no firm's data before somebody enters a token.
    """

    url_name = "api:api-schema"
    template_name = "public/api_docs.html"
    renderer_classes = [TemplateHTMLRenderer]
