"""Traditional IRAs of each adult: what of them was taxed before, and gifts made from them (IRC 408(d)(1), (2), (8)).

Apart from the accounts, since the walk need not ask of each whether it is an IRA or an employer's plan where nobody has
a basis and nobody gives from an IRA.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from apps.kernel.errors import InvalidInputError, gettext_noop
from apps.plans.engine.checks import known, not_negative, same_currency, unique, within

if TYPE_CHECKING:
    from apps.plans.engine.inputs import Account, ProjectionInputs

_TAX_DEFERRED = "tax_deferred"


@dataclass(frozen=True, slots=True)
class IraPool:
    """All traditional, SEP and SIMPLE IRAs of one adult, which the law counts as one; no plan of an employer.

    ``accounts`` are keys of tax-deferred accounts, ``basis`` what of them was paid in without deduction and not yet
    taken out (Form 8606, line 14, of the year before the start), in dollars.
    """

    owner: str
    accounts: tuple[str, ...]
    basis: float
    currency: str

    def __post_init__(self) -> None:
        not_negative(self.basis, f"ira_pools[{self.owner}].basis")
        unique(list(self.accounts), f"ira_pools[{self.owner}].accounts")


@dataclass(frozen=True, slots=True)
class IraGifts:
    """What the household gives to charity a year, ``household_amount``, and how much of it IRAs pay; real dollars.

    ``annual_amount`` is paid by IRAs once their owners are 70 1/2. Gifts are part of the living costs, so that what
    IRAs pay is not paid from elsewhere. ``yearly_limit`` is what one person may give so in the year of the start; it
    rises with prices.
    """

    annual_amount: float
    household_amount: float
    yearly_limit: float
    currency: str

    def __post_init__(self) -> None:
        not_negative(self.household_amount, "ira_gifts.household_amount")
        within(self.annual_amount, 0.0, self.household_amount, "ira_gifts.annual_amount")
        not_negative(self.yearly_limit, "ira_gifts.yearly_limit")


def still_held(pools: Sequence[IraPool], adults: Collection[str], accounts: Sequence[Account]) -> tuple[IraPool, ...]:
    """Return what is left of pools where other people and accounts are told."""
    kept = []
    for pool in pools:
        own = {account.key for account in accounts if account.owner in ("", pool.owner)}
        deferred = {account.key for account in accounts if account.treatment == _TAX_DEFERRED}
        if pool.owner in adults:
            kept.append(replace(pool, accounts=tuple(key for key in pool.accounts if key in own & deferred)))
    return tuple(kept)


def tells_nothing(inputs: ProjectionInputs) -> bool:
    """Whether no IRA was taxed before, or will be, and none gives: which accounts are IRAs then moves nothing."""
    own = {key for pool in inputs.ira_pools for key in pool.accounts}
    has_basis = any(pool.basis > 0.0 for pool in inputs.ira_pools)
    adds = any(item.account in own and not item.is_deductible for item in inputs.contributions)
    gives = inputs.ira_gifts is not None and inputs.ira_gifts.annual_amount > 0.0
    return not (has_basis or adds or gives)


def check_iras(inputs: ProjectionInputs) -> None:
    """Refuse pools of nobody, of other accounts than the owner's tax-deferred ones, and gifts without a pool."""
    adults = [adult.key for adult in inputs.adults]
    unique([pool.owner for pool in inputs.ira_pools], "ira_pools")
    accounts = {account.key: account for account in inputs.accounts}
    named: list[str] = []
    for pool in inputs.ira_pools:
        name = f"ira_pools[{pool.owner}]"
        known(pool.owner, adults, f"{name}.owner")
        same_currency(pool.currency, inputs.currency, f"{name}.currency")
        for key in pool.accounts:
            known(key, list(accounts), f"{name}.accounts")
            account = accounts[key]
            if account.treatment != _TAX_DEFERRED or account.owner not in ("", pool.owner) or key in named:
                raise InvalidInputError(
                    gettext_noop("“%(key)s” is no traditional IRA of this person."),
                    mend=gettext_noop("Name the tax-deferred IRAs of the owner, each once."),
                    field=f"{name}.accounts",
                    key=key,
                )
            named.append(key)
    if inputs.ira_gifts is not None:
        same_currency(inputs.ira_gifts.currency, inputs.currency, "ira_gifts.currency")
        if inputs.ira_gifts.annual_amount > 0.0 and not named:
            raise InvalidInputError(
                gettext_noop("There is no traditional IRA to give from."),
                mend=gettext_noop("Add the account, or make the gifts from other money."),
                field="ira_gifts",
            )
