"""What was agreed that the household holds, beside what it holds, in words."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext

from apps.clients.models import Household
from apps.core.passports import Passport
from apps.core.templatetags.formats import percent_text
from apps.kernel.errors import NotFoundError, gettext_noop
from apps.kernel.money import Money
from apps.portfolios.models import CashReserve, Restriction
from apps.portfolios.selectors.drift import ClassDrift, DriftSheet, household_drift
from apps.portfolios.selectors.drift_passports import sheet_passport

# less than this is as agreed
_SLIGHT = Decimal("0.005")


@dataclass(frozen=True, slots=True)
class ShownClass:
    """An asset class: what is held, what was agreed, and how that reads."""

    name: str
    now: Decimal
    target: Decimal
    words: str
    is_out: bool


@dataclass(frozen=True, slots=True)
class ShownTarget:
    """One target of the household: `name` is the account's where one has its own."""

    figure: str
    name: str
    model: str
    description: str
    as_of: dt.date
    classes: tuple[ShownClass, ...]
    reserve: Money | None
    missing: Money | None
    reserves: tuple[CashReserve, ...]
    restrictions: tuple[Restriction, ...]


def shown_targets(household: Household, on: dt.date) -> tuple[ShownTarget, ...]:
    """Return the targets of the household on a day, in a fixed number of queries."""
    return tuple(_shown(sheet) for sheet in household_drift(household, on))


def target_passport_of(household: Household, figure: str, on: dt.date) -> Passport:
    """Return where the figures of a target come from. Raises NotFoundError for another."""
    sheet = next((each for each in household_drift(household, on) if _figure(each) == figure), None)
    if sheet is None:
        raise NotFoundError(gettext_noop("There is no such figure."))
    return sheet_passport(sheet)


def _figure(sheet: DriftSheet) -> str:
    account = sheet.target.account
    return "target" if account is None else f"target-{account.public_id}"


def _shown(sheet: DriftSheet) -> ShownTarget:
    drift, target = sheet.drift, sheet.target
    return ShownTarget(
        figure=_figure(sheet),
        name=target.account.name if target.account is not None else "",
        model=target.version.model.name,
        description=target.version.model.description,
        as_of=sheet.as_of,
        classes=tuple(_class(each) for each in sheet.classes),
        reserve=Money(drift.reserve, sheet.currency) if drift.reserve else None,
        missing=Money(drift.short_of_reserve, sheet.currency) if drift.short_of_reserve else None,
        reserves=target.reserves,
        restrictions=target.restrictions,
    )


def _class(each: ClassDrift) -> ShownClass:
    line = each.line
    points = percent_text(abs(line.drift))
    if line.is_out:
        words = gettext("Further from the target than agreed; your advisor sees it too.")
    elif abs(line.drift) < _SLIGHT:
        words = gettext("As agreed.")
    elif line.drift > 0:
        words = gettext("%(points)s more than the target, within what was agreed.") % {"points": points}
    else:
        words = gettext("%(points)s less than the target, within what was agreed.") % {"points": points}
    return ShownClass(each.name, line.weight, line.target, words, line.is_out)
