"""Trades in the client's words: what waits for them, and how far the others have come."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from apps.core.actors import Actor
from apps.portfolios.models import TradeProposal, TradeState
from apps.portfolios.selectors.trade_steps import clients_proposals, waiting_for

_WORDS = {
    TradeState.DRAFT: _("Being prepared"),
    TradeState.CHECKING: _("Being checked"),
    TradeState.CLEARED: _("To be ordered"),
    TradeState.ORDERED: _("In the market"),
    TradeState.FILLED: _("Executed"),
    TradeState.VERIFIED: _("Executed and checked"),
    TradeState.DECLINED: _("Not made"),
    TradeState.WITHDRAWN: _("Taken back by your advisor"),
    TradeState.EXPIRED: _("Not made in time"),
}
_GOOD = {TradeState.FILLED, TradeState.VERIFIED}


@dataclass(frozen=True, slots=True)
class ClientTrade:
    """A proposal with where it stands, as its client reads it."""

    proposal: TradeProposal
    is_asked: bool

    @property
    def status(self) -> str:
        """Say where it stands."""
        return gettext("Waits for your approval") if self.is_asked else str(_WORDS[TradeState(self.proposal.state)])

    @property
    def tone(self) -> str:
        """How it is marked: what needs this person stands out."""
        return "warn" if self.is_asked else "good" if self.proposal.state in _GOOD else ""


def client_trades(actor: Actor) -> list[ClientTrade]:
    """Return what a client may read, what asks for their word first."""
    asked = {row.pk for row in waiting_for(actor)}
    rows = [ClientTrade(row, row.pk in asked) for row in clients_proposals(actor)]
    return sorted(rows, key=lambda row: not row.is_asked)
