"""Conversions to Roth as a household plans them: whose, in which years, and how much of each year's room.

What one costs is told by `conversions`; the walk does the same at each year's end (`kernel_conversions`).
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING

from apps.kernel.errors import InvalidInputError, gettext_noop
from apps.plans.engine.checks import finite, known, not_negative, same_currency, unique

if TYPE_CHECKING:
    from apps.plans.engine.inputs import ProjectionInputs

# Above the last step of Medicare's premiums there is none to stay below.
LAST_STEP = 4
TO, FROM = "tax_free", "tax_deferred"


class ConversionRule(StrEnum):
    """How much is converted in a year."""

    FILL_BRACKET = "fill_bracket"
    BELOW_STEP = "below_step"
    FIXED = "fixed"


@dataclass(frozen=True, slots=True)
class ConversionPlan:
    """What ``owner`` converts at the end of each calendar year from ``first_year`` through ``last_year``.

    ``value`` is the rate of the bracket that is filled (0.12), the step of Medicare's premiums whose bound income
    stays below (0: no surcharge), or a real amount a year. The money comes from the owner's tax-deferred accounts, in
    the order of the inputs, into ``target``, a tax-free account of the owner.
    """

    owner: str
    target: str
    rule: ConversionRule
    value: float
    first_year: int
    last_year: int
    currency: str

    def __post_init__(self) -> None:
        name = f"conversions[{self.owner}]"
        not_negative(self.value, f"{name}.value")
        finite(self.first_year, f"{name}.first_year")
        if self.last_year < self.first_year:
            raise InvalidInputError(
                gettext_noop("Conversions end in %(last)s, before they begin in %(first)s."),
                mend=gettext_noop("Let them end in the year they begin, or later."),
                field=f"{name}.last_year",
                first=self.first_year,
                last=self.last_year,
            )


def check_conversions(inputs: ProjectionInputs) -> None:
    """Refuse conversions that have passed, lack an account on either side, or follow a rule that the law lacks."""
    unique([plan.owner for plan in inputs.conversions], "conversions")
    for plan in inputs.conversions:
        name = f"conversions[{plan.owner}]"
        known(plan.owner, [adult.key for adult in inputs.adults], f"{name}.owner")
        same_currency(plan.currency, inputs.currency, f"{name}.currency")
        if plan.last_year < inputs.start_date.year:
            raise InvalidInputError(
                gettext_noop("The conversions end in %(last)s, before the plan begins in %(start)s."),
                mend=gettext_noop("Let them end in the first year of the plan or later."),
                field=f"{name}.last_year",
                last=plan.last_year,
                start=inputs.start_date.year,
            )
        _check_accounts(inputs, plan, name)
        _check_rule(inputs, plan, name)


def _check_accounts(inputs: ProjectionInputs, plan: ConversionPlan, name: str) -> None:
    own = [account for account in inputs.accounts if account.owner in ("", plan.owner)]
    if plan.target not in [account.key for account in own if account.treatment == TO]:
        raise InvalidInputError(
            gettext_noop("There is no Roth account of this person to convert into."),
            mend=gettext_noop("Open a Roth IRA for them, with nothing in it, or let the plan open one."),
            field=f"{name}.target",
        )
    if not any(account.treatment == FROM for account in own):
        raise InvalidInputError(
            gettext_noop("This person has no tax-deferred account to convert from."),
            mend=gettext_noop("Add the account, or take the conversions out."),
            field=f"{name}.owner",
        )


def bracket_place(inputs: ProjectionInputs, rate: float) -> int | None:
    """Return the place of the bracket with a rate, None where there is none or it has no end."""
    exact = Decimal(repr(rate))
    ending = inputs.tax_table.ordinary_rates[: len(inputs.tax_table.of(inputs.filing_status).ordinary_upper_bounds)]
    return ending.index(exact) if exact in ending else None


def _check_rule(inputs: ProjectionInputs, plan: ConversionPlan, name: str) -> None:
    if plan.rule is ConversionRule.FILL_BRACKET and bracket_place(inputs, plan.value) is None:
        raise InvalidInputError(
            gettext_noop("There is no bracket of %(rate)s with an end."),
            mend=gettext_noop("Choose one of the rates of the tax table but the last."),
            field=f"{name}.value",
            rate=str(plan.value),
        )
    if plan.rule is ConversionRule.BELOW_STEP:
        if inputs.medicare is None:
            raise InvalidInputError(
                gettext_noop("The plan knows no premiums of Medicare to stay below."),
                mend=gettext_noop("Choose a tax bracket or an amount a year."),
                field=f"{name}.rule",
            )
        if plan.value not in range(LAST_STEP + 1):
            raise InvalidInputError(
                gettext_noop("Medicare knows no step %(step)s with a bound above it."),
                mend=gettext_noop("Choose a step from 0, no surcharge, to 4."),
                field=f"{name}.value",
                step=str(plan.value),
            )
