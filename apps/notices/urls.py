"""Addresses of notices."""

from django.urls import path

from apps.notices.views.digests import DigestView, EndDigestView

app_name = "notices"
urlpatterns = [
    path("account/digest/", DigestView.as_view(), name="digest"),
    path("digest/end/<str:key>/", EndDigestView.as_view(), name="end-digest"),
]
