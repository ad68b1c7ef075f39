"""Findings at checkpoints are kept once and stand; the firm's rules are set by who may."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest
from django.db import ProgrammingError, transaction
from django.test import Client
from django.urls import reverse

from apps.accounts.models import User
from apps.compliance.engine.checkpoints import Fact
from apps.compliance.models import CheckpointRecord, CheckpointRules
from apps.compliance.selectors.checkpoints import fact_words, facts_of, latest_records, rules_in_force
from apps.compliance.services.checkpoints import CheckpointTerms, Finding, record_checkpoint, set_checkpoint_rules
from apps.core.models import AuditEvent
from apps.kernel.errors import InvalidInputError
from tests.factories import clients

SignIn = Callable[..., Client]
FOUND = Finding("client_verification", "failed", "d1", (Fact("identity", holds=False, told={"names": "Ana"}),))


def test_a_finding_is_kept_once_with_its_facts(ada: User) -> None:
    household = clients.household(ada)
    rows = [
        record_checkpoint(household=household, target=household, finding=FOUND, by=ada.as_actor()) for _ in range(2)
    ]
    assert rows[0] == rows[1] == latest_records(household.public_id)["client_verification"]
    assert AuditEvent.objects.filter(action="compliance.record_checkpoint").count() == 1
    (fact,) = facts_of(rows[0])
    assert fact_words(fact) == "Date of birth or tax number is missing: Ana."
    assert not rows[0].lets_pass


def test_another_finding_is_another_record(ada: User) -> None:
    household = clients.household(ada)
    for verdict in ("failed", "passed", "failed"):
        finding = Finding("client_verification", verdict, "d1")
        record_checkpoint(household=household, target=household, finding=finding, by=ada.as_actor())
    assert CheckpointRecord.objects.count() == 3


def test_records_and_rules_stand(paul: User) -> None:
    terms = CheckpointTerms(Decimal(100), Decimal("0.1"), 3, "always")
    set_checkpoint_rules(terms=terms, by=paul.as_actor())
    with pytest.raises(ProgrammingError, match="This record stands"), transaction.atomic():
        CheckpointRules.objects.update(manager_above_lines=9)


def test_rules_are_set_and_told(paul: User) -> None:
    assert rules_in_force().pk is None
    terms = CheckpointTerms(Decimal(100), Decimal("0.1"), 3, "always")
    assert set_checkpoint_rules(terms=terms, by=paul.as_actor()) == rules_in_force()
    event = AuditEvent.objects.get(action="compliance.set_checkpoint_rules")
    assert (event.before["consent"], event.after["consent"]) == ("mandate", "always")


@pytest.mark.parametrize(
    ("terms", "field"),
    [
        (CheckpointTerms(Decimal(-1), Decimal("0.1"), 3, "always"), "manager_above_amount"),
        (CheckpointTerms(Decimal(1), Decimal("1.1"), 3, "always"), "manager_above_share"),
        (CheckpointTerms(Decimal(1), Decimal("0.1"), 3, "never"), "consent"),
    ],
)
def test_rules_that_cannot_be_are_refused_at_their_field(paul: User, terms: CheckpointTerms, field: str) -> None:
    with pytest.raises(InvalidInputError) as refused:
        set_checkpoint_rules(terms=terms, by=paul.as_actor())
    assert refused.value.field == field
    assert not CheckpointRules.objects.exists()


def test_the_page_of_the_rules_is_for_compliance(connie: User, ada: User, sign_in: SignIn) -> None:
    url = reverse("compliance:checkpoint-rules")
    assert sign_in(ada).get(url).status_code == 403
    assert sign_in().get(url).status_code == 302
    browser = sign_in(connie)
    assert 'value="25"' in browser.get(url).text
    told = {
        "manager_above_amount": "9000",
        "manager_above_share": "10",
        "manager_above_lines": "4",
        "consent": "always",
    }
    assert browser.post(url, told).url == url
    assert rules_in_force().manager_above_share == Decimal("0.1")
    assert browser.post(url, {**told, "manager_above_share": "130"}).status_code == 422
