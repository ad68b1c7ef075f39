"""Equity from employers as values of the engine, with what had to be assumed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from apps.kernel.errors import gettext_noop
from apps.money.selectors.facts import GrantFact, HouseholdFacts
from apps.plans.engine.assumptions import AssumptionSet
from apps.plans.engine.grants import EquityGrant, GrantKind, HeldShares
from apps.plans.engine.inputs import Account, TaxTreatment
from apps.plans.engine.life_events import LifeEvents
from apps.plans.services._state_tax import state_table_of

Caveat = tuple[str, dict[str, str]]
# the class that shares of a single company are taken to move with, where the set knows it
_USUAL = "us_equity"
# states whose minimum tax counts incentive options: Cal. Rev. & Tax. Code 17062, C.R.S. 39-22-105, Conn. Gen. Stat.
# 12-700a, Minn. Stat. 290.091
_MINIMUM_TAXES = frozenset({"CA", "CO", "CT", "MN"})


def with_grants(
    events: LifeEvents, facts: HouseholdFacts, adults: Sequence[str], assumptions: AssumptionSet
) -> tuple[LifeEvents, list[Caveat]]:
    """Return the events with the grants of the adults, and what the plan takes of each."""
    asset = _asset(assumptions)
    told: list[Caveat] = []
    found = []
    for fact in facts.grants:
        if asset is None or str(fact.person_id) not in adults:
            told.append((_LEFT_OUT, {"name": fact.name}))
            continue
        expired = fact.expires_on is not None and fact.expires_on < facts.as_of
        if fact.expires_on is not None and expired:
            told.append((_EXPIRED, {"name": fact.name, "day": fact.expires_on.isoformat()}))
        else:
            told += _told(fact, asset)
        if not expired or fact.held_shares or fact.minimum_tax_credit:
            # of options that have expired their shares are left, and the tax
            left = replace(fact, tranches=(), expires_on=None) if expired else fact
            found.append(_grant(left, asset, facts.currency))
            told += [*_told_before(fact), *_told_of_state(fact, facts.state)]
    return replace(events, grants=tuple(found)), told


def share_accounts(events: LifeEvents) -> tuple[Account, ...]:
    """Return an account for the shares of each grant that are held, with those of earlier exercises at the start."""
    return tuple(
        Account(
            key=grant.held.account if grant.held else grant.account,
            owner=grant.owner,
            treatment=TaxTreatment.TAXABLE,
            balance=grant.held.shares * grant.price if grant.held else 0.0,
            cost_basis=grant.held.shares * grant.strike if grant.held else 0.0,
            allocation=((grant.asset, 1.0),),
            annual_fee=0.0,
            currency=grant.currency,
        )
        for grant in events.grants
        if grant.account or grant.held
    )


def grant_names(facts: HouseholdFacts) -> list[tuple[str, str]]:
    """Return the names behind the keys of grants and of the accounts of their shares."""
    return [pair for fact in facts.grants for pair in ((fact.key, fact.name), (_shares_of(fact), fact.name))]


def _shares_of(fact: GrantFact) -> str:
    return f"{fact.key}-shares"


def _asset(assumptions: AssumptionSet) -> str | None:
    equities = [asset.key for asset in assumptions.assets if asset.is_equity]
    return _USUAL if _USUAL in equities else next(iter(equities), None)


def _grant(fact: GrantFact, asset: str, currency: str) -> EquityGrant:
    return EquityGrant(
        key=fact.key,
        owner=str(fact.person_id),
        kind=GrantKind(fact.kind),
        tranches=tuple((day, float(shares)) for day, shares in _unexercised(fact)),
        price=float(fact.price),
        strike=float(fact.strike),
        discount=float(fact.discount),
        asset=asset,
        account=_shares_of(fact) if fact.is_held else "",
        exercise=fact.exercise_on,
        expiry=fact.expires_on,
        currency=currency,
        held=HeldShares(_shares_of(fact), float(fact.held_shares), float(fact.exercise_worth))
        if fact.held_shares
        else None,
        credit=float(fact.minimum_tax_credit),
    )


def _unexercised(fact: GrantFact) -> list[tuple[dt.date, Decimal]]:
    """The parts of a grant without those that were exercised already: what vested first was exercised first."""
    told, gone = [], fact.held_shares
    for day, shares in fact.tranches:
        less = min(gone, shares)
        gone -= less
        if shares > less:
            told.append((day, shares - less))
    return told


def _told_before(fact: GrantFact) -> list[Caveat]:
    """Say what the plan takes of earlier exercises, and of the minimum tax that they left."""
    told: list[Caveat] = []
    if fact.held_shares and fact.exercised_on is not None:
        told.append((_BEFORE, {"name": fact.name, "day": fact.exercised_on.isoformat()}))
    if fact.minimum_tax_credit:
        told.append((_CREDIT, {"name": fact.name}))
    return told


def _told_of_state(fact: GrantFact, state: str) -> list[Caveat]:
    """Say where a state has a minimum tax of its own on shares of incentive options that are held."""
    table = state_table_of(state)
    if table is None or state.strip().upper() not in _MINIMUM_TAXES or fact.kind != GrantKind.INCENTIVE:
        return []
    return [(_OF_STATE, {"name": fact.name, "state": table.name})] if fact.is_held or fact.held_shares else []


def _told(fact: GrantFact, asset: str) -> list[Caveat]:
    name = {"name": fact.name}
    told: list[Caveat] = [(_PRICE, {**name, "day": fact.as_of.isoformat(), "asset": asset})]
    told.append((_OPTIONS if fact.kind in ("nso", "iso") else _UNITS, name))
    if fact.is_held:
        told.append((_HELD, name))
    if fact.kind == GrantKind.INCENTIVE:
        told.append((_MINIMUM_TAX if fact.is_held else _DISQUALIFIED, name))
    if fact.kind == GrantKind.PURCHASES:
        told.append((_PURCHASES, name))
    return told


_OF_STATE = gettext_noop(
    "%(state)s has a minimum tax of its own: what it adds when “%(name)s” is exercised and held, and gives back later, "
    "is not counted."
)
_LEFT_OUT = gettext_noop("The grant of “%(name)s” belongs to nobody whose work the plan rests on: it is not counted.")
_EXPIRED = gettext_noop("The options of “%(name)s” expired on %(day)s: they are not counted.")
_PRICE = gettext_noop(
    "A share of “%(name)s” has the price of %(day)s and moves with %(asset)s from then on: that a single company "
    "swings more is not counted."
)
_UNITS = gettext_noop(
    "“%(name)s”: what vests is taxed as pay; what vests after the work ends or after a death is lost, and what has "
    "vested is taken to lie in an account."
)
_OPTIONS = gettext_noop(
    "“%(name)s”: options are exercised as they vest or on the day that is told; where the share is worth less than "
    "they cost then, in the first month in which it is worth more, until they expire or the work ends. What has not "
    "vested then is lost, and so is what a death leaves unexercised."
)
_HELD = gettext_noop("The shares of “%(name)s” are held and pay for the plan like a taxable account.")
_MINIMUM_TAX = gettext_noop(
    "Exercising “%(name)s” and holding counts for the alternative minimum tax of that year; what it adds comes back in "
    "later years whose usual tax is larger. The sale is taken to qualify for the rates of long-term gains."
)
_BEFORE = gettext_noop(
    "The shares of “%(name)s” from earlier exercises count as an account of their own. When they are sold, the usual "
    "tax counts the strike as their cost, the minimum tax what they were worth on %(day)s. The sale is taken to "
    "qualify for the rates of long-term gains."
)
_CREDIT = gettext_noop(
    "Minimum tax of earlier years that is told with “%(name)s” comes back in years whose usual tax is larger than the "
    "least that the law asks. Losses that only the minimum tax carried on are not known."
)
_DISQUALIFIED = gettext_noop(
    "The shares of “%(name)s” are sold as they are exercised: the gain is income, without payroll tax."
)
_PURCHASES = gettext_noop(
    "“%(name)s”: the discount is taxed as income when the shares are bought, also where they are held; what they cost "
    "comes out of income."
)
