"""One job of each long kind, asked for by the product's own services, and what each must leave: one result, whole.

The functions run inside the site, as `manage.py shell -c "from tests.faults import kinds; kinds.ask(3)"`.
"""

from __future__ import annotations

import datetime as dt
import os
import signal
import sys
import traceback
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from decimal import Decimal
from email import message_from_bytes
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Sum
from django.utils import timezone
from django_tenants.utils import tenant_context

from apps.accounts.models import FirmProfile, User
from apps.accounts.policies import Role
from apps.accounts.selectors.guests import guest
from apps.billing.models import BillingRun, FeeState, Invoice, RunState
from apps.billing.services.invoices import request_invoices
from apps.billing.services.runs import start_run
from apps.billing.services.schedules import define_schedule
from apps.clients.models import Household, ImportBatch, ImportState, Person
from apps.clients.services.imports import apply_batch, open_batch, request_apply, undo_batch
from apps.compliance.models import AuditExport
from apps.compliance.selectors.trail import TrailQuery
from apps.compliance.services.exports import open_export, request_export
from apps.core import audit
from apps.core.actors import Actor, Origin
from apps.core.models import AuditEvent, Job, JobState
from apps.core.tenancy.migrating import pending
from apps.firms.models import Firm, Registration, RegistrationState
from apps.firms.services.registrations import register_firm
from apps.notices.models import Mail, MailState
from apps.notices.services.mails import queue_mail
from apps.plans.models import ProjectionRun
from apps.plans.services.projections import request_projection
from tests.factories import billing, clients, firms, plans

# each kind of job, and the statement (which of them) after which it holds rows that are not committed
HALF_WRITTEN = {
    "firms.provision_firm": ("CREATE TABLE", 1),
    "clients.apply_import": ('INSERT INTO "clients_person"', 5),
    "plans.run_projection": ('INSERT INTO "core_auditevent"', 1),
    "billing.calculate_run": ('INSERT INTO "billing_householdfee"', 2),
    "billing.issue_invoices": ('INSERT INTO "billing_invoice"', 2),
    "compliance.build_audit_export": ('INSERT INTO "core_auditevent"', 1),
    # the mail is with the server: the row does not say so yet
    "notices.send_mail": ('UPDATE "notices_mail"', 1),
}
ROUNDS = 24
BILLED, ACCOUNTS_EACH, IMPORTED = 4, 2, 6
BEGAN = dt.date(2010, 1, 1)
BY = Actor.system("tests.faults")


def quarter(number: int) -> dt.date:
    """Return the first day of a quarter, counted from the beginning."""
    return dt.date(BEGAN.year + number // 4, 3 * (number % 4) + 1, 1)


@contextmanager
def alpha() -> Iterator[None]:
    """Stand in the firm of the tests."""
    with tenant_context(Firm.objects.get(schema_name="alpha")):
        yield


def person(name: str) -> User:
    """Return one of the people of the world."""
    return User.objects.get(email=f"{name}@alpha.test")


def build() -> None:
    """Make the people, households that pay, and a locked run for each round; no job of it is left."""
    with alpha(), transaction.atomic():
        ada, paul, connie = (
            User.objects.create_user(email=f"{name}@alpha.test", password="x", full_name=name.title(), role=role)
            for name, role in (("ada", Role.ADVISOR), ("paul", Role.PRINCIPAL), ("connie", Role.COMPLIANCE))
        )
        fee = define_schedule(name="Standard", terms=billing.terms(), effective_on=BEGAN, by=paul.as_actor())
        for number in range(BILLED):
            household = clients.household(ada, name=f"Payer{number}")
            clients.portal_user(household.people.get(relationship="head"))
            for place in range(ACCOUNTS_EACH):
                billing.cash_account(household, ada, "400000", on=BEGAN, number=f"{number}-{place}")
            billing.assign_fee(
                household=household,
                version=fee,
                agreement=billing.agreement(household, paul, effective_on=BEGAN),
                clause="4.1",
                starts_on=BEGAN,
                by=paul.as_actor(),
            )
        for number in range(ROUNDS):
            billing.locked(paul, connie, first_day=quarter(number))
        Job.objects.update(state=JobState.CANCELLED)


def ask(number: int) -> None:
    """Ask for one job of each kind, all of them in one transaction."""
    with transaction.atomic():
        _ask(number)


def ask_and_die(number: int) -> None:
    """Ask for the jobs in a process that is killed between the commit and the sending of the first of them."""
    with transaction.atomic():
        transaction.on_commit(lambda: os.kill(os.getpid(), signal.SIGKILL))
        _ask(number)


def _ask(number: int) -> None:
    wish = firms.wish(
        address=f"harbor{number}", legal_name=f"Harbor {number} LLC", principal_email=f"pia{number}@harbor.example"
    )
    register_firm(wish=wish, by=guest(Origin(ip=f"203.0.113.{number}"), label=f"pia{number}@harbor.example"))
    with alpha():
        ada, paul, connie = person("ada"), person("paul"), person("connie")
        request_apply(batch=_batch(number, ada), by=ada.as_actor())
        plan = plans.drafted(ada, plans.household_with_facts(ada, name=f"Planner{number}"))
        request_projection(plan=plan, by=ada.as_actor(), precision=plans.SMALL)
        start_run(timing="arrears", first_day=quarter(ROUNDS + number), by=paul.as_actor())
        request_invoices(run=BillingRun.objects.get(first_day=quarter(number)), by=paul.as_actor())
        request_export(query=TrailQuery(household=_payer(), action=""), format="data", by=connie.as_actor())
        queue_mail(
            kind="accounts/approval_overdue",
            to=f"round{number}@alpha.test",
            context={"name": "Ada", "title": f"Round {number}", "due_at": timezone.now()},
            by=BY,
        )


def _payer() -> str:
    return str(Household.objects.get(name="Payer0").public_id)


def _batch(number: int, ada: User) -> ImportBatch:
    lines = ["Household,First name,Last name,Relationship,DOB,Email,State"]
    for place in range(IMPORTED):
        for first, role, born in (("Nora", "head", "1961-04-02"), ("Owen", "partner", "1959-09-17")):
            family = f"Import{number}n{place}"
            lines.append(f"{family},{first},{family},{role},{born},{first}@{family}.test".lower() + ",MA")
    content = "\n".join(lines).encode() + b"\n"
    batch = open_batch(kind="clients", filename=f"round{number}.csv", content=content, by=ada.as_actor())
    assert not batch.counts["errors"], batch.problems
    return batch


def serve() -> None:
    """Run the calls that come on the standard input, a line each, until it ends; PostgreSQL may go and come."""
    for line in sys.stdin:
        connection.close()
        connection.set_schema_to_public()
        try:
            eval(line, globals())  # noqa: S307 - the test's own calls
        except Exception:  # noqa: BLE001 - told to the test, which fails
            _say(f"broken: {traceback.format_exc()}")
        _say("end")
        sys.stdout.flush()


def open_jobs() -> list[str]:
    """Return what is not done, in each schema."""
    found = [_told(job) for job in Job.objects.exclude(state__in=_ENDED)]
    for firm in Firm.objects.filter(state="open"):
        with tenant_context(firm):
            found += [_told(job) for job in Job.objects.exclude(state__in=_ENDED)]
    return found


_ENDED = (JobState.DONE, JobState.CANCELLED)


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")


def _told(job: Job) -> str:
    return f"{job.name} is {job.state} after {job.attempts} attempts {job.error}".strip()


def check(number: int) -> None:
    """Print what is not as it must be after the round, a line each."""
    checks: tuple[tuple[str, Callable[[int], Any]], ...] = (
        ("provisioning", _provisioned),
        ("import", _imported),
        ("plan", _planned),
        ("calculation", _calculated),
        ("invoices", _invoiced),
        ("export", _exported),
        ("mails", _mailed),
        ("trails", _sealed),
    )
    for name, holds in checks:
        try:
            holds(number)
        except AssertionError as wrong:
            _say(f"problem: {name}: {wrong}")
        finally:
            connection.set_schema_to_public()
    for left in open_jobs():
        _say(f"problem: {left}")


def _same(found: object, expected: object) -> None:
    assert found == expected, f"{found!r} instead of {expected!r}"


def _provisioned(number: int) -> None:
    registration = Registration.objects.get(address=f"harbor{number}")
    _same((registration.state, registration.error), (RegistrationState.OPEN, ""))
    firm = Firm.objects.get(schema_name=registration.schema)
    _same((firm.state, firm.domains.count(), pending(firm.schema_name)), ("open", 1, set()))
    _same(_actions(registration, firm)["firms.open_firm"], 1)
    with tenant_context(firm):
        _same((FirmProfile.objects.count(), User.objects.count()), (1, 1))
        _same(list(Mail.objects.values_list("kind", "state")), [("accounts/confirm_email", MailState.SENT)])


def _actions(*targets: Any) -> Counter[str]:
    ids = [str(target.public_id) for target in targets]
    return Counter(AuditEvent.objects.filter(target_id__in=ids).values_list("action", flat=True))


def _imported(number: int) -> None:
    with alpha():
        batch = ImportBatch.objects.get(filename=f"round{number}.csv")
        _same(batch.state, ImportState.APPLIED)
        _same(_actions(batch)["clients.apply_batch"], 1)
        _same(Household.objects.filter(name__istartswith=f"import{number}n").count(), IMPORTED)
        _same(Person.objects.filter(last_name__istartswith=f"import{number}n").count(), 2 * IMPORTED)
        _same(len(set(batch.rows.values_list("target_id", flat=True))), 2 * IMPORTED)


def _planned(number: int) -> None:
    with alpha():
        run = ProjectionRun.objects.get(plan__household__name=f"Planner{number}")
        _same((run.finished_at is not None, bool(run.result), run.success is not None), (True, True, True))
        _same(_actions(run.plan)["plans.finish_projection"], 1)
        keys = list(run.recommendations.values_list("key", flat=True))
        _same(len(keys), len(set(keys)))


def _calculated(number: int) -> None:
    with alpha():
        run = BillingRun.objects.get(first_day=quarter(ROUNDS + number))
        fees = run.fees.all()
        _same((run.state, run.n_blocked, run.n_households), (RunState.CALCULATED, 0, BILLED))
        _same(sorted(fees.values_list("household__name", flat=True)), [f"Payer{each}" for each in range(BILLED)])
        _same(fees.exclude(state=FeeState.BLOCKED).aggregate(sum=Sum("total"))["sum"], run.total)
        _same([fee.accounts.count() for fee in fees], [ACCOUNTS_EACH] * BILLED)
        _same(_actions(run)["billing.calculate_run"], 1)


def _invoiced(number: int) -> None:
    with alpha():
        run = BillingRun.objects.get(first_day=quarter(number))
        invoices = list(Invoice.objects.filter(household_fee__run=run))
        _same((run.state, len(invoices)), (RunState.INVOICED, BILLED))
        for invoice in invoices:
            lines = [line.amount for line in invoice.lines.all()]
            _same((len(lines), sum(lines, Decimal(0))), (ACCOUNTS_EACH, invoice.total))
            _same((invoice.document_id is not None, _actions(invoice)["billing.issue_invoice"]), (True, 1))
        _same(_actions(run)["billing.invoice_run"], 1)
        numbers = sorted(int(each.rpartition("-")[2]) for each in Invoice.objects.values_list("number", flat=True))
        _same(numbers, list(range(numbers[0], numbers[0] + len(numbers))))
        _same(Mail.objects.filter(kind="billing/invoice").count(), len(numbers))


def _exported(number: int) -> None:
    with alpha():
        export = AuditExport.objects.order_by("id").last()
        assert export is not None
        _same((export.is_ready, _actions(export)["compliance.build_export"]), (True, 1))
        assert open_export(export=export, by=person("connie").as_actor()).content


def _mailed(number: int) -> None:
    """Each mail is with the server under one id, and the server has none that no row tells of."""
    known: set[str] = set()
    for firm in Firm.objects.filter(state="open"):
        with tenant_context(firm):
            _same(list(Mail.objects.exclude(state=MailState.SENT).values_list("kind", "state")), [])
            known |= {f"<{key}@{settings.BASE_DOMAIN}>" for key in Mail.objects.values_list("public_id", flat=True)}
    sent = Counter(str(message_from_bytes(path.read_bytes())["Message-ID"]) for path in _inbox())
    _same(set(sent), known)
    # two only where a process was killed between the server's answer and the commit: that many rounds at most
    assert sum(sent.values()) - len(sent) <= number + 1, sent.most_common(5)


def _inbox() -> list[Any]:
    return sorted(settings.LOCAL_INBOX.glob("*.eml"))


def _sealed(_number: int) -> None:
    _same(list(audit.verify_chain().breaks), [])
    for firm in Firm.objects.filter(state="open"):
        with tenant_context(firm):
            verdict = audit.verify_chain()
            _same((list(verdict.breaks), verdict.events), ([], verdict.sealed))


def take_in(number: int) -> None:
    """Take a client list in at once, to be taken back by `undo`."""
    with alpha():
        ada = person("ada")
        apply_batch(batch=_batch(number, ada), by=ada.as_actor())


def undo(number: int, dies_after: str = "") -> None:
    """Take the list back; die after a statement, or after the commit."""

    def deadly(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        answer = execute(sql, params, many, context)
        if dies_after and sql.startswith(dies_after):
            os.kill(os.getpid(), signal.SIGKILL)
        return answer

    with alpha(), connection.execute_wrapper(deadly), transaction.atomic():
        if dies_after == "commit":
            transaction.on_commit(lambda: os.kill(os.getpid(), signal.SIGKILL))
        batch = ImportBatch.objects.get(filename=f"round{number}.csv")
        undo_batch(batch=batch, by=person("ada").as_actor())


def show(number: int) -> None:
    """Print the state of the list and how many of its households and people are there."""
    with alpha():
        batch = ImportBatch.objects.get(filename=f"round{number}.csv")
        households = Household.objects.filter(name__istartswith=f"import{number}n").count()
        people = Person.objects.filter(last_name__istartswith=f"import{number}n").count()
        undone = _actions(batch)["clients.undo_batch"]
        _say(f"list: {batch.state} {households} {people} {undone} {len(list(audit.verify_chain().breaks))}")
