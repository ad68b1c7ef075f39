"""How far a household is on its way in: what data prove is done, and nothing else."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.translation import gettext, gettext_lazy

from apps.clients import policies
from apps.clients.models import (
    Agreement,
    AgreementState,
    Document,
    DocumentCategory,
    DocumentRequest,
    Household,
    HouseholdGroupGrant,
    HouseholdStatus,
    HouseholdUserGrant,
    Person,
    Relationship,
)
from apps.clients.ports import StepReport, ports


@dataclass(frozen=True, slots=True)
class OnboardingStep:
    """One step: `state` is done, now, blocked or next; `who` names who has the ball."""

    key: str
    name: str
    state: str
    who: str
    missing: tuple[str, ...]
    url: str


@dataclass(frozen=True, slots=True)
class OnboardingStatus:
    """All steps in order."""

    steps: tuple[OnboardingStep, ...]

    @property
    def done(self) -> int:
        """How many steps are done."""
        return sum(step.state == "done" for step in self.steps)

    @property
    def is_complete(self) -> bool:
        """Whether the household is on board."""
        return self.done == len(self.steps)

    @property
    def current(self) -> OnboardingStep | None:
        """The step that waits for somebody now."""
        return next((step for step in self.steps if step.state == "now"), None)


NAMES = {
    "profile": gettext_lazy("Profile"),
    "suitability": gettext_lazy("Suitability"),
    "documents": gettext_lazy("Documents"),
    "agreement": gettext_lazy("Agreement"),
    "signature": gettext_lazy("Signature"),
    "portal": gettext_lazy("Portal"),
    "team": gettext_lazy("Team"),
    "kickoff": gettext_lazy("Kickoff"),
}
# what must be done before a step can be
_NEEDS = {
    "signature": frozenset({"agreement", "portal"}),
    "kickoff": frozenset(NAMES) - {"kickoff"},
}


def onboarding_status(household: Household) -> OnboardingStatus:
    """Return every step with what is missing and who has the ball, in a constant number of queries."""
    reports = {key: _report(key, household) for key in NAMES}
    done = {key for key, report in reports.items() if report.done}
    waits = {
        "client": ", ".join(person.first_name for person in _deciders(household)) or gettext("the client"),
        "advisor": str(household.advisor),
        "firm": gettext("the firm"),
    }
    steps, found_now = [], False
    for key, report in reports.items():
        if report.done:
            state = "done"
        elif _NEEDS.get(key, frozenset()) - done:
            state = "blocked"
        else:
            state, found_now = ("next" if found_now else "now"), True
        who = "" if report.done else waits.get(report.waits_for, report.waits_for)
        steps.append(OnboardingStep(key, str(NAMES[key]), state, who, report.missing, report.url))
    return OnboardingStatus(tuple(steps))


def _report(key: str, household: Household) -> StepReport:
    source = ports.onboarding_steps.get(key)
    return source(household.public_id) if source is not None else _OWN[key](household)


def _deciders(household: Household) -> list[Person]:
    people = household.people.all()
    return [person for person in people if person.relationship in {Relationship.HEAD, Relationship.PARTNER}]


def _profile(household: Household) -> StepReport:
    missing = [
        gettext("%(field)s of %(name)s") % {"field": label, "name": person.first_name}
        for person in _deciders(household)
        for name, label in (
            ("date_of_birth", gettext("date of birth")),
            ("email", gettext("e-mail")),
            ("tax_id", gettext("tax number")),
            ("employment_status", gettext("employment")),
        )
        if not getattr(person, name)
    ]
    missing += [
        label
        for name, label in (
            ("address", gettext("address")),
            ("state", gettext("state of residence")),
            ("filing_status", gettext("tax filing status")),
            ("objectives", gettext("objectives")),
        )
        if not getattr(household, name)
    ]
    return StepReport(done=not missing, missing=tuple(missing), waits_for="advisor")


def _suitability(_household: Household) -> StepReport:
    return StepReport(done=False, missing=(gettext("the risk questionnaire"),), waits_for="client")


def _documents(household: Household) -> StepReport:
    there = set(Document.objects.filter(household=household).values_list("category", flat=True))
    lacking = [
        str(DocumentCategory(category).label) for category in policies.REQUIRED_CATEGORIES if category not in there
    ]
    asked = [request.title for request in DocumentRequest.objects.filter(household=household).open()]
    waits_for = "client" if asked else "advisor"
    return StepReport(done=not lacking and not asked, missing=tuple(lacking + asked), waits_for=waits_for)


def _agreement(household: Household) -> StepReport:
    there = Agreement.objects.filter(household=household).exclude(state=AgreementState.DECLINED).exists()
    return StepReport(done=there, missing=() if there else (gettext("the agreement"),), waits_for="advisor")


def _signature(household: Household) -> StepReport:
    states = set(Agreement.objects.filter(household=household).values_list("state", flat=True))
    if AgreementState.SIGNED in states:
        return StepReport(done=True)
    if AgreementState.SENT in states:
        return StepReport(done=False, missing=(gettext("the signatures"),), waits_for="client")
    return StepReport(done=False, missing=(gettext("sending the agreement"),), waits_for="advisor")


def _portal(household: Household) -> StepReport:
    without = [person.first_name for person in _deciders(household) if person.user_id is None]
    missing = tuple(gettext("the account of %(name)s") % {"name": name} for name in without)
    return StepReport(done=not missing, missing=missing, waits_for="client")


def _team(household: Household) -> StepReport:
    grants = HouseholdUserGrant.objects.filter(content_object=household).exclude(user=household.advisor_id)
    done = grants.exists() or HouseholdGroupGrant.objects.filter(content_object=household).exists()
    missing = () if done else (gettext("somebody who stands in for the advisor"),)
    return StepReport(done=done, missing=missing, waits_for="firm")


def _kickoff(household: Household) -> StepReport:
    done = household.status not in {HouseholdStatus.PROSPECT, HouseholdStatus.ONBOARDING}
    missing = () if done else (gettext("the start of service"),)
    return StepReport(done=done, missing=missing, waits_for="advisor")


_OWN: dict[str, Callable[[Household], StepReport]] = {
    "profile": _profile,
    "suitability": _suitability,
    "documents": _documents,
    "agreement": _agreement,
    "signature": _signature,
    "portal": _portal,
    "team": _team,
    "kickoff": _kickoff,
}
