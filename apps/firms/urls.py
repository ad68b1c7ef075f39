"""Addresses of the public site."""

from django.urls import path

from apps.firms.views.inbox import InboxView
from apps.firms.views.registrations import LandingView, LinkAgainView, RegisterView, RegistrationView, RetryView

app_name = "firms"
urlpatterns = [
    path("", LandingView.as_view(), name="landing"),
    path("register/", RegisterView.as_view(), name="register"),
    path("register/<str:token>/", RegistrationView.as_view(), name="registration"),
    path("register/<str:token>/retry/", RetryView.as_view(), name="registration-retry"),
    path("register/<str:token>/link/", LinkAgainView.as_view(), name="registration-link"),
    path("inbox/", InboxView.as_view(), name="inbox"),
]
