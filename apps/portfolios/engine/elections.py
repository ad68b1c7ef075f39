"""Which lots an account sells, from which day on: standing orders and the rates of tax that the least tax needs."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from apps.portfolios.engine.lots import TermRates
from apps.portfolios.engine.transactions import LotMethod


@dataclass(frozen=True, slots=True)
class Election:
    """A method from a day on (Treas. Reg. 1.1012-1(c)(9), (e)(9)); `security_ids` None means every security.

    One that names securities goes before one that names none, however old.
    """

    starts_on: date
    method: LotMethod
    security_ids: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class RatesFrom:
    """What further gains are taxed with from a day on."""

    starts_on: date
    rates: TermRates


@dataclass(frozen=True, slots=True)
class LotRules:
    """All standing orders of an account; before the first the default holds."""

    default: LotMethod = LotMethod.FIFO
    elections: tuple[Election, ...] = ()
    rates: tuple[RatesFrom, ...] = ()

    def method_on(self, security_id: str, day: date) -> LotMethod:
        """Return the method for a security on a day."""
        began = [each for each in self.elections if each.starts_on <= day]
        own = [each for each in began if each.security_ids is not None and security_id in each.security_ids]
        last = _latest(own) or _latest(each for each in began if each.security_ids is None)
        return last.method if last is not None else self.default

    def rates_on(self, day: date) -> TermRates | None:
        """Return the rates of a day, None before the first."""
        began = [each for each in self.rates if each.starts_on <= day]
        return max(began, key=lambda each: each.starts_on).rates if began else None


def _latest(elections: Iterable[Election]) -> Election | None:
    return max(elections, key=lambda each: each.starts_on, default=None)
