"""Filling the demo firm: three households at once, the rest by jobs."""

from __future__ import annotations

from apps.accounts.models import FirmProfile, User
from apps.clients.models import Household
from apps.core import jobs
from apps.core.actors import Actor
from apps.core.models import Job
from apps.core.services import service
from apps.firms.services.demo.firm import DEMO_PASSWORD, STAFF
from apps.firms.services.demo.households import build_household
from apps.firms.services.demo.roster import DemoHousehold, demo_households

AT_ONCE = 3
TASK, BILL = "firms.build_demo_household", "firms.bill_demo_firm"


def advisor_of(spec: DemoHousehold) -> User:
    """Return who advises the household: the first advisor two in three, the second one in three."""
    place = 2 if spec.number % 3 == 0 else 1
    return User.objects.get(email=STAFF[place][2])


def fill(*, by: Actor) -> None:
    """Build the first households now, each in a transaction of its own, and ask for a job for each other one."""
    there = set(Household.objects.exclude(external_id="").values_list("external_id", flat=True))
    asked = {row["number"] for row in Job.objects.filter(name=TASK).values_list("arguments", flat=True)}
    for spec in demo_households():
        if spec.external_id in there:
            continue
        if spec.number <= AT_ONCE:
            build_household(spec=spec, advisor=advisor_of(spec), password=DEMO_PASSWORD, by=by)
        elif spec.number not in asked:
            jobs.enqueue(TASK, by=by, topic="firm:all", number=spec.number)
    ask_for_bills(by=by)


@service
def build_numbered(*, number: int, by: Actor) -> Household:
    """Build one household by its number in the roster."""
    spec = demo_households()[number - 1]
    household = build_household(spec=spec, advisor=advisor_of(spec), password=DEMO_PASSWORD, by=by)
    ask_for_bills(by=by)
    return household


@service
def ask_for_bills(*, by: Actor) -> None:
    """Have the fees billed once every household is there; a second call asks for nothing."""
    FirmProfile.objects.select_for_update().first()  # the last two households may be finished at the same time
    expected = {spec.external_id for spec in demo_households()}
    there = set(Household.objects.filter(external_id__in=expected).values_list("external_id", flat=True))
    if there == expected and not Job.objects.filter(name=BILL).exists():
        jobs.enqueue(BILL, by=by, topic="firm:all")
