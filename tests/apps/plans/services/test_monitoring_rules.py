"""The firm's rules of watching plans: kept as versions, refused where they cannot be."""

from __future__ import annotations

from decimal import Decimal

import pytest

from apps.accounts.models import User
from apps.core.models import AuditEvent
from apps.kernel.errors import InvalidInputError
from apps.plans.models import MonitoringRules
from apps.plans.selectors.monitoring_rules import monitoring_rules
from apps.plans.services import monitoring_rules as written
from apps.plans.services.monitoring_rules import MonitoringTerms, set_monitoring_rules

D = Decimal
TERMS = MonitoringTerms(D("0.05"), D("0.65"), D("0.97"), tells_clients=True)


def test_the_latest_rules_hold(paul: User) -> None:
    assert monitoring_rules().pk is None
    row = set_monitoring_rules(terms=TERMS, by=paul.as_actor())
    assert monitoring_rules() == row
    assert AuditEvent.objects.filter(action="plans.set_monitoring_rules").count() == 1


@pytest.mark.parametrize(
    ("terms", "field"),
    [
        (MonitoringTerms(D("0.001"), D("0.65"), D("0.97"), tells_clients=False), "drift"),
        (MonitoringTerms(D("0.05"), D("0.01"), D("0.97"), tells_clients=False), "lower"),
        (MonitoringTerms(D("0.05"), D("0.65"), D("0.999"), tells_clients=False), "upper"),
        (MonitoringTerms(D("0.05"), D("0.9"), D("0.8"), tells_clients=False), ""),
    ],
)
def test_rules_that_cannot_be_are_refused_at_their_field(paul: User, terms: MonitoringTerms, field: str) -> None:
    with pytest.raises(InvalidInputError) as refused:
        set_monitoring_rules(terms=terms, by=paul.as_actor())
    assert refused.value.field == field
    assert not MonitoringRules.objects.exists()


def test_rules_are_kept_whole_or_not_at_all(paul: User, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(written.audit, "record", broken)
    with pytest.raises(RuntimeError):
        set_monitoring_rules(terms=TERMS, by=paul.as_actor())
    assert not MonitoringRules.objects.exists()
