"""What proves a fee: the engine's receipt with the names, clauses and checks that a reader needs."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from apps.billing.engine.documents import restored
from apps.billing.engine.receipts import ReceiptCheck, verify_receipt
from apps.billing.engine.refunds import RefundLine
from apps.billing.engine.results import (
    BillableLine,
    CarriedLine,
    CreditLine,
    FeeStep,
    FlowLine,
    FlowTreatment,
    PostingLine,
    ProrationLine,
    Receipt,
    StepLine,
    TierLine,
    ValueLine,
)
from apps.billing.engine.terms import ValueBasis
from apps.billing.models import AccountFee, HouseholdFee, Invoice
from apps.billing.policies import change_of
from apps.clients.models import Agreement
from apps.core.actors import Actor
from apps.kernel.errors import NotFoundError, gettext_noop

STEP_LABELS = {
    FeeStep.STANDARD: gettext_noop("Annual fee by the schedule"),
    FeeStep.NEGOTIATED: gettext_noop("Negotiated rate"),
    FeeStep.DISCOUNT: gettext_noop("Discount"),
    FeeStep.MINIMUM: gettext_noop("Minimum fee"),
    FeeStep.MAXIMUM: gettext_noop("Maximum fee"),
}
TREATMENT_LABELS = {
    FlowTreatment.ADJUSTED: gettext_noop("Prorated"),
    FlowTreatment.BELOW_THRESHOLD: gettext_noop("Below the threshold"),
    FlowTreatment.BELOW_DE_MINIMIS: gettext_noop("Too small to adjust"),
    FlowTreatment.FUNDING: gettext_noop("First deposit: billed by its days"),
    FlowTreatment.CLOSING: gettext_noop("Last withdrawal: billed by its days"),
    FlowTreatment.LIMIT_SET_FEE: gettext_noop("A minimum or maximum set the fee"),
    FlowTreatment.NOT_BILLED: gettext_noop("Not billed"),
}
BASIS_LABELS = {
    ValueBasis.PERIOD_END: gettext_noop("Value at the end of the period"),
    ValueBasis.OPENING: gettext_noop("Value at the opening of the period"),
    ValueBasis.AVERAGE_DAILY_BALANCE: gettext_noop("Average of the daily values"),
    ValueBasis.AVERAGE_MONTH_ENDS: gettext_noop("Average of the month ends"),
}


@dataclass(frozen=True, slots=True)
class Clause:
    """A clause of the agreement that a line rests on; `text` is empty where it stands in no article."""

    number: str
    text: str


@dataclass(frozen=True, slots=True)
class SideBill:
    """A bill of the period before that is settled in this one: the stub of an account that came, or a refund."""

    kind: str
    receipt: Receipt | None
    lines: tuple[RefundLine, ...]


@dataclass(frozen=True, slots=True)
class HouseholdReceipt:
    """A household's fee with everything that makes it. `names` are the accounts by the ids of the receipt."""

    fee: HouseholdFee
    receipt: Receipt
    names: dict[str, str]
    side_bills: tuple[SideBill, ...]
    clauses: tuple[Clause, ...]
    check: ReceiptCheck
    agreement_title: str
    agreement_signed_at: dt.datetime | None

    @property
    def change(self) -> Decimal | None:
        """What the fee differs by from the last period's; None where there was none."""
        return change_of(self.fee)

    @property
    def rows(self) -> list[tuple[str, ProrationLine]]:
        """The prorations with the accounts' names."""
        return [(self.names.get(line.account_id, line.account_id), line) for line in self.receipt.prorations]

    @property
    def adjustments(self) -> list[tuple[str, str, Decimal]]:
        """Account, description and amount of credits, flows and carried items that change the fee."""
        found = [(self._name(c.account_id), c.description, c.amount) for c in self.receipt.credits]
        found += [(self._name(c.account_id), c.description, c.amount) for c in self.receipt.carried]
        found += [(self._name(f.account_id), TREATMENT_LABELS[f.treatment], f.amount) for f in self.receipt.flows]
        return [row for row in found if row[2]]

    def _name(self, account_id: str) -> str:
        return self.names.get(account_id, account_id)

    @property
    def steps(self) -> list[tuple[str, StepLine]]:
        """The household's steps with their labels."""
        return [(STEP_LABELS[line.step], line) for line in self.receipt.steps]


@dataclass(frozen=True, slots=True)
class AccountReceipt:
    """One account's part of the receipt: every line that makes its fee, in the order in which they were reckoned."""

    household: HouseholdReceipt
    account_fee: AccountFee
    values: tuple[ValueLine, ...]
    billable: BillableLine | None
    basis_label: str
    tiers: tuple[TierLine, ...]
    steps: tuple[tuple[str, StepLine], ...]
    is_shared: bool
    proration: ProrationLine | None
    credits: tuple[CreditLine, ...]
    flows: tuple[tuple[str, FlowLine], ...]
    carried: tuple[CarriedLine, ...]
    posting: PostingLine | None
    stub: AccountReceiptStub | None
    refund: RefundLine | None


@dataclass(frozen=True, slots=True)
class AccountReceiptStub:
    """The lines of the period before that were settled for this account."""

    proration: ProrationLine
    values: tuple[ValueLine, ...]
    tiers: tuple[TierLine, ...]


def household_receipt(fee: HouseholdFee) -> HouseholdReceipt | None:
    """Return the receipt of a calculated fee, None for a blocked one."""
    if fee.receipt is None:
        return None
    receipt = restored(Receipt, fee.receipt)
    agreement = fee.assignment.agreement
    accounts = [part.account for part in fee.accounts.select_related("account")]
    return HouseholdReceipt(
        fee=fee,
        receipt=receipt,
        names={str(a.public_id): f"{a.name} {a.masked_number}".strip() for a in accounts},
        side_bills=tuple(_side_bill(raw) for raw in fee.side_bills),
        clauses=_clauses(agreement, receipt),
        check=verify_receipt(receipt),
        agreement_title=agreement.title,
        agreement_signed_at=agreement.signed_at,
    )


def account_receipt(actor: Actor, public_id: uuid.UUID | str) -> AccountReceipt:
    """Return the receipt of one account's fee, as far as the actor may see it. Raises NotFoundError."""
    found = (
        AccountFee.objects.visible_to(actor)
        .select_related(
            "account", "household_fee__run", "household_fee__household", "household_fee__assignment__agreement"
        )
        .filter(public_id=public_id)
        .first()
    )
    whole = household_receipt(found.household_fee) if found is not None else None
    if found is None or whole is None:
        raise NotFoundError(
            gettext_noop("There is no such receipt, or it is not yours to see."),
            mend=gettext_noop("A run that was calculated again has new receipts: open it from there."),
        )
    return _of_account(whole, found)


def household_receipt_for(actor: Actor, public_id: uuid.UUID | str) -> HouseholdReceipt:
    """Return the receipt of a household's fee, as far as the actor may see it. Raises NotFoundError."""
    fees = HouseholdFee.objects.visible_to(actor).select_related("run", "household", "assignment__agreement")
    found = fees.filter(public_id=public_id).first()
    whole = household_receipt(found) if found is not None else None
    if whole is None:
        raise NotFoundError(
            gettext_noop("There is no such receipt, or it is not yours to see."),
            mend=gettext_noop("A run that was calculated again has new receipts: open it from there."),
        )
    return whole


def fee_parts(receipt: HouseholdReceipt) -> list[AccountFee]:
    """Return what each account bears of a household's fee."""
    return list(receipt.fee.accounts.select_related("account").order_by("account_id"))


def receipt_for(actor: Actor, invoice: Invoice) -> HouseholdReceipt | None:
    """Return what proves an invoice that the actor may see; None for one that rests on no run. Raises NotFoundError."""
    if not Invoice.objects.visible_to(actor).filter(pk=invoice.pk).exists():
        raise NotFoundError(gettext_noop("There is no such invoice, or it is not yours to see."))
    if invoice.household_fee_id is None:
        return None
    fee = HouseholdFee.objects.select_related("run", "household", "assignment__agreement").get(
        pk=invoice.household_fee_id
    )
    return household_receipt(fee)


def _of_account(whole: HouseholdReceipt, part: AccountFee) -> AccountReceipt:
    receipt, key = whole.receipt, str(part.account.public_id)
    billable = _first(receipt.billables, key)
    own_tiers = tuple(line for line in receipt.tiers if line.account_id == key)
    stub = next((bill.receipt for bill in whole.side_bills if bill.receipt is not None), None)
    refunds = [line for bill in whole.side_bills for line in bill.lines]
    return AccountReceipt(
        household=whole,
        account_fee=part,
        values=tuple(line for line in receipt.values if line.account_id == key),
        billable=billable,
        basis_label=BASIS_LABELS[billable.basis] if billable else "",
        tiers=own_tiers or tuple(line for line in receipt.tiers if not line.account_id),
        steps=tuple((STEP_LABELS[s.step], s) for s in receipt.steps if s.account_id in {"", key}),
        is_shared=not own_tiers,
        proration=_first(receipt.prorations, key),
        credits=tuple(line for line in receipt.credits if line.account_id == key),
        flows=tuple((TREATMENT_LABELS[f.treatment], f) for f in receipt.flows if f.account_id == key),
        carried=tuple(line for line in receipt.carried if line.account_id == key),
        posting=_first(receipt.postings, key),
        stub=_stub(stub, key),
        refund=_first(refunds, key),
    )


def _stub(receipt: Receipt | None, key: str) -> AccountReceiptStub | None:
    proration = _first(receipt.prorations, key) if receipt else None
    if receipt is None or proration is None or not proration.amount:
        return None
    return AccountReceiptStub(
        proration,
        tuple(line for line in receipt.values if line.account_id == key),
        tuple(line for line in receipt.tiers if line.account_id in {"", key}),
    )


def _first(lines: Sequence[Any], key: str) -> Any:
    return next((line for line in lines if line.account_id == key), None)


def _side_bill(raw: dict[str, Any]) -> SideBill:
    if raw["kind"] == "stub":
        return SideBill("stub", restored(Receipt, raw["receipt"]), ())
    return SideBill("refund", None, tuple(restored(RefundLine, line) for line in raw["lines"]))


def _clauses(agreement: Agreement, receipt: Receipt) -> tuple[Clause, ...]:
    """Return the clauses that the receipt cites, in their order, with their text in the agreement."""
    sections = (
        receipt.billables, receipt.tiers, receipt.steps, receipt.prorations, receipt.credits, receipt.flows,
        receipt.carried, receipt.postings,
    )  # fmt: skip
    cited = {line.clause for lines in sections for line in lines if line.clause}
    cited |= {cut.clause for line in receipt.values for cut in line.excluded if cut.clause}
    texts = {p["number"]: p["text"] for article in agreement.articles for p in article["paragraphs"]}
    return tuple(Clause(number, str(texts.get(number, ""))) for number in sorted(cited))
