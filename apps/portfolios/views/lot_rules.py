"""Which lots leave: standing orders, rates of tax, and a sale of lots that are named."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from apps.accounts.policies import Permission
from apps.accounts.selectors.firm_days import firm_today
from apps.clients.models import Household
from apps.clients.selectors.household_pages import household_for, household_header
from apps.core.access import actor_of
from apps.core.actors import Actor
from apps.core.passports import Passport
from apps.core.views import ActionView, PassportView, ServiceFormView
from apps.portfolios.engine.transactions import LotChoice
from apps.portfolios.forms import LotMethodForm, SaleOfLotsForm, TaxRateForm
from apps.portfolios.models import Account, TaxRate
from apps.portfolios.selectors.accounts import account_for
from apps.portfolios.selectors.lot_rule_pages import election_for, rate_for, rate_passport, rates_page
from apps.portfolios.selectors.sales import HoldingForSale, holding_for_sale, sale_passport
from apps.portfolios.selectors.trade_estimates import estimate_asked, estimate_passport, instrument_for
from apps.portfolios.services.lot_rules import MethodTerms, elect_lot_method, withdraw_lot_method
from apps.portfolios.services.sales import SaleOfLots, sell_lots
from apps.portfolios.services.tax_rates import RateTerms, set_tax_rates, withdraw_tax_rates
from apps.portfolios.views.accounts import page_of


class LotMethodView(ServiceFormView):
    """The standing orders of an account, and a new one."""

    permission = Permission.EDIT_PORTFOLIOS
    template_name = "staff/portfolios/lot_methods.html"
    form_class = LotMethodForm

    @cached_property
    def account(self) -> Account:
        """The account of the address."""
        return account_for(actor_of(self.request), self.kwargs["account_id"])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Show what holds."""
        return super().get_context_data(account=self.account, elections=self.account.lot_elections.all(), **kwargs)

    def perform(self, form: Any, by: Actor) -> str:
        """Give the order."""
        elect_lot_method(account=self.account, terms=MethodTerms(**form.cleaned_data), by=by)
        return reverse("portfolios:lot-methods", args=[self.account.public_id])


class LotMethodWithdrawView(ActionView):
    """POST: take a standing order back."""

    permission = Permission.EDIT_PORTFOLIOS
    success_message = _("The lot method is taken back.")

    def perform(self, request: HttpRequest, by: Actor) -> str:
        """Take it back."""
        election = election_for(by, self.kwargs["election_id"])
        withdraw_lot_method(election=election, reason=request.POST.get("reason", ""), by=by)
        return reverse("portfolios:lot-methods", args=[election.account.public_id])


class FirmTaxRatesView(ServiceFormView):
    """The rates that hold where a household has none of its own."""

    permission = Permission.MANAGE_FIRM
    template_name = "staff/portfolios/tax_rates.html"
    form_class = TaxRateForm

    @cached_property
    def household(self) -> Household | None:
        """Whose rates these are: nobody's in particular."""
        return None

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Show what holds."""
        page = rates_page(self.household, firm_today())
        return super().get_context_data(page=page, household=self.household, **kwargs)

    def perform(self, form: Any, by: Actor) -> str:
        """Set them."""
        set_tax_rates(household=self.household, terms=RateTerms(**form.cleaned_data), by=by)
        return self.request.path


class HouseholdTaxRatesView(FirmTaxRatesView):
    """The rates of a household."""

    permission = Permission.EDIT_PORTFOLIOS
    template_name = "staff/portfolios/household_tax_rates.html"

    @cached_property
    def household(self) -> Household:
        """The household of the address."""
        return household_for(actor_of(self.request), self.kwargs["household_id"])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Head the page with the household."""
        return super().get_context_data(header=household_header(self.household, actor_of(self.request)), **kwargs)


class TaxRateWithdrawView(ActionView):
    """POST: take rates back; the firm's are for who manages the firm."""

    permission = Permission.EDIT_PORTFOLIOS
    success_message = _("The rates are taken back.")

    def perform(self, request: HttpRequest, by: Actor) -> str:
        """Take them back."""
        rate = rate_for(by, self.kwargs["rate_id"], for_change=True)
        withdraw_tax_rates(rate=rate, reason=request.POST.get("reason", ""), by=by)
        return page_of_rate(rate)


def page_of_rate(rate: TaxRate) -> str:
    """Return the page where the rate stands."""
    if rate.household is None:
        return reverse("portfolios:firm-tax-rates")
    return reverse("portfolios:household-tax-rates", args=[rate.household.public_id])


class TaxRatePassportView(PassportView):
    """Where a rate comes from."""

    permission = Permission.VIEW_PORTFOLIOS

    def find(self, actor: Actor) -> tuple[Passport, str]:
        """Return who set it and why."""
        rate = rate_for(actor, self.kwargs["rate_id"])
        return rate_passport(rate, self.kwargs["figure"]), page_of_rate(rate)


class SaleNewView(ServiceFormView):
    """Record a sale, naming its lots."""

    permission = Permission.EDIT_PORTFOLIOS
    template_name = "staff/portfolios/sale_new.html"
    form_class = SaleOfLotsForm

    @cached_property
    def holding(self) -> HoldingForSale:
        """What the account of the address holds."""
        account = account_for(actor_of(self.request), self.kwargs["account_id"])
        return holding_for_sale(account, self.kwargs["instrument_id"], firm_today())

    def get_form_kwargs(self) -> dict[str, Any]:
        """Offer the open lots."""
        return {**super().get_form_kwargs(), "lots": [lot.lot_id for lot in self.holding.lots]}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Put each lot beside its field."""
        context = super().get_context_data(holding=self.holding, account=self.holding.account, **kwargs)
        rows = [(lot, context["form"].of_lot(lot.lot_id)) for lot in self.holding.lots]
        return {**context, "rows": rows}

    def perform(self, form: Any, by: Actor) -> str:
        """Record it and go back to the account."""
        lots = tuple(LotChoice(lot_id, quantity) for lot_id, quantity in form.chosen())
        sale = SaleOfLots(lots=lots, **form.sale())
        sell_lots(account=self.holding.account, instrument=self.holding.instrument, sale=sale, by=by)
        return page_of(self.holding.account)


class SalePassportView(PassportView):
    """Where the tax of a sale comes from."""

    permission = Permission.VIEW_PORTFOLIOS

    def find(self, actor: Actor) -> tuple[Passport, str]:
        """Return it lot by lot: of the whole holding, or of the trade that the address names."""
        account, told = account_for(actor, self.kwargs["account_id"]), self.request.GET
        if "figure" not in told:
            holding = holding_for_sale(account, self.kwargs["instrument_id"], firm_today())
            return sale_passport(holding), page_of(account)
        instrument = instrument_for(actor, self.kwargs["instrument_id"])
        found = estimate_asked(account, instrument, told.dict(), told.getlist("lot"), firm_today())
        return estimate_passport(found, told["figure"], firm_today()), page_of(account)
