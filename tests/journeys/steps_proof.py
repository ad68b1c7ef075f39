"""Steps 8 and 9: the compliance officer proves all of it; a partner works through the API."""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from pathlib import Path

from config.env import ROOT
from tests.journeys.main_job import FIRM, MainJob
from tests.journeys.partner import Partner
from tests.journeys.people import Person

STEPS = {
    "clients.onboard_household",
    "clients.invite_person_to_portal",
    "compliance.submit_answers",
    "compliance.review_assessment",
    "plans.request_projection",
    "plans.decide_recommendation",
    "plans.publish_plan",
    "plans.ask_question",
    "clients.sign",
    "plans.put_in_force",
    "billing.assign_fee",
    "billing.settle_payment",
}
READS = ("clients:read", "clients:write", "plans:read", "portfolios:read")


def prove_it(job: MainJob, folder: Path) -> None:
    """Read the household's trail, verify the chain by click and by command, export it, check it without Steward."""
    connie = job.team["compliance"]
    connie.go("/compliance/")
    connie.press("Verify the trail")
    connie.see("The trail is intact")
    assert "\nINTACT" in job.site.manage("verify_audit", "--firm", FIRM)
    connie.go(f"/households/{job.household_id}/history/")
    connie.see("Ada Advisor", "Alex Okafor", "127.0.0.1", "Before and after")
    connie.press("Export data")
    archive = download(connie, folder / "trail.zip")
    checker = subprocess.run(
        [sys.executable, str(ROOT / "tools/verify_export/verify_export.py"), str(archive)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert checker.returncode == 0, checker.stdout + checker.stderr
    with zipfile.ZipFile(archive) as exported:
        events = [json.loads(json.loads(line)["text"]) for line in exported.read("events.jsonl").splitlines()]
    assert {event["action"] for event in events} >= STEPS
    assert all(event["occurred_at"] for event in events)
    connie.go(f"/households/{job.household_id}/history/")
    connie.press("Make a PDF")
    assert download(connie, folder / "trail.pdf").read_bytes().startswith(b"%PDF")


def download(person: Person, path: Path) -> Path:
    """Wait until the newest export is built and save it."""
    link = person.page.locator("main tbody tr").first.get_by_role("link", name="Download")
    person.await_live(link)
    path.write_bytes(person.fetch(link.get_attribute("href")))
    return path


def let_the_partner_in(job: MainJob) -> None:
    """Register a partner; with its token it reads what the firm made, creates a client, and is refused the rest."""
    paul = job.principal
    paul.go("/settings/partners/new/")
    paul.fill(name="Tidewater CRM", contact_email="api@tidewater.test", scopes=list(READS))
    paul.press("Register a partner")
    ids = [paul.page.locator(at).inner_text() for at in ("#client-id", "#client-secret")]
    partner = Partner(job.site, FIRM, *ids)
    partner.connect(*READS)
    households = {row["id"]: row for row in partner.get("/api/households")["results"]}
    people = households[job.household_id]["people"]
    alex = next(person["id"] for person in people if person["first_name"] == "Alex")
    assert partner.get("/api/financial-services/accounts")["results"]
    assert partner.get(f"/api/plans/{alex}")["status"] == "in_force"
    assert partner.get(f"/api/recommendations/{alex}")
    status, _type, made = partner.post("/api/clients", {"first_name": "Nia", "last_name": "Stone"})
    assert status == 201, made
    assert partner.get(f"/api/clients/{made['id']}")["last_name"] == "Stone"
    status, media_type, problem = partner.post(f"/api/plans/{alex}", {})
    assert (status, media_type) == (403, "application/problem+json"), problem
    assert problem["code"]
