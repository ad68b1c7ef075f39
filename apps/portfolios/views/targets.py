"""What a household ought to hold: mandate, restrictions, reserves, and how far off it is."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView

from apps.accounts.policies import Permission
from apps.accounts.selectors.firm_days import firm_today
from apps.clients.models import Household
from apps.clients.selectors.household_pages import household_for, household_header
from apps.compliance.selectors.risk_limits import risk_limit
from apps.core.access import RequiresMixin, actor_of
from apps.core.actors import Actor
from apps.core.api.ids import public_id
from apps.core.passports import Passport
from apps.core.views import PassportView, ServiceFormView
from apps.portfolios.forms import DayForm
from apps.portfolios.forms.mandates import EndTermForm, MandateForm, ReserveForm, RestrictionForm
from apps.portfolios.selectors.accounts import account_for
from apps.portfolios.selectors.drift_passports import target_passport
from apps.portfolios.selectors.model_portfolios import models_in_force
from apps.portfolios.selectors.target_pages import (
    mandate_for,
    reserve_for,
    restriction_for,
    suggested_models,
    target_page,
)
from apps.portfolios.services.mandates import MandateTerms, end_mandate, give_mandate
from apps.portfolios.services.restrictions import (
    ReserveTerms,
    RestrictionTerms,
    add_reserve,
    end_reserve,
    end_restriction,
    restrict_by_symbol,
)


def targets_of(household: Household) -> str:
    """Return the address of a household's targets."""
    return reverse("portfolios:household-targets", kwargs={"household_id": household.public_id})


class HouseholdTargetsView(RequiresMixin, TemplateView):
    """Targets and drift, under the portfolio tab."""

    permission = Permission.VIEW_PORTFOLIOS
    template_name = "staff/portfolios/household_targets.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Show what is agreed and how far off it is on the day."""
        actor, form = actor_of(self.request), DayForm(self.request.GET)
        household = household_for(actor, self.kwargs["household_id"])
        return super().get_context_data(
            household=household,
            header=household_header(household, actor),
            page=target_page(household, actor, form.chosen()),
            may_edit=actor.can(Permission.EDIT_PORTFOLIOS),
            **kwargs,
        )


class TargetPassportView(PassportView):
    """A figure of the targets of a household, or of one of its accounts."""

    permission = Permission.VIEW_PORTFOLIOS

    def find(self, actor: Actor) -> tuple[Passport, str]:
        """Return the sheet or the terms."""
        household = household_for(actor, self.kwargs["household_id"])
        asked, day = self.request.GET.get("account", ""), DayForm(self.request.GET).chosen()
        account = account_for(actor, public_id(asked)) if asked else None
        return target_passport(household, account, self.kwargs["figure"], day), targets_of(household)


class _TermNewView(ServiceFormView):
    """A new term of a household, from today."""

    permission = Permission.EDIT_PORTFOLIOS
    template_name = "staff/portfolios/term_new.html"
    heading: Any = ""

    @cached_property
    def household(self) -> Household:
        """The household of the address."""
        return household_for(actor_of(self.request), self.kwargs["household_id"])

    def get_form_kwargs(self) -> dict[str, Any]:
        """Offer the accounts of the household."""
        return {**super().get_form_kwargs(), "household": self.household}

    def get_initial(self) -> dict[str, Any]:
        """Begin today."""
        return {"from_day": firm_today()}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Head the page with the household."""
        back = targets_of(self.household)
        return super().get_context_data(household=self.household, heading=self.heading, back_url=back, **kwargs)


class MandateNewView(_TermNewView):
    """Have the household follow a model; one that suits its risk profile is proposed."""

    form_class = MandateForm
    heading = _("Follow a model")

    def get_form_kwargs(self) -> dict[str, Any]:
        """Offer the models in force."""
        return {**super().get_form_kwargs(), "models": models_in_force(actor_of(self.request), firm_today())}

    def get_initial(self) -> dict[str, Any]:
        """Propose the model of the household's risk level."""
        today = firm_today()
        suggested = suggested_models(risk_limit(self.household, today), actor_of(self.request), today)
        return {**super().get_initial(), "model": suggested[0] if suggested else None}

    def perform(self, form: Any, by: Actor) -> str:
        """Give the mandate and go back to the targets."""
        give_mandate(household=self.household, terms=MandateTerms(**form.cleaned_data), by=by)
        return targets_of(self.household)


class RestrictionNewView(_TermNewView):
    """Restrict what may be traded."""

    form_class = RestrictionForm
    heading = _("Add a restriction")

    def perform(self, form: Any, by: Actor) -> str:
        """Add it and go back to the targets."""
        told = dict(form.cleaned_data)
        symbol = told.pop("symbol")
        restrict_by_symbol(household=self.household, terms=RestrictionTerms(**told), symbol=symbol, by=by)
        return targets_of(self.household)


class ReserveNewView(_TermNewView):
    """Keep cash back."""

    form_class = ReserveForm
    heading = _("Keep cash back")

    def perform(self, form: Any, by: Actor) -> str:
        """Add it and go back to the targets."""
        add_reserve(household=self.household, terms=ReserveTerms(**form.cleaned_data), by=by)
        return targets_of(self.household)


class _TermEndView(ServiceFormView):
    """End a term after a day."""

    permission = Permission.EDIT_PORTFOLIOS
    template_name = "staff/portfolios/term_end.html"
    form_class = EndTermForm

    def find(self) -> Any:
        """Return the term of the address."""
        raise NotImplementedError

    @cached_property
    def term(self) -> Any:
        """The term of the address."""
        return self.find()

    def get_initial(self) -> dict[str, Any]:
        """Propose today."""
        return {"until": firm_today()}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Head the page with the term."""
        back = targets_of(self.term.household)
        return super().get_context_data(term=self.term, household=self.term.household, back_url=back, **kwargs)


class MandateEndView(_TermEndView):
    """End a mandate."""

    def find(self) -> Any:
        """Return the mandate."""
        return mandate_for(actor_of(self.request), self.kwargs["mandate_id"])

    def perform(self, form: Any, by: Actor) -> str:
        """End it and go back to the targets."""
        end_mandate(mandate=self.term, **form.cleaned_data, by=by)
        return targets_of(self.term.household)


class RestrictionEndView(_TermEndView):
    """End a restriction."""

    def find(self) -> Any:
        """Return the restriction."""
        return restriction_for(actor_of(self.request), self.kwargs["restriction_id"])

    def perform(self, form: Any, by: Actor) -> str:
        """End it and go back to the targets."""
        end_restriction(restriction=self.term, **form.cleaned_data, by=by)
        return targets_of(self.term.household)


class ReserveEndView(_TermEndView):
    """End a reserve."""

    def find(self) -> Any:
        """Return the reserve."""
        return reserve_for(actor_of(self.request), self.kwargs["reserve_id"])

    def perform(self, form: Any, by: Actor) -> str:
        """End it and go back to the targets."""
        end_reserve(reserve=self.term, **form.cleaned_data, by=by)
        return targets_of(self.term.household)
