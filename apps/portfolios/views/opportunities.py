"""What the nightly monitor found, and where its figures come from."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.views.generic import ListView

from apps.accounts.policies import Permission
from apps.core.access import RequiresMixin, actor_of
from apps.core.actors import Actor
from apps.core.passports import Passport
from apps.core.views import PassportView
from apps.portfolios.models import OpportunityKind
from apps.portfolios.selectors.opportunities import (
    opportunity_for,
    opportunity_list,
    opportunity_passport,
    opportunity_rows,
    reading_for,
    reading_passport,
)


class OpportunityListView(RequiresMixin, ListView):  # type: ignore[type-arg]
    """What there is to do for the households one may see."""

    permission = Permission.VIEW_PORTFOLIOS
    template_name = "staff/portfolios/opportunity_list.html"
    paginate_by = 50

    def get_queryset(self) -> Any:
        """Find, filter and sort as the address says."""
        asked = self.request.GET
        return opportunity_list(
            actor_of(self.request),
            kind=asked.get("kind", ""),
            text=asked.get("q", "").strip(),
            sort=asked.get("sort") or "-amount",
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Say what each one means and where its next step is taken."""
        context = super().get_context_data(**kwargs)
        rows = opportunity_rows(list(context["page_obj"]))
        return {**context, "rows": rows, "kinds": OpportunityKind.choices, "asked": self.request.GET}


class OpportunityPassportView(PassportView):
    """The amount of an opportunity."""

    permission = Permission.VIEW_PORTFOLIOS

    def find(self, actor: Actor) -> tuple[Passport, str]:
        """Return what it is about."""
        row = opportunity_for(actor, self.kwargs["opportunity_id"])
        return opportunity_passport(row), reverse("portfolios:opportunity-list")


class ReadingPassportView(PassportView):
    """The drift of a list."""

    permission = Permission.VIEW_PORTFOLIOS

    def find(self, actor: Actor) -> tuple[Passport, str]:
        """Return the reading it is of."""
        return reading_passport(reading_for(actor, self.kwargs["reading_id"])), reverse("portfolios:account-list")
