"""What the walk puts into the addresses: for each keyword of a URL, an object of Ada's household.

A new keyword needs a line in `OF_HOUSEHOLD` (an object of one household: strangers must not find it) or in `OF_FIRM`
(one that the whole firm shares: permissions guard it), made by the product's own services where they can make it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import Any

from apps.accounts.models import ApprovalRequest, ApprovalRule, Delegation, Invitation, User
from apps.accounts.policies import Role
from apps.accounts.services.approval_rules import RuleTerms, delegate_approvals, set_approval_rule
from apps.accounts.services.invitations import Guest, invite_staff
from apps.billing.models import BillingRun, FeeSchedule, HouseholdFee, Payment
from apps.billing.services.invoices import record_payment
from apps.clients.models import Document, DocumentRequest, Household, Person, SignatureRequest
from apps.clients.services.documents import release_document, request_document
from apps.clients.services.imports import open_batch
from apps.clients.services.signatures import request_signature
from apps.compliance.models import AuditExport, MethodTable, RiskMembership
from apps.compliance.selectors.trail import TrailQuery
from apps.compliance.services.exports import request_export
from apps.core.actors import Actor
from apps.core.models import Job
from apps.integrations.models import FixConnection, Partner
from apps.integrations.services.fix_connections import ConnectionTerms, set_up_connection
from apps.integrations.services.partners import register_partner
from apps.money.models import FactSuggestion
from apps.plans.models import Calculation, ContributionWatch, GoalWish, Override, PlanAlert, PlanQuestion, PlanStep
from apps.plans.selectors import overview_builders as build
from apps.plans.selectors.figures import figures_in
from apps.plans.selectors.what_if import asked_of
from apps.plans.services.scenarios import keep_scenario
from apps.plans.services.wishes import tell_goals
from apps.portfolios.models import Instrument, InstrumentPrice, PerformanceReport, ReportBatch
from apps.portfolios.selectors.reports import quarters_over
from apps.portfolios.services.benchmarks import assign_benchmark
from apps.portfolios.services.composites import CompositeTerms, add_member, define_composite
from apps.portfolios.services.kept_values import keep_values
from apps.portfolios.services.order_files import write_order_file
from apps.portfolios.services.reports import deliver_reports, make_reports, start_reports
from tests.cast import person
from tests.days import today
from tests.factories import (
    assets,
    benchmarks,
    billing,
    clients,
    compliance,
    market,
    models,
    money,
    plans,
    portfolios,
    rebalancing,
    risk_groups,
    services,
    trades,
)

# no page that a stranger may see holds this name
MARKER = "Quillfeather"


@dataclass
class World:
    """Alpha with Ada's household, and Mallory, who has nothing to do with it; objects are made when first asked for."""

    ada: User = field(default_factory=lambda: person(Role.ADVISOR, "Ada"))
    paul: User = field(default_factory=lambda: person(Role.PRINCIPAL, "Paul"))
    mallory: User = field(default_factory=lambda: person(Role.ADVISOR, "Mallory"))

    @cached_property
    def household(self) -> Household:
        return plans.household_with_facts(self.ada, name=MARKER)

    @cached_property
    def head(self) -> Person:
        return self.household.people.get(relationship="head")

    @cached_property
    def client(self) -> User:
        """The client of Ada's household."""
        return clients.portal_user(self.head)

    @cached_property
    def other_client(self) -> User:
        """The client of another advisor's household."""
        return clients.portal_user(clients.household(self.mallory, name="Okafor").people.get(relationship="head"))

    @cached_property
    def night(self) -> bool:
        """The values of Ada's accounts, kept."""
        assert self.entry
        keep_values(by=Actor.system("portfolios.keep_values"))
        return True

    @cached_property
    def document(self) -> Document:
        filed = clients.document(self.household, by=self.ada.as_actor(), category="statement", title=f"{MARKER} papers")
        return release_document(document=filed, by=self.ada.as_actor())

    @cached_property
    def document_request(self) -> DocumentRequest:
        return request_document(
            household=self.household, category="tax", title=f"{MARKER} return", by=self.ada.as_actor()
        )

    @cached_property
    def signature_request(self) -> SignatureRequest:
        assert self.client
        paper = clients.document(self.household, by=self.ada.as_actor(), title=f"{MARKER} agreement")
        release_document(document=paper, by=self.ada.as_actor())
        self.head.refresh_from_db()
        return request_signature(document=paper, signers=[self.head], purpose="agreement", by=self.ada.as_actor())

    @cached_property
    def agreement(self) -> Any:
        return billing.agreement(self.household, self.ada, state="draft")

    @cached_property
    def import_batch(self) -> Any:
        by = self.ada.as_actor()
        content = f"First name,Last name,Relationship\nIo,{MARKER},Head\n".encode()
        return open_batch(kind="clients", filename=f"{MARKER}.csv", content=content, by=by)

    @cached_property
    def plan(self) -> Any:
        return plans.drafted(self.ada, self.household)

    @cached_property
    def deferred(self) -> bool:
        """Something to convert to Roth, in the newest result of the plan."""
        told = {"name": "Old IRA", "registration": "traditional_ira", "number": "9000-0001"}
        old = portfolios.account(self.household, self.ada, **told)
        portfolios.entry(old, self.ada, "deposit", cash="90000")
        # the advice of the result before is no longer to be decided on
        self.recommendation = plans.computed(self.plan, self.ada).recommendations.first()
        return True

    @cached_property
    def recommendation(self) -> Any:
        run = plans.computed(self.plan, self.ada)
        found = run.recommendations.first()
        assert found is not None
        return found

    @cached_property
    def stressed(self) -> bool:
        """The newest result of the plan put through the stress tests."""
        assert self.deferred
        plans.stressed(asked_of(self.plan).run, self.ada)
        return True

    @cached_property
    def step(self) -> PlanStep:
        return PlanStep.objects.create(
            household=self.household, title=f"{MARKER} papers", owner="client", due_on=today(), person=self.head
        )

    @cached_property
    def debt(self) -> Any:
        return money.fact("debt", self.household, self.ada)

    @cached_property
    def thing(self) -> Any:
        return money.fact("property", self.household, self.ada)

    @cached_property
    def grant(self) -> Any:
        return money.fact("grant", self.household, self.ada)

    @cached_property
    def yearly_payment(self) -> Any:
        return money.fact("payment", self.household, self.ada)

    @cached_property
    def suggestion(self) -> FactSuggestion:
        said = {"name": f"{MARKER} loan", "kind": "auto", "balance": "9000", "annual_rate": "5"}
        told = {**said, "monthly_payment": "200", "as_of": today().isoformat(), "lender": ""}
        return FactSuggestion.objects.create(
            household=self.household,
            person=self.head,
            kind="debt",
            action="add",
            name=f"{MARKER} loan",
            after=told,
            note=f"Is {MARKER} right?",
        )

    @cached_property
    def calculation(self) -> Calculation:
        return Calculation.objects.create(
            household=self.household,
            person=self.head,
            kind="loan",
            asked={"principal": "200000", "annual_rate": "6", "years": "30", "extra": "0"},
            answer=[[f"{MARKER} pays a month", "$1,199.10"]],
            note=f"Is it wise for {MARKER}?",
            written_by=MARKER,
        )

    @cached_property
    def watch(self) -> ContributionWatch:
        found, _ = ContributionWatch.objects.get_or_create(
            household=self.household,
            account=self.account,
            defaults={
                "recommendation": self.recommendation,
                "monthly_amount": Decimal("412.50"),
                "first_month": today().replace(day=1),
            },
        )
        return found

    @cached_property
    def override(self) -> Override:
        return Override.objects.create(
            plan=self.plan, kind="monthly_spending", value=5000, reason=MARKER, set_on=today(), set_by="x"
        )

    @cached_property
    def alert(self) -> PlanAlert:
        told = {"kind": "unmeasured", "told": f"{MARKER} lacks a fact.", "opened_on": today()}
        return PlanAlert.objects.create(plan=self.plan, **told)

    @cached_property
    def scenario(self) -> Any:
        assert self.recommendation
        return keep_scenario(plan=self.plan, name=MARKER, changes={"lower_returns": 1.0}, by=self.ada.as_actor())

    @cached_property
    def question(self) -> PlanQuestion:
        return PlanQuestion.objects.create(plan=self.plan, person=self.head, text=f"{MARKER}?")

    @cached_property
    def wish(self) -> GoalWish:
        assert self.client
        self.head.refresh_from_db()
        by, text = self.client.as_actor(), f"{MARKER} wants a boat in 2045, $40,000, and a cabin."
        told = tell_goals(household=self.household, person=self.head, text=text, language="en", by=by)
        return told.wishes.get(place=0)

    @cached_property
    def account(self) -> Any:
        return portfolios.account(self.household, self.ada, name=f"{MARKER} brokerage")

    @cached_property
    def entry(self) -> Any:
        return portfolios.entry(self.account, self.ada, "deposit", cash="1000")

    @cached_property
    def trade(self) -> Any:
        self.entry  # noqa: B018 - the account has cash
        fund = portfolios.instrument(self.ada, "TRD", {portfolios.DAY: "20"})
        told = trades.line(self.account, fund, "buy", "3", reason=MARKER)
        return trades.proposal(self.household, self.ada, told, purpose=f"{MARKER} buys")

    @cached_property
    def rebalance(self) -> Any:
        assert self.entry
        assert self.mandate
        return rebalancing.run(self.household, self.ada)

    @cached_property
    def holding(self) -> Any:
        fund = portfolios.own_instrument(self.ada, "QFT")
        portfolios.entry(self.account, self.ada, "transfer_in", instrument=fund, units="10", cost="100")
        # a quarter is billed at prices of its days
        for day in ("2025-03-03", "2025-12-31", "2026-03-31", "2026-06-30", "2026-09-30"):
            InstrumentPrice.objects.create(instrument=fund, day=day, close=Decimal("10.25"), source=MARKER)
        return fund

    @cached_property
    def asset(self) -> Any:
        """A fund with a call that is due, and no price that is too old to be billed."""
        made = assets.fund(self.household, self.ada, name=f"{MARKER} Ventures")
        assets.flow(made, self.ada, "call", "150000", dt.date(2025, 3, 3))
        assets.flow(made, self.ada, "income", "1200.50", dt.date(2025, 8, 3))
        assets.valued(made, self.ada, "161250.75", dt.date(2025, 6, 30))
        return made

    @cached_property
    def asset_flow(self) -> Any:
        return assets.notice(self.asset, self.ada, "25000", today() + dt.timedelta(days=9))

    @cached_property
    def service_offering(self) -> Any:
        return services.approved(self.ada, self.paul)

    @cached_property
    def taken_service(self) -> Any:
        assert self.account
        return services.taken(self.household, self.service_offering, self.ada)

    @cached_property
    def own_security(self) -> Any:
        own = Instrument.objects.create(name=f"{MARKER} Partners", kind="private_fund")
        portfolios.entry(self.account, self.ada, "transfer_in", instrument=own, units="3", cost="60")
        days = ("2025-03-03", "2025-12-31", "2026-03-31", "2026-06-30", "2026-09-30")
        for day in days:
            InstrumentPrice.objects.create(instrument=own, day=day, close="20", source="tests")
        return own

    @cached_property
    def pair(self) -> str:
        market.rate_told(("NZD", "USD"), today(), "0.60")
        return "nzd-usd"

    @cached_property
    def market_action(self) -> Any:
        # a quarter is billed at prices of its days
        days = ("2025-03-03", "2025-12-31", "2026-03-31", "2026-06-30", "2026-09-30")
        held = portfolios.instrument(self.ada, "QSP", {dt.date.fromisoformat(day): "20" for day in days})
        portfolios.entry(self.account, self.ada, "transfer_in", instrument=held, units="10", cost="100")
        return market.action("QSP", today())

    @cached_property
    def election(self) -> Any:
        return portfolios.election(self.account, self.ada, method="hifo")

    @cached_property
    def tax_rate(self) -> Any:
        return portfolios.tax_rate(self.ada, self.household, reason=f"{MARKER} return")

    @cached_property
    def ordered_trade(self) -> Any:
        """Trades that the client may read."""
        assert self.trade
        told = trades.line(self.account, self.trade.lines.get().instrument, "buy", "2", reason=MARKER)
        kept = trades.proposal(self.household, self.ada, told, purpose=f"{MARKER} more")
        type(kept).objects.filter(pk=kept.pk).update(state="ordered")
        return kept

    @cached_property
    def order(self) -> Any:
        return trades.block_of(self.ordered_trade, self.ada)

    @cached_property
    def order_file(self) -> Any:
        return write_order_file(orders=[self.order], by=self.ada.as_actor())

    @cached_property
    def order_problem(self) -> Any:
        assert self.order_file  # it is in the market
        return trades.fill(self.order, self.ada, "900", "20", "E900")

    @cached_property
    def break_(self) -> Any:
        from apps.portfolios.models import PositionStatement, ReconciliationBreak

        statement = PositionStatement.objects.create(account=self.account, as_of=today(), source=MARKER)
        return ReconciliationBreak.objects.create(
            account=self.account, statement=statement, kind="cash", ours=1, theirs=2, cause="unknown"
        )

    @cached_property
    def benchmark(self) -> Any:
        benchmarks.series("rate_of_cash", {dt.date(2024, 1, 1): "0.03"})
        return benchmarks.benchmark(self.ada, ("rate_of_cash", "1"))

    @cached_property
    def assignment(self) -> Any:
        told = {"benchmark": self.benchmark, "starts_on": dt.date(2025, 1, 2)}
        return assign_benchmark(household=self.household, by=self.ada.as_actor(), **told)

    @cached_property
    def composite(self) -> Any:
        terms = CompositeTerms("Balanced", "All balanced accounts.", dt.date(2025, 1, 1), benchmark=self.benchmark)
        return define_composite(terms=terms, by=self.paul.as_actor())

    @cached_property
    def composite_member(self) -> Any:
        told = {"starts_on": dt.date(2025, 1, 1), "discretion": "Clause 2 of the agreement"}
        return add_member(composite=self.composite, account=self.account, by=self.paul.as_actor(), **told)

    @cached_property
    def bank_entry(self) -> Any:
        from apps.money.models import BankTransaction

        bank = money.bank_account(self.household, self.ada, name=f"{MARKER} checking")
        money.posted(bank, self.ada, ("2025-06-14", "-12.00", f"{MARKER} Market"))
        return BankTransaction.objects.get(account=bank)

    @cached_property
    def fact(self) -> Any:
        return money.fact("debt", self.household, self.ada, name=f"{MARKER} mortgage")

    @cached_property
    def assessment(self) -> Any:
        assert self.client
        self.head.refresh_from_db()
        return compliance.opened(self.head, self.ada)

    @cached_property
    def answered(self) -> Any:
        partner = self.household.people.get(relationship="partner")
        clients.portal_user(partner)
        return compliance.answered(partner, by=self.ada)

    @cached_property
    def capacity(self) -> Any:
        return compliance.capacity(self.household, self.ada)

    @cached_property
    def invoice(self) -> Any:
        billing.cash_account(self.household, self.ada, "500000", name=f"{MARKER} fund")
        billing.assigned(self.household, self.ada, billing.version(self.paul))
        (made,) = billing.invoiced(self.ada, self.paul)
        return made

    @cached_property
    def fee(self) -> HouseholdFee:
        assert self.invoice
        return HouseholdFee.objects.get(household=self.household)

    @cached_property
    def model(self) -> Any:
        return models.approved(self.ada, self.paul)

    @cached_property
    def mandate(self) -> Any:
        assert self.account
        return models.mandate(self.household, self.model, self.ada)

    @cached_property
    def restriction(self) -> Any:
        return models.restricted(self.household, self.ada, reason=f"{MARKER} asked for it")

    @cached_property
    def reserve(self) -> Any:
        return models.reserved(self.household, self.ada, purpose=f"Roof of {MARKER}")

    @cached_property
    def opportunity(self) -> Any:
        assert self.entry
        assert self.mandate
        return models.opportunity(self.household, self.ada)

    @cached_property
    def reading(self) -> Any:
        assert self.opportunity
        return self.household.drift_readings.get()

    # --- rows of the whole firm ---
    @cached_property
    def report_batch(self) -> ReportBatch:
        assert self.entry
        begun = start_reports(last_day=quarters_over(today())[0][1], by=self.ada.as_actor())
        make_reports(batch=begun, by=self.ada.as_actor())
        deliver_reports(batch=begun, by=self.ada.as_actor())
        return begun

    @cached_property
    def report(self) -> PerformanceReport:
        return self.report_batch.reports.get(household=self.household)

    @cached_property
    def run(self) -> BillingRun:
        assert self.invoice
        return BillingRun.objects.latest("pk")

    @cached_property
    def schedule(self) -> FeeSchedule:
        assert self.invoice
        return FeeSchedule.objects.latest("pk")

    @cached_property
    def payment(self) -> Payment:
        return record_payment(
            invoice=self.invoice, amount=Decimal("1.00"), method="check", reference="77", by=self.paul.as_actor()
        )

    @cached_property
    def approval(self) -> ApprovalRequest:
        assert self.run
        return ApprovalRequest.objects.latest("pk")

    @cached_property
    def rule(self) -> ApprovalRule:
        return set_approval_rule(
            terms=RuleTerms(kind=self.approval.kind, approver_role=Role.PRINCIPAL), by=self.paul.as_actor()
        )

    @cached_property
    def delegation(self) -> Delegation:
        return delegate_approvals(delegate=self.ada, starts_on=today(), ends_on=today(), by=self.paul.as_actor())

    @cached_property
    def invitation(self) -> Invitation:
        guest = Guest(email="newcomer@alpha.example", full_name="Newcomer")
        return invite_staff(guest=guest, role=Role.SUPPORT, by=self.paul.as_actor())

    @cached_property
    def risk_membership(self) -> RiskMembership:
        return risk_groups.placed(self.head)

    @cached_property
    def method_table(self) -> MethodTable:
        assert self.answered
        return MethodTable.objects.latest("pk")

    @cached_property
    def export(self) -> AuditExport:
        return request_export(query=TrailQuery(), format="paper", by=self.paul.as_actor())

    @cached_property
    def partner(self) -> Partner:
        register_partner(
            name="Alpha's planner", contact_email="it@p.example", scopes=["plans:read"], by=self.paul.as_actor()
        )
        return Partner.objects.latest("pk")

    @cached_property
    def fix_connection(self) -> FixConnection:
        terms = ConnectionTerms("Broker", "Nobody", "127.0.0.1", 9878, "ALPHA", "BROKER", uses_tls=False)
        return set_up_connection(terms=terms, by=self.paul.as_actor())

    @cached_property
    def job(self) -> Job:
        assert self.recommendation
        return Job.objects.filter(name="plans.run_projection").latest("pk")


Maker = Callable[[World], object]
OF_HOUSEHOLD: dict[str, Maker] = {
    "security_id": lambda world: world.own_security.public_id,
    "portfolios:security-passport.figure": lambda _world: "close",
    "household_id": lambda world: world.household.public_id,
    "client_id": lambda world: world.head.public_id,
    "person_id": lambda world: world.head.public_id,
    "membership_id": lambda world: world.risk_membership.public_id,
    "document_id": lambda world: world.document.public_id,
    "clients:request-waive.request_id": lambda world: world.document_request.public_id,
    "portal:request.request_id": lambda world: world.document_request.public_id,
    "clients:signature-withdraw.request_id": lambda world: world.signature_request.public_id,
    "signature_id": lambda world: world.signature_request.signatures.get().public_id,
    "agreement_id": lambda world: world.agreement.public_id,
    "import_id": lambda world: world.import_batch.public_id,
    "plan_id": lambda world: world.plan.public_id,
    "goal_id": lambda world: world.plan.goals.first().public_id,
    "scenario_id": lambda world: world.scenario.public_id,
    "override_id": lambda world: world.override.public_id,
    "alert_id": lambda world: world.alert.public_id,
    "question_id": lambda world: world.question.public_id,
    "recommendation_id": lambda world: world.recommendation.public_id,
    "step_id": lambda world: world.step.public_id,
    "suggestion_id": lambda world: world.suggestion.public_id,
    "grant_id": lambda world: world.grant.public_id,
    "debt_id": lambda world: world.debt.public_id,
    "property_id": lambda world: world.thing.public_id,
    "yearly_payment_id": lambda world: world.yearly_payment.public_id,
    "calculation_id": lambda world: world.calculation.public_id,
    "watch_id": lambda world: world.watch.public_id,
    "text_id": lambda world: world.wish.text.public_id,
    "wish_id": lambda world: world.wish.public_id,
    "account_id": lambda world: world.account.public_id,
    "entry_id": lambda world: world.entry.public_id,
    "asset_id": lambda world: world.asset.public_id,
    "taken_id": lambda world: world.taken_service.public_id,
    "appraisal_id": lambda world: world.asset.appraisals.first().public_id,
    "flow_id": lambda world: world.asset_flow.public_id,
    "money:entry-category.entry_id": lambda world: world.bank_entry.public_id,
    "money:entry-passport.entry_id": lambda world: world.bank_entry.public_id,
    "portfolios_api:portfolio-detail.portfolio_id": lambda world: world.account.public_id,
    "portfolios_api:portfolio-status.portfolio_id": lambda world: world.account.public_id,
    "portfolio_id": lambda world: world.household.public_id,
    "rebalance_id": lambda world: world.rebalance.public_id,
    "proposal_id": lambda world: world.trade.public_id,
    "order_id": lambda world: world.order.public_id,
    "file_id": lambda world: world.order_file.public_id,
    "problem_id": lambda world: world.order_problem.public_id,
    "election_id": lambda world: world.election.public_id,
    "portfolios:sale-new.instrument_id": lambda world: world.holding.public_id,
    "portfolios:sale-passport.instrument_id": lambda world: world.holding.public_id,
    "rate_id": lambda world: world.tax_rate.public_id,
    "portal:trade.proposal_id": lambda world: world.ordered_trade.public_id,
    "portal:trade-decline.proposal_id": lambda world: world.ordered_trade.public_id,
    "portal:trade-figure.proposal_id": lambda world: world.ordered_trade.public_id,
    "opportunity_id": lambda world: world.opportunity.public_id,
    "reading_id": lambda world: world.reading.public_id,
    "mandate_id": lambda world: world.mandate.public_id,
    "restriction_id": lambda world: world.restriction.public_id,
    "reserve_id": lambda world: world.reserve.public_id,
    "break_id": lambda world: world.break_.public_id,
    "assignment_id": lambda world: world.assignment.public_id,
    "report_id": lambda world: world.report.public_id,
    "fact_id": lambda world: world.fact.public_id,
    "assessment_id": lambda world: world.assessment.public_id,
    "compliance:profile-passport.assessment_id": lambda world: world.answered.public_id,
    "compliance_api:client-risk-assessment.client_id": lambda world: world.assessment.person.public_id,
    "capacity_id": lambda world: world.capacity.public_id,
    "invoice_id": lambda world: world.invoice.public_id,
    "billing:receipt.fee_id": lambda world: world.fee.accounts.first().public_id,
    "portal:receipt.fee_id": lambda world: world.fee.accounts.first().public_id,
    "fee_id": lambda world: world.fee.public_id,
}
OF_FIRM: dict[str, Maker] = {
    "service_id": lambda world: world.service_offering.public_id,
    "compliance:risk-group.group_id": lambda world: world.risk_membership.group.public_id,
    "compliance:risk-group-passport.group_id": lambda world: world.risk_membership.group.public_id,
    # rows that roles guard, whoever advises: a stranger of another firm is what matters
    "approval_id": lambda world: world.approval.public_id,
    "rule_id": lambda world: world.rule.public_id,
    "delegation_id": lambda world: world.delegation.public_id,
    "invitation_id": lambda world: world.invitation.public_id,
    "table_id": lambda world: world.method_table.public_id,
    "export_id": lambda world: world.export.public_id,
    "connection_id": lambda world: world.fix_connection.public_id,
    "partner_id": lambda world: world.partner.public_id,
    "benchmark_id": lambda world: world.benchmark.public_id,
    "composite_id": lambda world: world.composite.public_id,
    "composite_member_id": lambda world: world.composite_member.public_id,
    "portfolios:composite-passport.figure": lambda world: (
        world.entry and world.composite_member and f"{today().year - 1}-assets"
    ),
    "schedule_id": lambda world: world.schedule.public_id,
    "run_id": lambda world: world.run.public_id,
    "model_id": lambda world: world.model.public_id,
    "batch_id": lambda world: world.report_batch.public_id,
    "payment_id": lambda world: world.payment.public_id,
    "job_id": lambda world: world.job.public_id,
    "member_id": lambda world: world.ada.public_id,
    # words and numbers of an address
    "key": lambda _world: "none",
    "uidb36": lambda _world: "1",
    "pk": lambda _world: 1,
    "number": lambda _world: 1,
    "figure": lambda _world: "value",
    "compliance:profile-passport.figure": lambda _world: "tolerance",
    "portal:trade-figure.figure": lambda _world: "bought-USD",
    "portfolios:order-passport.figure": lambda _world: "quantity",
    "portfolios:harvest-passport.figure": lambda world: (world.tax_rate, world.mandate) and "losses",
    "portfolios:rebalance-passport.figure": lambda _world: "tax",
    "portfolios:trade-passport.figure": lambda _world: "bought-USD",
    "money:household-passport.figure": lambda _world: "net_worth",
    "portfolios:model-passport.figure": lambda _world: "terms",
    "portfolios:target-passport.figure": lambda world: world.mandate and "sheet",
    "portfolios:household-passport.figure": lambda _world: "total",
    "portfolios:account-passport.figure": lambda _world: "total",
    "portfolios:household-gains-passport.figure": lambda _world: "short",
    "action_id": lambda world: world.market_action.public_id,
    "pair": lambda world: world.pair,
    "portfolios:exchange-rate-passport.figure": lambda _world: "rate",
    "portfolios:rate-passport.figure": lambda _world: "short",
    "portfolios:household-performance-passport.figure": lambda world: world.entry and "inception-net",
    "portfolios:benchmark-passport.figure": lambda _world: "weights-1",
    "portfolios:account-performance-passport.figure": lambda world: world.entry and "inception-net",
    "portfolios:report-passport.figure": lambda world: world.report and "inception-net",
    "portfolios:firm-performance-passport.figure": lambda world: world.night and "inception-net",
    "plans:watch-figure.figure": lambda _world: "expected",
    "plans:market-figure.key": lambda world: world.plan and "set:us_equity:expected",
    "plans:what-if-figure.key": lambda _world: "success",
    "topic": lambda _world: "taxes",
    "portal:closer-figure.key": lambda _world: "total",
    "portal:what-if-figure.key": lambda _world: "success",
    "plans:taxes-figure.key": lambda _world: "total",
    "plans:stress-figure.key": lambda world: world.stressed and "base:success",
    "plans:roth-figure.key": lambda world: world.deferred and "chosen:left",
    "plans:social-security-figure.key": lambda _world: "chosen:value",
    "plans:figure.key": lambda world: next(iter(figures_in(build.own_goals(world.plan)))).key,
    "purpose": lambda _world: "profile",
    "kind": lambda _world: "debt",
    "clients:import-new.kind": lambda _world: "bank",
    "asset_type": lambda _world: "stocks",
    "symbol": lambda _world: "AAA",
    # the admin's
    "object_id": lambda world: world.ada.pk,
    "id": lambda world: world.ada.pk,
    "user_id": lambda world: world.ada.pk,
    "group_id": lambda _world: 1,
    "app_label": lambda _world: "auth",
    "content_type_id": lambda _world: 1,
    "url": lambda _world: "nowhere",
    "from_field": lambda _world: "id",
}


class NoMakerError(Exception):
    """A keyword of a URL that the walk cannot fill."""

    def __init__(self, name: str, keyword: str) -> None:
        super().__init__(
            f"The URL {name} has the keyword “{keyword}”, which the isolation walk cannot fill. Add a line to "
            "OF_HOUSEHOLD or OF_FIRM in tests/isolation/objects.py that makes such an object."
        )


def maker(name: str, keyword: str) -> tuple[Maker, bool]:
    """Return what fills the keyword of the URL, and whether strangers of the household must not find it."""
    for table, is_private in ((OF_HOUSEHOLD, True), (OF_FIRM, False)):
        for key in (f"{name}.{keyword}", keyword):
            if key in table:
                return table[key], is_private
    raise NoMakerError(name, keyword)
