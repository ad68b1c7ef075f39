"""Exact arithmetic between input and posting.

Averages and shares do not end in decimals, so the engine reckons in fractions, which lose nothing. A line of a receipt
carries `LEDGER_PLACES` digits; parts of one amount are carried so that they add up to it, and only then posted to
cents. Rounding the parts one by one instead would let a receipt differ from its fee by a cent (docs/engine/fees.md).
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Context, Decimal, Inexact
from fractions import Fraction

from apps.billing.engine.results import LEDGER_PLACES, RATE_PLACES
from apps.kernel.errors import MixedCurrenciesError, gettext_noop
from apps.kernel.money import Money, RoundingRule, minor_units

# Sums and products of the inputs are exact whatever context the caller runs in; an inexact one is a defect.
EXACT = Context(prec=200, traps=[Inexact])
_WIDE = Context(prec=400)


def amount_in(money: Money, currency: str) -> Decimal:
    """Return the amount. Raises MixedCurrenciesError for another currency than the terms are in."""
    if money.currency != currency:
        raise MixedCurrenciesError(
            gettext_noop("A value in %(first)s cannot be billed under terms in %(second)s."),
            mend=gettext_noop("Convert the value at a dated rate first."),
            first=money.currency,
            second=currency,
        )
    return money.amount


def exact_sum(amounts: Sequence[Decimal]) -> Decimal:
    """Add without losing a digit."""
    total = Decimal(0)
    for amount in amounts:
        total = EXACT.add(total, amount)
    return total


def at_places(value: Fraction, places: int = LEDGER_PLACES) -> Decimal:
    """Return the fraction as a decimal of at most so many places, half to even; exact values stay as they are."""
    scaled = value * 10**places
    units = round(scaled)  # Fraction rounds half to even
    return _plain(units, places)


def rate_at_places(value: Fraction) -> Decimal:
    """Return a rate as it is printed on a line."""
    return at_places(value, RATE_PLACES)


def ledger_parts(parts: Sequence[Fraction]) -> list[Decimal]:
    """Carry parts to ledger digits such that they add up to their carried sum."""
    scale = 10**LEDGER_PLACES
    units = _largest_remainder([part * scale for part in parts], round(sum(parts, Fraction(0)) * scale), parts)
    return [_plain(unit, LEDGER_PLACES) for unit in units]


def posted_parts(
    exact: Sequence[Decimal], sizes: Sequence[Fraction], currency: str, rule: RoundingRule
) -> tuple[Money, list[Money]]:
    """Round the sum once and split it into cents by largest remainder.

    Equal remainders go to the larger account, then to the earlier one (the caller orders by id). Unlike
    `kernel.money.allocated` the parts may have either sign, since a flow adjustment may exceed an account's fee.
    """
    total = Money(exact_sum(exact), currency).rounded(rule)
    places = minor_units(currency)
    units = int(total.amount.scaleb(places))
    counts = _largest_remainder([Fraction(amount) * 10**places for amount in exact], units, sizes)
    return total, [
        Money(Decimal(count).scaleb(-places).quantize(Decimal(1).scaleb(-places)), currency) for count in counts
    ]


def _largest_remainder(exact_units: Sequence[Fraction], total_units: int, sizes: Sequence[Fraction]) -> list[int]:
    floors = [part.numerator // part.denominator for part in exact_units]
    order = sorted(range(len(floors)), key=lambda i: (floors[i] - exact_units[i], -sizes[i], i))
    for place in order[: total_units - sum(floors)]:
        floors[place] += 1
    return floors


def _plain(units: int, places: int) -> Decimal:
    """Return units of 10 to the −places without trailing zeros and without an exponent."""
    return _WIDE.add(_WIDE.normalize(_WIDE.scaleb(Decimal(units), -places)), Decimal(0))
