"""The site of one firm."""

from django.contrib import admin
from django.urls import include, path

from apps.core.health import health

urlpatterns = [
    path("health/", health, name="health"),
    path("accounts/", include("allauth.urls")),
    path("admin/", admin.site.urls),
]
