"""The firm's brand, for pages and mails: open to everybody, as a letterhead is."""

from __future__ import annotations

import filetype
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from apps.accounts.models import FirmProfile
from apps.accounts.selectors.branding import brand_css


@require_safe
@cache_control(public=True, max_age=3600)
def brand_stylesheet(_request: HttpRequest) -> HttpResponse:
    """GET /brand.css."""
    return HttpResponse(brand_css(FirmProfile.current()), content_type="text/css; charset=utf-8")


@require_safe
@cache_control(public=True, max_age=3600)
def brand_logo(_request: HttpRequest) -> HttpResponseBase:
    """GET /brand/logo/: 404 when the firm has none."""
    logo = FirmProfile.current().logo
    if not logo or not logo.storage.exists(str(logo.name)):
        raise Http404
    kind = filetype.guess_mime(logo.path) or "application/octet-stream"
    return FileResponse(logo.open("rb"), content_type=kind)
