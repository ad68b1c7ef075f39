"""The sentences that say where more saving goes: what the law has room for, and the account for what is above."""

from __future__ import annotations

from apps.kernel.errors import gettext_noop
from apps.plans.engine.advice_facts import SavingPlaces
from apps.plans.engine.advice_retirement_texts import NOT_PUBLISHED
from apps.plans.engine.advice_texts import text
from apps.plans.engine.inputs import ProjectionInputs
from apps.plans.engine.results import Text
from apps.plans.engine.saving_places import NEW_BROKERAGE, ROOM_INTO, amounts_of, rooms_in_order, split

Told = tuple[tuple[tuple[str, float], ...], tuple[Text, ...]]


def saving_places_told(inputs: ProjectionInputs, monthly_amount: float, places: SavingPlaces) -> Told:
    """Return the rooms a year as facts of advice, in the order in which they are filled, and a sentence for each
    account that takes some of the amount.
    """
    found = amounts_of(rooms_in_order(inputs, places))
    into = split(monthly_amount, found, places.rest)
    year = float(inputs.start_date.year)
    told = [
        text(
            gettext_noop(
                "Pay up to %(room__money)s a year of it into %(account__name)s: the law leaves room for no more in "
                "%(year__year)s."
            ),
            room__money=room,
            account__name=account,
            year__year=year,
        )
        for account, room in found
        if account in into
    ]
    if places.rest in into:
        told.append(_rest(places.rest, is_all=not told))
    if not found:
        return (), tuple(told)
    if places.facts is not None and places.facts.limits is not None and places.facts.limits.carried_from:
        told.append(text(NOT_PUBLISHED, year__year=year))
    return (*((f"{ROOM_INTO}{account}", room) for account, room in found), ("year", year)), tuple(told)


def _rest(account: str, *, is_all: bool) -> Text:
    if account == NEW_BROKERAGE:
        whole, above = (
            gettext_noop("Open a taxable brokerage account for it: no other account may take it."),
            gettext_noop("Open a taxable brokerage account for what is above."),
        )
        return text(whole if is_all else above)
    whole, above = (
        gettext_noop("Pay it into %(account__name)s."),
        gettext_noop("Pay what is above into %(account__name)s."),
    )
    return text(whole if is_all else above, account__name=account)
