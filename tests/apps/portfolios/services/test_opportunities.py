"""What becomes of an opportunity: acted upon, with its record, and not opened again while trades may come."""

from __future__ import annotations

from decimal import Decimal

import pytest

from apps.accounts.models import User
from apps.accounts.selectors.firm_days import firm_today
from apps.core.actors import Actor
from apps.core.models import AuditEvent
from apps.kernel.errors import InvalidInputError
from apps.portfolios.models import Opportunity, OpportunityKind, OpportunityOutcome, RebalanceRun, WatchRules
from apps.portfolios.selectors.watch_rules import watch_rules
from apps.portfolios.services import opportunities
from apps.portfolios.services.drift_watch import watch_firm
from apps.portfolios.services.opportunities import WatchTerms, set_watch_rules
from apps.portfolios.services.rebalancing import RebalanceRefusedError, rebalance_for, trades_of_run
from apps.portfolios.services.trades import withdraw_proposal
from tests.factories import portfolios
from tests.factories.rebalancing import OffTarget

BY = Actor.system("tests")
D = Decimal


@pytest.fixture
def scene(ada: User, paul: User) -> OffTarget:
    found = OffTarget(ada, paul)
    portfolios.tax_rate(ada, found.household)
    watch_firm(by=BY)
    return found


def drift() -> Opportunity:
    return Opportunity.objects.filter(kind=OpportunityKind.DRIFT).latest("pk")


def test_an_opportunity_leads_to_a_run_and_its_trades_close_it(scene: OffTarget, ada: User) -> None:
    run = rebalance_for(opportunity=drift(), by=ada.as_actor())
    assert (run.mode, run.terms["short_rate"], run.terms["minimum_amount"]) == ("to_band", "0.37", "250")
    assert drift().closed_on is None
    proposal = trades_of_run(run=run, by=ada.as_actor())
    closed = drift()
    assert (closed.closed_on, closed.outcome, closed.proposal) == (firm_today(), OpportunityOutcome.ACTED, proposal)
    event = AuditEvent.objects.filter(action="portfolios.close_opportunity").latest("pk")
    assert event.after["proposal"] == str(proposal.public_id)
    with pytest.raises(RebalanceRefusedError, match="any more"):
        rebalance_for(opportunity=closed, by=ada.as_actor())
    # while the trades may come, a night opens nothing again
    watch_firm(by=BY)
    assert Opportunity.objects.filter(kind=OpportunityKind.DRIFT).count() == 1
    withdraw_proposal(proposal=proposal, reason="Not now", by=ada.as_actor())
    watch_firm(by=BY)
    assert drift().closed_on is None
    assert drift().pk != closed.pk


def test_trades_that_answer_something_else_leave_it_open(scene: OffTarget, ada: User) -> None:
    trades_of_run(run=scene.run("invest_cash"), by=ada.as_actor())
    kinds = Opportunity.objects.filter(outcome=OpportunityOutcome.ACTED).values_list("kind", flat=True)
    assert set(kinds) == {OpportunityKind.INVEST}
    assert drift().closed_on is None


def test_without_rates_nothing_is_asked(ada: User, paul: User) -> None:
    OffTarget(ada, paul)
    watch_firm(by=BY)
    with pytest.raises(RebalanceRefusedError, match="tax rates"):
        rebalance_for(opportunity=drift(), by=ada.as_actor())
    assert not RebalanceRun.objects.exists()


def test_a_price_is_looked_at_and_not_traded(scene: OffTarget, ada: User) -> None:
    stale = Opportunity.objects.get(kind=OpportunityKind.STALE)
    with pytest.raises(RebalanceRefusedError):
        rebalance_for(opportunity=stale, by=ada.as_actor())


def test_a_failure_after_closing_leaves_it_open(scene: OffTarget, ada: User, monkeypatch: pytest.MonkeyPatch) -> None:
    run = rebalance_for(opportunity=drift(), by=ada.as_actor())

    def fail(*_: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(opportunities, "tell_opportunity", fail)
    with pytest.raises(RuntimeError):
        trades_of_run(run=run, by=ada.as_actor())
    run.refresh_from_db()
    assert (drift().closed_on, run.proposal) == (None, None)


def test_the_rules_of_the_look_are_set_and_kept(paul: User) -> None:
    assert (watch_rules().harvest_amount, watch_rules().pk) == (D(500), None)
    set_watch_rules(terms=WatchTerms(D(1000), D("0.1"), 30), by=paul.as_actor())
    assert watch_rules().needs_within_days == 30
    with pytest.raises(InvalidInputError) as refused:
        set_watch_rules(terms=WatchTerms(D(-1), D("0.1"), 30), by=paul.as_actor())
    assert refused.value.field == "harvest_amount"
    assert WatchRules.objects.count() == 1
    event = AuditEvent.objects.get(action="portfolios.set_watch_rules")
    assert event.after["harvest_amount"] == "1000"
