"""What must be taken out of a retirement account, and what that rests on."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.functional import cached_property
from django.views.generic import TemplateView

from apps.accounts.policies import Permission
from apps.core.access import RequiresMixin, actor_of
from apps.core.actors import Actor
from apps.core.views import ServiceFormView
from apps.portfolios.forms import DayForm
from apps.portfolios.forms.distributions import DistributionTermsForm, terms_as_typed
from apps.portfolios.models import Account, DistributionTerms
from apps.portfolios.selectors.accounts import account_for
from apps.portfolios.selectors.distribution_pages import distribution_page
from apps.portfolios.services.distributions import DistributionFacts, set_distribution_terms


class AccountDistributionsView(RequiresMixin, TemplateView):
    """What an account must pay out on any day."""

    permission = Permission.VIEW_PORTFOLIOS
    template_name = "staff/portfolios/account_distributions.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Show the years that are open."""
        actor, form = actor_of(self.request), DayForm(self.request.GET)
        page = distribution_page(account_for(actor, self.kwargs["account_id"]), form.chosen())
        may_edit = actor.can(Permission.EDIT_PORTFOLIOS)
        return super().get_context_data(page=page, account=page.account, may_edit=may_edit, **kwargs)


class DistributionTermsView(ServiceFormView):
    """Write down who will inherit an account, or from whom it was inherited."""

    permission = Permission.EDIT_PORTFOLIOS
    template_name = "staff/portfolios/distribution_terms.html"
    form_class = DistributionTermsForm

    @cached_property
    def account(self) -> Account:
        """The account of the address."""
        return account_for(actor_of(self.request), self.kwargs["account_id"])

    def get_form_kwargs(self) -> dict[str, Any]:
        """The form asks what the account's registration calls for."""
        return {**super().get_form_kwargs(), "account": self.account}

    def get_initial(self) -> dict[str, Any]:
        """Begin with what is known."""
        terms = DistributionTerms.objects.visible_to(actor_of(self.request))
        known = terms.filter(account=self.account).first()
        return {} if known is None else terms_as_typed(known)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Head the page with the account."""
        return super().get_context_data(account=self.account, **kwargs)

    def perform(self, form: Any, by: Actor) -> str:
        """Keep it and show what it makes."""
        set_distribution_terms(account=self.account, facts=DistributionFacts(**form.cleaned_data), by=by)
        return reverse("portfolios:account-distributions", kwargs={"account_id": self.account.public_id})
