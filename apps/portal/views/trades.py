"""Trades that wait for the client's word, and those that were made."""

from __future__ import annotations

from typing import Any

from allauth.account.internal.flows.reauthentication import raise_if_reauthentication_required
from django.contrib import messages
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from apps.core.access import actor_of
from apps.core.actors import Actor
from apps.core.views import ServiceFormView
from apps.portal.forms import DeclineForm, TradeApprovalForm
from apps.portal.selectors.trades import ClientTrade, client_trades
from apps.portal.views._page import MemberMixin, PortalPage
from apps.portal.views.signatures import proof_of
from apps.portfolios.models import TradeProposal
from apps.portfolios.selectors.trade_steps import clients_proposal, waiting_for
from apps.portfolios.selectors.trades import proposal_page, trade_passport
from apps.portfolios.services.trade_checks import ClientWord, decide_as_client


class TradesView(PortalPage):
    """GET: what waits and what was done."""

    template_name = "portal/trades.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """List them."""
        return super().get_context_data(rows=client_trades(actor_of(self.request)), **kwargs)


class TradeMixin(MemberMixin):
    """One proposal that the client may read."""

    kwargs: dict[str, Any]

    @cached_property
    def proposal(self) -> TradeProposal:
        """The proposal of the address."""
        return clients_proposal(actor_of(self.request), self.kwargs["proposal_id"])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the lines, and whether this person is asked."""
        asked = self.proposal.pk in {row.pk for row in waiting_for(actor_of(self.request))}
        kwargs |= {"trade": ClientTrade(self.proposal, asked), "proposal": self.proposal}
        return super().get_context_data(page=proposal_page(self.proposal), is_asked=asked, **kwargs)


class TradeView(TradeMixin, ServiceFormView):
    """GET the trades, POST the approval."""

    template_name = "portal/trade.html"
    form_class = TradeApprovalForm

    def perform(self, form: Any, by: Actor) -> str:
        """Approve, once it is proved anew who does; the form is kept meanwhile and sent on by itself."""
        raise_if_reauthentication_required(self.request, app="account")
        name = form.cleaned_data["typed_name"]
        word = ClientWord(approves=True, typed_name=name, proof=proof_of(self.request))
        decide_as_client(proposal=self.proposal, word=word, by=by)
        messages.success(self.request, _("Approved. You see here how the trades are executed."))
        return reverse("portal:trade", args=[self.proposal.public_id])


class TradeDeclineView(TradeMixin, ServiceFormView):
    """GET asks why, POST declines."""

    template_name = "portal/trade_decline.html"
    form_class = DeclineForm

    def perform(self, form: Any, by: Actor) -> str:
        """Decline."""
        word = ClientWord(approves=False, reason=form.cleaned_data["reason"], proof=proof_of(self.request))
        decide_as_client(proposal=self.proposal, word=word, by=by)
        messages.success(self.request, _("Your advisor hears that these trades are not made, and why."))
        return reverse("portal:trade", args=[self.proposal.public_id])


class TradeFigureView(TradeMixin, PortalPage):
    """GET: where a figure of the trades comes from."""

    def get_template_names(self) -> list[str]:
        """Answer htmx with the panel alone."""
        return ["portal/passport_panel.html" if self.request.htmx else "portal/passport.html"]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the passport."""
        return super().get_context_data(passport=trade_passport(self.proposal, self.kwargs["figure"]), **kwargs)
