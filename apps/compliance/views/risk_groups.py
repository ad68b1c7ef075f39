"""Groups of like risk: the overview, a group with its people, where figures come from."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.generic import TemplateView

from apps.accounts.policies import Permission
from apps.compliance.models import RiskMembership
from apps.compliance.selectors.risk_group_charts import groups_chart
from apps.compliance.selectors.risk_group_passports import fit_passport, group_passport, member_passport
from apps.compliance.selectors.risk_groups import group_page, group_row, groups_overview, is_under_way, newest_fit
from apps.compliance.services.risk_groups import request_risk_groups
from apps.core.access import RequiresMixin, actor_of
from apps.core.actors import Actor
from apps.core.passports import Passport
from apps.core.views import ActionView, PassportView


class RiskGroups(RequiresMixin, TemplateView):
    """The firm's groups, who does not fit, who changed, who is left out."""

    permission = Permission.VIEW_FINANCES
    template_name = "staff/compliance/risk_groups.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Put the newest fit into the page."""
        actor = actor_of(self.request)
        return super().get_context_data(
            overview=groups_overview(actor),
            chart=groups_chart(actor),
            may_refresh=actor.can(Permission.VIEW_COMPLIANCE),
            is_under_way=is_under_way(),
            sees_all=actor.can(Permission.VIEW_ALL_HOUSEHOLDS),
            **kwargs,
        )


class RiskGroupDetail(RequiresMixin, TemplateView):
    """A group with its people."""

    permission = Permission.VIEW_FINANCES
    template_name = "staff/compliance/risk_group.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Put it into the page."""
        return super().get_context_data(page=group_page(kwargs["group_id"], actor_of(self.request)), **kwargs)


class RefreshRiskGroups(ActionView):
    """POST: group the people now."""

    permission = Permission.VIEW_COMPLIANCE

    def perform(self, request: HttpRequest, by: Actor) -> str:
        """Ask for it."""
        if request_risk_groups(by=by):
            messages.success(request, _("The people are being grouped. The page shows it in a minute."))
        else:
            messages.info(request, _("The people are being grouped already."))
        return reverse("compliance:risk-groups")


class RiskFitPassport(PassportView):
    """Where the stability comes from."""

    permission = Permission.VIEW_FINANCES

    def find(self, actor: Actor) -> tuple[Passport, str]:  # noqa: ARG002 - it tells of no person
        """Return the newest fit's measure."""
        fit = newest_fit()
        if fit is None:
            raise Http404
        return fit_passport(fit), reverse("compliance:risk-groups")


class RiskGroupPassport(PassportView):
    """Where a group's figures come from."""

    permission = Permission.VIEW_FINANCES

    def find(self, actor: Actor) -> tuple[Passport, str]:
        """Return the group's middles."""
        group = group_row(self.kwargs["group_id"])
        back = reverse("compliance:risk-group", kwargs={"group_id": group.public_id})
        return group_passport(group, actor), back


class RiskMemberPassport(PassportView):
    """Where a person's place comes from."""

    permission = Permission.VIEW_FINANCES

    def find(self, actor: Actor) -> tuple[Passport, str]:
        """Return the facts of the person."""
        rows = RiskMembership.objects.visible_to(actor).select_related("person", "household", "group", "fit")
        found = rows.filter(public_id=self.kwargs["membership_id"]).first()
        if found is None:
            raise Http404
        back = reverse("compliance:household-compliance", kwargs={"household_id": found.household.public_id})
        return member_passport(found), back
