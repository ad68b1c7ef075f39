"""The fee of a household for a period."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from apps.billing.engine import ENGINE_VERSION
from apps.billing.engine.credits import credit_lines
from apps.billing.engine.documents import digest
from apps.billing.engine.errors import BillingRefusedError
from apps.billing.engine.flows import account_flow_totals, flow_lines
from apps.billing.engine.inputs import AccountValues, HouseholdBilling, PayerKind
from apps.billing.engine.ledger import (
    EXACT,
    amount_in,
    at_places,
    exact_sum,
    ledger_parts,
    posted_parts,
    rate_at_places,
)
from apps.billing.engine.payers import cash_warnings, charges_of, check_payers
from apps.billing.engine.periods import day_counts, year_fraction
from apps.billing.engine.results import (
    AccountFee,
    CarriedLine,
    CreditLine,
    DayCount,
    FeeWarning,
    FlowLine,
    HouseholdFee,
    PostingLine,
    ProrationLine,
    Receipt,
    WarningCode,
)
from apps.billing.engine.steps import NO_FEE, AnnualFees, annual_fees
from apps.billing.engine.values import BillableAccount, billable_account
from apps.kernel.errors import gettext_noop
from apps.kernel.money import Money


def calculate_household_fee(billing: HouseholdBilling) -> HouseholdFee:
    """Return the fee of a household for a period with what each account bears, who pays, and the receipt.

    The order is the published one (docs/engine/fees.md): billable value, standard fee, negotiated rate, minimum,
    maximum, credits, proration, rounding, allocation. The sum is rounded once and split into cents by largest
    remainder. The same input gives the same cents.

    Raises ValueMissingError when a day that is billed has no recent value, RetirementPayerError when a retirement
    account would pay for another, BillingRefusedError for a household that contradicts itself.
    """
    accounts = tuple(sorted(billing.accounts, key=lambda account: account.account_id))
    check_payers(accounts)
    served = [
        found
        for found in (billable_account(account, billing.period, billing.terms) for account in accounts)
        if found is not None
    ]
    annual = annual_fees(served, billing.terms)
    left_out = frozenset(a.account.account_id for a in served if a.is_left_out)
    prorations, whole_fees, parts = _prorations(billing, served, annual)
    credit, lapsed = credit_lines(billing.credits, whole_fees, parts, billing.terms.currency)
    flows = flow_lines(billing, annual, left_out)
    carried = _carried(billing, {account.account_id for account in accounts})
    lines = _Lines(prorations, tuple(credit), tuple(flows), carried)
    found = (*(warning for a in served for warning in a.warnings), *annual.warnings, *lapsed)
    return _posted(_Calculation(billing, accounts, tuple(served), annual, lines, found))


@dataclass(frozen=True, slots=True)
class _Lines:
    prorations: tuple[ProrationLine, ...]
    credits: tuple[CreditLine, ...]
    flows: tuple[FlowLine, ...]
    carried: tuple[CarriedLine, ...]

    def exact_of(self, account_id: str) -> Decimal:
        """Add up every line of the account."""
        amounts = [line.amount for line in self.prorations if line.account_id == account_id]
        amounts += [line.amount for line in self.credits if line.account_id == account_id]
        amounts += [line.amount for line in self.carried if line.account_id == account_id]
        amounts.append(account_flow_totals(self.flows).get(account_id, Decimal(0)))
        return exact_sum(amounts)

    def touched(self) -> set[str]:
        """Return the accounts that have a line."""
        return {
            line.account_id for lines in (self.prorations, self.credits, self.flows, self.carried) for line in lines
        }


@dataclass(frozen=True, slots=True)
class _Calculation:
    billing: HouseholdBilling
    accounts: tuple[AccountValues, ...]
    served: tuple[BillableAccount, ...]
    annual: AnnualFees
    lines: _Lines
    warnings: tuple[FeeWarning, ...]


def _prorations(
    billing: HouseholdBilling, served: Sequence[BillableAccount], annual: AnnualFees
) -> tuple[tuple[ProrationLine, ...], dict[str, Fraction], dict[str, Fraction]]:
    """Return the lines, each account's fee for the whole period, and which part of the period it was served."""
    terms, period = billing.terms, billing.period
    whole = year_fraction(day_counts(terms.period_fraction, period.span, period.span, period.periods_per_year))
    counts: list[tuple[DayCount, ...]] = [
        day_counts(terms.period_fraction, a.days, period.span, period.periods_per_year) for a in served
    ]
    ids = [a.account.account_id for a in served]
    amounts = ledger_parts([annual.fees[key] * year_fraction(c) for key, c in zip(ids, counts, strict=True)])
    fees = ledger_parts([annual.fees[key] for key in ids])
    lines = tuple(
        ProrationLine(
            account_id=key,
            weight=at_places(a.billable),
            annual_fee=fee,
            first_day=a.days.first,
            last_day=a.days.last,
            days=a.days.days,
            parts=count,
            amount=amount,
            clause=terms.clauses.proration,
        )
        for key, a, fee, count, amount in zip(ids, served, fees, counts, amounts, strict=True)
    )
    whole_fees = {key: annual.fees[key] * whole for key in ids}
    return lines, whole_fees, {key: year_fraction(c) / whole for key, c in zip(ids, counts, strict=True)}


def _carried(billing: HouseholdBilling, known: set[str]) -> tuple[CarriedLine, ...]:
    unknown = next((item for item in billing.carried if item.account_id not in known), None)
    if unknown is not None:
        raise BillingRefusedError(
            gettext_noop("“%(item)s” belongs to account %(account)s, which is not in the household."),
            mend=gettext_noop("Carry it in the household of that account."),
            item=unknown.description,
            account=unknown.account_id,
        )
    return tuple(
        CarriedLine(
            item.account_id,
            item.description,
            amount_in(item.amount, billing.terms.currency),
            item.source_id,
            item.clause,
        )
        for item in billing.carried
    )


def _posted(calculation: _Calculation) -> HouseholdFee:
    """Round once, split into cents, route to the payers."""
    billing, lines = calculation.billing, calculation.lines
    currency = billing.terms.currency
    billable = {a.account.account_id: a.billable for a in calculation.served}
    billed = [account for account in calculation.accounts if account.account_id in lines.touched()]
    exact = [lines.exact_of(account.account_id) for account in billed]
    sizes = [billable.get(account.account_id, NO_FEE) for account in billed]
    total, cents = posted_parts(exact, sizes, currency, billing.terms.rounding)
    postings = tuple(
        PostingLine(
            account_id=account.account_id,
            exact=amount,
            posted=fee.amount,
            residue=EXACT.subtract(fee.amount, amount),
            payer_kind=account.payer.kind,
            payer_account_id=_payer_id(account),
            clause=billing.terms.clauses.payer,
        )
        for account, amount, fee in zip(billed, exact, cents, strict=True)
    )
    fees = tuple(
        AccountFee(line.account_id, fee, Money(at_places(size), currency), line.payer_kind, line.payer_account_id)
        for line, fee, size in zip(postings, cents, sizes, strict=True)
    )
    charges = charges_of(fees)
    rates = calculation.annual.agreed_rates
    whole_value = sum(billable.values(), NO_FEE)
    agreed = sum((rates.get(key, NO_FEE) * value for key, value in billable.items()), NO_FEE)
    return HouseholdFee(
        household_id=billing.household_id,
        total=total,
        accounts=fees,
        charges=charges,
        annual_rate=rate_at_places(agreed / whole_value) if whole_value else None,
        effective_rate=rate_at_places(calculation.annual.total / whole_value) if whole_value else None,
        receipt=_receipt(calculation, postings, total),
        warnings=(
            *calculation.warnings,
            *_rate_warnings(billing, calculation.annual, whole_value),
            *_total_warnings(total),
            *cash_warnings(charges, calculation.accounts),
        ),
    )


def _receipt(calculation: _Calculation, postings: tuple[PostingLine, ...], total: Money) -> Receipt:
    billing, annual, lines = calculation.billing, calculation.annual, calculation.lines
    exact_total = exact_sum([line.exact for line in postings])
    return Receipt(
        engine_version=ENGINE_VERSION,
        household_id=billing.household_id,
        period=billing.period.span,
        periods_per_year=billing.period.periods_per_year,
        currency=billing.terms.currency,
        kind=billing.terms.kind,
        breakpoint_scope=billing.terms.breakpoint_scope,
        period_fraction=billing.terms.period_fraction,
        timing=billing.terms.timing,
        rounding=billing.terms.rounding,
        values=tuple(line for a in calculation.served for line in a.lines),
        billables=tuple(a.line for a in calculation.served),
        tiers=tuple(annual.tiers),
        steps=tuple(annual.steps),
        prorations=lines.prorations,
        credits=lines.credits,
        flows=lines.flows,
        carried=lines.carried,
        postings=postings,
        exact_total=exact_total,
        posted_total=total.amount,
        rounding_residue=EXACT.subtract(total.amount, exact_total),
        input_digest=digest(billing),
    )


def _payer_id(account: AccountValues) -> str:
    if account.payer.kind is PayerKind.INVOICE:
        return ""
    return account.payer.account_id or account.account_id


def _rate_warnings(billing: HouseholdBilling, annual: AnnualFees, whole_value: Fraction) -> list[FeeWarning]:
    alert = Fraction(billing.terms.effective_rate_alert.fraction)
    if annual.total <= whole_value * alert:
        return []
    rate = "" if not whole_value else str(at_places(annual.total / whole_value * 100, 2))
    return [
        FeeWarning(
            WarningCode.HIGH_EFFECTIVE_RATE,
            gettext_noop("The annual fee is %(rate)s %% of the billable value, above %(alert)s %%.")
            if rate
            else gettext_noop("A fee is due although nothing is billable."),
            (("rate", rate), ("alert", str(at_places(alert * 100, 2)))),
        )
    ]


def _total_warnings(total: Money) -> list[FeeWarning]:
    if total.amount >= 0:
        return []
    return [
        FeeWarning(
            WarningCode.NET_CREDIT,
            gettext_noop("The adjustments exceed the fee: %(amount)s is owed to the client."),
            (("amount", str(-total.amount)),),
        )
    ]
