"""The demo firm is made by the product's own services: households with their papers, fees billed and collected."""

import datetime as dt

import pytest
from django_tenants.utils import tenant_context

from apps.accounts.models import FirmProfile, User
from apps.accounts.selectors.firm_days import firm_today
from apps.billing.models import BillingRun, FeeAssignment, Invoice, InvoiceState, RunState
from apps.clients.models import Household, HouseholdStatus
from apps.core.actors import Actor
from apps.core.models import Job
from apps.firms.services.demo import fill
from apps.firms.services.demo.billing import bill_quarters, first_billed_day
from apps.firms.services.demo.firm import DEMO_PASSWORD, ensure_people
from apps.firms.services.demo.households import build_household
from apps.firms.services.demo.plans import move_plans_on
from apps.firms.services.demo.reports import report_quarter
from apps.firms.services.demo.roster import demo_households
from apps.market.services.updates import bring_up_to_date
from apps.money.services.facts import fact_kind
from apps.plans.models import Plan, PlanStatus
from apps.plans.services.projections import cancel_projection
from apps.plans.services.publishing import file_report
from apps.portfolios.engine.risk_figures import Frequency, Measure
from apps.portfolios.models import ModelPortfolio, PerformanceReport, Transaction
from apps.portfolios.selectors.comparisons import compared
from apps.portfolios.selectors.drift import household_drift
from apps.portfolios.selectors.owners import PortfolioOwner
from apps.portfolios.selectors.performance_pages import household_performance
from apps.portfolios.selectors.risk import risk_sheet
from tests.factories import plans

BY = Actor.system("tests")


@pytest.fixture
def staffed(firm_a):
    bring_up_to_date(by=BY)
    with tenant_context(firm_a):
        ensure_people(by=BY)
        yield


def built(number):
    spec = demo_households()[number - 1]
    return build_household(spec=spec, advisor=fill.advisor_of(spec), password=DEMO_PASSWORD, by=BY)


@pytest.mark.parametrize(
    ("today", "first"),
    [
        (dt.date(2026, 11, 20), dt.date(2026, 4, 1)),
        (dt.date(2026, 1, 1), dt.date(2025, 7, 1)),
        (dt.date(2026, 6, 30), dt.date(2025, 10, 1)),
    ],
)
def test_the_two_quarters_before_the_running_one_are_billed(today, first):
    assert first_billed_day(today) == first


def test_a_household_is_built_whole_and_once(staffed):
    household = Household.objects.get(pk=built(1).pk)
    assert household.status == HouseholdStatus.ACTIVE
    assert household.accounts.exists()
    assert household.plans.exists()
    assert FeeAssignment.objects.get(household=household).agreement.state == "signed"
    assert built(1) == household
    sheet = household_performance(household, firm_today()).sheet
    assert Transaction.objects.filter(account__household=household, kind="dividend").count() > 100
    assert sheet.line("inception").figures.net.value > -1
    assert Household.objects.filter(external_id=household.external_id).count() == 1
    owner = PortfolioOwner(household)
    assert compared(owner, sheet).line("inception").benchmark.value is not None
    assert risk_sheet(owner, sheet, Frequency.MONTHLY).column("inception").figures[Measure.BETA].value > 0.5


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Pacific/Pago_Pago"])  # their day is never the same
def test_facts_are_those_of_the_firms_day(staffed, zone):
    FirmProfile.objects.update(time_zone=zone)
    household = built(16)
    assert {row.as_of for row in household.incomesource_facts.all()} == {firm_today()}


def test_households_follow_models_that_the_principal_approved(staffed):
    first, second, third = (built(number) for number in (1, 2, 3))
    assert ModelPortfolio.objects.count() == 3
    named = ModelPortfolio.objects.order_by("name").values_list("versions__benchmark__name", flat=True)
    assert list(named) == ["Balanced blend", "Careful blend", "Growth blend"]
    for household in (first, second, third):
        (sheet,) = household_drift(household, firm_today())
        assert sheet.target.version.state == "approved"
        assert not sheet.unclassified
        assert abs(float(sheet.drift.distance)) < 0.5
    assert first.cashreserves.filter(call=None).count() == 1
    assert {row.kind for row in [*second.restrictions.all(), *third.restrictions.all()]} == {"never_sell", "never_buy"}


def test_two_quarters_are_billed_by_two_people_once_and_some_of_it_is_still_due(staffed):
    first, second = built(1), built(2)
    bill_quarters(today=firm_today())
    bill_quarters(today=firm_today())
    runs = list(BillingRun.objects.order_by("first_day"))
    assert [run.state for run in runs] == [RunState.INVOICED, RunState.INVOICED]
    assert [run.n_households for run in runs] == [2, 2]
    states = [sorted(Invoice.objects.filter(household_fee__run=run).values_list("state", flat=True)) for run in runs]
    assert states == [[InvoiceState.PAID, InvoiceState.PAID], [InvoiceState.ISSUED, InvoiceState.PAID]]
    assert {fee.household for fee in runs[0].fees.all()} == {first, second}
    assert all(invoice.total > 0 for invoice in Invoice.objects.all())


def test_the_last_quarter_is_reported_and_delivered_once(staffed):
    built(1)
    for _n in range(2):
        report_quarter(today=firm_today())
    report = PerformanceReport.objects.get()
    assert (report.state, report.problem) == ("delivered", "")
    assert report.figures["spans"]["quarter"]["net"] is not None


def test_bills_are_asked_for_when_the_last_household_is_there_and_once(staffed, monkeypatch):
    both = demo_households()[:2]
    monkeypatch.setattr(fill, "demo_households", lambda: both)
    fill.build_numbered(number=1, by=BY)
    assert not Job.objects.filter(name=fill.BILL).exists()
    fill.build_numbered(number=2, by=BY)
    fill.ask_for_bills(by=BY)
    assert Job.objects.filter(name=fill.BILL).count() == 1


def test_plans_go_to_their_clients_as_they_are_generated_and_one_in_four_is_left_for_review(staffed):
    built(1), built(4)
    assert move_plans_on() == 0, "nothing is generated yet"
    for plan in Plan.objects.all():  # with few paths, in place of the full run that was asked for
        cancel_projection(run=plan.runs.get(), by=BY)
        plans.computed(plan, plan.household.advisor)
    assert move_plans_on() == 1
    first, fourth = (Plan.objects.get(household__external_id=f"demo-0{number}") for number in (1, 4))
    assert (first.status, fourth.status) == (PlanStatus.PUBLISHED, PlanStatus.IN_REVIEW)
    assert {next(iter(row.changes)).partition(":")[0] for row in first.scenarios.kept()} == {
        "retirement_age", "extra_saving", "retirement_spending"
    }  # fmt: skip
    assert not fourth.scenarios.exists()
    file_report(plan=first, by=BY)
    assert move_plans_on() == 1
    first.refresh_from_db()
    assert first.status == PlanStatus.IN_FORCE
    assert move_plans_on() == 0


def test_the_staff_signs_in_with_the_demo_password(staffed):
    assert all(user.check_password(DEMO_PASSWORD) for user in User.objects.filter(email__endswith="@harbor.example"))


@pytest.mark.parametrize(
    ("number", "told"),
    [
        (2, {"phase": 2, "windfall": 1}),
        (3, {"grant": 3}),
        (4, {"property": 2}),
        (11, {"ira_basis": 1}),
        (15, {"former_spouse": 1}),
        (38, {"former_spouse": 1}),
    ],
)
def test_some_households_have_what_few_have_and_their_plans_can_be_asked(staffed, number, told):
    household = built(number)
    counts = {kind: fact_kind(kind).objects.filter(household=household).count() for kind in told}
    assert {kind: count for kind, count in counts.items() if count < told[kind]} == {}
    assert household.plans.get().runs.exists()
