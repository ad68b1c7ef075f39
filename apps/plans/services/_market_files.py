"""Reading a firm's file of monthly returns: each refusal names the line and the column, and says how to mend it."""

from __future__ import annotations

import csv
import datetime as dt
import io
import math
import re
from collections.abc import Iterator, Sequence

from apps.kernel.errors import InvalidInputError, gettext_noop
from apps.plans.engine.assumptions import AssumptionSet
from apps.plans.engine.history import INFLATION, History, check_returns, history_of

FIRST_YEAR = 1800
MONTH = "month"
_MONTH = re.compile(r"(\d{4})-(\d{1,2})(?:-\d{1,2})?")
# what a refusal repeats of a file
_SHOWN = 30

_FRACTIONS = gettext_noop("Write changes as fractions with a point: 0.012 is 1.2 percent, -0.05 a loss of five.")
_HEAD = gettext_noop("The head of the file is: %(head)s")


def history_from(data: bytes, assumptions: AssumptionSet, on: dt.date) -> History:
    """Return the history in a CSV file: `month` as 1957-02, a column for each class of the set, and `inflation`.

    Columns may stand in any order behind the month, which must be over on the day. Raises InvalidInputError, at the
    field `file`, for all else.
    """
    rows = list(_rows(_text(data)))
    if not rows:
        raise _refused(gettext_noop("The file is empty."), gettext_noop("Choose a file with a row for each month."))
    wanted = (*assumptions.asset_keys, INFLATION)
    places = _places(rows[0][1], wanted)
    months, returns = [], []
    for line, cells in rows[1:]:
        if len(cells) != len(rows[0][1]):
            raise _refused(
                gettext_noop("Line %(line)s has %(found)s columns, and the head has %(needed)s."),
                gettext_noop("Give each month a value in each column, with a point for decimals."),
                line=line,
                found=len(cells),
                needed=len(rows[0][1]),
            )
        months.append(_month_in(cells[0], line, on))
        returns.append([_return_in(cells[places[key]], line, key) for key in wanted])
    try:
        history = history_of(months, wanted, returns)
        check_returns(history, assumptions)
    except InvalidInputError as refused:
        raise InvalidInputError(refused.message, mend=refused.mend, field="file", **refused.params) from refused
    return history


def _text(data: bytes) -> str:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = "\0"
    if "\0" in text or data.startswith(b"PK"):
        raise _refused(
            gettext_noop("The file is no text: a workbook perhaps, or saved in another encoding."),
            gettext_noop("Save the sheet as “CSV UTF-8” and load that file."),
        )
    return text


def _rows(text: str) -> Iterator[tuple[int, list[str]]]:
    """Yield each row that is not blank, with its line."""
    reader = csv.reader(io.StringIO(text, newline=""))
    try:
        for row in reader:
            cells = [cell.strip() for cell in row]
            if any(cells):
                yield reader.line_num, cells
    except csv.Error as broken:
        raise _refused(
            gettext_noop("The file is no table: line %(line)s cannot be read."),
            gettext_noop("Save the sheet as “CSV UTF-8” and load that file."),
            line=reader.line_num,
        ) from broken


def _places(head: Sequence[str], wanted: tuple[str, ...]) -> dict[str, int]:
    """Return where each column stands."""
    names, whole = [name.lower() for name in head], ",".join((MONTH, *wanted))
    if len(names) == 1 and any(mark in names[0] for mark in ";\t"):
        raise _refused(
            gettext_noop("The columns are not divided by commas."),
            gettext_noop("Save the file with commas between the columns and a point for decimals."),
        )
    if names[0] != MONTH:
        raise _refused(
            gettext_noop("The first column is “%(name)s”, and not the month."), _HEAD, name=_short(head[0]), head=whole
        )
    for name in names[1:]:
        if names.count(name) > 1:
            raise _refused(gettext_noop("The column “%(name)s” comes twice."), _HEAD, name=_short(name), head=whole)
        if name not in wanted:
            told = gettext_noop("The assumptions have no class “%(name)s”.")
            raise _refused(told, _HEAD, name=_short(name), head=whole)
    for name in wanted:
        if name not in names:
            raise _refused(gettext_noop("The column “%(name)s” is missing."), _HEAD, name=name, head=whole)
    return {name: names.index(name) for name in wanted}


def _month_in(text: str, line: int, on: dt.date) -> dt.date:
    told = _MONTH.fullmatch(text)
    year, month = (int(told[1]), int(told[2])) if told else (0, 0)
    if not 1 <= month <= 12 or year < FIRST_YEAR:
        raise _refused(
            gettext_noop("Line %(line)s: “%(text)s” is no month."),
            gettext_noop("Write months as 1957-02."),
            line=line,
            text=_short(text),
        )
    if (year, month) >= (on.year, on.month):
        raise _refused(
            gettext_noop("Line %(line)s: the month %(text)s is not over yet."),
            gettext_noop("Load months that are over."),
            line=line,
            text=_short(text),
        )
    return dt.date(year, month, 1)


def _return_in(text: str, line: int, key: str) -> float:
    if not text:
        raise _refused(
            gettext_noop("Line %(line)s has no return of “%(key)s”."),
            gettext_noop("Fill in the month, or begin the history after the gap."),
            line=line,
            key=key,
        )
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        told = gettext_noop("Line %(line)s: “%(text)s” for “%(key)s” is no number.")
        raise _refused(told, _FRACTIONS, line=line, text=_short(text), key=key)
    if not -1.0 < value < 2.0:
        raise _refused(
            gettext_noop("Line %(line)s: %(text)s for “%(key)s” is no return that a month can have."),
            gettext_noop("Load changes as fractions, 0.012 for 1.2 percent; no prices, growth factors or percent."),
            line=line,
            text=_short(text),
            key=key,
        )
    return value


def _short(text: str) -> str:
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"


def _refused(message: str, mend: str, **params: object) -> InvalidInputError:
    return InvalidInputError(message, mend=mend, field="file", **params)
