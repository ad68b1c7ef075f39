"""What a corporate action needs that a custodian's file does not say: announced terms, answers, closes of the day."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from django.utils.translation import gettext

from apps.clients.ports import Question
from apps.market.models import CorporateAction, Price, Security
from apps.market.selectors.securities import securities_named
from apps.portfolios.models import InstrumentPrice, TransactionKind
from apps.portfolios.readers.rows import CustodianFile, Rows, SecurityKey, TransactionRow
from apps.portfolios.selectors.market_actions import NEAR
from apps.portfolios.services.instruments import known_instruments, named

Ratio = tuple[Decimal, Decimal]
ONE, HUNDRED = Decimal(1), Decimal(100)
# cash for a fraction follows its action within two months
LATER = dt.timedelta(days=60)
RATIO, BASIS, VALUE, PARENT, LEAVE = "ratio", "basis", "value", "parent", "leave"
_BETWEEN = re.compile(r"\s*(?:for|por|:|/)\s*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of an action besides its lines; `share` is the part of the cost that goes to new shares.

    `wrong` names what was answered in a way that cannot be read.
    """

    ratio: Ratio | None = None
    share: Decimal | None = None
    fair_old: Decimal | None = None
    fair_new: Decimal | None = None
    parent: SecurityKey | None = None
    pays_cash: bool = False
    is_left: bool = False
    wrong: str = ""

    def lacks(self, row: TransactionRow, *, has_open_fraction: bool) -> list[str]:
        """Name what is missing to book the action."""
        terms, kind = row.terms, row.kind.value
        if terms is None or terms.is_alone:
            return []
        missing = []
        if kind == TransactionKind.SPIN_OFF and self.parent is None:
            missing.append(PARENT)
        if kind == TransactionKind.SPIN_OFF and self.share is None and not (self.fair_old and self.fair_new):
            missing.append(BASIS)
        if kind == TransactionKind.MERGER and row.amount and self.fair_new is None:
            missing.append(VALUE)
        if has_open_fraction and self.ratio is None:
            missing.append(RATIO)
        return missing


def action_rows(found: CustodianFile) -> list[TransactionRow]:
    """Return the rows that are corporate actions."""
    rows = found.transactions
    if isinstance(rows, Rows) and not any(rows.columns.get("terms", ())):
        return []
    return [row for row in rows if row.terms is not None]


def id_of(row: TransactionRow) -> str:
    """Name an action the same for all accounts of a file."""
    into = row.terms.into if row.terms else None
    told = (row.kind.value, _text(row.security), _text(into), row.trade_date.isoformat())
    return f"action_{hashlib.sha256('|'.join(told).encode()).hexdigest()[:10]}"


def open_fractions(rows: Iterable[TransactionRow], row: TransactionRow) -> list[TransactionRow]:
    """Return the lines that pay for a fraction of what the action brought in the same account."""
    names = {_text(row.security), _text(row.terms.into if row.terms else None)} - {""}
    return [
        each
        for each in rows
        if each.kind.value == TransactionKind.CASH_IN_LIEU
        and row.kind.value != TransactionKind.CASH_IN_LIEU
        and each.account.number == row.account.number
        and _text(each.security) in names
        and row.trade_date <= each.trade_date <= row.trade_date + LATER
    ]


def fraction_told(row: TransactionRow) -> Decimal | None:
    """Return the fraction that a line pays for, where it says so: itself, or by the price of a share."""
    if row.quantity:
        return abs(row.quantity)
    return (row.amount / row.price).quantize(Decimal("0.0001")) if row.amount and row.price else None


def facts_of(rows: Sequence[TransactionRow], answers: Mapping[str, str]) -> dict[str, Facts]:
    """Return what is known of each action by its name: as answered, else as printed, else as announced."""
    announced = _announced(rows)
    found = {}
    for row in rows:
        key = id_of(row)
        mine = {name.removeprefix(f"{key}_"): text for name, text in answers.items() if name.startswith(key)}
        found[key] = _facts(row, announced.get(key), mine)
    return found


def questions_of(found: CustodianFile) -> tuple[Question, ...]:
    """Ask for what neither file nor announcement says, and whether to take in what a person may rather enter."""
    rows = action_rows(found)
    facts = facts_of(rows, {})
    asked: dict[str, Question] = {}
    for row in rows:
        key, title = id_of(row), _title(row)
        is_open = any(fraction_told(each) is None for each in open_fractions(rows, row))
        if row.kind.value == TransactionKind.CASH_IN_LIEU and fraction_told(row) is None:
            # of an action that an earlier file brought as it stood
            is_open = not any(row in open_fractions(rows, each) for each in rows)
        for what in facts[key].lacks(row, has_open_fraction=is_open):
            asked.setdefault(f"{key}_{what}", _question(f"{key}_{what}", title, what))
        if row.kind.value != TransactionKind.SPLIT or (row.terms and row.terms.into):
            name = f"{key}_{LEAVE}"
            asked.setdefault(name, _choice(name, title))
    return tuple(asked.values())


def _question(name: str, title: str, what: str) -> Question:
    labels = {
        RATIO: (gettext("%(action)s: new shares for old ones"), gettext("For example 1 for 25, or 1.103")),
        BASIS: (
            gettext("%(action)s: percentage of the cost that goes to the new shares"),
            gettext("Part II of the issuer's Form 8937, for example 23.84"),
        ),
        VALUE: (gettext("%(action)s: value of a new share on that day"), gettext("Form 8937, or the close of the day")),
        PARENT: (gettext("%(action)s: symbol of what was held"), ""),
    }
    label, sample = labels[what]
    return Question(name, label % {"action": title}, (), "", (sample,) if sample else ())


def _choice(name: str, title: str) -> Question:
    options = (("", gettext("Take it in")), (LEAVE, gettext("Leave its lines out: it is entered by hand")))
    return Question(name, title, options, "")


def _title(row: TransactionRow) -> str:
    names = [_text(row.security), _text(row.terms.into if row.terms else None)]
    if names[0] == names[1]:
        names = names[:1]
    kind = TransactionKind(row.kind.value).label
    return f"{kind} {' → '.join(filter(None, names))}, {row.trade_date.isoformat()}"


def _facts(row: TransactionRow, action: CorporateAction | None, answered: Mapping[str, str]) -> Facts:
    terms = row.terms
    typed = {what: answered.get(what, "").strip() for what in (RATIO, BASIS, VALUE, PARENT)}
    ratio, share, value = _ratio(typed[RATIO]), _number(typed[BASIS], HUNDRED), _number(typed[VALUE])
    read = {RATIO: ratio, BASIS: share, VALUE: value, PARENT: True}
    parent = SecurityKey(symbol=typed[PARENT].upper()) if typed[PARENT] else (terms.parent if terms else None)
    if parent is None and action is not None and row.kind.value == TransactionKind.SPIN_OFF:
        parent = SecurityKey(symbol=action.security.symbol)
    fair_old, fair_new = _values(row, action, parent)
    return Facts(
        ratio=ratio or (terms.ratio if terms else None) or _announced_ratio(action),
        share=share / HUNDRED if share else None,
        fair_old=fair_old,
        fair_new=value or fair_new,
        parent=parent,
        pays_cash=bool(action and action.cash_per_share),
        is_left=answered.get(LEAVE) == LEAVE,
        wrong=next((typed[what] for what, told in read.items() if typed[what] and told is None), ""),
    )


def _values(
    row: TransactionRow, action: CorporateAction | None, parent: SecurityKey | None
) -> tuple[Decimal | None, Decimal | None]:
    """Return the values per share after the action: announced, or closes of its day where it is announced without.

    What a merger pays is always held against the close of the day; the cost of a spin-off is never shared by closes
    alone, since only the announcement says that it is one.
    """
    into = row.terms.into if row.terms else None
    old, new = (action.fair_old, action.fair_new) if action else (None, None)
    if row.kind.value == TransactionKind.MERGER and row.amount and new is None:
        return None, _close(into, row.trade_date)
    if row.kind.value == TransactionKind.SPIN_OFF and action is not None:
        return old or _close(parent, action.day), new or _close(into, action.day)
    return old, new


def _announced_ratio(action: CorporateAction | None) -> Ratio | None:
    if action is None or action.new_shares is None or action.old_shares is None:
        return None
    return action.new_shares, action.old_shares


def _announced(rows: Sequence[TransactionRow]) -> dict[str, CorporateAction]:
    """Find the announced action that each is, the nearest by day."""
    if not rows:
        return {}
    days = [row.trade_date for row in rows]
    span = (min(days) - NEAR, max(days) + NEAR)
    known = list(CorporateAction.objects.filter(is_cancelled=False, day__range=span).select_related("security", "into"))
    found = {}
    for row in rows:
        match = [a for a in known if abs(a.day - row.trade_date) <= NEAR and _is_that(row, a)]
        if match:
            found[id_of(row)] = min(match, key=lambda action: abs(action.day - row.trade_date))
    return found


def _is_that(row: TransactionRow, action: CorporateAction) -> bool:
    into, parent = (row.terms.into, row.terms.parent) if row.terms else (None, None)
    kind: str = row.kind.value
    if action.kind != kind:
        return False
    if kind == TransactionKind.SPIN_OFF:
        return _is(action.into, into) and (parent is None or _is(action.security, parent))
    same = _is(action.security, row.security) or (action.into is None and _is(action.security, into))
    return same and (action.into is None or _is(action.into, into))


def _is(security: Security | None, key: SecurityKey | None) -> bool:
    if security is None or key is None:
        return False
    pairs = ((security.symbol, key.symbol.upper()), (security.cusip, key.cusip), (security.isin, key.isin))
    return any(ours and ours == theirs for ours, theirs in pairs)


def _close(key: SecurityKey | None, day: dt.date) -> Decimal | None:
    if key is None:
        return None
    name = named(key)
    instrument = known_instruments([name]).get(name)
    master = instrument.master if instrument else securities_named([name.of_master]).get(name.of_master)
    if master is not None:
        return Price.objects.filter(security=master, day=day).values_list("close", flat=True).first()
    own = InstrumentPrice.objects.filter(instrument=instrument, day=day)
    return own.values_list("close", flat=True).first() if instrument else None


def _text(key: SecurityKey | None) -> str:
    return (key.symbol or key.cusip or key.isin or key.description) if key else ""


def _number(text: str, below: Decimal | None = None) -> Decimal | None:
    """Read a number above zero; a comma is a decimal mark."""
    try:
        number = Decimal(text.strip().removesuffix("%").strip().replace(",", "."))
    except InvalidOperation:
        return None
    is_told = number.is_finite() and 0 < number < (below or Decimal(10) ** 9)
    return number if is_told else None


def _ratio(text: str) -> Ratio | None:
    told = [_number(part) for part in _BETWEEN.split(text)]
    if len(told) > 2 or told[0] is None or told[-1] is None:
        return None
    return told[0], (told[1] or ONE) if len(told) > 1 else ONE
