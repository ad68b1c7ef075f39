"""Roth accounts of each adult: when the first was opened, and what was paid in and converted (IRC 408A(d), 402A(d)).

Apart from the accounts: a plan that tells no pools taxes nothing that comes out of untaxed accounts.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from apps.kernel.errors import InvalidInputError, gettext_noop
from apps.plans.engine.checks import known, not_negative, same_currency, unique, within

if TYPE_CHECKING:
    from apps.plans.engine.inputs import Account, ProjectionInputs

_TAX_FREE = "tax_free"
# P.L. 105-34: the first year of Roth IRAs
FIRST_YEAR = 1998


class RothKind(StrEnum):
    """Roth IRAs of a person, which count as one, or their Roth accounts in employers' plans."""

    IRA = "ira"
    PLAN = "plan"


@dataclass(frozen=True, slots=True)
class RothPool:
    """Roth accounts of one kind of an adult, in dollars at the start.

    ``accounts`` are keys of tax-free accounts; into what none names conversions of the owner go as into Roth IRAs.
    ``first_year`` is the first tax year for which anything was paid in, None where nothing was: then it is the first
    in which the plan pays in or converts. ``contributions`` and ``conversions``, of IRAs only (tax year, what was taxed
    then, what was not), are what has not come out.
    """

    owner: str
    kind: RothKind
    accounts: tuple[str, ...]
    first_year: int | None
    contributions: float
    conversions: tuple[tuple[int, float, float], ...]
    currency: str

    def __post_init__(self) -> None:
        name = f"roth_pools[{self.owner}]"
        unique(list(self.accounts), f"{name}.accounts")
        not_negative(self.contributions, f"{name}.contributions")
        unique([str(year) for year, _, _ in self.conversions], f"{name}.conversions")
        for _, taxed, untaxed in self.conversions:
            not_negative(taxed, f"{name}.conversions")
            not_negative(untaxed, f"{name}.conversions")


def with_money(pool: RothPool, factor: float) -> RothPool:
    """Return the pool with so many times what was paid in and converted."""
    told = tuple((year, taxed * factor, untaxed * factor) for year, taxed, untaxed in pool.conversions)
    return replace(pool, contributions=pool.contributions * factor, conversions=told)


def kept_roths(
    pools: Sequence[RothPool], adults: Collection[str], accounts: Sequence[Account], year: int
) -> tuple[RothPool, ...]:
    """Return what is left of pools where other people and accounts are told, and another year."""
    kept = []
    for pool in pools:
        own = {item.key for item in accounts if item.owner in ("", pool.owner) and item.treatment == _TAX_FREE}
        if pool.owner in adults:
            told = tuple(layer for layer in pool.conversions if layer[0] <= year)
            first = None if pool.first_year is None else min(pool.first_year, year)
            keys = tuple(key for key in pool.accounts if key in own)
            kept.append(replace(pool, accounts=keys, conversions=told, first_year=first))
    return tuple(kept)


def check_roths(inputs: ProjectionInputs) -> None:
    """Refuse pools of nobody, of other accounts than the owner's tax-free ones, and years that cannot be."""
    adults = [adult.key for adult in inputs.adults]
    unique([f"{pool.owner}:{pool.kind}" for pool in inputs.roth_pools], "roth_pools")
    accounts = {account.key: account for account in inputs.accounts}
    named: list[str] = []
    for pool in inputs.roth_pools:
        name, this_year = f"roth_pools[{pool.owner}]", inputs.start_date.year
        known(pool.owner, adults, f"{name}.owner")
        same_currency(pool.currency, inputs.currency, f"{name}.currency")
        if pool.first_year is not None:
            within(pool.first_year, FIRST_YEAR, this_year, f"{name}.first_year")
        for year, _, _ in pool.conversions:
            within(year, FIRST_YEAR, this_year, f"{name}.conversions")
        for key in pool.accounts:
            known(key, list(accounts), f"{name}.accounts")
            account = accounts[key]
            if account.treatment != _TAX_FREE or account.owner not in ("", pool.owner) or key in named:
                raise InvalidInputError(
                    gettext_noop("“%(key)s” is no Roth account of this person."),
                    mend=gettext_noop("Name the Roth accounts of the owner, each once."),
                    field=f"{name}.accounts",
                    key=key,
                )
            named.append(key)
