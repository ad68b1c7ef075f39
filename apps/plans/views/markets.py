"""The firm's markets: which are used, and the history they may come from."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.urls import reverse
from django.utils.translation import gettext as _

from apps.accounts.policies import Permission
from apps.accounts.selectors.firm_days import firm_today
from apps.core.access import actor_of
from apps.core.actors import Actor
from apps.core.views import ServiceFormView
from apps.plans.forms.markets import BlendForm, MarketHistoryForm, MarketModelForm
from apps.plans.selectors.assumptions import asset_lines
from apps.plans.selectors.markets import history_facts, market_choice
from apps.plans.services.assumptions import assumptions_in_force, blend_house_view
from apps.plans.services.markets import MarketTerms, choose_markets, load_market_history


class MarketModels(ServiceFormView):
    """Choose how markets are drawn."""

    permission = Permission.MANAGE_FIRM
    template_name = "staff/plans/market_models.html"
    form_class = MarketModelForm

    def get_initial(self) -> dict[str, Any]:
        """Begin with the choice that holds."""
        choice = market_choice()
        return {name: getattr(choice, name) for name in MarketModelForm.base_fields}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add what history there is."""
        return super().get_context_data(history=history_facts(), **kwargs)

    def perform(self, form: Any, by: Actor) -> str:
        """Set them."""
        choose_markets(terms=MarketTerms(**form.cleaned_data), by=by)
        messages.success(self.request, _("Plans that are generated from now on use these markets."))
        return reverse("plans:market-models")


class LoadHistory(ServiceFormView):
    """Load monthly returns."""

    permission = Permission.MANAGE_FIRM
    template_name = "staff/plans/market_history.html"
    form_class = MarketHistoryForm

    def perform(self, form: Any, by: Actor) -> str:
        """Take them in."""
        told = form.cleaned_data
        load_market_history(data=told["file"].read(), source=told["source"], by=by)
        messages.success(self.request, _("The history is loaded."))
        return reverse("plans:market-models")


class BlendView(ServiceFormView):
    """Say what the firm expects, and how sure it is."""

    permission = Permission.MANAGE_FIRM
    template_name = "staff/plans/market_view.html"
    form_class = BlendForm

    def get_form_kwargs(self) -> dict[str, Any]:
        """Ask of the classes of the set in force."""
        table = assumptions_in_force(day=firm_today(), by=actor_of(self.request))
        return {**super().get_form_kwargs(), "lines": asset_lines(table)}

    def perform(self, form: Any, by: Actor) -> str:
        """Record the blend as a new version."""
        blend_house_view(views=form.views(), reason=form.cleaned_data["reason"], by=by)
        messages.success(
            self.request,
            _("Plans that are started from now on use these returns, and plans in force are watched by them."),
        )
        return reverse("plans:market-models")
