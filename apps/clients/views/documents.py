"""Papers of a household: library, upload, requests, versions, verification; and its agreements."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext, gettext_lazy
from django.views.generic import TemplateView, View

from apps.accounts.policies import Permission
from apps.clients.forms.documents import RequestForm, UploadForm, VersionForm
from apps.clients.models import DocumentRequest
from apps.clients.selectors.documents import document_for, document_library
from apps.clients.selectors.household_pages import household_header
from apps.clients.services.documents import (
    add_version,
    file_document,
    read_document,
    release_document,
    request_document,
    waive_request,
    withhold_document,
)
from apps.clients.services.verifications import verify_document
from apps.clients.views.households import HouseholdMixin
from apps.core.access import RequiresMixin, actor_of
from apps.core.actors import Actor
from apps.core.views import ActionView, ServiceFormView
from apps.kernel.errors import NotFoundError, gettext_noop

# what a browser may show itself; all else is saved to disk
_SHOWN = frozenset({"application/pdf", "image/png", "image/jpeg"})


class HouseholdDocumentsView(HouseholdMixin, RequiresMixin, TemplateView):
    """The Documents tab."""

    permission = Permission.VIEW_HOUSEHOLDS
    template_name = "staff/clients/household_documents.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the library."""
        return super().get_context_data(**kwargs) | {
            "library": document_library(self.household, actor_of(self.request)),
        }


class UploadView(HouseholdMixin, ServiceFormView):
    """File a paper."""

    permission = Permission.MANAGE_DOCUMENTS
    template_name = "staff/clients/document_upload.html"
    form_class = UploadForm

    def perform(self, form: UploadForm, by: Actor) -> str:
        """File it."""
        fields = dict(form.cleaned_data)
        file = fields.pop("file")
        file_document(household=self.household, filename=file.name, content=file.read(), by=by, **fields)
        return reverse("clients:household-documents", args=[self.household.public_id])


class RequestView(HouseholdMixin, ServiceFormView):
    """Ask the client for a paper."""

    permission = Permission.MANAGE_DOCUMENTS
    template_name = "staff/clients/document_request.html"
    form_class = RequestForm

    def perform(self, form: RequestForm, by: Actor) -> str:
        """Ask."""
        request_document(household=self.household, by=by, **form.cleaned_data)
        return reverse("clients:household-documents", args=[self.household.public_id])


class WaiveView(ActionView):
    """Say that a paper is not needed any more."""

    permission = Permission.MANAGE_DOCUMENTS
    success_message = gettext_lazy("The request is closed.")

    def perform(self, request: HttpRequest, by: Actor) -> str:
        """Close the request."""
        asked = DocumentRequest.objects.visible_to(by).filter(public_id=self.kwargs["request_id"]).first()
        if asked is None:
            raise NotFoundError(gettext_noop("There is no such request."))
        waive_request(request=asked, reason=request.POST.get("reason", "")[:500], by=by)
        return ""


class DocumentView(RequiresMixin, TemplateView):
    """One paper: its versions and signatures."""

    permission = Permission.VIEW_HOUSEHOLDS
    template_name = "staff/clients/document_detail.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Find it."""
        actor = actor_of(self.request)
        document = document_for(actor, self.kwargs["document_id"])
        return super().get_context_data(**kwargs) | {
            "document": document,
            "household": document.household,
            "header": household_header(document.household, actor),
            "versions": list(document.versions.all()),
            "requests": list(document.signature_requests.all()),
            "form": VersionForm(),
        }


class DownloadView(RequiresMixin, View):
    """The content of one version, to those who may read it; each reading is on the trail."""

    permission = Permission.VIEW_HOUSEHOLDS

    def get(self, request: HttpRequest, document_id: object, number: int) -> HttpResponse:
        """Send it; a browser shows only what it shows safely, and never guesses the type."""
        actor = actor_of(request)
        document = document_for(actor, str(document_id))
        version = next((version for version in document.versions.all() if version.number == number), None)
        if version is None:
            raise NotFoundError(gettext_noop("There is no such version."))
        response = HttpResponse(read_document(version=version, by=actor), content_type=version.mime)
        saved = version.mime not in _SHOWN or "download" in request.GET
        response["Content-Disposition"] = content_disposition_header(saved, version.filename) or "attachment"
        response["X-Content-Type-Options"] = "nosniff"
        return response


class DocumentActionView(ActionView):
    """A button on a paper."""

    permission = Permission.MANAGE_DOCUMENTS

    def perform(self, request: HttpRequest, by: Actor) -> str:
        """Do it to the paper of the address."""
        self.act(request, by)
        return reverse("clients:document-detail", args=[self.kwargs["document_id"]])

    def act(self, request: HttpRequest, by: Actor) -> None:
        """Call the service."""
        raise NotImplementedError(f"{type(self).__name__} must say which service it calls.")


class ReleaseView(DocumentActionView):
    """Let the client see it."""

    success_message = gettext_lazy("The client sees this paper now.")

    def act(self, request: HttpRequest, by: Actor) -> None:  # noqa: ARG002 - the base class's signature
        """Release."""
        release_document(document=document_for(by, self.kwargs["document_id"]), by=by)


class WithholdView(DocumentActionView):
    """Take it out of the client's sight."""

    success_message = gettext_lazy("The client does not see this paper any more.")

    def act(self, request: HttpRequest, by: Actor) -> None:  # noqa: ARG002 - the base class's signature
        """Withhold."""
        withhold_document(document=document_for(by, self.kwargs["document_id"]), by=by)


class VersionView(DocumentActionView):
    """File a newer version."""

    success_message = gettext_lazy("The newer version is filed.")

    def act(self, request: HttpRequest, by: Actor) -> None:
        """File it."""
        form = VersionForm(request.POST, request.FILES)
        document = document_for(by, self.kwargs["document_id"])
        file = form.cleaned_data["file"] if form.is_valid() else None
        add_version(document=document, filename=file.name if file else "", content=file.read() if file else b"", by=by)


class VerifyView(DocumentActionView):
    """Check that it is still what was filed and signed."""

    permission = Permission.VIEW_HOUSEHOLDS

    def act(self, request: HttpRequest, by: Actor) -> None:
        """Check, and say what was found."""
        verdict = verify_document(document=document_for(by, self.kwargs["document_id"]), by=by)
        for finding in verdict.findings:
            text = {"version": finding.version, "what": gettext(finding.message)}
            messages.error(request, gettext("Version %(version)s: %(what)s") % text)
        if verdict.is_unchanged:
            messages.success(request, gettext("Every version is what was filed and signed."))
