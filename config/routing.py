"""Addresses of websockets."""

from typing import Any

from django.urls import path

from apps.desk.consumers import LiveConsumer
from apps.firms.consumers import RegistrationConsumer

websocket_urlpatterns: list[Any] = [
    path("ws/live/", LiveConsumer.as_asgi()),
    path("ws/registration/<str:token>/", RegistrationConsumer.as_asgi()),
]
