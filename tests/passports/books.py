"""A firm with books worth looking at: Ada's household with accounts, bank entries, plans, a risk profile and invoices.

Made by the product's own services, once; the addresses are those of the isolation walk, with more objects behind them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.urls import reverse
from django.utils import timezone

from apps.accounts.models import ApprovalRequest, User
from apps.accounts.policies import Role
from apps.billing.models import BillingRun, HouseholdFee, Invoice, InvoiceState
from apps.billing.services.assignments import ExclusionTerms, exclude_from_fees
from apps.billing.services.invoices import record_payment, void_invoice
from apps.compliance.models import RiskAssessment
from apps.core.actors import Actor
from apps.money.models import BankAccount, BankTransaction
from apps.plans.models import Plan, PlanAlert
from apps.plans.selectors.monitoring_rules import DEFAULTS
from apps.plans.services.monitoring_rules import MonitoringTerms, set_monitoring_rules
from apps.plans.services.plans import draft_plan
from apps.plans.services.publishing import file_report
from apps.plans.services.recommendations import decide_recommendation
from apps.plans.services.scenarios import measure_scenario
from apps.portfolios.services.statements import StatedPosition, take_statement
from tests.cast import person
from tests.days import today
from tests.factories import billing, clients, compliance, money, plans, portfolios
from tests.isolation.objects import OF_FIRM, OF_HOUSEHOLD, World
from tests.isolation.routes import Route

OPENED, BOUGHT = dt.date(2025, 1, 2), dt.date(2025, 3, 3)
# the ends of the quarters that are billed, so that no price is too old
CLOSES = {BOUGHT: "50", dt.date(2026, 3, 31): "55", dt.date(2026, 6, 30): "58.20", dt.date(2026, 9, 30): "61.37"}


class Books(World):
    """Alpha's books; `build` fills them in the order in which a firm would."""

    connie: User

    def build(self) -> None:
        """Fill the books."""
        self.connie = person(Role.COMPLIANCE, "Connie")
        assert self.client
        assert self.plan
        self._portfolio()
        self._money()
        self._risk()
        self._publish()
        self._draft()
        self._billing()
        # pages that are looked at first must not see other books than those that come later
        assert self.entry
        for maker in (*OF_HOUSEHOLD.values(), *OF_FIRM.values()):
            maker(self)

    @cached_property
    def account(self) -> Any:
        self.fund = portfolios.instrument(self.ada, "AAA", CLOSES)
        opened = portfolios.account(self.household, self.ada, name="Brokerage", number="88-1", opened_on=OPENED)
        portfolios.entry(opened, self.ada, "deposit", BOUGHT, cash="40000")
        told = {"instrument": self.fund, "price": "50"}
        portfolios.entry(opened, self.ada, "buy", BOUGHT, units="700.5", cash="-35025", **told)
        sold = {"instrument": self.fund, "price": "55", "units": "-100", "cash": "5500"}
        portfolios.entry(opened, self.ada, "sell", dt.date(today().year, 1, 12), **sold)
        return opened

    def _portfolio(self) -> None:
        account = self.account
        self.away = billing.cash_account(
            self.household, self.ada, "61250.75", name="Plan of the employer", on=BOUGHT, is_held_away=True
        )
        said = [
            StatedPosition(self.fund, Decimal(36700), Decimal(598), Decimal("61.37"), Decimal(29900)),
            StatedPosition(None, Decimal("10411.20")),
        ]
        take_statement(
            account=account, as_of=today() - dt.timedelta(days=1), positions=said, source="file", by=self.ada.as_actor()
        )

    @cached_property
    def break_(self) -> Any:
        return self.account.breaks.first()

    def _money(self) -> None:
        bank = money.bank_account(self.household, self.ada, balance_as_of=today())
        lines = [
            (day.isoformat(), amount, payee)
            for month in range(1, 5)
            for day, amount, payee in (
                (_months_ago(month, 3), "9250.40", "Salary of Ana"),
                (_months_ago(month, 9), "-2840.15", "Rent"),
                (_months_ago(month, 17), "-1211.09", "Groceries"),
            )
        ]
        money.posted(bank, self.ada, *lines)
        kinds = (
            "income",
            "expense",
            "debt",
            "property",
            "insurance",
            "phase",
            "windfall",
            "former_spouse",
            "ira_basis",
            "roth_basis",
            "grant",
            "payment",
        )
        for word in kinds:
            money.fact(word, self.household, self.ada)
        money.fact("saving", self.household, self.ada, account=self.account)
        self.bank = bank

    @cached_property
    def bank_entry(self) -> Any:
        return BankTransaction.objects.filter(account=self.bank).first()

    def _risk(self) -> None:
        self.head.refresh_from_db()
        self.profile: RiskAssessment = compliance.in_force(self.head, self.ada)
        assert self.risk_membership
        assert self.answered

    @cached_property
    def answered(self) -> RiskAssessment:
        partner = self.household.people.get(relationship="partner")
        clients.portal_user(partner)
        made = compliance.answered(partner, by=self.ada, points=2)
        compliance.capacity(self.household, self.ada)
        made.refresh_from_db()
        return made

    @cached_property
    def assessment(self) -> RiskAssessment:
        self.head.refresh_from_db()
        return compliance.opened(self.head, self.ada)

    def _publish(self) -> None:
        by = self.ada.as_actor()
        run = plans.computed(self.plan, self.ada)
        for row in run.recommendations.filter(kind="allocation"):
            decide_recommendation(recommendation=row, decision="declined", reason="Not now.", by=by)
        plans.published(self.plan, self.ada)
        file_report(plan=self.plan, by=Actor.system("plans.file_report"))
        self.plan.refresh_from_db()
        self.published: Plan = self.plan
        plans.stressed(run, self.ada)
        self._night()

    def _night(self) -> None:
        """As if all had signed: two nights, the second of them after a fall, told to the client as well."""
        set_monitoring_rules(terms=MonitoringTerms(**{**DEFAULTS, "tells_clients": True}), by=self.paul.as_actor())
        Plan.objects.filter(pk=self.published.pk).update(status="in_force", in_force_at=timezone.now())
        plans.night(day=today() - dt.timedelta(days=1))
        BankAccount.objects.filter(household=self.household).update(balance=Decimal("9000.25"))
        plans.night()
        self.published.refresh_from_db()

    @cached_property
    def alert(self) -> PlanAlert:
        told = {"kind": "unmeasured", "told": "A fact is missing.", "opened_on": today()}
        found = PlanAlert.objects.filter(plan=self.published).last()
        return found or PlanAlert.objects.create(plan=self.published, **told)

    def _draft(self) -> None:
        self.plan = draft_plan(household=self.household, by=self.ada.as_actor(), based_on=self.published)
        assert self.override
        assert self.question
        run = plans.computed(self.plan, self.ada)
        found = run.recommendations.first()
        assert found is not None
        self.recommendation = found
        system = Actor.system("plans.measure_scenario")
        measure_scenario(scenario=self.scenario, revision=1, progress=plans.silent, by=system)

    def _billing(self) -> None:
        self.schedule = billing.version(self.paul)
        self.other = clients.household(self.ada, name="Okonkwo")
        for household in (self.household, self.other):
            billing.cash_account(household, self.ada, "500000", name="Fund")
            billing.assigned(household, self.ada, self.schedule)
        exclude_from_fees(
            account=self.away,
            terms=ExclusionTerms(reason="unsupervised", clause="4.1", starts_on=billing.START),
            by=self.ada.as_actor(),
        )
        for made in billing.invoiced(self.ada, self.paul):
            if made.household == self.other:
                void_invoice(invoice=made, reason="Wrong address", by=self.paul.as_actor())
            else:
                self.paid = made
                record_payment(
                    invoice=made, amount=made.total, method="transfer", reference="W-1", by=self.paul.as_actor()
                )
        (self.invoice, *_others) = [
            made
            for made in billing.invoiced(self.ada, self.paul, first_day=billing.Q2)
            if made.household == self.household
        ]
        self.run = billing.calculated(self.ada, first_day=dt.date(2026, 7, 1))
        billing.submit_run(run=self.run, by=self.ada.as_actor())
        self.fee = self.run.fees.get(household=self.household)


def _months_ago(n: int, day: int) -> dt.date:
    month = today().year * 12 + today().month - 1 - n
    return dt.date(month // 12, month % 12 + 1, day)


# what the isolation walk leaves empty, and more objects for the same address
Maker = Callable[[Books], object]
OF_BOOKS: dict[str, tuple[Maker, ...]] = {
    "approval_id": (lambda _books: ApprovalRequest.objects.filter(state="pending").first().public_id,),
    "schedule_id": (lambda books: books.schedule.schedule.public_id,),
    "run_id": (lambda books: books.run.public_id, lambda books: books.paid.household_fee.run.public_id),
    "invoice_id": (
        lambda books: books.invoice.public_id,
        lambda books: books.paid.public_id,
        lambda books: Invoice.objects.get(household=books.other, state=InvoiceState.VOID).public_id,
    ),
    "table_id": (lambda books: books.profile.questionnaire.public_id, lambda books: books.profile.levels.public_id),
    "compliance:assessment-detail.assessment_id": (
        lambda books: books.answered.public_id,
        lambda books: books.profile.public_id,
        lambda books: books.assessment.public_id,
    ),
    "compliance:assessment-review.assessment_id": (lambda books: books.answered.public_id,),
    "account_id": (lambda books: books.account.public_id, lambda books: books.away.public_id),
    # the first of them holds what is sold
    "portfolios:sale-new.account_id": (lambda books: books.account.public_id,),
    "portfolios:sale-passport.account_id": (lambda books: books.account.public_id,),
    "portal:invoice.invoice_id": (lambda books: books.invoice.public_id, lambda books: books.paid.public_id),
    "portal:receipt.fee_id": (lambda books: books.paid.household_fee.accounts.first().public_id,),
    "portal:passport.figure": (
        lambda _books: "net_worth",
        lambda _books: "total",
        lambda books: books.entry and "inception-net",
    ),
    "portal:closer.topic": tuple(lambda _books, topic=topic: topic for topic in ("roth", "social-security")),
    "portal:closer-answer.topic": tuple(
        lambda _books, topic=topic: topic for topic in ("roth", "social-security", "stress", "taxes")
    ),
    "portal:closer-figure.key": (lambda _books: "total",),
    "portal:what-if-figure.key": (lambda _books: "success",),
    "portal:plan-passport.key": (lambda _books: "success",),
    "clients:import-new.kind": (lambda _books: "clients",),
}


@dataclass(frozen=True)
class Address:
    """One page to look at, and who may."""

    path: str
    visitors: tuple[str, ...]


def addresses(route: Route, books: Books) -> Iterator[Address]:
    """Yield the addresses of a route, one for each object of the books that stands behind it."""
    from tests.isolation.objects import maker

    keyword = next((word for word in route.keywords if _makers(route, word)), "")
    visitors = ("client",) if route.name.startswith("portal:") else ("ada", "paul", "connie", "client")
    if route.name.startswith("accounts:approval"):
        visitors = ("paul",)  # amounts of the whole firm are not an advisor's to see
    for chosen in _makers(route, keyword) or (None,):
        filled = {
            word: chosen(books) if chosen is not None and word == keyword else maker(route.name, word)[0](books)
            for word in route.keywords
        }
        yield Address(reverse(route.name, urlconf="config.urls.tenant", kwargs=filled), visitors)


def _makers(route: Route, keyword: str) -> tuple[Maker, ...]:
    return OF_BOOKS.get(f"{route.name}.{keyword}") or OF_BOOKS.get(keyword) or ()


__all__ = ["Address", "BillingRun", "Books", "HouseholdFee", "addresses"]
