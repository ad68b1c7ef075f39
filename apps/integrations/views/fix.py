"""FIX connections: list, set up, take into use or out of it."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.generic import ListView

from apps.accounts.policies import Permission
from apps.core.access import RequiresMixin
from apps.core.actors import Actor
from apps.core.views import ActionView, ServiceFormView
from apps.integrations.forms import FixForm
from apps.integrations.models import FixConnection
from apps.integrations.services.fix_connections import ConnectionTerms, set_up_connection, switch_connection


class FixList(RequiresMixin, ListView):  # type: ignore[type-arg]
    """The firm's sessions and how they stand."""

    permission = Permission.MANAGE_PARTNERS
    template_name = "staff/integrations/fix_list.html"
    queryset = FixConnection.objects.all()
    context_object_name = "connections"


class FixNew(ServiceFormView):
    """Set a session up."""

    permission = Permission.MANAGE_PARTNERS
    template_name = "staff/integrations/fix_form.html"
    form_class = FixForm

    def perform(self, form: Any, by: Actor) -> str:
        """Set it up and show the list."""
        set_up_connection(terms=ConnectionTerms(**form.cleaned_data), by=by)
        return reverse("integrations:fix-list")


class FixSwitch(ActionView):
    """POST: take a session into use, or out of it."""

    permission = Permission.MANAGE_PARTNERS
    success_message = _("The session follows within seconds.")

    def perform(self, request: HttpRequest, by: Actor) -> str:
        """Switch it."""
        connection = get_object_or_404(FixConnection, public_id=self.kwargs["connection_id"])
        switch_connection(connection=connection, is_active=request.POST.get("use") == "on", by=by)
        return reverse("integrations:fix-list")
