from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from apps.billing.engine.terms import FeeTerms
from apps.billing.models import FeeSchedule, FeeScheduleVersion
from apps.billing.selectors.schedules import version_view
from apps.billing.services.effects import effects_of
from apps.billing.services.schedules import define_schedule, described_terms, revise_schedule
from apps.core.models import AuditEvent
from apps.kernel.errors import InvalidInputError
from tests.factories import billing, clients
from tests.factories.billing import START

D = Decimal


def test_terms_come_back_as_they_were_defined(ada):
    told = billing.terms(
        minimum_annual=D(2000), maximum_annual=D(50_000), discount=D("0.1"), flow_threshold=D(10_000),
        clauses={"schedule": "4.2", "proration": "4.4"},
    )  # fmt: skip
    version = define_schedule(name="Full", terms=told, effective_on=START, by=ada.as_actor())
    version.refresh_from_db()
    terms = version_view(version).terms
    assert isinstance(terms, FeeTerms)
    assert terms == described_terms(told)
    assert (terms.minimum.annual_amount.amount, terms.discount.fraction) == (D(2000), D("0.1"))
    assert AuditEvent.objects.filter(action="billing.define_schedule").count() == 1


def test_a_name_is_taken_once_and_terms_must_hold(ada):
    billing.version(ada)
    with pytest.raises(InvalidInputError, match="has this name") as taken:
        billing.version(ada)
    assert taken.value.field == "name"
    with pytest.raises(InvalidInputError, match="no upper end"):
        billing.version(ada, name="Open", kind="flat", tiers=[{"up_to": D(1), "rate": D("0.01")}])
    with pytest.raises(InvalidInputError, match="none of the choices"):
        billing.version(ada, name="Odd", kind="by the moon")
    assert FeeSchedule.objects.count() == 1


def test_a_revision_is_a_version_of_its_own_and_bills_nobody(ada):
    household = clients.household(ada)
    first = billing.version(ada)
    billing.assigned(household, ada, first)
    second = revise_schedule(
        schedule=first.schedule, terms=billing.terms(), effective_on=dt.date(2026, 1, 1), by=ada.as_actor()
    )
    assert (second.number, household.fee_assignments.get().version) == (2, first)
    with pytest.raises(InvalidInputError, match="counts from"):
        revise_schedule(schedule=first.schedule, terms=billing.terms(), effective_on=START, by=ada.as_actor())
    assert FeeScheduleVersion.objects.count() == 2


def test_the_effect_of_other_terms_is_shown_only_of_households_one_may_see(ada, mallory):
    version = billing.version(ada)
    for name, rate in (("Stone", None), ("Wolf", D("0.004"))):
        household = clients.household(ada, name=name)
        billing.cash_account(household, ada, "500000")
        billing.assigned(household, ada, version, negotiated_rate=rate)
    other = described_terms(billing.terms(kind="flat", tiers=[{"rate": D("0.008")}]))
    effects = effects_of(version.schedule, other, on=dt.date(2026, 4, 1), actor=ada.as_actor())
    assert [(e.household.name, e.now, e.then, e.keeps_own_rate) for e in effects.rows] == [
        ("Stone", D("5000.00"), D("4000.00"), False),
        ("Wolf", D("2000.00"), D("2000.00"), True),
    ]
    assert (effects.now, effects.then, effects.change) == (D(7000), D(6000), D(-1000))
    assert not effects_of(version.schedule, other, on=dt.date(2026, 4, 1), actor=mallory.as_actor()).rows
