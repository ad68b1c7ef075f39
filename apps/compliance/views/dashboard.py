"""The compliance officer's first page, and what can be started from it."""

from __future__ import annotations

import json
from typing import Any

from django.contrib import messages
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView

from apps.accounts.policies import Permission
from apps.compliance.models import MethodTable
from apps.compliance.selectors.dashboard import dashboard
from apps.compliance.services.method_tables import adopt_method
from apps.compliance.services.verifications import verify_trail
from apps.core.access import RequiresMixin, actor_of
from apps.core.actors import Actor
from apps.core.views import ActionView


class Dashboard(RequiresMixin, TemplateView):
    """What needs attention."""

    permission = Permission.VIEW_COMPLIANCE
    template_name = "staff/compliance/dashboard.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Put the dashboard into the page."""
        board = dashboard(actor_of(self.request), timezone.localdate())
        may_set_rules = actor_of(self.request).can(Permission.EDIT_COMPLIANCE)
        return super().get_context_data(board=board, may_set_rules=may_set_rules, **kwargs)


class Verify(ActionView):
    """POST: verify the trail now; the verdict stands on the page it came from."""

    permission = Permission.VIEW_COMPLIANCE

    def perform(self, request: HttpRequest, by: Actor) -> str:
        """Verify and say what was found."""
        found = verify_trail(by=by)
        if found.is_intact:
            told = gettext("The trail is intact: %(n)s events, every link holds.") % {"n": found.events}
            messages.success(request, told)
        else:
            messages.error(request, gettext("The trail is not intact. What was found stands below."))
        return ""


class MethodPage(RequiresMixin, TemplateView):
    """A table of the method, word for word, for who has to answer for it."""

    permission = Permission.VIEW_COMPLIANCE
    template_name = "staff/compliance/method_detail.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Put the table into the page."""
        table = get_object_or_404(MethodTable.objects.select_related("adopted_by"), public_id=kwargs["table_id"])
        text = json.dumps(table.content, indent=2, ensure_ascii=False)
        may_adopt = actor_of(self.request).can(Permission.EDIT_COMPLIANCE)
        return super().get_context_data(table=table, text=text, may_adopt=may_adopt, **kwargs)


class AdoptMethod(ActionView):
    """POST: answer for a version in the firm's name."""

    permission = Permission.EDIT_COMPLIANCE
    success_message = _("The version is adopted.")

    def perform(self, request: HttpRequest, by: Actor) -> str:  # noqa: ARG002 - the frame's signature
        """Adopt."""
        adopt_method(table=get_object_or_404(MethodTable, public_id=self.kwargs["table_id"]), by=by)
        return reverse("compliance:dashboard")
