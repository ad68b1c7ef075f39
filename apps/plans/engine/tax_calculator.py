"""One year's taxes of a household and what the next money of each kind would add: the exact engine, in Decimal.

Nothing is indexed: the federal table is the year that is asked, the state's table the newest there is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum

from apps.kernel.errors import InvalidInputError, gettext_noop
from apps.plans.engine.state_tables import StateTable
from apps.plans.engine.state_taxes import StateTax, resolved, state_facts, state_tax
from apps.plans.engine.tax_tables import FilingStatus, TaxTable
from apps.plans.engine.taxes import FederalTax, TaxFacts, federal_tax

_ZERO = Decimal(0)
# the next money: enough to pass the steps of fifty dollars in which credits shrink
NEXT = Decimal(100)
MOST = Decimal(100_000_000)


class NextKind(StrEnum):
    """What the next money is."""

    WAGES = "wages"
    WITHDRAWAL = "withdrawal"
    GAIN = "gain"


@dataclass(frozen=True, slots=True)
class TaxQuestion:
    """A household's year. ``ages`` are those attained at its end, one or two; ``state`` None: no state tax is asked.

    ``withdrawals`` is the part of ``facts.ordinary`` taken out of accounts, the rest are pensions.
    """

    table: TaxTable
    state: StateTable | None
    facts: TaxFacts
    ages: tuple[int, ...]
    withdrawals: Decimal


@dataclass(frozen=True, slots=True)
class NextMoney:
    """What 100 more of a kind add: federal income tax with surtaxes, payroll tax and state tax, as a part of it."""

    kind: NextKind
    federal: Decimal
    payroll: Decimal
    state: Decimal

    @property
    def rate(self) -> Decimal:
        """Return the marginal rate of all taxes."""
        return self.federal + self.payroll + self.state


@dataclass(frozen=True, slots=True)
class Bracket:
    """The bracket that ordinary income has reached: its rate, and how much room is left in it (None: no next one)."""

    rate: Decimal
    room: Decimal | None


@dataclass(frozen=True, slots=True)
class TaxAnswer:
    """The taxes of the year, line by line; ``received`` is all money in, taxed or not."""

    federal: FederalTax
    state: StateTax | None
    received: Decimal
    bracket: Bracket
    next_money: tuple[NextMoney, ...]

    @property
    def state_total(self) -> Decimal:
        """Return the state's tax, nothing where none is asked."""
        return self.state.total if self.state is not None else _ZERO

    @property
    def federal_income_tax(self) -> Decimal:
        """Return the federal tax without payroll taxes: what is due less what is paid out."""
        return self.federal.total - self.federal.payroll_tax

    @property
    def total(self) -> Decimal:
        """Return all taxes of the year."""
        return self.federal.total + self.state_total

    @property
    def share(self) -> Decimal | None:
        """Return the taxes as a part of all money in, None where nothing comes in."""
        return self.total / self.received if self.received > 0 else None


def tax_answer(question: TaxQuestion) -> TaxAnswer:
    """Compute the taxes of a year and of the next 100 of each kind.

    Raises InvalidInputError whose field names the input: a negative amount or one above 100 million, what was paid
    before tax above wages, or a second earner of somebody who does not file jointly.
    """
    _check(question)
    federal, state = _taxes(question)
    return TaxAnswer(
        federal=federal,
        state=state,
        received=received(question.facts),
        bracket=_bracket(question.table, question.facts.status, federal),
        next_money=tuple(_next(question, kind, (federal, state)) for kind in NextKind),
    )


def received(facts: TaxFacts) -> Decimal:
    """Return all money in: wages before and after what is deferred, pensions, interest, gains and benefits."""
    earned = sum(facts.wages, _ZERO) + facts.ordinary + facts.benefits
    return earned + facts.interest + facts.qualified_dividends + max(_ZERO, facts.long_term_gain)


def _taxes(question: TaxQuestion) -> tuple[FederalTax, StateTax | None]:
    federal = federal_tax(question.table, question.facts)
    if question.state is None or not question.state.taxes_income:
        return federal, None
    rest = (_ZERO,) * (len(question.ages) - 1)
    facts = state_facts(
        question.table,
        question.facts,
        pensions=(question.facts.ordinary - question.withdrawals, *rest),
        withdrawals=(question.withdrawals, *rest),
    )
    return federal, state_tax(resolved(question.state, question.facts.status, question.ages), facts)


def _next(question: TaxQuestion, kind: NextKind, before: tuple[FederalTax, StateTax | None]) -> NextMoney:
    facts, withdrawals = question.facts, question.withdrawals
    if kind is NextKind.WAGES:
        facts = replace(facts, wages=(facts.wages[0] + NEXT, *facts.wages[1:]))
    elif kind is NextKind.WITHDRAWAL:
        facts, withdrawals = replace(facts, ordinary=facts.ordinary + NEXT), withdrawals + NEXT
    else:
        facts = replace(facts, long_term_gain=facts.long_term_gain + NEXT)
    after = _taxes(replace(question, facts=facts, withdrawals=withdrawals))
    payroll = after[0].payroll_tax - before[0].payroll_tax
    state = sum((sign * tax.total for sign, tax in ((1, after[1]), (-1, before[1])) if tax is not None), _ZERO)
    return NextMoney(kind, (after[0].total - before[0].total - payroll) / NEXT, payroll / NEXT, state / NEXT)


def _bracket(table: TaxTable, status: FilingStatus, federal: FederalTax) -> Bracket:
    ordinary = federal.taxable_income - federal.preferential
    for rate, upper in zip(table.ordinary_rates, table.of(status).ordinary_upper_bounds, strict=False):
        if ordinary < upper:
            return Bracket(rate, upper - ordinary)
    return Bracket(table.ordinary_rates[-1], None)


def _check(question: TaxQuestion) -> None:
    facts = question.facts
    amounts: Sequence[tuple[str, Decimal]] = (
        *((f"wages_{place}", wage) for place, wage in enumerate(facts.wages, start=1)),
        ("pre_tax", facts.pre_tax),
        ("pensions", facts.ordinary - question.withdrawals),
        ("withdrawals", question.withdrawals),
        ("interest", facts.interest),
        ("dividends", facts.qualified_dividends),
        ("benefits", facts.benefits),
    )
    for name, amount in amounts:
        if not _ZERO <= amount <= MOST:
            raise InvalidInputError(
                gettext_noop("The amount must be between nothing and 100 million."),
                mend=gettext_noop("Give what comes in within the year, before tax."),
                field=name,
            )
    if facts.pre_tax > sum(facts.wages, _ZERO):
        raise InvalidInputError(
            gettext_noop("More is paid in before tax than is earned."),
            mend=gettext_noop("Give at most the wages of the year."),
            field="pre_tax",
        )
    if facts.status is not FilingStatus.MARRIED_JOINT and any(wage > 0 for wage in facts.wages[1:]):
        raise InvalidInputError(
            gettext_noop("Only a couple that files jointly has a second earner on the return."),
            mend=gettext_noop("Choose “Married filing jointly”, or take the second wages out."),
            field="wages_2",
        )
