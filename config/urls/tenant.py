"""The site of one firm."""

from django.contrib import admin
from django.urls import include, path, re_path
from drf_spectacular.views import SpectacularAPIView
from oauth2_provider.views import IntrospectTokenView, RevokeTokenView, TokenView

from apps.core.api.docs import DocsView
from apps.core.api.lost import no_address
from apps.core.health import health

api = [
    path("oauth/token", TokenView.as_view(), name="oauth-token"),
    path("oauth/revoke", RevokeTokenView.as_view(), name="oauth-revoke"),
    path("oauth/introspect", IntrospectTokenView.as_view(), name="oauth-introspect"),
    path("schema", SpectacularAPIView.as_view(), name="api-schema"),
    path("docs", DocsView.as_view(), name="api-docs"),
]

urlpatterns = [
    path("health/", health, name="health"),
    path("", include("apps.accounts.urls")),  # before allauth's, some of which it replaces
    path("accounts/", include("allauth.urls")),
    path("admin/", admin.site.urls),
    path("api/", include((api, "api"))),
    path("api/", include("apps.billing.api.urls")),
    path("api/", include("apps.clients.api.urls")),
    path("api/", include("apps.compliance.api.urls")),
    path("api/", include("apps.money.api.urls")),
    path("api/", include("apps.market.api.urls")),
    path("api/", include("apps.plans.api.urls")),
    path("api/", include("apps.portfolios.api.urls")),
    re_path(r"^api/", no_address),  # after all that answers: the rest of /api/ is a problem, not a page
    path("", include("apps.compliance.urls")),
    path("", include("apps.billing.urls")),
    path("", include("apps.desk.urls")),
    path("", include("apps.clients.urls")),
    path("", include("apps.integrations.urls")),
    path("", include("apps.money.urls")),
    path("", include("apps.notices.urls")),
    path("", include("apps.plans.urls")),
    path("", include("apps.portfolios.urls")),
    path("", include("apps.portal.urls")),
]

handler500 = "apps.core.middleware.requests.server_error"
