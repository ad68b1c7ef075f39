"""The client's library: read, and send what was asked for."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views.generic import View

from apps.clients.models import DocumentRequest
from apps.clients.selectors.documents import document_for, document_library
from apps.clients.selectors.signatures import open_signatures
from apps.clients.services.documents import answer_request, read_document
from apps.core.access import actor_of
from apps.core.actors import Actor
from apps.core.views import ServiceFormView
from apps.kernel.errors import NotFoundError, gettext_noop
from apps.portal.forms import PaperForm
from apps.portal.views._files import paper
from apps.portal.views._page import MemberMixin, PortalPage


class DocumentsView(PortalPage):
    """GET: papers, what waits for a signature, what was asked for."""

    template_name = "portal/documents.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the library."""
        actor = actor_of(self.request)
        library = document_library(self.member.household, actor)
        return super().get_context_data(library=library, signatures=open_signatures(actor), **kwargs)


class DocumentView(MemberMixin, View):
    """GET: the newest version of a paper; each reading is on the trail."""

    def get(self, request: HttpRequest, document_id: UUID) -> HttpResponse:
        """Send it."""
        actor = actor_of(request)
        version = document_for(actor, document_id).current
        content = read_document(version=version, by=actor)
        inline = "download" not in request.GET
        return paper(content, mime=version.mime, filename=version.filename, inline=inline)


class RequestView(MemberMixin, ServiceFormView):
    """GET says what is needed, POST takes the file."""

    template_name = "portal/request.html"
    form_class = PaperForm

    @cached_property
    def asked(self) -> DocumentRequest:
        """What the firm asked for, of the client's own household."""
        rows = DocumentRequest.objects.visible_to(actor_of(self.request))
        found = rows.filter(public_id=self.kwargs["request_id"]).first()
        if found is None:
            raise NotFoundError(gettext_noop("There is no such request, or it is not for you."))
        return found

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add what was asked for."""
        return super().get_context_data(asked=self.asked, **kwargs)

    def perform(self, form: Any, by: Actor) -> str:
        """File it."""
        sent = form.cleaned_data["paper"]
        answer_request(request=self.asked, filename=sent.name, content=sent.read(), by=by)
        messages.success(self.request, _("Thank you. Your advisor has it now."))
        return reverse("portal:documents")
