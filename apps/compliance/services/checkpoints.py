"""Recording what was found at a checkpoint, and the firm's rules for them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import models

from apps.clients.models import Household
from apps.compliance.engine.checkpoints import Fact
from apps.compliance.models import CheckpointRecord, CheckpointRules
from apps.compliance.selectors.checkpoints import rules_in_force
from apps.core import audit
from apps.core.actors import Actor
from apps.core.services import service
from apps.kernel.errors import InvalidInputError


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found about a record of another app, as its digest names it."""

    kind: str
    verdict: str
    digest: str
    facts: Sequence[Fact] = ()
    approvals: Sequence[str] = ()
    note: str = ""


@service
def record_checkpoint(*, household: Household, target: models.Model, finding: Finding, by: Actor) -> CheckpointRecord:
    """Keep a finding; the same one twice in a row is one record."""
    key = {"target_type": target._meta.label, "target_id": target.public_id}  # type: ignore[attr-defined]
    row = CheckpointRecord(
        household=household,
        kind=finding.kind,
        target_digest=finding.digest,
        verdict=finding.verdict,
        facts=[asdict(fact) for fact in finding.facts],
        approvals=[str(each) for each in finding.approvals],
        note=finding.note,
        rules=rules_in_force() if rules_in_force().pk else None,
        recorded_key=by.key,
        recorded_label=by.label[:200],
        **key,
    )
    last = CheckpointRecord.objects.filter(kind=finding.kind, **key).order_by("-id").first()
    if last is not None and _says(last) == _says(row):
        return last
    row.full_clean(exclude=["household", "rules"])
    row.save()
    audit.record("compliance.record_checkpoint", by=by, target=row, after=audit.snapshot(row))
    return row


def _says(row: CheckpointRecord) -> tuple[object, ...]:
    return row.target_digest, row.verdict, row.facts, row.approvals, row.note


@dataclass(frozen=True, slots=True)
class CheckpointTerms:
    """The firm's rules as they are set."""

    manager_above_amount: Decimal
    manager_above_share: Decimal
    manager_above_lines: int
    consent: str


@service
def set_checkpoint_rules(*, terms: CheckpointTerms, by: Actor) -> CheckpointRules:
    """Set the rules that hold from now on; earlier ones stay with the records that were made under them.

    Raises InvalidInputError for a number that cannot be.
    """
    before = audit.snapshot(rules_in_force())
    row = CheckpointRules(**asdict(terms), set_by=by.label[:200])
    try:
        row.full_clean()
    except ValidationError as wrong:
        field, messages = next(iter(wrong.message_dict.items()))
        raise InvalidInputError(messages[0], field=field) from wrong
    row.save()
    audit.record("compliance.set_checkpoint_rules", by=by, target=row, before=before, after=audit.snapshot(row))
    return row
