"""Equity that an employer grants: shares that vest, options, purchases at a discount, as the walk knows them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING

from apps.kernel.errors import InvalidInputError, gettext_noop
from apps.plans.engine.checks import known, not_negative, within

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
class EquityGrant:
    """A grant to ``owner``; ``tranches`` are the days on which it vests (or is bought) with the number of shares.

    ``price`` of a share is that of the start and follows ``asset``; ``strike`` is what an option costs, ``discount``
    the part of the price that a purchase plan leaves out. Shares are sold at once, or held in ``account`` if named.
    Options are exercised as they vest or, later, on the day ``exercise``; at the latest as ``expiry`` or the work ends.
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

    def __post_init__(self) -> None:
        name = f"grants[{self.key}]"
        not_negative(self.price, f"{name}.price")
        not_negative(self.strike, f"{name}.strike")
        within(self.discount, 0.0, 0.15, f"{name}.discount")
        for _, shares in self.tranches:
            not_negative(shares, f"{name}.tranches")
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


def option_accounts(grants: Collection[EquityGrant]) -> set[str]:
    """Return the accounts in which shares of incentive options are held: the minimum tax counts their cost apart."""
    return {grant.account for grant in grants if grant.kind is GrantKind.INCENTIVE and grant.account}


def check_grants(inputs: ProjectionInputs, adults: Collection[str], accounts: Collection[str]) -> None:
    """Refuse a grant to who is not there, and one that follows or is held in what is not there."""
    for grant in inputs.events.grants:
        known(grant.owner, list(adults), f"grants[{grant.key}].owner")
        known(grant.account, ["", *accounts], f"grants[{grant.key}].account")
        known(grant.asset, list(inputs.assumptions.asset_keys), f"grants[{grant.key}].asset")
