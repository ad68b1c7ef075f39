"""Rebalancing a household: ask, see before and after, change the settings, make trades of the answer."""

from __future__ import annotations

import uuid
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView

from apps.accounts.policies import Permission
from apps.accounts.selectors.firm_days import firm_today
from apps.clients.models import Household
from apps.clients.selectors.household_pages import household_for, household_header
from apps.core.access import RequiresMixin, actor_of
from apps.core.actors import Actor
from apps.core.passports import Passport
from apps.core.views import ActionView, PassportView, ServiceFormView
from apps.portfolios.forms.rebalancing import CompareForm, HarvestForm, RebalanceForm, begun_with, settings_told
from apps.portfolios.models import RebalanceRun
from apps.portfolios.selectors.harvest import Thresholds, harvest_address, harvest_passport, harvest_sheet
from apps.portfolios.selectors.lot_rules import tax_rate_on
from apps.portfolios.selectors.rebalance_comparisons import RunComparison, compared_runs, last_compared
from apps.portfolios.selectors.rebalance_inputs import CashToRaise
from apps.portfolios.selectors.rebalance_passports import run_passport
from apps.portfolios.selectors.rebalance_runs import latest_run, run_for, run_page
from apps.portfolios.selectors.service_offerings import settings_of
from apps.portfolios.services.rebalancing import (
    MOST_VARIANTS,
    RunTerms,
    compare_rebalances,
    propose_rebalance,
    trades_of_run,
)


class RebalanceView(ServiceFormView):
    """The settings, and the answer to the last question."""

    permission = Permission.EDIT_PORTFOLIOS
    template_name = "staff/portfolios/rebalance.html"
    form_class = RebalanceForm

    @cached_property
    def run(self) -> RebalanceRun | None:
        """The run shown: the last one."""
        return latest_run(self.household)

    @cached_property
    def household(self) -> Household:
        """The household of the address."""
        return household_for(actor_of(self.request), self.kwargs["household_id"])

    def get_form_kwargs(self) -> dict[str, Any]:
        """Begin with the settings of the run, or the household's rates."""
        rate = tax_rate_on(self.household.pk, firm_today())
        of_service = settings_of(self.household, firm_today())
        initial = begun_with(self.run, rate, self.request.GET.get("mode", ""), of_service)
        return {**super().get_form_kwargs(), "accounts": self.household.accounts.all(), "initial": initial}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Show the answer."""
        page = run_page(self.run) if self.run is not None else None
        is_fresh = self.run is not None and self.run.as_of == firm_today()
        return super().get_context_data(household=self.household, page=page, run=self.run, is_fresh=is_fresh, **kwargs)

    def perform(self, form: Any, by: Actor) -> str:
        """Ask, keep the answer and go to it."""
        told = dict(form.cleaned_data)
        account, amount = told.pop("raise_in"), told.pop("raise_amount") or Decimal(0)
        terms = RunTerms(**told)
        return propose_rebalance(
            household=self.household, terms=terms, by=by, raise_in=account, raise_amount=amount
        ).get_absolute_url()


class RebalanceDetailView(RebalanceView):
    """One run, with its settings to be changed."""

    @cached_property
    def run(self) -> RebalanceRun | None:
        """The run of the address."""
        return run_for(actor_of(self.request), self.kwargs["rebalance_id"])

    @cached_property
    def household(self) -> Household:
        """Whose run it is."""
        return run_for(actor_of(self.request), self.kwargs["rebalance_id"]).household


class RebalanceCompareView(RebalanceView):
    """The same question under two or three settings, side by side."""

    template_name = "staff/portfolios/rebalance_compare.html"
    form_class = CompareForm

    def get_form_kwargs(self) -> dict[str, Any]:
        """Begin with the settings of the answers shown; without any with the last ones, and other ways to the same."""
        given = super().get_form_kwargs()
        shown = [settings_told(page.run) for page in self.found.pages] if self.found is not None else []
        return {**given, "initial": CompareForm.begun_again(shown) if shown else CompareForm.begun(given["initial"])}

    @cached_property
    def found(self) -> RunComparison | None:
        """The answers that the address names, else those of today to the last question."""
        asked = [each for each in self.request.GET.getlist("run") if is_id(each)][:MOST_VARIANTS]
        asked = asked or last_compared(self.household, firm_today(), MOST_VARIANTS)
        return compared_runs(actor_of(self.request), self.household, asked) if asked else None

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Show the answers."""
        return super().get_context_data(found=self.found, today=firm_today(), **kwargs)

    def perform(self, form: Any, by: Actor) -> str:
        """Ask, keep the answers and show them."""
        account, amount = form.cleaned_data["raise_in"], form.cleaned_data["raise_amount"]
        cash = CashToRaise(account, amount) if account is not None else None
        variants = [RunTerms(**told) for told in form.variants()]
        runs = compare_rebalances(household=self.household, variants=variants, by=by, cash=cash)
        return f"{self.request.path}?{urlencode([('run', run.public_id) for run in runs])}"


def is_id(text: str) -> bool:
    """Say whether a text is an id."""
    try:
        return str(uuid.UUID(text)) == text.lower()
    except ValueError:
        return False


class RebalanceTradesView(ActionView):
    """Make trades of a run."""

    permission = Permission.EDIT_PORTFOLIOS
    success_message = _("The trades are proposed. Nothing is ordered before the checkpoints.")

    def perform(self, _request: Any, by: Actor) -> str:
        """Propose them and go to the proposal."""
        run = run_for(by, self.kwargs["rebalance_id"])
        return trades_of_run(run=run, by=by).get_absolute_url()


class RebalancePassportView(PassportView):
    """A figure of a run."""

    permission = Permission.VIEW_PORTFOLIOS

    def find(self, actor: Actor) -> tuple[Passport, str]:
        """Return it with the run's page."""
        run = run_for(actor, self.kwargs["rebalance_id"])
        return run_passport(run, self.kwargs["figure"]), run.get_absolute_url()


class HarvestView(RequiresMixin, TemplateView):
    """Losses that the household could take today."""

    permission = Permission.VIEW_PORTFOLIOS
    template_name = "staff/portfolios/harvest.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Show the lots."""
        actor = actor_of(self.request)
        household = household_for(actor, self.kwargs["household_id"])
        form = HarvestForm(self.request.GET or None)
        sheet = harvest_sheet(household, firm_today(), thresholds_of(form))
        may_edit = actor.can(Permission.EDIT_PORTFOLIOS)
        kwargs |= {"household": household, "header": household_header(household, actor), "may_edit": may_edit}
        return super().get_context_data(sheet=sheet, form=form, **kwargs)


class HarvestPassportView(PassportView):
    """A figure of the losses."""

    permission = Permission.VIEW_PORTFOLIOS

    def find(self, actor: Actor) -> tuple[Passport, str]:
        """Return it for the thresholds of the address."""
        household = household_for(actor, self.kwargs["household_id"])
        sheet = harvest_sheet(household, firm_today(), thresholds_of(HarvestForm(self.request.GET)))
        return harvest_passport(sheet, self.kwargs["figure"]), harvest_address(sheet)


def thresholds_of(form: HarvestForm) -> Thresholds:
    """Return what was typed, the usual thresholds for the rest."""
    told = form.cleaned_data if form.is_bound and form.is_valid() else {}
    return Thresholds(**{name: value for name, value in told.items() if value is not None})
