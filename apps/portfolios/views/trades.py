"""Trades: proposals, one of them, a new one."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.views.generic import ListView, TemplateView, View

from apps.accounts.policies import Permission
from apps.accounts.selectors.firm_days import firm_today
from apps.clients.models import Household
from apps.clients.selectors.household_pages import household_for, household_header
from apps.core.access import RequiresMixin, actor_of
from apps.core.actors import Actor
from apps.core.passports import Passport
from apps.core.views import ActionView, PassportView, ServiceFormView
from apps.portfolios.forms import ReasonForm
from apps.portfolios.forms.trades import TradeForm, rows_changed, rows_of
from apps.portfolios.models import BlockOrder, TradeProposal, TradeState
from apps.portfolios.selectors.orders import order_rows
from apps.portfolios.selectors.trade_estimates import typed_estimates
from apps.portfolios.selectors.trade_steps import trade_progress, words_of_checks
from apps.portfolios.selectors.trades import TONES, proposal_for, proposal_list, proposal_page, trade_passport
from apps.portfolios.services.trade_checks import pass_checkpoints
from apps.portfolios.services.trade_lines import LotPick
from apps.portfolios.services.trades import TypedLine, propose_typed, withdraw_proposal


class TradeListView(RequiresMixin, ListView):  # type: ignore[type-arg]
    """All proposals of the households one may see."""

    permission = Permission.VIEW_PORTFOLIOS
    template_name = "staff/portfolios/trade_list.html"
    paginate_by = 50

    def get_queryset(self) -> Any:
        """Filter as the address says."""
        return proposal_list(actor_of(self.request), state=self.request.GET.get("state", ""))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Offer the states."""
        context = super().get_context_data(**kwargs)
        rows = [(proposal, TONES[TradeState(proposal.state)]) for proposal in context["page_obj"]]
        return {**context, "rows": rows, "states": TradeState.choices, "asked": self.request.GET}


class HouseholdTradesView(RequiresMixin, ListView):  # type: ignore[type-arg]
    """The proposals of one household."""

    permission = Permission.VIEW_PORTFOLIOS
    template_name = "staff/portfolios/household_trades.html"
    paginate_by = 50

    @cached_property
    def household(self) -> Household:
        """The household of the address."""
        return household_for(actor_of(self.request), self.kwargs["household_id"])

    def get_queryset(self) -> Any:
        """Return them, the newest first."""
        return proposal_list(actor_of(self.request)).filter(household=self.household)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Head the page with the household."""
        context, actor = super().get_context_data(**kwargs), actor_of(self.request)
        rows = [(proposal, TONES[TradeState(proposal.state)]) for proposal in context["page_obj"]]
        frame = {"household": self.household, "header": household_header(self.household, actor)}
        return {**context, **frame, "rows": rows, "may_edit": actor.can(Permission.EDIT_PORTFOLIOS)}


class TradeDetailView(RequiresMixin, TemplateView):
    """One proposal: its lines, where it stands, what can be done next."""

    permission = Permission.VIEW_PORTFOLIOS
    template_name = "staff/portfolios/trade_detail.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Show the proposal."""
        actor = actor_of(self.request)
        page = proposal_page(proposal_for(actor, self.kwargs["proposal_id"]))
        may_edit = actor.can(Permission.EDIT_PORTFOLIOS)
        progress = trade_progress(page.proposal)
        orders = order_rows(
            BlockOrder.objects.visible_to(actor).filter(shares__line__proposal=page.proposal).distinct()
        )
        more = {"progress": progress, "orders": orders, "checks_text": words_of_checks(), "may_edit": may_edit}
        return super().get_context_data(page=page, proposal=page.proposal, **more, **kwargs)


class TradeCheckView(ActionView):
    """POST: take the proposal through the checkpoints, as far as it gets."""

    permission = Permission.EDIT_PORTFOLIOS
    success_message = _("The checkpoints were asked; what is missing stands below.")

    def perform(self, request: HttpRequest, by: Actor) -> str:  # noqa: ARG002 - the frame's signature
        """Ask them and show the proposal."""
        return pass_checkpoints(proposal=proposal_for(by, self.kwargs["proposal_id"]), by=by).get_absolute_url()


class TradeNewView(ServiceFormView):
    """Write trades down."""

    permission = Permission.EDIT_PORTFOLIOS
    template_name = "staff/portfolios/trade_new.html"
    form_class = TradeForm

    @cached_property
    def household(self) -> Household:
        """The household of the address."""
        return household_for(actor_of(self.request), self.kwargs["household_id"])

    def get_form_kwargs(self) -> dict[str, Any]:
        """Offer the accounts of the household, and the rows that were typed."""
        rows = rows_of(self.request.POST or self.request.GET)
        return {**super().get_form_kwargs(), "household": self.household, "rows": rows}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Head the page with the household, and say of each row what it would bring."""
        context = super().get_context_data(household=self.household, as_of=firm_today(), **kwargs)
        found = typed_estimates(self.household, context["form"].typed, firm_today())
        return {**context, "rows": context["form"].drawn(found)}

    def perform(self, form: Any, by: Actor) -> str:
        """Propose and go to the proposal."""
        told = form.cleaned_data
        lines = [TypedLine(**{**line, "lots": [LotPick(*each) for each in line["lots"]]}) for line in told["lines"]]
        kept = propose_typed(household=self.household, lines=lines, purpose=told["purpose"], by=by)
        return kept.get_absolute_url()


class TradeRowsView(RequiresMixin, View):
    """POST by htmx: the rows of the form with one more or one less, and what each would bring; nothing is written."""

    permission = Permission.EDIT_PORTFOLIOS
    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest, household_id: str) -> HttpResponse:
        """Draw the rows anew as they were typed."""
        household = household_for(actor_of(request), household_id)
        typed = rows_changed(rows_of(request.POST), request.POST.get("change", ""))
        rows = TradeForm(household=household, rows=typed).drawn(typed_estimates(household, typed, firm_today()))
        context = {"rows": rows, "household": household, "as_of": firm_today()}
        return render(request, "staff/portfolios/_trade_form_rows.html", context)


class TradeWithdrawView(ServiceFormView):
    """Take a proposal back."""

    permission = Permission.EDIT_PORTFOLIOS
    template_name = "staff/portfolios/trade_withdraw.html"
    form_class = ReasonForm

    @cached_property
    def proposal(self) -> TradeProposal:
        """The proposal of the address."""
        return proposal_for(actor_of(self.request), self.kwargs["proposal_id"])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Say what is taken back."""
        return super().get_context_data(proposal=self.proposal, **kwargs)

    def perform(self, form: Any, by: Actor) -> str:
        """Withdraw it and show it."""
        return withdraw_proposal(proposal=self.proposal, reason=form.cleaned_data["reason"], by=by).get_absolute_url()


class TradePassportView(PassportView):
    """A figure of a proposal."""

    permission = Permission.VIEW_PORTFOLIOS

    def find(self, actor: Actor) -> tuple[Passport, str]:
        """Return a total, or a figure of a line."""
        proposal = proposal_for(actor, self.kwargs["proposal_id"])
        return trade_passport(proposal, self.kwargs["figure"]), proposal.get_absolute_url()
