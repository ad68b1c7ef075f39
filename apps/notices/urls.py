"""Addresses of notices."""

from django.urls import path

from apps.notices.views.digests import DigestView

app_name = "notices"
urlpatterns = [path("account/digest/", DigestView.as_view(), name="digest")]
