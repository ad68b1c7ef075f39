"""What counts as substantially identical, and since when (IRC 1091(a); Pub. 550, wash sales)."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from apps.kernel.errors import InvalidInputError, gettext_noop
from apps.portfolios.engine.transactions import SplitRatio

ONE = Fraction(1)


class Role(StrEnum):
    """How a security belongs to its group."""

    SAME = "same"  # the stock itself, or a share class of it
    RIGHT = "right"  # an option or contract to acquire it: replaces a share that was sold, is not replaced by one


@dataclass(frozen=True, slots=True)
class Membership:
    """A security belongs to a group of substantially identical ones from one day to another, both counted.

    `shares` is how many shares of the group one unit stands for, in today's units of both: 100 for a contract on 100
    shares, 1500 for a class that converts into 1500 of another. Raises InvalidInputError for a span that ends before it
    begins, or no shares.
    """

    security_id: str
    group_id: str
    valid_from: date
    valid_to: date | None = None
    role: Role = Role.SAME
    shares: Decimal = Decimal(1)

    def __post_init__(self) -> None:
        if self.shares <= 0 or (self.valid_to is not None and self.valid_to < self.valid_from):
            raise InvalidInputError(
                gettext_noop("%(security)s cannot stand for other securities with these shares or days."),
                mend=gettext_noop("Give a number of shares above zero, and a last day that is not before the first."),
                security=self.security_id,
            )


@dataclass(frozen=True, slots=True)
class Split:
    """A split of a security. Trades of its day are in new shares."""

    security_id: str
    day: date
    ratio: SplitRatio


class EquivalenceTable:
    """The dated table, read by day. Raises InvalidInputError when a security is in two groups on one day."""

    def __init__(self, memberships: Iterable[Membership] = ()) -> None:
        self._rows: dict[str, list[Membership]] = defaultdict(list)
        for row in sorted(memberships, key=lambda row: (row.security_id, row.valid_from)):
            before = self._rows[row.security_id]
            if before and (before[-1].valid_to is None or before[-1].valid_to >= row.valid_from):
                raise InvalidInputError(
                    gettext_noop("%(security)s belongs to two groups on %(day)s."),
                    mend=gettext_noop("End one membership before the other begins."),
                    security=row.security_id,
                    day=row.valid_from,
                )
            before.append(row)

    def membership(self, security_id: str, day: date) -> Membership | None:
        """Return what the security belongs to on a day, or None where it stands for itself alone."""
        rows = self._rows.get(security_id, [])
        place = bisect_right(rows, day, key=lambda row: row.valid_from) - 1
        if place < 0:
            return None
        row = rows[place]
        return row if row.valid_to is None or day <= row.valid_to else None


class SplitTable:
    """How many of today's shares a share of a past day has become. A split that several accounts tell counts once."""

    def __init__(self, splits: Iterable[Split] = ()) -> None:
        self._splits: dict[str, list[Split]] = defaultdict(list)
        for split in sorted(set(splits), key=lambda split: (split.security_id, split.day)):
            self._splits[split.security_id].append(split)

    def factor(self, security_id: str, day: date) -> Fraction:
        """Return the product of new / old over the splits after the day."""
        product = ONE
        for split in self._splits.get(security_id, ()):
            if split.day > day:
                product *= Fraction(split.ratio.new) / Fraction(split.ratio.old)
        return product
