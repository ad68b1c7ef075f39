"""The tax map of a plan: page, file, passports."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.generic import TemplateView, View

from apps.accounts.policies import Permission
from apps.core.access import RequiresMixin, actor_of
from apps.core.actors import Actor
from apps.core.tabular.writing import written_csv
from apps.plans.models import Plan
from apps.plans.selectors.explorers import explorer_passport
from apps.plans.selectors.plan_pages import plan_for
from apps.plans.selectors.tax_map import TaxMapPage, tax_rows
from apps.plans.selectors.what_if import Asked, asked_of
from apps.plans.services.explored import Explored, explored_taxes
from apps.plans.views.addresses import tab_of
from apps.plans.views.what_if import asked_for


def map_of(request: HttpRequest, asked: Asked, by: Actor) -> Explored[TaxMapPage]:
    """Return the map in the money that the address asks for."""
    return explored_taxes(asked=asked, in_today=is_in_today(request), by=by)


def is_in_today(request: HttpRequest) -> bool:
    """Say whether amounts are wanted in money of today."""
    return request.GET.get("money") != "year"


def taxes_of(plan: Plan) -> str:
    """Return the address of a version's tax map."""
    return reverse("plans:taxes", kwargs={"plan_id": plan.public_id})


class TaxMap(RequiresMixin, TemplateView):
    """What each year is taxed on."""

    permission = Permission.VIEW_PLANS
    template_name = "staff/plans/tax_map.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the map, if the version has a result."""
        actor = actor_of(self.request)
        plan = plan_for(actor, kwargs["plan_id"])
        asked = asked_of(plan)
        context: dict[str, Any] = {"plan": plan, "household": plan.household, "back_url": tab_of(plan)}
        if asked is not None:
            context["page"] = map_of(self.request, asked, actor).page
            context["figures"] = f"{taxes_of(plan)}figures/"
            context["query"] = "" if is_in_today(self.request) else "money=year"
        return super().get_context_data(**context, **kwargs)


class TaxMapFile(RequiresMixin, View):
    """The map as a file."""

    permission = Permission.VIEW_PLANS

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Return a line for each year as CSV."""
        actor = actor_of(request)
        plan, asked = asked_for(actor, kwargs["plan_id"])
        answer = HttpResponse(
            written_csv(*tax_rows(map_of(request, asked, actor).page)), content_type="text/csv; charset=utf-8"
        )
        answer["Content-Disposition"] = f'attachment; filename="tax-map-{plan.version}.csv"'
        return answer


class TaxPassport(RequiresMixin, TemplateView):
    """Where a figure of the map comes from."""

    permission = Permission.VIEW_PLANS

    def get_template_names(self) -> list[str]:
        """Answer htmx with the panel alone."""
        return [f"staff/plans/{'passport_panel' if self.request.headers.get('hx-request') else 'passport'}.html"]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the passport."""
        actor = actor_of(self.request)
        plan, asked = asked_for(actor, kwargs["plan_id"])
        found = map_of(self.request, asked, actor)
        passport = explorer_passport(asked, found.page, kwargs["key"], found.origin)
        return super().get_context_data(passport=passport, back_url=taxes_of(plan), **kwargs)
