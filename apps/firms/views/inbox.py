"""The inbox of a machine without a mail server."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponseBase
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.generic import TemplateView

from apps.core.local_mail import inbox


@method_decorator(never_cache, name="dispatch")
class InboxView(TemplateView):
    """Mails that this machine would have sent, newest first, their links to be followed; absent on real servers."""

    template_name = "public/inbox.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Answer 404 unless mail is kept here."""
        if not settings.LOCAL_INBOX:
            raise Http404
        return super().dispatch(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the mails; `?to=` narrows to one address."""
        to = self.request.GET.get("to", "").strip().lower()
        mails = [mail for mail in inbox() if not to or to in mail.to.lower()]
        return super().get_context_data(mails=mails, to=to, **kwargs)
