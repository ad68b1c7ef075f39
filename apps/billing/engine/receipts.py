"""The proof of a fee: re-derive it from the lines of its receipt alone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from itertools import groupby

from apps.billing.engine.ledger import exact_sum
from apps.billing.engine.periods import day_counts, year_fraction
from apps.billing.engine.results import FeeStep, FlowTreatment, Receipt, StepLine, ValueLine
from apps.billing.engine.terms import ScheduleKind, Scope, Timing
from apps.kernel.dates import DateSpan
from apps.kernel.money import Money, minor_units

# A line shows 12 digits of a fraction that may have more; products of shown lines agree to this.
SHOWN = Fraction(1, 10**8)


@dataclass(frozen=True, slots=True)
class ReceiptDifference:
    """A line that does not follow from those before it."""

    section: str
    account_id: str
    shown: Decimal
    derived: Decimal


@dataclass(frozen=True, slots=True)
class ReceiptCheck:
    """The fee that the lines make, and every line that does not hold."""

    total: Money
    differences: tuple[ReceiptDifference, ...]

    @property
    def holds(self) -> bool:
        """Whether every line follows from those before it and all make the posted fee."""
        return not self.differences


def verify_receipt(receipt: Receipt) -> ReceiptCheck:
    """Recompute every line from those before it and the fee from the last ones; nothing but the receipt is used."""
    differences = [
        *_values(receipt),
        *_tiers(receipt),
        *_steps(receipt),
        *_shares(receipt),
        *_prorations(receipt),
        *_adjustments(receipt),
        *_postings(receipt),
    ]
    exact = exact_sum([line.amount for line in _posted_lines(receipt)])
    return ReceiptCheck(Money(exact, receipt.currency).rounded(receipt.rounding), tuple(differences))


def _differs(
    section: str, account_id: str, shown: Decimal, derived: Fraction, within: Fraction = SHOWN
) -> Iterator[ReceiptDifference]:
    if abs(Fraction(shown) - derived) > within:
        rounded = Decimal(round(derived * 10**12)).scaleb(-12)
        yield ReceiptDifference(section, account_id, shown, rounded)


def _values(receipt: Receipt) -> Iterator[ReceiptDifference]:
    for line in receipt.values:
        billing = sum((Fraction(cut.amount) for cut in line.excluded if cut.counts_for_billing), Fraction(0))
        counted = sum((Fraction(cut.amount) for cut in line.excluded if cut.counts_for_breakpoint), Fraction(0))
        value = Fraction(line.value)
        yield from _differs("values", line.account_id, line.billable, max(Fraction(0), value - billing))
        yield from _differs("values", line.account_id, line.breakpoint_value, max(Fraction(0), value - counted))
    by_account: dict[str, list[ValueLine]] = {}
    for line in receipt.values:
        by_account.setdefault(line.account_id, []).append(line)
    for mean in receipt.billables:
        lines = by_account.get(mean.account_id, [])
        n = len(lines)
        yield from _differs("billables", mean.account_id, Decimal(mean.n_values), Fraction(n))
        if n:
            billable = sum((Fraction(line.billable) for line in lines), Fraction(0)) / n
            counted = sum((Fraction(line.breakpoint_value) for line in lines), Fraction(0)) / n
            yield from _differs("billables", mean.account_id, mean.billable, billable)
            yield from _differs("billables", mean.account_id, mean.breakpoint_value, counted)


def _of_group(receipt: Receipt, group_id: str, field: str) -> Fraction:
    return sum(
        (Fraction(getattr(line, field)) for line in receipt.billables if group_id in {"", line.account_id}),
        Fraction(0),
    )


def _tiers(receipt: Receipt) -> Iterator[ReceiptDifference]:
    for line in receipt.tiers:
        yield from _differs("tiers", line.account_id, line.amount, Fraction(line.slice_value) * Fraction(line.rate))
    for group_id, group in groupby(receipt.tiers, key=lambda line: line.account_id):
        lines = list(group)
        reached = _of_group(receipt, group_id, "breakpoint_value") or _of_group(receipt, group_id, "billable")
        shown = exact_sum([line.slice_value for line in lines])
        yield from _differs("tiers", group_id, shown, reached)
        if receipt.kind is not ScheduleKind.GRADUATED:
            continue
        below = Decimal(0)
        for line in lines[:-1]:
            # A slice below the last one is full, and the next begins where it ends.
            yield from _differs("tiers", group_id, line.lower, Fraction(below))
            below = line.upper if line.upper is not None else line.lower
            yield from _differs("tiers", group_id, line.slice_value, Fraction(below) - Fraction(line.lower))


def _steps(receipt: Receipt) -> Iterator[ReceiptDifference]:
    for line in receipt.steps:
        yield from _differs("steps", line.account_id, line.after, Fraction(line.before) + Fraction(line.amount))
        yield from _differs("steps", line.account_id, line.after, _after(receipt, line))
        if line.step is FeeStep.NEGOTIATED and line.base is not None:
            yield from _differs("steps", line.account_id, line.base, _of_group(receipt, line.account_id, "billable"))


def _after(receipt: Receipt, line: StepLine) -> Fraction:
    """Return what the step makes of the fee before it."""
    before = Fraction(line.before)
    base = None if line.base is None else Fraction(line.base)
    rate = None if line.rate is None else Fraction(line.rate)
    if line.step is FeeStep.STANDARD:
        return _standard(receipt, line)
    if line.step is FeeStep.NEGOTIATED:
        return (base or Fraction(0)) * (rate or Fraction(0))
    if line.step is FeeStep.DISCOUNT:
        return before * (1 - (rate or Fraction(0)))
    limit = (base or Fraction(0)) * (Fraction(1) if rate is None else rate)
    return max(before, limit) if line.step is FeeStep.MINIMUM else min(before, limit)


def _standard(receipt: Receipt, line: StepLine) -> Fraction:
    if line.base is None:
        return Fraction(line.after)  # a fixed amount stands in the agreement and follows from nothing
    tiers = [tier for tier in receipt.tiers if tier.account_id == line.account_id]
    reached = sum((Fraction(tier.slice_value) for tier in tiers), Fraction(0))
    whole = sum((Fraction(tier.amount) for tier in tiers), Fraction(0))
    return whole * _of_group(receipt, line.account_id, "billable") / reached if reached else Fraction(0)


def _shares(receipt: Receipt) -> Iterator[ReceiptDifference]:
    """Compare the accounts' annual fees with the steps: their sum, and each share where value alone decides it."""
    total = sum((Fraction(line.amount) for line in receipt.steps), Fraction(0))
    shown = exact_sum([line.annual_fee for line in receipt.prorations])
    yield from _differs("shares", "", shown, total)
    by_value = (
        receipt.kind is not ScheduleKind.FIXED
        and receipt.breakpoint_scope is Scope.HOUSEHOLD
        and not any(line.account_id for line in receipt.steps)
    )
    whole = sum((Fraction(line.weight) for line in receipt.prorations), Fraction(0))
    if by_value and whole:
        for line in receipt.prorations:
            yield from _differs("shares", line.account_id, line.annual_fee, total * Fraction(line.weight) / whole)


def _prorations(receipt: Receipt) -> Iterator[ReceiptDifference]:
    for line in receipt.prorations:
        days = DateSpan(line.first_day, line.last_day)
        parts = day_counts(receipt.period_fraction, days, receipt.period, receipt.periods_per_year)
        yield from _differs("prorations", line.account_id, Decimal(line.days), Fraction(days.days))
        yield from _differs(
            "prorations", line.account_id, line.amount, Fraction(line.annual_fee) * year_fraction(parts)
        )
        yield from _differs(
            "prorations", line.account_id, line.amount, Fraction(line.annual_fee) * year_fraction(line.parts)
        )


def _adjustments(receipt: Receipt) -> Iterator[ReceiptDifference]:
    whole = year_fraction(day_counts(receipt.period_fraction, receipt.period, receipt.period, receipt.periods_per_year))
    served = {line.account_id: year_fraction(line.parts) / whole for line in receipt.prorations}
    for credit in receipt.credits:
        derived = -Fraction(credit.granted) * served.get(credit.account_id, Fraction(0))
        yield from _differs("credits", credit.account_id, credit.amount, derived)
    for flow in receipt.flows:
        agreed = _agreed_rate(receipt, flow.account_id)
        # In advance a flow is settled at the rate of its own period, which stands in the receipt of that one.
        if receipt.timing is Timing.ARREARS and flow.treatment is FlowTreatment.ADJUSTED and agreed is not None:
            yield from _differs("flows", flow.account_id, flow.rate, agreed, Fraction(1, 10**12))
        derived = Fraction(0)
        if flow.treatment is FlowTreatment.ADJUSTED:
            derived = flow.sign * Fraction(flow.flow) * Fraction(flow.rate) * year_fraction(flow.parts)
        yield from _differs("flows", flow.account_id, flow.amount, derived)


def _agreed_rate(receipt: Receipt, account_id: str) -> Fraction | None:
    """Return the annual rate after negotiated rate and discount, before any limit."""
    group_id = "" if receipt.breakpoint_scope is Scope.HOUSEHOLD else account_id
    agreed = [
        line.after
        for line in receipt.steps
        if line.account_id == group_id and line.step in {FeeStep.STANDARD, FeeStep.NEGOTIATED, FeeStep.DISCOUNT}
    ]
    billable = _of_group(receipt, group_id, "billable")
    return Fraction(agreed[-1]) / billable if agreed and billable else None


@dataclass(frozen=True, slots=True)
class _Amount:
    account_id: str
    amount: Decimal


def _posted_lines(receipt: Receipt) -> list[_Amount]:
    lines = [_Amount(line.account_id, line.amount) for line in receipt.prorations]
    lines += [_Amount(line.account_id, line.amount) for line in receipt.credits]
    lines += [_Amount(line.account_id, line.amount) for line in receipt.flows]
    lines += [_Amount(line.account_id, line.amount) for line in receipt.carried]
    return lines


def _postings(receipt: Receipt) -> Iterator[ReceiptDifference]:
    """The last mile allows no tolerance: sums and cents must be equal."""
    none = Fraction(0)
    lines = _posted_lines(receipt)
    yield from _missing(receipt, lines)
    cent = Fraction(1, 10 ** minor_units(receipt.currency))
    for posting in receipt.postings:
        own = exact_sum([line.amount for line in lines if line.account_id == posting.account_id])
        yield from _differs("postings", posting.account_id, posting.exact, Fraction(own), none)
        yield from _differs(
            "postings", posting.account_id, posting.posted, Fraction(posting.exact) + Fraction(posting.residue), none
        )
        if abs(Fraction(posting.residue)) >= cent:
            yield ReceiptDifference("postings", posting.account_id, posting.residue, Decimal(0))
    exact = exact_sum([line.amount for line in lines])
    total = Money(exact, receipt.currency).rounded(receipt.rounding).amount
    posted = exact_sum([posting.posted for posting in receipt.postings])
    yield from _differs("total", "", receipt.exact_total, Fraction(exact), none)
    yield from _differs("total", "", receipt.posted_total, Fraction(total), none)
    yield from _differs("total", "", receipt.posted_total, Fraction(posted), none)
    residue = Fraction(receipt.posted_total) - Fraction(receipt.exact_total)
    yield from _differs("total", "", receipt.rounding_residue, residue, none)


def _missing(receipt: Receipt, lines: Sequence[_Amount]) -> Iterable[ReceiptDifference]:
    posted = {posting.account_id for posting in receipt.postings}
    return [
        ReceiptDifference("postings", line.account_id, Decimal(0), line.amount)
        for line in lines
        if line.account_id not in posted
    ]
