"""Two firms at work at once, on one real site with its worker: nothing breaks, crosses, gets lost or piles up.

STEWARD_LOAD_SECONDS says how long. What is measured is told, never judged: the machine decides that.
"""

from __future__ import annotations

import itertools
import json
import os
import random
import statistics
import sys
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import psutil
import pytest

from tests.deep.visitors import Notes, Visitor, bearer_of
from tests.deep.world import BEGAN, MARKERS, PLANS_EACH, SCOPES
from tests.live import LiveSite

pytestmark = [pytest.mark.deep, pytest.mark.timeout(1500)]

SECONDS = int(os.environ.get("STEWARD_LOAD_SECONDS", "240"))
# the web server grows while its caches fill; what it holds then may grow by this much more under load
GROWTH, SPARE_BYTES = 1.25, 100_000_000
# the server's threads, its live sockets, the worker's processes with their leases, the sweeper, the clock
MOST_CONNECTIONS = 8 + 4 + 2 * 2 + 2 + 2
HOUSEHOLD_PAGES = ("", "people/", "money/", "portfolio/", "plan/", "documents/", "compliance/", "billing/")
_serial = itertools.count()


class Crowd:
    """All visitors of both firms, each in a thread of its own, until the time is over."""

    def __init__(self, site: LiveSite, seed: int) -> None:
        self.site, self.seed, self.over = site, seed, threading.Event()
        told = next(line for line in site.manage("shell", "--no-imports", "-c", _BUILD).splitlines() if "world" in line)
        self.world: dict[str, Any] = json.loads(told.removeprefix("world "))
        self.notes = {firm: Notes(firm) for firm in MARKERS}

    def run(self) -> None:
        """Let all of them work for the time that is set."""
        visitors = [(firm, told) for firm in MARKERS for told in self.world[firm]["visitors"]]
        with ThreadPoolExecutor(2 * len(visitors) + 2) as pool:
            running = [pool.submit(self._visit, firm, told, n) for n, (firm, told) in enumerate(visitors)]
            running += [pool.submit(self._partner, firm, 100 + n) for n, firm in enumerate(MARKERS)]
            time.sleep(SECONDS)
            self.over.set()
            for each in running:
                each.result(120)

    def _visit(self, firm: str, told: dict[str, Any], number: int) -> None:
        visitor, dice = Visitor(self.site, self.notes[firm], told), random.Random(self.seed + number)  # noqa: S311
        visitor.enter()
        visitor.get("first page", "/portal/" if told["role"] == "client" else "/")  # a socket belongs to a page
        topics = ["firm:all", *(f"household:{each}" for each in told["households"])]
        listening = threading.Thread(target=visitor.listen, args=(topics, self.over), daemon=True)
        listening.start()
        work = WORK[told["role"]](visitor, dice)
        while not self.over.is_set():
            next(work)
            self.over.wait(dice.random() * 0.2)
        listening.join(10)

    def _partner(self, firm: str, number: int) -> None:
        visitor, dice = Visitor(self.site, self.notes[firm], {"secret": "", "email": "partner"}), random.Random(number)  # noqa: S311
        bearer = bearer_of(visitor, *self.world[firm]["partner"], " ".join(SCOPES))
        for serial in itertools.count():
            if self.over.is_set():
                return
            for path in ("/api/financial-services/clients", "/api/households", "/api/financial-services/accounts"):
                visitor.get("API: list", path, **bearer)
            _client_by_api(visitor, bearer, f"{MARKERS[firm]}api{serial}")
            self.over.wait(dice.random() * 0.5)


def _client_by_api(visitor: Visitor, bearer: dict[str, str], name: str) -> None:
    """Take a client on, and ask again with the same key: it is the same client."""
    content = {"first_name": "Io", "last_name": name, "household": {"name": name, "city": "Salem", "state": "MA"}}
    keyed = {**bearer, "Idempotency-Key": f"key-of-{name}"}
    path = "/api/financial-services/clients"
    answers = [visitor.send("API: new client", path, content, **keyed) for _ in range(2)]
    if {answer.status for answer in answers} == {201}:
        visitor.notes.written.append(("household", name))
        if len({json.loads(answer.text)["id"] for answer in answers}) != 1:
            visitor.notes.problems.append(f"{name} was made twice by one key")


def advise(visitor: Visitor, dice: random.Random) -> Iterator[None]:
    """An advisor: lists, household pages, households by form and by file, plans."""
    households, plans = list(visitor.told["households"]), list(visitor.told["plans"])
    marker = MARKERS[visitor.notes.firm]
    # each begins with another kind of write: a short run has them all
    for turn in itertools.count(visitor.told["pk"]):
        for path in ("/", "/households/", "/plans/", "/portfolios/", f"/search/?q={marker}"):
            visitor.get("lists", path)
            yield
        household = dice.choice(households)
        for page in dice.sample(HOUSEHOLD_PAGES, 4):
            visitor.get(f"household: {page or 'overview'}", f"/households/{household}/{page}")
            yield
        if plans and turn % 4 == 0:
            plan = plans.pop()
            if visitor.post("generate a plan", f"/plans/{plan}/generate/", {}).status == 302:
                visitor.notes.written.append(("plan", plan))
        elif turn % 4 == 1:
            _import(visitor, f"{marker}file{next(_serial)}")
        else:
            _take_on(visitor, households, f"{marker}form{next(_serial)}")
        yield


def _take_on(visitor: Visitor, households: list[str], name: str) -> None:
    visitor.get("new household", "/households/new/")
    fields = {
        "name": name, "advisor": visitor.told["pk"], "filing_status": "joint", "city": "Boston", "state": "MA",
        "head-first_name": "Clay", "head-last_name": name, "head-date_of_birth": "1980-02-03",
        "partner-first_name": "Rose", "partner-last_name": name, "partner-date_of_birth": "1981-05-06",
    }  # fmt: skip
    answer = visitor.post("take a household on", "/households/new/", fields)
    if answer.status == 302:
        visitor.notes.written.append(("household", name))
        households.append(answer.location.split("/")[2])


def _import(visitor: Visitor, name: str) -> None:
    lines = ["Household,First name,Last name,Relationship,DOB,Email,State"]
    names = [f"{name}n{place}" for place in range(3)]
    lines += [f"{each},Nora,{each},head,1961-04-02,nora@{each.lower()}.test,MA" for each in names]
    visitor.get("bring a file", "/imports/new/clients/")
    brought = visitor.post("bring a file", "/imports/new/clients/", {}, file=(f"{name}.csv", "\n".join(lines) + "\n"))
    if brought.status == 302 and visitor.post("take a file in", f"{brought.location}apply/", {}).status == 302:
        visitor.notes.written.extend([("import", f"{name}.csv"), *(("household", each) for each in names)])


def lead(visitor: Visitor, dice: random.Random) -> Iterator[None]:
    """The principal: the team, the books, a billing run now and then."""
    quarters = [BEGAN.replace(year=BEGAN.year + n // 4, month=3 * (n % 4) + 1).isoformat() for n in range(20)]
    pages = ("/", "/households/", "/settings/team/", "/billing/", "/billing/invoices/", "/portfolios/", "/plans/")
    for turn in itertools.count():
        for _ in range(6):
            visitor.get("principal's lists", dice.choice(pages))
            yield
        if quarters and turn % 3 == 0:
            day = quarters.pop(0)
            visitor.get("new billing run", "/billing/runs/new/")
            fields = {"timing": "arrears", "periods_per_year": "4", "first_day": day}
            answer = visitor.post("start a billing run", "/billing/runs/new/", fields)
            if answer.status == 302:
                visitor.notes.written.append(("run", day))
                visitor.get("billing run", answer.location)
        yield


def examine(visitor: Visitor, _dice: random.Random) -> Iterator[None]:
    """The compliance officer: the trail, and whether it is whole."""
    for turn in itertools.count():
        for path in ("/compliance/", "/compliance/trail/", "/households/", "/approvals/"):
            visitor.get("compliance", path)
            yield
        if turn % 5 == 0 and visitor.post("verify the trail", "/compliance/verify/", {}).status == 302:
            visitor.notes.written.append(("verification", ""))


def support(visitor: Visitor, dice: random.Random) -> Iterator[None]:
    """Support: lists and searching."""
    marker = MARKERS[visitor.notes.firm]
    while True:
        visitor.get("support's lists", dice.choice(("/", "/households/", f"/search/?q={marker}")))
        yield


def read_portal(visitor: Visitor, dice: random.Random) -> Iterator[None]:
    """A client: the portal, out and in again after a while."""
    left = time.monotonic() + 40
    while True:
        for page in ("", "plan/", "portfolio/", "billing/", "documents/", "account/"):
            visitor.get("portal", f"/portal/{page}")
            yield
        if time.monotonic() > left:
            left = time.monotonic() + 40 + 20 * dice.random()
            other = Visitor(visitor.site, visitor.notes, visitor.told)  # a second browser: the first keeps its socket
            other.enter()
            other.get("portal", "/portal/")
            other.post("sign out", "/accounts/logout/", {})
            yield


WORK: dict[str, Callable[[Visitor, random.Random], Iterator[None]]] = {
    "principal": lead,
    "compliance": examine,
    "support": support,
    "advisor": advise,
    "client": read_portal,
}
_BUILD = "from tests.deep import world; world.build()"


class Watch(threading.Thread):
    """Looks at the web server's memory and the connections to PostgreSQL every two seconds."""

    def __init__(self, site: LiveSite) -> None:
        super().__init__(daemon=True)
        self.site, self.over = site, threading.Event()
        self.memory: list[int] = []
        self.connections: list[int] = []

    @property
    def early(self) -> int:
        """The least bytes of the web server in the second quarter: its caches are full by then."""
        return min(self.memory[len(self.memory) // 4 : len(self.memory) // 2])

    @property
    def late(self) -> int:
        """The least bytes in the last quarter."""
        return min(self.memory[-len(self.memory) // 4 :])

    def run(self) -> None:
        """Look until it is over."""
        web = psutil.Process(self.site.processes["web"].pid)
        statement = "SELECT count(*) FROM pg_stat_activity WHERE datname = %s AND pid <> pg_backend_pid()"
        while not self.over.wait(2):
            self.memory.append(web.memory_info().rss)
            self.connections.append(int(self.site.query(statement, self.site.database)[0][0]))


@contextmanager
def watched(site: LiveSite) -> Iterator[Watch]:
    watch = Watch(site)
    watch.start()
    yield watch
    watch.over.set()
    watch.join(10)


def open_jobs(site: LiveSite) -> list[tuple[Any, ...]]:
    statement = "SELECT name, state, attempts, error FROM core_job WHERE state NOT IN ('done', 'cancelled')"
    return [row for schema in ("public", *MARKERS) for row in site.query(statement, schema=schema)]


def ids_of(site: LiveSite, schema: str) -> set[str]:
    """Return every public id of the firm's tables."""
    tables = site.query(
        "SELECT table_name FROM information_schema.columns WHERE table_schema = %s AND column_name = 'public_id'",
        schema,
    )
    rows = (site.query(f'SELECT public_id::text FROM "{schema}"."{table}"') for (table,) in tables)
    return {row[0] for found in rows for row in found}


def found_of(site: LiveSite, schema: str) -> Counter[tuple[str, str]]:
    """Return what is there of all that visitors write."""
    marker = MARKERS[schema].lower()
    statements = {
        "household": f"SELECT name FROM clients_household WHERE lower(name) ~ '^{marker}(form|file|api)'",
        "import": "SELECT filename FROM clients_importbatch WHERE state = 'applied'",
        "plan": "SELECT p.public_id::text FROM plans_projectionrun r JOIN plans_plan p ON p.id = r.plan_id"
        " WHERE r.finished_at IS NOT NULL AND r.success IS NOT NULL",
        "run": "SELECT first_day::text FROM billing_billingrun WHERE state = 'calculated' AND n_blocked = 0",
        "verification": "SELECT '' FROM compliance_trailverification WHERE is_intact",
    }
    return Counter((kind, row[0]) for kind, text in statements.items() for row in site.query(text, schema=schema))


def tell(crowd: Crowd, watch: Watch) -> list[str]:
    """Say how much was done, and how fast, by kind of request."""
    seconds = [each for notes in crowd.notes.values() for each in notes.seconds]
    kinds: dict[str, list[float]] = defaultdict(list)
    for what, took in seconds:
        kinds[what].append(took)
    people = sum(len(crowd.world[firm]["visitors"]) + 1 for firm in MARKERS)
    written = sum(len(notes.written) for notes in crowd.notes.values())
    events = sum(sum(notes.events.values()) for notes in crowd.notes.values())
    lines = [
        f"{people} visitors for {SECONDS} s, seed {crowd.seed}",
        f"{len(seconds)} answers, {len(seconds) / SECONDS:.1f} a second; {written} writes confirmed",
        f"{events} live events heard",
        f"web server: {_mb(watch.early)} MB in the second quarter, {_mb(watch.late)} MB in the last",
        f"at most {max(watch.connections)} connections to PostgreSQL",
    ]
    for what, took in sorted(kinds.items()):
        cuts = statistics.quantiles(took, n=20) if len(took) > 1 else took * 19
        lines.append(f"{what}: {len(took)}; ms median {_ms(cuts[9])}, 95 % {_ms(cuts[18])}, most {_ms(max(took))}")
    return lines


def _ms(seconds: float) -> int:
    return round(1000 * seconds)


def _mb(size: int) -> int:
    return size // 1_000_000


def test_two_firms_at_work_break_cross_and_lose_nothing(
    live_site: LiveSite, capsys: pytest.CaptureFixture[str]
) -> None:
    live_site.start_worker(concurrency=2)
    live_site.start_beat()
    crowd = Crowd(live_site, random.SystemRandom().randrange(10**6))
    with watched(live_site) as watch:
        crowd.run()
        live_site.wait(lambda: not open_jobs(live_site), f"the jobs to be done: {open_jobs(live_site)}", 300)
    with capsys.disabled():
        sys.stdout.write("".join(f"\ndeep: {line}" for line in tell(crowd, watch)) + "\n")
    for firm, notes in crowd.notes.items():
        assert notes.problems == [], f"{firm}: " + "\n".join(notes.problems[:30])
        other = next(each for each in MARKERS if each != firm)
        assert notes.ids & ids_of(live_site, other) == set()
        assert len(notes.ids & ids_of(live_site, firm)) > 20, "no ids were seen at all"
        assert found_of(live_site, firm) == Counter(notes.written)
        assert {kind for kind, _ in notes.written} == {"household", "import", "plan", "run", "verification"}
        assert sum(kind == "plan" for kind, _ in notes.written) <= 3 * PLANS_EACH
        assert set(notes.events) - {"refused"}, notes.events
        assert "\nINTACT" in live_site.manage("verify_audit", "--firm", firm)
    assert watch.late < GROWTH * watch.early + SPARE_BYTES
    assert max(watch.connections) <= MOST_CONNECTIONS
