"""Where the figures of assets that people value by hand come from."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from django.urls import reverse
from django.utils.translation import gettext

from apps.core.passports import Amount, Passport, PassportLine
from apps.core.templatetags.formats import date_text
from apps.kernel.errors import NotFoundError, gettext_noop
from apps.portfolios.engine import ENGINE_VERSION
from apps.portfolios.engine.private_funds import FundFigures
from apps.portfolios.models import Appraisal, AssetFlow, AssetFlowState, ManualAsset
from apps.portfolios.selectors.manual_assets import AssetLine, asset_line

# name of a figure, its title, its method
_AMOUNTS = {
    "commitment": (gettext_noop("Commitment"), gettext_noop("As agreed with the fund.")),
    "paid_in": (gettext_noop("Paid in"), gettext_noop("All that was called and paid, fees beside the commitment too.")),
    "unfunded": (
        gettext_noop("Unfunded commitment"),
        gettext_noop("The commitment less what was called of it, plus distributions that can be called again."),
    ),
    "distributed": (gettext_noop("Distributed"), gettext_noop("All that the fund gave back, recallable or not.")),
}
_MULTIPLES = {
    "pic": (gettext_noop("Paid in to commitment"), gettext_noop("Paid in / commitment.")),
    "dpi": (gettext_noop("DPI"), gettext_noop("Distributed / paid in.")),
    "rvpi": (gettext_noop("RVPI"), gettext_noop("Value / paid in.")),
    "tvpi": (gettext_noop("TVPI"), gettext_noop("Distributed and value / paid in.")),
}
FUND_AMOUNTS, MULTIPLES = tuple(_AMOUNTS), tuple(_MULTIPLES)


def asset_passport(asset: ManualAsset, figure: str, day: dt.date) -> Passport:
    """Return the passport of the value, of a fund's figure, or of a row (`appraisal-…`, `flow-…`).

    Raises NotFoundError for another figure, or one that cannot be computed.
    """
    line = asset_line(asset, day)
    found = line.figures
    if figure == "value":
        return _value(line, day)
    if found is not None and figure in _AMOUNTS:
        title, method = _AMOUNTS[figure]
        amount = Amount.of_money(getattr(found, figure), line.currency)
        return _of_fund(line, gettext(title), gettext(method), amount, day)
    if found is not None and figure in _MULTIPLES and getattr(found, figure).value is not None:
        title, method = _MULTIPLES[figure]
        amount = Amount(getattr(found, figure).value, "quantity", "2")
        return _of_fund(line, gettext(title), gettext(method), amount, day)
    if found is not None and figure == "irr" and found.irr.value is not None:
        method = gettext(
            "The annual rate at which what was paid in, what came back and the value of the day are worth nothing"
            " together, by days since the first call."
        )
        return _of_fund(line, gettext("Rate of return since the first call"), method, _rate(found), day)
    return _of_row(line, figure)


def _rate(found: FundFigures) -> Amount:
    return Amount(found.irr.value, "percent", "1")


def _value(line: AssetLine, day: dt.date) -> Passport:
    method = gettext("The last value that somebody stated on or before the day.")
    if line.asset.is_fund:
        method = gettext("The last statement on or before the day, plus what was called since, less what came back.")
    return Passport(
        title=str(line.asset),
        value=Amount.of_money(line.value, line.currency),
        method=method,
        as_of=day,
        source=gettext("Statements and appraisals as recorded"),
        lines=tuple(_lines(line, day)),
        notes=_notes(line),
        basis=gettext("Before fees and taxes."),
        version=ENGINE_VERSION,
    )


def _of_fund(line: AssetLine, title: str, method: str, value: Amount, day: dt.date) -> Passport:
    sums = (
        PassportLine(gettext("Value"), "", Amount.of_money(line.value, line.currency)),
        *_lines(line, day, with_marks=False),
    )
    return Passport(
        title=f"{line.asset}: {title}",
        value=value,
        method=method,
        as_of=day,
        source=gettext("Calls, distributions and statements as recorded"),
        lines=sums,
        notes=_notes(line),
        basis=gettext("Net of the fund's own fees, before the firm's and before taxes."),
        version=ENGINE_VERSION,
    )


def _lines(line: AssetLine, day: dt.date, *, with_marks: bool = True) -> list[PassportLine]:
    marks = line.asset.appraisals.filter(taken_back_because="", day__lte=day).order_by("-day")
    flows = line.asset.flows.filter(state=AssetFlowState.BOOKED, day__lte=day).order_by("-day", "-pk")
    stated = [
        PassportLine(
            gettext("Stated for %(day)s") % {"day": date_text(row.day)},
            f"{row.get_source_display()}, {row.valued_by}",
            Amount.of_money(row.value, line.currency, row.day),
        )
        for row in (marks if with_marks else ())
    ]
    moved = [
        PassportLine(
            str(row.get_kind_display()),
            date_text(row.day),
            Amount.of_money(row.amount if row.is_call else -row.amount, line.currency, row.day),
        )
        for row in flows
    ]
    return stated[:1] + moved if line.asset.is_fund else stated


def _notes(line: AssetLine) -> tuple[str, ...]:
    if not line.is_old or line.valued_on is None:
        return ()
    return (gettext("The value was stated on %(day)s, which is old.") % {"day": date_text(line.valued_on)},)


def _of_row(line: AssetLine, figure: str) -> Passport:
    of, _dash, public_id = figure.partition("-")
    row: Appraisal | AssetFlow | None = None
    if of == "appraisal":
        row = next((each for each in line.asset.appraisals.all() if str(each.public_id) == public_id), None)
    elif of == "flow":
        row = next((each for each in line.asset.flows.all() if str(each.public_id) == public_id), None)
    if row is None:
        raise NotFoundError(gettext_noop("There is no such figure."))
    is_value = isinstance(row, Appraisal)
    amount: Decimal = row.value if isinstance(row, Appraisal) else row.amount
    how = f"{row.get_source_display()}, {row.valued_by}" if isinstance(row, Appraisal) else str(row.get_kind_display())
    page = reverse("portfolios:asset-detail", kwargs={"asset_id": line.asset.public_id})
    return Passport(
        title=str(line.asset),
        value=Amount.of_money(amount, line.currency, row.day),
        method=gettext("As stated.") if is_value else gettext("As told by the fund's notice or the bank."),
        as_of=row.day,
        source=gettext("Recorded by %(name)s") % {"name": row.recorded_by},
        lines=(PassportLine(how, row.document.title if row.document else gettext("no paper"), None, (), page),),
    )
