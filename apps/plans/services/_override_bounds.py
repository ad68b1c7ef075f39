"""What a version may take instead of a fact: whose it is, and between which bounds it lies."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from apps.clients.models import Person
from apps.core.templatetags.formats import number_text
from apps.kernel.errors import InvalidInputError, gettext_noop
from apps.plans.models import OverrideKind
from apps.plans.models.override import OF_A_PERSON

# somebody works at all, and nobody is planned for beyond 110
YOUNGEST_RETIREMENT, OLDEST_RETIREMENT = 30, 100


@dataclass(frozen=True, slots=True)
class _Bounds:
    """What a kind may be, and what is said where it is not; ``low`` itself is refused where ``above``."""

    low: int
    high: int
    message: str
    whole: bool = False
    above: bool = False

    def hold(self, value: Decimal) -> bool:
        """Whether a value lies within."""
        is_low = value <= self.low if self.above else value < self.low
        return not is_low and value <= self.high and not (self.whole and value % 1)


_MONTHLY = gettext_noop("Give an amount a month above zero and of at most %(high)s.")
_MORE = gettext_noop("Give an amount a month from 0 to %(high)s.")
_YEARLY = gettext_noop("Give an amount a year from 0 to %(high)s.")
_AGE = gettext_noop("Give an age in whole years from %(low)s to %(high)s.")
_CLAIM = gettext_noop("Social Security begins between the ages of %(low)s and %(high)s.")
_SHARE = gettext_noop("Give a share from %(low)s to %(high)s per cent.")
_STEP = gettext_noop("Medicare has five surcharges: give a whole number from 1 to 5, or 0 to convert nothing.")
_BOUNDS: dict[str, _Bounds] = {
    OverrideKind.MONTHLY_SPENDING: _Bounds(0, 1_000_000, _MONTHLY, above=True),
    OverrideKind.RETIREMENT_AGE: _Bounds(YOUNGEST_RETIREMENT, OLDEST_RETIREMENT, _AGE, whole=True),
    OverrideKind.ANNUAL_INCOME: _Bounds(0, 100_000_000, _YEARLY),
    OverrideKind.CLAIM_AGE: _Bounds(62, 70, _CLAIM),
    OverrideKind.EXTRA_SAVING: _Bounds(0, 1_000_000, _MORE),
    OverrideKind.EQUITY_SHARE: _Bounds(0, 100, _SHARE),
    OverrideKind.ROTH_BRACKET: _Bounds(0, 100, _SHARE),
    OverrideKind.ROTH_STEP: _Bounds(0, 5, _STEP, whole=True),
    OverrideKind.IRA_GIFTS: _Bounds(0, 10_000_000, _YEARLY),
}


def check_override(kind: str, value: Decimal, person: Person | None) -> None:
    """Refuse a value out of its bounds, and a fact of a person without one or of the household with one.

    Raises InvalidInputError at `person` or `value`; a kind that there is not is left to the row's own check.
    """
    if kind in OF_A_PERSON and person is None:
        raise InvalidInputError(
            gettext_noop("Say whose it is."), mend=gettext_noop("Choose the person it belongs to."), field="person"
        )
    if kind in _BOUNDS and kind not in OF_A_PERSON and person is not None:
        raise InvalidInputError(
            gettext_noop("This belongs to the whole household, not to one person."),
            mend=gettext_noop("Leave the person empty."),
            field="person",
        )
    bounds = _BOUNDS.get(kind)
    if bounds is not None and not bounds.hold(value):
        raise InvalidInputError(
            bounds.message, field="value", low=number_text(Decimal(bounds.low)), high=number_text(Decimal(bounds.high))
        )
