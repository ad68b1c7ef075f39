"""What the nightly monitor found, and where its figures come from."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.generic import ListView

from apps.accounts.policies import Permission
from apps.accounts.selectors.firm_days import firm_today
from apps.core.access import RequiresMixin, actor_of
from apps.core.actors import Actor
from apps.core.passports import Passport
from apps.core.views import ActionView, PassportView, ServiceFormView
from apps.portfolios.forms.rebalancing import WatchRulesForm
from apps.portfolios.models import OpportunityKind
from apps.portfolios.selectors.lot_rules import tax_rate_on
from apps.portfolios.selectors.opportunities import (
    form_address,
    opportunity_for,
    opportunity_list,
    opportunity_passport,
    opportunity_rows,
    reading_for,
    reading_passport,
)
from apps.portfolios.selectors.watch_rules import watch_rules
from apps.portfolios.services.opportunities import WatchTerms, set_watch_rules
from apps.portfolios.services.rebalancing import rebalance_for


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
            state=asked.get("state", ""),
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Say what each one means and where its next step is taken."""
        context = super().get_context_data(**kwargs)
        rows = opportunity_rows(list(context["page_obj"]))
        may = {"may_edit": Permission.EDIT_PORTFOLIOS, "may_rule": Permission.MANAGE_FIRM}
        allowed = {name: actor_of(self.request).can(each) for name, each in may.items()}
        return {**context, **allowed, "rows": rows, "kinds": OpportunityKind.choices, "asked": self.request.GET}


class OpportunityActView(ActionView):
    """POST: ask what to trade for an opportunity; without rates of tax, go to the form with its purpose chosen."""

    permission = Permission.EDIT_PORTFOLIOS

    def perform(self, _request: Any, by: Actor) -> str:
        """Ask and show the answer."""
        row = opportunity_for(by, self.kwargs["opportunity_id"])
        if tax_rate_on(row.household_id, firm_today()) is None:
            return form_address(row)
        return rebalance_for(opportunity=row, by=by).get_absolute_url()


class WatchRulesView(ServiceFormView):
    """What the nightly look calls an opportunity."""

    permission = Permission.MANAGE_FIRM
    template_name = "staff/portfolios/watch_rules.html"
    form_class = WatchRulesForm

    def get_initial(self) -> dict[str, Any]:
        """Begin with the rules in force."""
        rules = watch_rules()
        return {name: getattr(rules, name) for name in WatchRulesForm.base_fields}

    def perform(self, form: Any, by: Actor) -> str:
        """Set them."""
        set_watch_rules(terms=WatchTerms(**form.cleaned_data), by=by)
        messages.success(self.request, _("The next look goes by these rules."))
        return reverse("portfolios:opportunity-list")


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
