"""The trail on the screen, and its exports."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.generic import ListView, TemplateView, View

from apps.accounts.policies import Permission
from apps.clients.selectors.household_pages import household_for, household_header
from apps.compliance.forms import ExportForm, TrailFilterForm
from apps.compliance.models import AuditExport
from apps.compliance.selectors.trail import TrailQuery, trail_actions, trail_entries, trail_events, trail_people
from apps.compliance.services.exports import open_export, request_export
from apps.core.access import RequiresMixin, actor_of
from apps.core.actors import Actor
from apps.core.errors import shown
from apps.core.views import ActionView
from apps.kernel.errors import DomainError, InvalidInputError, NotFoundError, gettext_noop

PER_PAGE = 50


class TrailPage(RequiresMixin, TemplateView):
    """The firm's trail with its filters."""

    permission = Permission.VIEW_COMPLIANCE
    template_name = "staff/compliance/trail.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Put one page of entries, the filters and what an export would take into the page."""
        return super().get_context_data(**self.trail(""), **kwargs)

    def trail(self, household: str) -> dict[str, Any]:
        """Read what the address asks for; a wrong filter is told at its field and narrows nothing."""
        actor = actor_of(self.request)
        form = TrailFilterForm(self.request.GET or None, people=trail_people(actor), actions=trail_actions(actor))
        asked = form.cleaned_data if form.is_valid() else {}
        query = TrailQuery(household=household, **asked)
        try:
            events = trail_events(actor, query)
        except DomainError as refused:
            form.add_error("last", shown(refused).sentence)
            query = TrailQuery(household=household)
            events = trail_events(actor, query)
        page = Paginator(events, PER_PAGE).get_page(self.request.GET.get("page"))
        entries = trail_entries(page.object_list)
        return {"form": form, "page": page, "entries": entries, "asked": query.as_content()}


class HouseholdHistory(TrailPage):
    """The same for one household, as a tab of its page."""

    template_name = "staff/compliance/household_history.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Put the household's part of the trail into the tab."""
        actor = actor_of(self.request)
        household = household_for(actor, kwargs["household_id"])
        header = household_header(household, actor)
        context = self.trail(str(household.public_id))
        return TemplateView.get_context_data(self, household=household, header=header, **context, **kwargs)


class ExportList(RequiresMixin, ListView):  # type: ignore[type-arg]
    """What was exported, by whom, and what is being built."""

    permission = Permission.VIEW_COMPLIANCE
    template_name = "staff/compliance/export_list.html"
    paginate_by = PER_PAGE
    context_object_name = "exports"

    def get_queryset(self) -> Any:
        """Return the exports that the actor may see."""
        rows = AuditExport.objects.visible_to(actor_of(self.request))
        return rows.select_related("household", "job").defer("wrapped_key")


class RequestExport(ActionView):
    """POST: have a job build an export of what the page shows."""

    permission = Permission.VIEW_COMPLIANCE
    success_message = _("The export is being built. It appears here when it is ready.")

    def perform(self, request: HttpRequest, by: Actor) -> str:
        """Ask for it."""
        form = ExportForm(request.POST)
        if not form.is_valid():
            raise InvalidInputError(gettext_noop("The export's filters are not usable."))
        asked = dict(form.cleaned_data)
        kind, household = asked.pop("format"), asked.pop("household")
        query = TrailQuery(household=str(household) if household else "", **asked)
        request_export(query=query, format=kind, by=by)
        return reverse("compliance:export-list")


class DownloadExport(RequiresMixin, View):
    """Hand out a built export; who took it is on the trail."""

    permission = Permission.VIEW_COMPLIANCE
    http_method_names = ["get"]

    def get(self, request: HttpRequest, export_id: str) -> HttpResponse:
        """Answer with the file."""
        export = AuditExport.objects.visible_to(actor_of(request)).filter(public_id=export_id).first()
        if export is None:
            raise NotFoundError(gettext_noop("There is no such export, or it is not yours to see."))
        opened = open_export(export=export, by=actor_of(request))
        answer = HttpResponse(opened.content, content_type=opened.media_type)
        answer["Content-Disposition"] = f'attachment; filename="{opened.filename}"'
        return answer
