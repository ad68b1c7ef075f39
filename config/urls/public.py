"""The public site."""

from django.urls import include, path

from apps.core.health import health

urlpatterns = [
    path("health/", health, name="health"),
    path("", include("apps.firms.urls")),
]

handler500 = "apps.core.middleware.requests.server_error"
