"""Equity that an employer grants: shares that vest, options, purchases at a discount, as the walk knows them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING

from apps.kernel.errors import InvalidInputError, gettext_noop
from apps.plans.engine.checks import known, not_negative, within
from apps.plans.engine.digest import UNTOLD

if TYPE_CHECKING:
    from apps.plans.engine.inputs import ProjectionInputs


class GrantKind(StrEnum):
    """How the law taxes a grant: restricted units, nonqualified and incentive options, a purchase plan."""

    UNITS = "rsu"
    OPTIONS = "nso"
    INCENTIVE = "iso"
    PURCHASES = "espp"


OPTIONS = (GrantKind.OPTIONS, GrantKind.INCENTIVE)


@dataclass(frozen=True, slots=True)
class HeldShares:
    """Shares of incentive options exercised before the start and still held in ``account``: ``worth`` is what one was
    worth on the day of exercise, its cost for the minimum tax (IRC 56(b)(3)); for the usual tax it cost the strike."""

    account: str
    shares: float
    worth: float


@dataclass(frozen=True, slots=True)
class EquityGrant:
    """A grant to ``owner``; ``tranches`` are the days on which it vests (or is bought) with the number of shares.

    ``price`` of a share is that of the start and follows ``asset``; ``strike`` is what an option costs, ``discount``
    the part of the price that a purchase plan leaves out. Shares are sold at once, or held in ``account`` if named.
    Options are exercised as they vest or, later, on the day ``exercise``; at the latest as ``expiry`` or the work ends.
    ``held`` are shares of it from before, ``credit`` is minimum tax of earlier years that has not come back (Form 8801,
    line 26).
    """

    key: str
    owner: str
    kind: GrantKind
    tranches: tuple[tuple[date, float], ...]
    price: float
    strike: float
    discount: float
    asset: str
    account: str
    exercise: date | None
    expiry: date | None
    currency: str
    held: HeldShares | None = field(default=None, metadata=UNTOLD)
    credit: float = field(default=0.0, metadata=UNTOLD)

    def __post_init__(self) -> None:
        name = f"grants[{self.key}]"
        not_negative(self.price, f"{name}.price")
        not_negative(self.strike, f"{name}.strike")
        within(self.discount, 0.0, 0.15, f"{name}.discount")
        not_negative(self.credit, f"{name}.credit")
        for _, shares in self.tranches:
            not_negative(shares, f"{name}.tranches")
        self._check_held(name)
        if self.strike > 0.0 and self.kind not in OPTIONS:
            raise InvalidInputError(
                gettext_noop("Only options have a strike price, “%(key)s” is none."),
                mend=gettext_noop("Leave the strike at nothing, or make it an option."),
                field=f"{name}.strike",
                key=self.key,
            )
        last = max((day for day, _ in self.tranches), default=None)
        if self.expiry is not None and last is not None and self.expiry < last:
            raise InvalidInputError(
                gettext_noop("“%(key)s” expires before the last of it vests."),
                mend=gettext_noop("Correct the day of expiry or the schedule."),
                field=f"{name}.expiry",
                key=self.key,
            )

    def _check_held(self, name: str) -> None:
        if self.held is None:
            return
        not_negative(self.held.shares, f"{name}.held.shares")
        not_negative(self.held.worth, f"{name}.held.worth")
        if self.kind is not GrantKind.INCENTIVE:
            raise InvalidInputError(
                gettext_noop("Only shares of incentive options cost more for the minimum tax; “%(key)s” is none."),
                mend=gettext_noop("Leave them out: they lie in an account with what they cost."),
                field=f"{name}.held",
                key=self.key,
            )


def option_accounts(grants: Collection[EquityGrant]) -> set[str]:
    """Return the accounts in which shares of incentive options are held: the minimum tax counts their cost apart."""
    told = {grant.account for grant in grants if grant.kind is GrantKind.INCENTIVE and grant.account}
    return told | {grant.held.account for grant in grants if grant.held is not None}


def cost_beyond(grants: Collection[EquityGrant], account: str) -> float:
    """Return how much more the shares of an account cost for the minimum tax at the start than for the usual tax."""
    return sum(
        grant.held.shares * max(0.0, grant.held.worth - grant.strike)
        for grant in grants
        if grant.held is not None and grant.held.account == account
    )


def check_grants(inputs: ProjectionInputs, adults: Collection[str], accounts: Collection[str]) -> None:
    """Refuse a grant to who is not there, and one that follows or is held in what is not there."""
    for grant in inputs.events.grants:
        known(grant.owner, list(adults), f"grants[{grant.key}].owner")
        known(grant.account, ["", *accounts], f"grants[{grant.key}].account")
        if grant.held is not None:
            known(grant.held.account, list(accounts), f"grants[{grant.key}].held")
        known(grant.asset, list(inputs.assumptions.asset_keys), f"grants[{grant.key}].asset")
