"""One process, one port: HTTP as WSGI threads, websockets as ASGI (docs/adr/0001)."""

import gc
import os
from typing import Any, cast

# what is loaded here stays: looking through it for garbage, now and at each later collection, finds none
gc.disable()

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.local")

from a2wsgi import WSGIMiddleware  # noqa: E402 - the environment first
from channels.routing import ProtocolTypeRouter, URLRouter  # noqa: E402
from channels.security.websocket import AllowedHostsOriginValidator  # noqa: E402
from django.conf import settings  # noqa: E402
from django.core.wsgi import get_wsgi_application  # noqa: E402

wsgi = get_wsgi_application()

from apps.core.tenancy.websockets import ActorFromSession, FirmFromHost  # noqa: E402 - needs the apps
from config.routing import websocket_urlpatterns  # noqa: E402

application = ProtocolTypeRouter(
    {
        "http": WSGIMiddleware(cast("Any", wsgi), workers=settings.WEB_THREADS),
        "websocket": AllowedHostsOriginValidator(FirmFromHost(ActorFromSession(URLRouter(websocket_urlpatterns)))),
    }
)

gc.freeze()
gc.set_threshold(20_000, 20, 50)  # a page makes some ten thousand objects; few of them are in cycles
gc.enable()
