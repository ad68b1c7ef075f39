"""FIX connections: list, set up, take into use or out of it, what was said."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.views.generic import ListView, TemplateView

from apps.accounts.policies import Permission
from apps.core.access import RequiresMixin
from apps.core.actors import Actor
from apps.core.views import ActionView, ServiceFormView
from apps.integrations.forms import FixCertificatesForm, FixForm
from apps.integrations.models import FixMessage
from apps.integrations.selectors.fix_sessions import SessionRow, in_words, messages_of, session_for, sessions
from apps.integrations.services.fix_certificates import Certificates, renew_certificates
from apps.integrations.services.fix_connections import (
    ConnectionTerms,
    reset_numbers,
    set_up_connection,
    switch_connection,
)


class FixList(RequiresMixin, TemplateView):
    """The firm's sessions and how they stand."""

    permission = Permission.MANAGE_PARTNERS
    template_name = "staff/integrations/fix_list.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Show all of them."""
        return {**super().get_context_data(**kwargs), "sessions": sessions()}


class FixDetail(RequiresMixin, ListView):  # type: ignore[type-arg]
    """One session and what was said on it, the newest first."""

    permission = Permission.MANAGE_PARTNERS
    template_name = "staff/integrations/fix_detail.html"
    paginate_by = 50

    @cached_property
    def session(self) -> SessionRow:
        """Return the session of the address."""
        return session_for(self.kwargs["connection_id"])

    def get_queryset(self) -> QuerySet[FixMessage]:
        """Return its messages."""
        return messages_of(self.session.row)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Show the messages of the page in words."""
        context = super().get_context_data(**kwargs)
        return {**context, "session": self.session, "said": [in_words(row) for row in context["page_obj"]]}


class FixNew(ServiceFormView):
    """Set a session up."""

    permission = Permission.MANAGE_PARTNERS
    template_name = "staff/integrations/fix_form.html"
    form_class = FixForm

    def perform(self, form: Any, by: Actor) -> str:
        """Set it up and show the list."""
        set_up_connection(terms=ConnectionTerms(**form.cleaned_data), by=by)
        return reverse("integrations:fix-list")


class FixCertificates(ServiceFormView):
    """Put other certificates of a session in place."""

    permission = Permission.MANAGE_PARTNERS
    template_name = "staff/integrations/fix_certificates.html"
    form_class = FixCertificatesForm

    @cached_property
    def session(self) -> SessionRow:
        """Return the session of the address."""
        return session_for(self.kwargs["connection_id"])

    def get_initial(self) -> dict[str, Any]:
        """Begin with what is in place; the key is never shown."""
        row = self.session.row
        return {"ca_certificate": row.ca_certificate, "client_certificate": row.client_certificate}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Name the session."""
        return super().get_context_data(session=self.session, **kwargs)

    def perform(self, form: Any, by: Actor) -> str:
        """Put them in place and show the session."""
        renew_certificates(connection=self.session.row, given=Certificates(**form.cleaned_data), by=by)
        return reverse("integrations:fix-detail", args=[self.session.row.public_id])


class FixSwitch(ActionView):
    """POST: take a session into use, or out of it."""

    permission = Permission.MANAGE_PARTNERS
    success_message = _("The session follows within seconds.")

    def perform(self, request: HttpRequest, by: Actor) -> str:
        """Switch it."""
        connection = session_for(self.kwargs["connection_id"]).row
        switch_connection(connection=connection, is_active=request.POST.get("use") == "on", by=by)
        return reverse("integrations:fix-detail", args=[connection.public_id])


class FixReset(ActionView):
    """POST: have the numbers of both sides begin at one again."""

    permission = Permission.MANAGE_PARTNERS
    success_message = _("The numbers begin at one when the session is taken into use again.")

    def perform(self, request: HttpRequest, by: Actor) -> str:  # noqa: ARG002 - the frame hands it over
        """Reset them."""
        connection = session_for(self.kwargs["connection_id"]).row
        reset_numbers(connection=connection, by=by)
        return reverse("integrations:fix-detail", args=[connection.public_id])
