"""Lines of a firm's file that nobody has to look at, told from the others column by column.

An account is plain when nothing at all speaks against one of its lines: no problem, nothing that differs from what is
in the books, nothing that changes what is held by a ratio. All others go the way of single rows (custodian_reading).
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext

from apps.clients.models import RowAction
from apps.clients.models.plain_rows import OWN, PlainRows
from apps.clients.ports import ImportFile
from apps.core.whole_rows import copied_text
from apps.market.selectors.securities import securities_named
from apps.portfolios.models import Instrument
from apps.portfolios.readers.columns import plain_texts
from apps.portfolios.readers.rows import CustodianAccount, CustodianFile, Rows, SecurityKey
from apps.portfolios.services.custodian_accounts import answered_accounts
from apps.portfolios.services.custodian_ground import Ground, names_of
from apps.portfolios.services.instruments import known_instruments, named

# of each kept row: account and security, then what COPY takes
ACCOUNT, SECURITY, TOLD = OWN, OWN + 1, OWN + 2
# the longest symbol of the books
_LONGEST_SYMBOL = 32
_WHOLE_DIGITS = 12
NULL = "\\N"


class Parting:
    """The columns of one file on their way to being parted; `odd` are the accounts of which a line needs a look."""

    def __init__(self, file: ImportFile, found: CustodianFile, rows: Rows[Any], ground: Ground) -> None:
        self.ground, self.columns, self.size = ground, rows.columns, len(rows)
        ours = answered_accounts(file, found)
        # of all accounts of the file, those that the firm lacks among them
        numbers = ground.head["numbers"]
        self.accounts = {account.pk: account for account in ours.values()}
        by_number = {numbers[place]: account.pk for place, account in ours.items()}
        told = self.columns["account"]
        by_id = {at: by_number[account.number] for at, account in zip(map(id, told), told, strict=True)}
        self.pks = list(map(by_id.__getitem__, map(id, told)))
        self.odd: set[int] = set()
        self._name()
        doubted = {problem.row for problem in found.problems}
        if doubted:
            self.look(line in doubted for line in self.columns["row"])

    def look(self, told: Iterable[object]) -> None:
        """Take note of lines that need a look."""
        self.odd.update(pk for pk, needs_look in zip(self.pks, told, strict=True) if needs_look)

    def _name(self) -> None:
        """Give each line the place of its security among the names of the file; cash has none."""
        keys: list[SecurityKey | None] = self.columns["security"]
        cash = self.columns.get("is_cash")
        if cash is not None:
            keys = [None if is_cash else key for key, is_cash in zip(keys, cash, strict=True)]
        by_id = {id(key): named(key) for key in keys if key is not None}
        self.names = names_of(self.ground.head)
        places = {name: place for place, name in enumerate(self.names)}
        by_key = {at: places[name] for at, name in by_id.items()} | {id(None): -1}
        self.securities = list(map(by_key.__getitem__, map(id, keys)))
        known = known_instruments(self.names)
        self.instruments = [known.get(name) for name in self.names]
        masters = securities_named(name.of_master for name in self.names if name not in known)
        # the books may have it under another name
        renamed = set(Instrument.objects.filter(master__in=masters.values()).values_list("master_id", flat=True))
        fresh = {name for name, master in masters.items() if master.pk not in renamed}
        foreign = {
            place
            for place, name in enumerate(self.names)
            if (name not in known and name.of_master not in fresh) or len(name.symbol) > _LONGEST_SYMBOL
        }
        if foreign:
            self.look(place in foreign for place in self.securities)

    def numbers(self, column: Sequence[Any], places: int) -> list[str]:
        """Return numbers as texts for COPY; one with more digits than its column needs a look."""
        texts = ["0" if text == "-0" else text for text in plain_texts(column)]
        wide = {text for text in set(texts) if not _fits(text, places)}
        if wide:
            self.look(text in wide for text in texts)
        return [text or NULL for text in texts]

    def texts(self, column: Sequence[str], length: int) -> list[str]:
        """Return texts for COPY, as long as their column."""
        told = {text: copied_text(text[:length]) for text in set(column)}
        return [told[text] for text in column]

    def plain(
        self, known: Sequence[str | None], told: Sequence[Sequence[str]], head: Mapping[str, Any]
    ) -> PlainRows | None:
        """Return the lines of accounts that are plain; `known` are the ids of records that are there already."""
        chosen = [place for place, pk in enumerate(self.pks) if pk not in self.odd]
        if not chosen:
            return None
        ids, labels, lines = _new_ids(self.size), self._labels(), self.columns["row"]
        create, unchanged = RowAction.CREATE.value, RowAction.UNCHANGED.value
        rows = []
        for n in chosen:
            there = known[n]
            begin = (str(lines[n]), unchanged if there else create, there or ids[n], labels[n])
            rows.append("\t".join((*begin, str(self.pks[n]), str(self.securities[n]), *told[n])))
        created = sum(known[n] is None for n in chosen)
        return PlainRows({**self.ground.head, **head}, rows, created, self.ground.digest)

    def _labels(self) -> list[str]:
        accounts, keys = self.columns["account"], self.columns["security"]
        told = {(id(a), id(k)): (a, k) for a, k in zip(accounts, keys, strict=True)}
        texts = {at: copied_text(label_of(a, k)) for at, (a, k) in told.items()}
        return [texts[at] for at in zip(map(id, accounts), map(id, keys), strict=True)]


def label_of(account: CustodianAccount, key: SecurityKey | None) -> str:
    """Return what a line is called on pages: its account and what it is of."""
    what = key.symbol or key.cusip or key.description if key else gettext("Cash")
    return f"{account.masked} {what}".strip()[:200]


def _fits(text: str, places: int) -> bool:
    whole, _, part = text.lstrip("-").partition(".")
    return len(whole) <= _WHOLE_DIGITS and len(part) <= places


def _new_ids(count: int) -> list[str]:
    """Return so many random UUIDs (version 4, RFC 9562) at once."""
    told = os.urandom(16 * count).hex()
    each = (told[at : at + 32] for at in range(0, 32 * count, 32))
    return [f"{one[:8]}-{one[8:12]}-4{one[13:16]}-a{one[17:20]}-{one[20:]}" for one in each]
