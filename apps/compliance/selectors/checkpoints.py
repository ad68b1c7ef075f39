"""What is known of a household at a checkpoint, and what was recorded there."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from apps.clients.models import Agreement, AgreementState, Document, DocumentCategory, Household, Person
from apps.compliance.engine.checkpoints import ComplexityLimits, Fact, risk_fits
from apps.compliance.models import CheckpointKind, CheckpointRecord, CheckpointRules, ConsentRule
from apps.compliance.selectors.risk_limits import risk_limit
from apps.core.templatetags.formats import percent_text

# what holds until the firm says otherwise
DEFAULTS = {
    "manager_above_amount": Decimal(250_000),
    "manager_above_share": Decimal("0.25"),
    "manager_above_lines": 20,
    "consent": ConsentRule.MANDATE,
}


def rules_in_force() -> CheckpointRules:
    """Return the firm's rules; those that Steward begins with are not saved."""
    return CheckpointRules.objects.order_by("-id").first() or CheckpointRules(**DEFAULTS)


def complexity_limits(rules: CheckpointRules) -> ComplexityLimits:
    """Return the limits of the rules for the engine."""
    return ComplexityLimits(rules.manager_above_amount, rules.manager_above_share, rules.manager_above_lines)


def client_facts(household: Household, owners: Iterable[Person], *, needs_portal: bool) -> list[Fact]:
    """Return whether the owners are identified and have agreed, and have the portal where they must decide."""
    people = list(owners)
    unknown = [str(person) for person in people if not (person.tax_id and person.date_of_birth)]
    papers = Document.objects.filter(household=household, category=DocumentCategory.IDENTITY).exists()
    signed = Agreement.objects.filter(household=household, state=AgreementState.SIGNED).exists()
    facts = [
        Fact("identity", bool(people) and not unknown, {"names": ", ".join(unknown) or "–"}),
        Fact("identity_paper", papers),
        Fact("agreement", signed),
    ]
    if needs_portal:
        without = [str(person) for person in people if person.user_id is None]
        facts.append(Fact("portal", bool(people) and not without, {"names": ", ".join(without) or "–"}))
    return facts


def suitability_facts(household: Household, before: Decimal, after: Decimal, on: dt.date) -> list[Fact]:
    """Return whether the risk profile is in force, and the share of stocks after the trades fits it."""
    limit = risk_limit(household, on)
    if limit is None:
        return [Fact("profile", holds=False)]
    most = Decimal(str(limit.max_equity_share))
    told = {"before": percent_text(before), "after": percent_text(after), "most": percent_text(most)}
    fits = risk_fits(before, after, most)
    return [Fact("profile", not limit.is_stale), Fact("risk_nearer" if fits and after > most else "risk", fits, told)]


# what was found, in words: (it holds, it does not)
_WORDS = {
    "identity": (
        _("Date of birth and tax number of every owner are on file."),
        _("Date of birth or tax number is missing: %(names)s."),
    ),
    "identity_paper": (_("An identity document is on file."), _("No identity document is on file.")),
    "agreement": (_("The advisory agreement is signed."), _("No advisory agreement is signed.")),
    "portal": (_("Every owner has an account of the portal."), _("No account of the portal: %(names)s.")),
    "profile": (
        _("The risk profile is in force."),
        _("The household has no risk profile in force, or it has to be renewed."),
    ),
    "risk": (
        _("Stocks after the trades: %(after)s; the risk profile allows %(most)s."),
        _("Stocks after the trades: %(after)s, more than the %(most)s that the risk profile allows."),
    ),
    "risk_nearer": (
        _("Stocks after the trades: %(after)s, above the %(most)s of the risk profile, and %(before)s before."),
        _("Stocks after the trades: %(after)s, more than the %(most)s that the risk profile allows."),
    ),
    "advisor": (_("An advisor stands for the recommendation: %(names)s."), _("An advisor has to review it.")),
    "manager": (_("Complex, and reviewed by a manager: %(names)s."), _("Complex: a manager has to review it.")),
    "compliance": (_("Reviewed by compliance: %(names)s."), _("Compliance has to review it.")),
    "client": (_("Approved by %(names)s in the portal."), _("Declined by %(names)s in the portal.")),
    "client_each": (_("An owner of every account has approved."), _("No owner has approved yet: %(names)s.")),
    "executed": (_("Executed as ordered."), _("Not executed as ordered: %(names)s.")),
    "limits": (_("Every price is within its limit."), _("Executed beyond the limit: %(names)s.")),
    "fees": (
        _("The fees are those agreed with the custodian."),
        _("The fees are not those agreed with the custodian: %(names)s."),
    ),
    "fees_by_hand": (
        _("The fees were compared by hand, without a schedule of %(names)s."),
        _("The fees were not compared, without a schedule of %(names)s."),
    ),
    "booked": (_("Every execution is in the book."), _("Not in the book: %(names)s.")),
    "monitoring": (
        _("The look of the night was tried: it sees the accounts."),
        _("The look of the night does not see: %(names)s."),
    ),
    "confirmation": (_("The confirmation is in the client's documents."), _("No confirmation was issued.")),
}


def fact_words(fact: Fact) -> str:
    """Return what was found, in the reader's language."""
    holds, fails = _WORDS[fact.key]
    text = str(holds if fact.holds else fails)
    return text % fact.told if fact.told else text


def facts_of(record: CheckpointRecord) -> list[Fact]:
    """Return the facts of a record."""
    return [Fact(each["key"], each["holds"], each["told"]) for each in record.facts]


def approved_by(target_id: uuid.UUID) -> frozenset[str]:
    """Return the keys of the clients who approved a target; what was declined is over and has no use for them."""
    return approvals_of([target_id])[target_id]


def approvals_of(target_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, frozenset[str]]:
    """Return the keys of the clients who approved each target, in one query."""
    found: dict[uuid.UUID, set[str]] = {target_id: set() for target_id in target_ids}
    for row in CheckpointRecord.objects.filter(target_id__in=found, kind=CheckpointKind.APPROVAL):
        if any(fact.key == "client" and fact.holds for fact in facts_of(row)):
            found[row.target_id].add(row.recorded_key)
    return {target_id: frozenset(keys) for target_id, keys in found.items()}


def latest_records(target_id: uuid.UUID) -> dict[str, CheckpointRecord]:
    """Return the latest record of each checkpoint for a target."""
    return records_of([target_id])[target_id]


def records_of(target_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, dict[str, CheckpointRecord]]:
    """Return the latest record of each checkpoint for each target, in one query."""
    found: dict[uuid.UUID, dict[str, CheckpointRecord]] = {target_id: {} for target_id in target_ids}
    for record in CheckpointRecord.objects.filter(target_id__in=found).order_by("id"):
        found[record.target_id][record.kind] = record
    return found
