from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from apps.billing.engine.documents import plain, restored
from apps.billing.engine.household import calculate_household_fee
from apps.billing.engine.inputs import Credit, Exclusion, ExclusionReason
from apps.billing.engine.receipts import verify_receipt
from apps.billing.engine.results import Receipt
from apps.billing.engine.terms import FlowRule, Limit, Scope
from tests.apps.billing.engine.builders import account, bill, flow, graduated, rate, usd, value

RICH = bill(
    [
        account(
            "a",
            400_000,
            exclusions=(Exclusion(ExclusionReason.CASH, (value(date(2026, 6, 30), 10_000),), clause="4.2"),),
        ),
        account("b", 350_000, funded_on=date(2026, 5, 5)),
        account("c", 250_000, flows=(flow(date(2026, 5, 2), 20_000),)),
    ],
    graduated(discount=rate("0.1"), flow_rule=FlowRule(usd(5000)), maximum=Limit(usd(2700), Scope.ACCOUNT)),
    credits=(Credit("Goodwill", usd(50), clause="4.9"), Credit("First quarter", share=rate("0.25"), account_id="b")),
)
RECEIPT = calculate_household_fee(RICH).receipt


def with_line(receipt, section, place, **changes):
    lines = list(getattr(receipt, section))
    lines[place] = replace(lines[place], **changes)
    return replace(receipt, **{section: tuple(lines)})


def test_the_lines_of_a_receipt_make_its_fee():
    check = verify_receipt(RECEIPT)
    assert check.differences == ()
    assert check.total.amount == RECEIPT.posted_total


def test_every_line_that_has_a_clause_in_the_agreement_shows_it():
    assert {line.clause for line in RECEIPT.tiers} == {"4.1(a)", "4.1(b)"}
    assert RECEIPT.values[0].excluded[0].clause == "4.2"
    assert {line.clause for line in RECEIPT.credits} == {"4.9", ""}


@pytest.mark.parametrize(
    ("section", "changes"),
    [
        ("values", {"value": Decimal(410_000)}),
        ("values", {"billable": Decimal(390_001)}),
        ("billables", {"billable": Decimal(390_001)}),
        ("billables", {"n_values": 2}),
        ("tiers", {"rate": Decimal("0.011")}),
        ("tiers", {"slice_value": Decimal(499_999), "amount": Decimal("4999.99")}),
        ("tiers", {"amount": Decimal("5000.01")}),
        ("steps", {"after": Decimal(9000)}),
        ("steps", {"amount": Decimal(1)}),
        ("prorations", {"annual_fee": Decimal(3000)}),
        ("prorations", {"days": 90}),
        ("prorations", {"amount": Decimal("700.01")}),
        ("credits", {"amount": Decimal(-18)}),
        ("flows", {"amount": Decimal(-10)}),
        ("flows", {"sign": 1}),
        ("flows", {"rate": Decimal("0.007"), "amount": Decimal("-11.923076923077")}),
        ("postings", {"posted": Decimal("1.00")}),
        ("postings", {"exact": Decimal("1.00")}),
    ],
)
def test_a_line_that_was_changed_is_found(section, changes):
    check = verify_receipt(with_line(RECEIPT, section, 0, **changes))
    assert not check.holds
    assert section in {difference.section for difference in check.differences} | (
        {"steps"} if section == "tiers" else set()
    )


@pytest.mark.parametrize("field", ["exact_total", "posted_total", "rounding_residue"])
def test_a_total_that_was_changed_is_found(field):
    check = verify_receipt(replace(RECEIPT, **{field: getattr(RECEIPT, field) + Decimal("0.01")}))
    assert {difference.section for difference in check.differences} == {"total"}


def test_a_cent_moved_between_accounts_is_found():
    moved = with_line(RECEIPT, "postings", 0, posted=RECEIPT.postings[0].posted + 1)
    moved = with_line(moved, "postings", 1, posted=moved.postings[1].posted - 1)
    assert not verify_receipt(moved).holds


def test_an_account_that_bears_a_cent_too_much_is_found_though_the_sums_agree():
    moved = RECEIPT
    for place, cents in ((0, Decimal("0.01")), (1, Decimal("-0.01"))):
        line = moved.postings[place]
        moved = with_line(moved, "postings", place, posted=line.posted + cents, residue=line.residue + cents)
    assert {difference.section for difference in verify_receipt(moved).differences} == {"postings"}


def test_a_line_without_a_posting_is_found():
    assert not verify_receipt(replace(RECEIPT, postings=RECEIPT.postings[1:])).holds


def test_a_receipt_that_was_stored_still_proves_its_fee():
    stored = restored(Receipt, plain(RECEIPT))
    assert stored == RECEIPT
    assert verify_receipt(stored).holds
