"""The night of 2,000 plans in force, rows read and written, as ratios in one run.

Households are drawn: ages, incomes, spending, a brokerage and a retirement account with two funds each, cash, a loan.
When a plan comes into force a job of its own measures what was accepted and finds the guardrails; a common night moves
every price by some tenths of a per cent; a hard one moves one household in twenty far, and those are told with their
causes and adjustments (of them what the accepted plan carries is known, as of all in service); the night after a new
build asks the first futures by how much it moves each plan, and jobs after it run all of them. Times are
of this process' share of the processors (the database's is not in it) and by the clock; the target is two minutes on
two cores, 240 s. The plain way is one full projection of each plan with scenarios drawn for it, on some and scaled.
"""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

import django

from bench.household_list import firm

N_PLANS, N_PLAIN, N_KERNEL, EVERY = int(os.environ.get("BENCH_PLANS", "2000")), 3, 40, 20
N_FIRST, N_BUILD = 10, 100
FIRST = date(2026, 1, 5)
FUNDS = (("us_equity", "FSTK"), ("high_grade_bonds", "FBND"))


def firm_day() -> date:
    """Return the day it is for the firm."""
    from apps.accounts.selectors.firm_days import firm_today

    return firm_today()


def timed(work: Callable[[], Any]) -> tuple[float, float, Any]:
    """Return seconds of the processor and by the clock, and the answer."""
    before, clock = time.process_time(), time.perf_counter()
    answer = work()
    return time.process_time() - before, time.perf_counter() - clock, answer


def drawn_household(number: int, dice: Random, ada: Any, funds: list[Any]) -> Any:
    """Make one household with all that a plan needs."""
    from apps.clients.models import Household
    from apps.money.models import BankAccount, Debt, ExpenseLine, IncomeSource
    from tests.factories import plans, portfolios

    household: Household = plans.household_with_facts(ada, name=f"Drawn{number}")
    mine = {"household": household}
    ExpenseLine.objects.filter(**mine).update(monthly_amount=Decimal(dice.randrange(4000, 11_000)))
    Debt.objects.filter(**mine).update(balance=Decimal(dice.randrange(1, 30_000)))
    BankAccount.objects.filter(**mine).update(balance=Decimal(dice.randrange(5_000, 90_000)))
    IncomeSource.objects.filter(**mine).update(annual_amount=Decimal(dice.randrange(20_000, 45_000)))
    household.people.filter(relationship="head").update(
        date_of_birth=date(dice.randrange(1955, 1990), dice.randrange(1, 13), 5), retirement_age=dice.randrange(62, 70)
    )
    for registration, tax in (("individual", "taxable"), ("traditional_ira", "tax_deferred")):
        account = portfolios.account(
            household, ada, name=tax, number=f"{number}-{tax}", registration=registration, opened_on=FIRST
        )
        cash = dice.randrange(150_000, 1_500_000)
        portfolios.entry(account, ada, "deposit", FIRST, cash=str(cash))
        for fund in funds:
            units = round(cash * dice.uniform(0.2, 0.45) / 50)
            told = {"instrument": fund, "price": "50"}
            portfolios.entry(account, ada, "buy", FIRST, units=str(units), cash=str(-50 * units), **told)
    return household


def put_in_force(household: Any, table: Any, by: Any) -> None:
    """Draft a plan and, without its report, put it in force with the question that its run was asked."""
    from django.utils import timezone

    from apps.plans.engine.digest import input_digest
    from apps.plans.engine.results import ENGINE_VERSION
    from apps.plans.models import Plan, ProjectionRun
    from apps.plans.services._questions import question_of
    from apps.plans.services.plans import draft_plan

    plan, now = draft_plan(household=household, by=by), timezone.now()
    found, facts, _limit = question_of(plan, timezone.localdate())
    data = found.question.to_json_bytes()
    run = ProjectionRun.objects.create(
        plan=plan,
        requested_by="bench",
        facts_as_of=facts.as_of,
        seed=1,
        n_paths=found.question.inputs.simulation.n_paths,
        engine_version=ENGINE_VERSION,
        inputs=data,
        input_digest=input_digest(found.question),
        assumptions_digest=table.digest,
        result=b"{}",
        result_digest="-",
        success=0,
        finished_at=now,
    )
    Plan.objects.filter(pk=plan.pk).update(status="in_force", published_run=run, published_at=now, in_force_at=now)


def book() -> Any:
    """Fill the firm; return its funds."""
    from apps.accounts.policies import Role
    from apps.core.actors import Actor
    from apps.plans.services.assumptions import assumptions_in_force
    from tests.cast import person
    from tests.factories import portfolios

    ada, dice = person(Role.ADVISOR, "Ada"), Random(4)
    funds = [
        portfolios.instrument(ada, symbol, {FIRST: "50"}, asset_class=asset_class) for asset_class, symbol in FUNDS
    ]
    table = assumptions_in_force(day=firm_day(), by=Actor.system("bench"))
    for number in range(N_PLANS):
        put_in_force(drawn_household(number, dice, ada, funds), table, ada.as_actor())
    return funds


def accepted() -> None:
    """Keep what the plans were accepted with as a first night does, without its solves; guardrails are drawn."""
    from apps.plans.engine.guardrails import wealth_of
    from apps.plans.engine.results import ENGINE_VERSION
    from apps.plans.models import Plan, PlanMonitor
    from apps.plans.selectors.run_values import inputs_of
    from apps.plans.services._measuring import _packed, _quick

    rows = []
    for plan in Plan.objects.filter(status="in_force", monitor=None).select_related("published_run"):
        inputs = inputs_of(plan.published_run).inputs  # type: ignore[arg-type]
        outcomes, wealth = _quick(inputs), Decimal(round(wealth_of(inputs)))
        chance = Decimal(repr(float(outcomes.mean()))).quantize(Decimal("0.000001"))
        told = {"accepted_success": chance, "reference": chance, "reference_error": Decimal("0.003")}
        rails = {"below": wealth * Decimal("0.7"), "above": wealth * Decimal("1.4")}
        first = {"outcomes": _packed(outcomes), "accepted_outcomes": _packed(outcomes)}
        by = {"engine_version": ENGINE_VERSION, "accepted_by": ENGINE_VERSION}
        rows.append(PlanMonitor(plan=plan, **by, **first, **told, **rails))
    PlanMonitor.objects.bulk_create(rows)


def carried(households: list[int]) -> None:
    """Keep what the plans of some households carry, as a first night does."""
    from apps.plans.models import PlanMonitor
    from apps.plans.selectors.run_values import inputs_of
    from apps.plans.services._measuring import carried_by

    rows = PlanMonitor.objects.filter(plan__household__in=households, accepted_spending=None)
    for row in rows.select_related("plan__published_run"):
        question = inputs_of(row.plan.published_run)  # type: ignore[arg-type]
        row.accepted_spending = Decimal(round(carried_by(question)))
        row.save()


def night(day: date, most: int = N_PLANS) -> int:
    """Measure all plans, as the jobs of a night do one after the other."""
    from apps.core.actors import Actor
    from apps.plans.models import Plan
    from apps.plans.services.monitoring import AT_ONCE, by_need, monitor_plans

    by, done = Actor.system("plans.monitor_plans"), 0
    ids = list(by_need(Plan.objects.filter(status="in_force")).values_list("pk", flat=True)[:most])
    for at in range(0, len(ids), AT_ONCE):
        done += monitor_plans(plan_ids=ids[at : at + AT_ONCE], day=day, again=False, by=by)
    return done


def after_build(day: date) -> int:
    """Measure some plans that another build of the engine measured last."""
    from apps.plans.models import PlanMonitor

    PlanMonitor.objects.update(engine_version="older", accepted_by="older")
    return night(day, N_BUILD)


def settled() -> int:
    """Run what those plans were accepted with on all futures, as the jobs after the night do."""
    from apps.core.actors import Actor
    from apps.plans.engine.results import ENGINE_VERSION
    from apps.plans.models import PlanMonitor
    from apps.plans.services.settling import settle_plans

    rows = PlanMonitor.objects.filter(engine_version=ENGINE_VERSION).exclude(accepted_by=ENGINE_VERSION)
    return settle_plans(plan_ids=list(rows.values_list("plan", flat=True)), by=Actor.system("plans.settle_plans"))


def plain() -> float:
    """Return the seconds of all plans, one full projection each on scenarios of its own."""
    import numpy as np

    from apps.plans.engine.drawing import draw_cube
    from apps.plans.engine.monte_carlo import project
    from apps.plans.models import ProjectionRun
    from apps.plans.selectors.run_values import inputs_of

    def once(run: Any) -> None:
        inputs = inputs_of(run).inputs
        project(inputs, draw_cube(inputs.assumptions, inputs.simulation, np.random.default_rng(run.pk)))

    runs = list(ProjectionRun.objects.order_by("pk")[: N_PLAIN + 1])
    once(runs[0])
    return N_PLANS * statistics.median(timed(lambda run=run: once(run))[0] for run in runs[1:])  # type: ignore[misc]


def kernel() -> float:
    """Return the seconds of the first look's simulation alone, of plans that are laid out and markets that are kept."""
    from apps.plans.models import ProjectionRun
    from apps.plans.selectors.run_values import inputs_of
    from apps.plans.services._measuring import _quick

    questions = [inputs_of(run).inputs for run in ProjectionRun.objects.order_by("pk")[:N_KERNEL]]
    for inputs in questions:
        _quick(inputs)
    return N_PLANS * statistics.median(timed(lambda inputs=inputs: _quick(inputs))[0] for inputs in questions)  # type: ignore[misc]


def own_memory() -> int:
    """Return the KiB that the process holds for itself, without the markets on disk that processes share."""
    told = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
    return int(told["RssAnon"].split()[0])


def kept_bytes(cursor: Any) -> int:
    """Return what the nights keep of all plans."""
    cursor.execute(
        "SELECT sum(pg_total_relation_size(name::regclass)) FROM unnest(ARRAY["
        "'plans_planmonitor', 'plans_planmeasurement', 'plans_planalert']) AS name"
    )
    return int(cursor.fetchone()[0])


def main() -> None:
    """Print the table."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.test")
    django.setup()
    with firm() as connection:
        from apps.money.models import BankAccount
        from apps.plans.models import PlanAlert
        from tests.factories import market

        funds, today = book(), firm_day()
        quick, whole = kernel(), plain()
        first = timed(lambda: night(today, N_FIRST))
        accepted()
        for fund, close in zip(funds, ("50.15", "49.95"), strict=True):
            market.told(fund.master, {today: close})
        memory = own_memory()
        common, told = timed(lambda: night(today + timedelta(days=1))), PlanAlert.objects.count()
        grown = own_memory() - memory
        moved = list(BankAccount.objects.order_by("pk").values_list("pk", flat=True)[::EVERY])
        carried(list(BankAccount.objects.filter(pk__in=moved).values_list("household", flat=True)))
        BankAccount.objects.filter(pk__in=moved).update(balance=Decimal(600_000))
        hard, told_then = timed(lambda: night(today + timedelta(days=2))), PlanAlert.objects.count()
        built = timed(lambda: after_build(today + timedelta(days=3)))
        after = timed(settled)
        with connection.cursor() as cursor:
            kept = kept_bytes(cursor)
    print(f"nights of {N_PLANS:,} plans in force, rows read and written")
    nights = (
        ("job of a plan that comes into force, with its guardrails", first, 0),
        ("common night, every balance moved", common, told),
        (f"hard night, {len(moved)} households moved far", hard, told_then - told),
        ("night after a new build", built, 0),
        ("jobs after that night, on all futures", after, 0),
    )
    for name, (taken, clock, done), alerts in nights:
        print(f"  {name}: {taken:.0f} s of processor, {clock:.0f} s by the clock; {done:,} measured, {alerts} told")
        share = taken / done * 2_000 / 240
        print(
            f"    {taken / done * 1e3:.1f} ms a plan; 2,000 such take {share:.2f} of the target of 240 s of processor"
        )
    print(
        f"  plain projections without the kept scenarios: {whole:.0f} s; over the common night {whole / common[0]:.0f}x"
    )
    print(f"  the simulation of the first look alone: {quick:.0f} s; the common night over it {common[0] / quick:.1f}x")
    print(f"  kept in tables: {kept / N_PLANS / 1024:.1f} KiB a plan after three nights")
    print(f"  the process grew by {grown / 1024:.0f} MiB over the common night, {grown / N_PLANS:.0f} KiB a plan")


if __name__ == "__main__":
    main()
