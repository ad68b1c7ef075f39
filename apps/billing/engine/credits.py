"""Credits and waivers of a period, shared over the accounts and prorated with their fees."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from apps.billing.engine.inputs import Credit
from apps.billing.engine.ledger import amount_in, at_places, ledger_parts
from apps.billing.engine.results import CreditLine, FeeWarning, WarningCode
from apps.kernel.errors import gettext_noop

NOTHING = Fraction(0)


def credit_lines(
    granted: Sequence[Credit], whole_fees: dict[str, Fraction], served: dict[str, Fraction], currency: str
) -> tuple[list[CreditLine], list[FeeWarning]]:
    """Return a line per credit and account, and a warning for each credit that exceeds what is left of the fee.

    `whole_fees` are the accounts' fees for the whole period, `served` the part of the period that each was managed.
    Credits come off in their order and never make a fee negative: what exceeds it lapses, since a credit reduces the
    fee of one period (an amount that is owed is a carried item instead).
    """
    left = dict(whole_fees)
    lines: list[CreditLine] = []
    warnings: list[FeeWarning] = []
    for credit in granted:
        members = [key for key in left if credit.account_id in {"", key}]
        available = sum((left[key] for key in members), NOTHING)
        asked = _asked(credit, whole_fees, members, currency)
        used = min(asked, available)
        if asked > available:
            warnings.append(_lapsed(credit, asked, available))
        if not used:
            continue
        parts = [used * left[key] / available for key in members]
        amounts = ledger_parts([-part * served[key] for part, key in zip(parts, members, strict=True)])
        for key, part, amount in zip(members, parts, amounts, strict=True):
            left[key] -= part
            lines.append(CreditLine(key, credit.description, at_places(part), amount, credit.clause))
    return lines, warnings


def _asked(credit: Credit, whole_fees: dict[str, Fraction], members: Sequence[str], currency: str) -> Fraction:
    if credit.share is not None:
        return sum((whole_fees[key] for key in members), NOTHING) * Fraction(credit.share.fraction)
    return NOTHING if credit.amount is None else Fraction(amount_in(credit.amount, currency))


def _lapsed(credit: Credit, asked: Fraction, available: Fraction) -> FeeWarning:
    return FeeWarning(
        WarningCode.CREDIT_ABOVE_FEE,
        gettext_noop("The credit “%(credit)s” of %(asked)s is more than the fee that is left, %(available)s."),
        (
            ("credit", credit.description),
            ("asked", str(at_places(asked, 2))),
            ("available", str(at_places(available, 2))),
        ),
        credit.account_id,
    )
