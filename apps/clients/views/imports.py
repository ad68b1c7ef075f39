"""Taking files in: upload, questions, rows, apply, undo. One set of pages for every kind of file."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import get_language, gettext
from django.views.generic import TemplateView

from apps.accounts.policies import Permission
from apps.clients.forms.imports import AnswersForm, ImportUploadForm
from apps.clients.ports import ports
from apps.clients.selectors.imports import import_for, import_list, import_page
from apps.clients.services.imports import (
    ImportHasDependentsError,
    check_batch,
    importer_for,
    open_batch,
    questions_for,
    request_apply,
    undo_batch,
    what_blocks_undo,
)
from apps.core.access import RequiresMixin, actor_of
from apps.core.actors import Actor
from apps.core.views import ActionView, ServiceFormView


def import_url(public_id: object) -> str:
    """Return the address of an import."""
    return reverse("clients:import-detail", args=[public_id])


class ImportListView(RequiresMixin, TemplateView):
    """What was taken in, and what can be."""

    permission = Permission.IMPORT_FILES
    template_name = "staff/clients/import_list.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """List the actor's imports."""
        page = import_list(actor_of(self.request), page=self.request.GET.get("page", "1"))
        return super().get_context_data(**kwargs) | {"page": page, "kinds": ports.importers}


class ImportNewView(ServiceFormView):
    """Bring a file."""

    permission = Permission.IMPORT_FILES
    template_name = "staff/clients/import_new.html"
    form_class = ImportUploadForm

    def get_form_kwargs(self) -> dict[str, Any]:
        """Ask for what the kind needs."""
        importer = importer_for(self.kwargs["kind"])
        return super().get_form_kwargs() | {
            "actor": actor_of(self.request),
            "accept": importer.accept,
            "belongs": importer.belongs,
            "initial": {"household": self.request.GET.get("household", "")},
        }

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Name the kind."""
        importer = importer_for(self.kwargs["kind"])
        named: dict[str, Any] = {"label": importer.label, "accept": importer.accept}
        named["explained"] = importer.explained(get_language() or "")
        return super().get_context_data(**kwargs) | named

    def perform(self, form: ImportUploadForm, by: Actor) -> str:
        """Keep the file and read it."""
        file = form.cleaned_data["file"]
        household = form.cleaned_data.get("household")
        batch = open_batch(
            kind=self.kwargs["kind"], filename=file.name, content=file.read(), household=household, by=by
        )
        return import_url(batch.public_id)


class ImportDetailView(ServiceFormView):
    """One import: the questions, every row beside what is wrong with it, and what can be done."""

    permission = Permission.IMPORT_FILES
    template_name = "staff/clients/import_detail.html"
    form_class = AnswersForm

    def get_form_kwargs(self) -> dict[str, Any]:
        """Ask what the importer asks, with the answers given so far."""
        actor = actor_of(self.request)
        self.batch = import_for(actor, self.kwargs["import_id"])
        questions = questions_for(self.batch, actor)
        return super().get_form_kwargs() | {"questions": questions, "answers": self.batch.answers}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the rows."""
        context = super().get_context_data(**kwargs)
        asked = self.request.GET
        page = import_page(self.batch, page=asked.get("page", "1"), only=asked.get("only", ""))
        blocking = what_blocks_undo(self.batch) if "blocked" in asked else []
        return context | {"import": page, "batch": self.batch, "blocking": blocking}

    def perform(self, form: AnswersForm, by: Actor) -> str:
        """Read the file anew by these answers."""
        check_batch(batch=self.batch, answers=form.cleaned_data, by=by)
        return import_url(self.batch.public_id)


class ImportApplyView(ActionView):
    """Take the file in."""

    permission = Permission.IMPORT_FILES

    def perform(self, request: HttpRequest, by: Actor) -> str:  # noqa: ARG002 - the base class's signature
        """Ask for it in the background."""
        batch = import_for(by, self.kwargs["import_id"])
        request_apply(batch=batch, by=by)
        return import_url(batch.public_id)


class ImportUndoView(ActionView):
    """Take it back."""

    permission = Permission.IMPORT_FILES

    def perform(self, request: HttpRequest, by: Actor) -> str:
        """Undo; where something is in the way, the page lists it."""
        batch = import_for(by, self.kwargs["import_id"])
        try:
            undo_batch(batch=batch, by=by)
        except ImportHasDependentsError:
            messages.error(request, gettext("The import cannot be undone yet."))
            return f"{import_url(batch.public_id)}?blocked=1"
        messages.success(request, gettext("The import is undone."))
        return import_url(batch.public_id)
