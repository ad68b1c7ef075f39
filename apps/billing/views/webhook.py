"""Where Stripe reports what became of payments."""

from __future__ import annotations

from django.http import HttpRequest, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from apps.billing.services.payments import receive_event
from apps.core.errors import shown
from apps.kernel.errors import DomainError


@csrf_exempt  # Stripe signs the body instead; the service checks that before it reads anything
@require_POST
def stripe_webhook(request: HttpRequest) -> JsonResponse:
    """Take in one event of this firm; 200 as well for what was known before, so that Stripe stops repeating it."""
    try:
        event = receive_event(payload=request.body, signature=request.headers.get("Stripe-Signature", ""))
    except DomainError as refused:
        told = shown(refused)
        return JsonResponse({"code": told.code, "message": told.message, "mend": told.mend}, status=told.status)
    return JsonResponse({"received": True, "outcome": event.outcome if event else "nothing to do"})
