"""Where the figures of targets and drift come from."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from django.utils.translation import gettext

from apps.clients.models import Household
from apps.core.passports import Amount, Passport, PassportLine
from apps.core.templatetags.formats import date_text
from apps.kernel.errors import NotFoundError, gettext_noop
from apps.portfolios.engine.drift import DriftLine
from apps.portfolios.models import Account
from apps.portfolios.selectors.drift import DriftSheet, account_drift, household_drift
from apps.portfolios.selectors.targets import household_targets

SHEET, TERMS = "sheet", "terms"


def target_passport(household: Household, account: Account | None, figure: str, day: dt.date) -> Passport:
    """Return the sheet of a household, or of one of its accounts, or the terms it rests on.

    Raises NotFoundError for another figure, or where no model is followed on the day.
    """
    if figure == TERMS:
        return terms_passport(household, day)
    sheet = account_drift(account, day) if account is not None else next(iter(household_drift(household, day)), None)
    if figure != SHEET or sheet is None:
        raise NotFoundError(gettext_noop("There is no such figure."))
    return sheet_passport(sheet)


def sheet_passport(sheet: DriftSheet) -> Passport:
    """Return how far a sheet is from its target, line by line."""
    drift, target = sheet.drift, sheet.target
    method = gettext(
        "Weight: value over what is invested, that is all that is there less the reserve. Drift: weight less target. "
        "Distance: half the sum of all drifts of securities and of uninvested cash, the least that must change hands."
    )
    return Passport(
        title=gettext("Distance from the target"),
        value=_percent(drift.distance),
        method=method,
        as_of=sheet.as_of,
        source=gettext("%(model)s, version %(n)s, and the holdings at the last closing prices")
        % {"model": target.version.model.name, "n": target.version.number},
        basis=gettext("Managed accounts alone; what has no price is left out."),
        lines=(
            PassportLine(gettext("All that is there"), gettext("holdings and cash"), _money(drift.total, sheet)),
            PassportLine(gettext("Cash reserve"), gettext("kept out of the weights"), _money(drift.reserve, sheet)),
            PassportLine(gettext("Missing for the reserve"), "", _money(drift.short_of_reserve, sheet)),
            PassportLine(gettext("Invested"), gettext("less the reserve"), _money(drift.investable, sheet)),
            PassportLine(gettext("Largest drift of a class"), "", _percent(drift.largest)),
            PassportLine(
                gettext("Out of their bands"), gettext("classes and securities"), Amount(sheet.n_out, "count")
            ),
            *(_line(each.name, each.line, sheet) for each in sheet.classes),
            *(_line(each.symbol, each.line, sheet) for each in sheet.securities),
        ),
        notes=_notes(sheet),
    )


def terms_passport(household: Household, day: dt.date) -> Passport:
    """Return the reserves and the limits that restrictions set, as they were agreed."""
    terms = household_targets(household, day)
    reserves = tuple(household.cashreserves.not_over(day).select_related("account"))
    limits = tuple(
        household.restrictions.not_over(day).exclude(max_weight=None).select_related("account", "instrument")
    )
    in_force = [each for each in terms.reserves if each.amount is not None]
    return Passport(
        title=gettext("Reserves and limits"),
        value=Amount.of_money(sum((each.amount or Decimal(0) for each in in_force), Decimal(0)), household.currency),
        method=gettext("As agreed: the amounts of the reserves in force on the day; shares are of the value."),
        as_of=day,
        source=gettext("The terms of the household"),
        lines=(
            *(
                PassportLine(
                    each.purpose,
                    _days(each.from_day, each.until),
                    _percent(each.share) if each.amount is None else Amount.of_money(each.amount, household.currency),
                )
                for each in reserves
            ),
            *(PassportLine(str(each), _days(each.from_day, each.until), _percent(each.max_weight)) for each in limits),
        ),
    )


def _days(first: dt.date, until: dt.date | None) -> str:
    return f"{date_text(first)} – {date_text(until) if until else ''}".strip()


def _line(name: str, line: DriftLine, sheet: DriftSheet) -> PassportLine:
    parts = [
        (gettext("Value"), _money(line.value, sheet)),
        (gettext("Target"), _percent(line.target)),
        (gettext("Value on target"), _money(line.target_value, sheet)),
        (gettext("Drift"), _percent(line.drift)),
    ]
    if line.low is not None and line.high is not None:
        parts += [(gettext("Band from"), _percent(line.low)), (gettext("Band to"), _percent(line.high))]
    return PassportLine(name, gettext("weight of what is invested"), _percent(line.weight), tuple(parts))


def _percent(value: Decimal | None) -> Amount:
    return Amount(value, "percent", "1")


def _money(value: Decimal, sheet: DriftSheet) -> Amount:
    return Amount(Amount.of_money(value, sheet.currency).value, "money", "whole", sheet.priced_on)


def _notes(sheet: DriftSheet) -> tuple[str, ...]:
    notes = []
    if sheet.unpriced:
        notes.append(gettext("Without a price and not counted: %(names)s.") % {"names": ", ".join(sheet.unpriced)})
    if sheet.unclassified:
        notes.append(gettext("Without an asset class: %(names)s.") % {"names": ", ".join(sheet.unclassified)})
    if sheet.simulation:
        day = date_text(sheet.simulation.simulated_from)
        notes.append(gettext("Prices after %(day)s are simulated.") % {"day": day})
    return tuple(notes)
