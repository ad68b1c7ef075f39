"""Steps 1 and 2: a firm registers; its principal invites the team."""

from __future__ import annotations

from tests.journeys.main_job import FIRM, MainJob
from tests.journeys.people import PASSWORD

TEAM = (
    ("Ada Advisor", "ada@harbor.test", "advisor"),
    ("Sol Second", "sol@harbor.test", "advisor"),
    ("Connie Compliance", "connie@harbor.test", "compliance"),
    ("Sue Support", "sue@harbor.test", "support"),
)


def register_the_firm(job: MainJob) -> None:
    """Register on the public site, see the progress live, confirm the address, choose a password, enrol a factor."""
    paul = job.person("Paul Principal", "paul@harbor.test", firm="")
    job.principal = paul
    paul.go("/register/")
    paul.fill(legal_name="Harbor Advisory LLC", registration_kind="sec", sec_number="801-12345", state_code="MA")
    paul.fill(principal_name=paul.name, principal_email=paul.email, address=FIRM)
    paul.press("Register and set up")
    assert "/register/" in paul.page.url, paul.text()
    paul.see("Setting up Harbor Advisory LLC")
    job.site.start_worker()  # only now: what the page shows next came to it live
    paul.page.get_by_role("heading", name="Harbor Advisory LLC is open").wait_for(timeout=90_000)
    paul.page.goto(paul.mailed_link("confirm"))
    paul.firm = FIRM
    paul.press("Confirm")
    paul.fill(password1=PASSWORD, password2=PASSWORD)
    paul.press("Keep this password")
    paul.enrol_authenticator()


def invite_the_team(job: MainJob) -> None:
    """Invite by role; each accepts by the mailed link and enrols a second factor where the role needs one."""
    team = job.team
    for name, email, role in TEAM:
        job.principal.go("/settings/team/invite/")
        job.principal.fill(full_name=name, email=email, role=role)
        job.principal.press("Send the invitation")
        team[role if role not in team else "second advisor"] = job.person(name, email)
    for person in team.values():
        person.accept_invitation()
        person.enrol_authenticator()
    job.team["compliance"].go("/compliance/")
    assert job.team["support"].status("/compliance/") == 403
