"""What the night found of plans in force: the list, and decisions."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import ListView

from apps.accounts.policies import Permission
from apps.core.access import RequiresMixin, actor_of
from apps.core.actors import Actor
from apps.core.views import ActionView, ServiceFormView
from apps.plans.forms import DismissForm, MonitoringRulesForm
from apps.plans.models import AlertKind
from apps.plans.selectors.alert_lines import alert_lines
from apps.plans.selectors.monitoring import AlertFilter, alert_for, alert_list
from apps.plans.selectors.monitoring_rules import monitoring_rules
from apps.plans.selectors.plan_pages import plan_for
from apps.plans.services.alerts import acknowledge_alert, dismiss_alert, draft_from_alert
from apps.plans.services.monitoring import request_measurement
from apps.plans.services.monitoring_rules import MonitoringTerms, set_monitoring_rules
from apps.plans.views.addresses import tab_of, version_of

PART = "since"


class AlertList(RequiresMixin, ListView):  # type: ignore[type-arg]
    """Alerts of the households one may see, the gravest first."""

    permission = Permission.VIEW_PLANS
    template_name = "staff/plans/alert_list.html"
    paginate_by = 50

    def get_queryset(self) -> Any:
        """Find, filter and sort as the address says."""
        asked = self.request.GET
        found = AlertFilter(
            asked.get("kind", ""), asked.get("state", ""), asked.get("q", "").strip(), asked.get("sort", "")
        )
        return alert_list(actor_of(self.request), found)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Say what each one means."""
        context = super().get_context_data(**kwargs)
        lines = alert_lines(context["page_obj"])
        may = actor_of(self.request).can(Permission.MANAGE_FIRM)
        return {**context, "lines": lines, "kinds": AlertKind.choices, "asked": self.request.GET, "may_rule": may}


class MeasureNow(ActionView):
    """Measure a plan in force at once."""

    permission = Permission.EDIT_PLANS
    success_message = gettext_lazy("The plan is being measured.")

    def perform(self, request: HttpRequest, by: Actor) -> str:  # noqa: ARG002 - the base hands it over
        """Ask for it."""
        return version_of(request_measurement(plan=plan_for(by, self.kwargs["plan_id"]), by=by), PART)


class AcknowledgeAlert(ActionView):
    """Note that an alert was seen."""

    permission = Permission.EDIT_PLANS

    def perform(self, request: HttpRequest, by: Actor) -> str:  # noqa: ARG002
        """Acknowledge it."""
        return version_of(acknowledge_alert(alert=alert_for(by, self.kwargs["alert_id"]), by=by).plan, PART)


class DraftFromAlert(ActionView):
    """Start a draft with the adjustment filled in."""

    permission = Permission.EDIT_PLANS
    success_message = gettext_lazy("A new draft holds the adjustment. Generate it, review it, publish it.")

    def perform(self, request: HttpRequest, by: Actor) -> str:
        """Draft it."""
        alert = alert_for(by, self.kwargs["alert_id"])
        return tab_of(draft_from_alert(alert=alert, adjustment=request.POST.get("adjustment", ""), by=by))


class DismissAlert(ServiceFormView):
    """Put an alert aside."""

    permission = Permission.EDIT_PLANS
    template_name = "staff/plans/dismiss_form.html"
    form_class = DismissForm

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the alert."""
        alert = alert_for(actor_of(self.request), self.kwargs["alert_id"])
        return super().get_context_data(line=alert_lines([alert])[0], back_url=version_of(alert.plan, PART), **kwargs)

    def perform(self, form: Any, by: Actor) -> str:
        """Dismiss it."""
        alert = alert_for(by, self.kwargs["alert_id"])
        return version_of(dismiss_alert(alert=alert, reason=form.cleaned_data["reason"], by=by).plan, PART)


class EditMonitoringRules(ServiceFormView):
    """Say what is told, and to whom."""

    permission = Permission.MANAGE_FIRM
    template_name = "staff/plans/monitoring_rules.html"
    form_class = MonitoringRulesForm

    def get_initial(self) -> dict[str, Any]:
        """Begin with the rules in force."""
        rules = monitoring_rules()
        return {name: getattr(rules, name) for name in MonitoringRulesForm.base_fields}

    def perform(self, form: Any, by: Actor) -> str:
        """Set them."""
        set_monitoring_rules(terms=MonitoringTerms(**form.cleaned_data), by=by)
        messages.success(self.request, _("The next night goes by these rules."))
        return reverse("plans:alert-list")
