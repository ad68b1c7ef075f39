from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from apps.billing.engine.errors import RetirementPayerError
from apps.billing.models import FeeAssignment, FeeExclusion
from apps.billing.services.assignments import (
    BilledPeriodError,
    ExclusionTerms,
    NoAgreementError,
    NotAgreedError,
    OwnTerms,
    assign_fee,
    end_exclusion,
    exclude_from_fees,
)
from apps.core.models import AuditEvent
from apps.kernel.errors import InvalidInputError
from tests.factories import billing, clients
from tests.factories.billing import START

D = Decimal
AGREED = {
    "kind": "graduated",
    "tiers": [{"up_to": "1000000", "annual_rate": "0.01"}, {"up_to": None, "annual_rate": "0.005"}],
    "frequency": "quarterly",
    "timing": "arrears",
    "value_basis": "period_end",
    "minimum_annual": None,
    "discount": "0",
    "clauses": {"schedule": "4.1", "proration": "4.2"},
}


@pytest.fixture
def household(ada):
    return clients.household(ada)


@pytest.fixture
def standard(ada):
    return billing.version(ada)


def assign(household, ada, version, agreement, clause="4.1", starts_on=START, **own):
    return assign_fee(
        household=household,
        version=version,
        agreement=agreement,
        clause=clause,
        starts_on=starts_on,
        own=OwnTerms(**own),
        by=ada.as_actor(),
    )


def test_a_fee_rests_on_a_clause_of_a_signed_agreement(ada, household, standard):
    made = assign(household, ada, standard, billing.agreement(household, ada))
    assert (made.version, made.clause, made.ends_on) == (standard, "4.1", None)
    assert AuditEvent.objects.filter(action="billing.assign_fee", target_id=made.public_id).count() == 1


def test_without_a_signed_agreement_there_is_no_fee(ada, household, standard):
    other = clients.household(ada, name="Zola")
    for agreement in (billing.agreement(household, ada, state="sent"), billing.agreement(other, ada)):
        with pytest.raises(NoAgreementError, match="No signed agreement"):
            assign(household, ada, standard, agreement)
    with pytest.raises(NoAgreementError, match=r"no clause 9\.9"):
        assign(household, ada, standard, billing.agreement(household, ada), clause="9.9")
    later = billing.agreement(household, ada, effective_on=dt.date(2026, 1, 1))
    with pytest.raises(NoAgreementError, match="takes effect"):
        assign(household, ada, standard, later)
    assert not FeeAssignment.objects.exists()


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ({"tiers": [{"up_to": None, "annual_rate": "0.008"}]}, "the rates"),
        ({"timing": "advance"}, "billed in advance"),
        ({"frequency": "monthly"}, "how often"),
        ({"discount": "0.1"}, "the discount"),
    ],
)
def test_a_fee_other_than_the_agreement_says_is_refused(ada, household, standard, change, what):
    agreement = billing.agreement(household, ada)
    agreement.fee_terms = AGREED | change
    agreement.save()
    with pytest.raises(NotAgreedError, match=what):
        assign(household, ada, standard, agreement)


def test_a_fee_below_what_was_agreed_is_taken(ada, household, standard):
    agreement = billing.agreement(household, ada)
    agreement.fee_terms = AGREED | {"minimum_annual": "500"}
    agreement.save()
    assert assign(household, ada, standard, agreement, negotiated_rate=D("0.004")).negotiated_rate == D("0.004")
    with pytest.raises(NotAgreedError, match="negotiated"):
        assign(household, ada, standard, agreement, starts_on=START.replace(day=5), negotiated_rate=D("0.006"))


def test_new_terms_end_those_before(ada, household, standard):
    first = assign(household, ada, standard, billing.agreement(household, ada))
    dearer = billing.version(ada, name="Other")
    second = assign(household, ada, dearer, billing.agreement(household, ada), starts_on=dt.date(2026, 1, 1))
    first.refresh_from_db()
    assert (first.ends_on, second.ends_on) == (dt.date(2025, 12, 31), None)
    with pytest.raises(InvalidInputError, match="Other terms begin"):
        assign(household, ada, standard, billing.agreement(household, ada), starts_on=dt.date(2025, 12, 1))


def test_billed_days_keep_their_terms(ada, paul, household, standard):
    billing.cash_account(household, ada, "1000")
    assign(household, ada, standard, billing.agreement(household, ada))
    billing.locked(ada, paul)
    with pytest.raises(BilledPeriodError, match="2026-03-31"):
        assign(household, ada, standard, billing.agreement(household, ada), starts_on=dt.date(2026, 3, 1))


def test_a_retirement_account_pays_for_nobody_else(ada, household, standard):
    ira = billing.ira(household, ada, "1000")
    agreement = billing.agreement(household, ada)
    with pytest.raises(RetirementPayerError):
        assign(household, ada, standard, agreement, collection="account", paying_account=ira)
    foreign = billing.cash_account(clients.household(ada, name="Zola"), ada, "1000")
    with pytest.raises(InvalidInputError, match="another household"):
        assign(household, ada, standard, agreement, collection="account", paying_account=foreign)


def test_cash_and_whole_accounts_are_left_out_from_their_day_to_their_day(ada, household, standard):
    billed = billing.cash_account(household, ada, "365000", name="Billed")
    held = billing.cash_account(household, ada, "730000", name="Unsupervised")
    assign(household, ada, standard, billing.agreement(household, ada))
    left_out = exclude_from_fees(
        account=held,
        terms=ExclusionTerms("unsupervised", "4.1", START, counts_for_breakpoint=True),
        by=ada.as_actor(),
    )
    first = billing.calculated(ada)
    # 1,095,000 reaches the second tier: (10,000 + 475) · 365,000 / 1,095,000 · 90 / 365
    assert first.total == D("860.96")
    end_exclusion(exclusion=left_out, ends_on=dt.date(2026, 3, 31), by=ada.as_actor())
    cash = ExclusionTerms("cash", "4.2", dt.date(2026, 4, 1))
    exclude_from_fees(account=billed, terms=cash, by=ada.as_actor())
    second = billing.calculated(ada, first_day=billing.Q2)
    # only what was left out before is billed now: 730,000 · 1 % · 91 / 365
    assert second.total == D("1820.00")
    assert FeeExclusion.objects.count() == 2
    with pytest.raises(InvalidInputError, match="no security"):
        wrong = ExclusionTerms("cash", "4.1", START, instrument=billing.portfolios.instrument(ada, "AAA", {}))
        exclude_from_fees(account=held, terms=wrong, by=ada.as_actor())
