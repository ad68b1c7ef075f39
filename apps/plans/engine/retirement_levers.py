"""Retirement moved: who retires when, and what a version of the plan saves more until then.

What is saved more lies in spans that follow the months in which each one retires (`saving_places`): it is laid out
again.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from apps.plans.engine.advice_facts import SavingPlaces
from apps.plans.engine.horizon import month_later
from apps.plans.engine.inputs import Adult, ProjectionInputs
from apps.plans.engine.saving_places import NEW_BROKERAGE, extra_saving, is_extra, with_saving


def with_retirement_age(inputs: ProjectionInputs, adult_key: str, age: int, places: SavingPlaces) -> ProjectionInputs:
    """Let one adult retire at an age, in the month of that birthday; more saving goes to ``places`` until then."""
    adults = tuple(
        replace(adult, retirement_date=date(adult.birth_date.year + age, adult.birth_date.month, 1))
        if adult.key == adult_key
        else adult
        for adult in inputs.adults
    )
    return _retiring(inputs, adults, places)


def with_retirement_delay(inputs: ProjectionInputs, months: int, places: SavingPlaces) -> ProjectionInputs:
    """Everyone who still works retires that many months later; what hangs on retirement moves along, and what is saved
    more goes to ``places`` until then.
    """
    adults = tuple(
        replace(adult, retirement_date=month_later(adult.retirement_date, months))
        if adult.retirement_date > inputs.start_date
        else adult
        for adult in inputs.adults
    )
    return _retiring(inputs, adults, places)


def _retiring(inputs: ProjectionInputs, adults: tuple[Adult, ...], places: SavingPlaces) -> ProjectionInputs:
    moved = replace(inputs, adults=adults)
    if not any(is_extra(item.key) for item in inputs.contributions):
        return moved
    return with_saving(moved, _as_stated(inputs, places), extra_saving(inputs))


def _as_stated(inputs: ProjectionInputs, places: SavingPlaces) -> SavingPlaces:
    """The places as the version laid its saving out, before any walk told an income: only retirement is to move.

    Accounts of another day than the plan's may lack the one for the rest: then it is opened.
    """
    rest = places.rest if any(account.key == places.rest for account in inputs.accounts) else NEW_BROKERAGE
    return SavingPlaces(rest, None if places.facts is None else replace(places.facts, income=None))
