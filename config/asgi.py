"""One process, one port: HTTP as WSGI threads, websockets as ASGI (docs/adr/0001)."""

import os
from typing import Any, cast

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.local")

from a2wsgi import WSGIMiddleware
from channels.routing import ProtocolTypeRouter, URLRouter
from channels.security.websocket import AllowedHostsOriginValidator
from django.conf import settings
from django.core.wsgi import get_wsgi_application

wsgi = get_wsgi_application()

from apps.core.tenancy.websockets import ActorFromSession, FirmFromHost  # noqa: E402 - needs the apps
from config.routing import websocket_urlpatterns  # noqa: E402

application = ProtocolTypeRouter(
    {
        "http": WSGIMiddleware(cast("Any", wsgi), workers=settings.WEB_THREADS),
        "websocket": AllowedHostsOriginValidator(FirmFromHost(ActorFromSession(URLRouter(websocket_urlpatterns)))),
    }
)
