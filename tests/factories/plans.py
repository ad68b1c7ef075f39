"""Plans for tests, made by the product's own services from a household's own facts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from unittest import mock

from django.utils import timezone

from apps.accounts.models import User
from apps.accounts.services.proofs import Proof
from apps.clients.models import Household, SignatureRequest
from apps.clients.services.signatures import Signing, current_consent, sign, view_for_signing
from apps.core.actors import Actor
from apps.money.models import BankAccount, Debt, ExpenseLine, IncomeSource
from apps.plans.models import (
    ContributionWatch,
    Decision,
    GoalKind,
    GoalPriority,
    Plan,
    PlanStatus,
    ProjectionRun,
    StressRun,
)
from apps.plans.services import assumptions
from apps.plans.services._tables import published_assumptions
from apps.plans.services.accepted_together import measure_accepted
from apps.plans.services.explorers import usual_care
from apps.plans.services.goals import GoalDetails, set_goal
from apps.plans.services.monitoring import monitor_plans
from apps.plans.services.plans import draft_plan
from apps.plans.services.projections import Precision, request_projection, run_projection
from apps.plans.services.publishing import file_report, publish_plan
from apps.plans.services.recommendations import decide_recommendation
from apps.plans.services.stress_runs import request_stresses, run_stresses
from tests.days import today
from tests.factories import clients, compliance, portfolios

# few futures, in scrambles of a power of two: enough to test what is done with them
SMALL = Precision(n_paths=256, n_batches=4)


def silent(_fraction: float, _step: str) -> None:
    """A progress nobody watches."""


@contextmanager
def before_tails() -> Iterator[None]:
    """Steward as it shipped its assumptions before they stated the tails of their markets."""
    tables = [{name: part for name, part in table.items() if name != "tails"} for table in published_assumptions()]
    with mock.patch.object(assumptions, "published_assumptions", return_value=tables):
        yield


def household_with_facts(advisor: User, *, name: str = "Rivera") -> Household:
    """Two earners with two children whose money is known well enough for a plan."""
    household = clients.household(advisor, name=name)
    head = household.people.get(relationship="head")
    known = {"household": household, "as_of": today()}
    ExpenseLine.objects.create(name="Living", monthly_amount=Decimal(6500), category="other", **known)
    Debt.objects.create(
        name="Car loan",
        kind="auto",
        balance=Decimal(15_000),
        annual_rate=Decimal("0.079"),
        monthly_payment=Decimal(420),
        **known,
    )
    BankAccount.objects.create(
        household=household, name="Savings", kind="savings", balance=Decimal(420_000), balance_as_of=today()
    )
    IncomeSource.objects.create(
        name="Social Security",
        person=head,
        kind="social_security",
        annual_amount=Decimal(32_000),
        starts_on=dt.date(2047, 6, 1),
        **known,
    )
    return household


def invested_household(advisor: User, *, name: str = "Rivera") -> Household:
    """The same with shares in a brokerage account and a risk profile in force: mixes can be compared."""
    household = household_with_facts(advisor, name=name)
    head = compliance.adult(household)
    clients.portal_user(head)
    compliance.in_force(head, advisor)
    shares = portfolios.instrument(advisor, "AAA", {portfolios.DAY: "50", today(): "55"})
    account = portfolios.account(household, advisor)
    portfolios.entry(account, advisor, "deposit", cash="250000")
    portfolios.entry(account, advisor, "buy", instrument=shares, units="3000", cash="-150000", price="50")
    return household


def college(plan: Plan, by: Actor) -> None:
    """Four years of college for a child, ten years from now."""
    details = GoalDetails(
        kind=GoalKind.EDUCATION,
        name="College",
        annual_amount=Decimal(26_000),
        priority=GoalPriority.IMPORTANT,
        starts_on=dt.date(today().year + 10, 9, 1),
        years=4,
    )
    set_goal(plan=plan, details=details, by=by)


def drafted(advisor: User, household: Household | None = None) -> Plan:
    """A draft with a retirement and an education goal."""
    by = advisor.as_actor()
    plan = draft_plan(household=household or household_with_facts(advisor), by=by)
    college(plan, by)
    plan.refresh_from_db()
    return plan


def computed(plan: Plan, advisor: User) -> ProjectionRun:
    """Ask for a run and compute it, as its job would."""
    run = request_projection(plan=plan, by=advisor.as_actor(), precision=SMALL)
    by = Actor.system("plans.run_projection", on_behalf_of=run.requested_by)
    done = run_projection(run=run, progress=silent, by=by)
    plan.refresh_from_db()
    return done


def stressed(run: ProjectionRun, advisor: User, care: Decimal | None = None) -> StressRun:
    """Put a result's plan through every test, as its job would; a year of care costs what it usually does."""
    asked = request_stresses(run=run, care=usual_care()[0] if care is None else care, by=advisor.as_actor())
    return run_stresses(stress_run=asked, progress=silent, by=Actor.system("plans.run_stress_tests"))


def watched(advisor: User, amount: Decimal, first_month: dt.date) -> ContributionWatch:
    """A contribution that advice of a computed plan asks for, watched from a month on."""
    household = household_with_facts(advisor)
    account = portfolios.account(household, advisor, name="Saved", opened_on=dt.date(2020, 1, 2))
    row = computed(drafted(advisor, household), advisor).recommendations.first()
    return ContributionWatch.objects.create(
        household=household, account=account, recommendation=row, monthly_amount=amount, first_month=first_month
    )


# what a person types as the reason of a decision
WANTED = "They want it as well."


def told_together(run: ProjectionRun) -> ProjectionRun:
    """Measure what was taken of a result together, as its job would."""
    return measure_accepted(run=run, progress=silent, by=Actor.system("plans.measure_accepted"))


def published(plan: Plan, advisor: User) -> Plan:
    """Accept all advice that is open, each with its reason, and give the plan to the client."""
    run = plan.runs.finished().first()
    for row in run.recommendations.filter(decision=Decision.OPEN) if run else ():
        told = {"decision": Decision.ACCEPTED, "reason": WANTED, "by": advisor.as_actor()}
        decide_recommendation(recommendation=row, **told)
    if run:
        told_together(run)
    return publish_plan(plan=plan, by=advisor.as_actor())


def asked_to_sign(plan: Plan, advisor: User, system: Actor) -> Plan:
    """Give the plan to the client with its report, and ask those with a portal account to sign."""
    publish_plan(plan=plan, by=advisor.as_actor())
    file_report(plan=plan, by=system)
    plan.refresh_from_db()
    return plan


def signed(plan: Plan, user: User) -> Plan:
    """Sign the plan's report as one of its people, having read it."""
    by = user.as_actor()
    signature = SignatureRequest.objects.get(pk=plan.signature_request_id).signatures.get(person__user=user)
    view_for_signing(signature=signature, by=by)
    signing = Signing(str(signature.person), current_consent().version, Proof("password, totp", timezone.now()))
    sign(signature=signature, signing=signing, by=by)
    plan.refresh_from_db()
    return plan


def in_force(advisor: User, household: Household | None = None) -> Plan:
    """A plan that was generated, published and, as if all had signed, put in force.

    Its living costs in retirement are those that just reach the target: whatever the engine counts, a fall is felt.
    """
    plan = drafted(advisor, household)
    for row in computed(plan, advisor).recommendations.filter(kind="spending"):
        monthly = dict(row.proposal["facts"])["sustainable_monthly"]
        plan.goals.filter(kind=GoalKind.RETIREMENT).update(annual_amount=12 * Decimal(str(monthly)))
    computed(plan, advisor)
    published(plan, advisor)
    Plan.objects.filter(pk=plan.pk).update(status=PlanStatus.IN_FORCE, in_force_at=timezone.now())
    plan.refresh_from_db()
    return plan


def night(*, again: bool = False, day: dt.date | None = None) -> int:
    """Measure every plan in force, as the night's jobs do."""
    ids = list(Plan.objects.filter(status=PlanStatus.IN_FORCE).values_list("pk", flat=True))
    by = Actor.system("plans.monitor_plans")
    return monitor_plans(plan_ids=ids, day=day or today(), again=again, by=by)


def balance(household: Household, factor: str) -> None:
    """Move the household's cash by a factor, as a market would."""
    account = BankAccount.objects.get(household=household)
    account.balance = (account.balance or 0) * Decimal(factor)
    account.save()
