"""What a claim of Social Security pays a month: to a worker, a spouse, a survivor, a family (42 USC 402, 403, 416).

Exact, in Decimal. Ages and distances are in months; benefits are rounded down as they are paid. The primary insurance
amount comes from `social_security`, or from the client's statement.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_DOWN, Decimal

from apps.kernel.errors import InvalidInputError, gettext_noop
from apps.plans.engine.social_security import (
    DIME,
    DOLLAR,
    NOTHING,
    SocialSecurityTable,
    counted_birth,
    exempt_amount,
)

EARLIEST_AGE, LATEST_AGE, SURVIVOR_AGE = 62 * 12, 70 * 12, 60 * 12
# months before full retirement age that cost less than those before them (42 USC 402(q)(1), (9))
_NEAR = 36
_WORKER_NEAR, _FAR, _SPOUSE_NEAR = Decimal(5) / 900, Decimal(5) / 1200, Decimal(25) / 3600
# a month of waiting past full retirement age, by year of birth (42 USC 402(w)(6))
_CREDITS = ((1943, Decimal(2) / 300), (1941, Decimal(5) / 800), (1939, Decimal(7) / 1200), (1937, Decimal(13) / 2400))
_FIRST_CREDIT = Decimal(1) / 200
_FULL_AGES = ((1960, 804), (1955, 792), (1943, 792), (1938, 780))
_SPOUSE_SHARE, _CHILD_SHARE = Decimal("0.5"), Decimal("0.5")
_MOST_LOST, _LEAST_OF_PIA = Decimal("0.285"), Decimal("0.825")
# a survivor's full retirement age lags behind a worker's by two years of birth (42 USC 416(l)(2))
_SURVIVOR_LAG = 2
DIVORCED_YEARS = 10


@dataclass(frozen=True, slots=True)
class Claim:
    """A worker's claim: primary insurance amount, birth, and the age in months at which benefits begin."""

    amount: Decimal
    born: date
    age: int

    def __post_init__(self) -> None:
        if not EARLIEST_AGE <= self.age <= LATEST_AGE:
            raise InvalidInputError(
                gettext_noop("Benefits can begin between the ages of 62 and 70."),
                mend=gettext_noop("Choose an age between 62 and 70."),
                field="claim_age",
            )

    @property
    def from_full_age(self) -> int:
        """Months by which the claim comes after full retirement age; negative before it."""
        return self.age - full_retirement_age(counted_birth(self.born).year)


def full_retirement_age(birth_year: int) -> int:
    """Return a worker's full retirement age in months, by the year of birth counted by the law (42 USC 416(l))."""
    for since, age in _FULL_AGES:
        if birth_year >= since:
            steps = birth_year - since + 1 if since in {1955, 1938} else 0
            return age + 2 * steps
    return 780


def survivor_full_age(birth_year: int) -> int:
    """Return a widow's or widower's full retirement age in months (42 USC 416(l)(2))."""
    return full_retirement_age(birth_year - _SURVIVOR_LAG)


def month_of_age(born: date, months: int) -> tuple[int, int]:
    """Return year and month in which an age is attained, on the day before the birthday."""
    counted = counted_birth(born)
    year, month = divmod(counted.year * 12 + counted.month - 1 + months, 12)
    return year, month + 1


def first_claim_age(born: date) -> int:
    """Return the first age in months for which a worker is paid: a whole month at 62 is needed (20 CFR 404.311)."""
    return EARLIEST_AGE + (0 if counted_birth(born).day == 1 else 1)


def claiming_factor(months_from_full: int, birth_year: int = 1943) -> Decimal:
    """Return what part of the primary insurance amount a claim pays, so many months after full retirement age.

    5/9 % less for each of the 36 months before, 5/12 % for those before them; more for each month after, by birth:
    2/3 % from 1943 on.
    """
    if months_from_full >= 0:
        return 1 + months_from_full * next((rate for since, rate in _CREDITS if birth_year >= since), _FIRST_CREDIT)
    return 1 - _lost(-months_from_full, _WORKER_NEAR)


def worker_benefit(claim: Claim) -> Decimal:
    """Return the monthly benefit of a worker's claim, to the dollar below."""
    factor = claiming_factor(claim.from_full_age, counted_birth(claim.born).year)
    return (claim.amount * factor).quantize(DIME, ROUND_DOWN).quantize(DOLLAR, ROUND_DOWN)


def credits_in_pay(claim: Claim, year: int) -> int:
    """Return how many months of waiting are in the benefit of a year.

    Months of the claim's own year count from the next January on, those of a claim at 70 at once (20 CFR 404.313).
    """
    waited = max(0, claim.from_full_age)
    began, month = month_of_age(claim.born, claim.age)
    if year > began or claim.age == LATEST_AGE:
        return waited
    return max(0, waited - (month - 1))


def spouse_excess(higher: Decimal, own: Decimal, months_before_full: int) -> Decimal:
    """Return what a spouse is paid beyond the own benefit, to the dollar below (42 USC 402(b), (k)(3)).

    Half of the worker's primary insurance amount less the own one; reduced by 25/36 % for each of 36 months before
    the spouse's full retirement age and 5/12 % for those before; waiting longer adds nothing.
    """
    excess = max(NOTHING, _SPOUSE_SHARE * higher - own)
    return (excess * (1 - _lost(max(0, months_before_full), _SPOUSE_NEAR))).quantize(DOLLAR, ROUND_DOWN)


@dataclass(frozen=True, slots=True)
class SurvivorBase:
    """What a survivor's benefit is a part of, and the most that it may be, where the worker had claimed early."""

    amount: Decimal
    most: Decimal | None = None


def survivor_base(amount: Decimal, birth_year: int, waited: int, claim: Claim | None = None) -> SurvivorBase:
    """Return the base of a survivor by the worker's primary insurance amount (42 USC 402(e)(2)).

    With the credits of ``waited`` months past full retirement age, claimed or not, up to 70. After an early ``claim``
    the survivor is paid no more than the worker was, but at least 82.5 % of the amount (402(e)(2)(D)).
    """
    counted = min(max(0, waited), LATEST_AGE - full_retirement_age(birth_year))
    base = (amount * claiming_factor(counted, birth_year)).quantize(DIME, ROUND_DOWN)
    if claim is None or claim.from_full_age >= 0:
        return SurvivorBase(base)
    return SurvivorBase(base, max(worker_benefit(claim), (_LEAST_OF_PIA * amount).quantize(DIME, ROUND_DOWN)))


def survivor_benefit(base: SurvivorBase, birth_year: int, claim_age: int) -> Decimal:
    """Return a survivor's monthly benefit, to the dollar below (42 USC 402(q)(1), (e)).

    It falls by 28.5 % at 60, in a straight line from the survivor's full retirement age. Raises InvalidInputError
    before 60 (disabled survivors, who may claim from 50 on, are not covered).
    """
    if claim_age < SURVIVOR_AGE:
        raise InvalidInputError(
            gettext_noop("A survivor's benefit begins at 60 at the earliest."),
            mend=gettext_noop("Choose an age of 60 or more."),
            field="claim_age",
        )
    full = survivor_full_age(birth_year)
    lost = _MOST_LOST * max(0, full - claim_age) / (full - SURVIVOR_AGE)
    reduced = base.amount * (1 - lost)
    return min(reduced, reduced if base.most is None else base.most).quantize(DOLLAR, ROUND_DOWN)


def divorced_spouse_is_entitled(years_married: Decimal, *, is_married_again: bool, years_apart: Decimal) -> bool:
    """Say whether somebody divorced is paid on the other's record (42 USC 402(b)(1), (5), 416(d)).

    Ten years of marriage, not married now; and two years apart where the other has not claimed, which the caller says
    by ``years_apart`` of two or more once the other has.
    """
    return years_married >= DIVORCED_YEARS and not is_married_again and years_apart >= 2


def withheld_for_earnings(
    table: SocialSecurityTable, year: int, earned: Decimal, benefits: Decimal, *, reaches_full_age: bool
) -> Decimal:
    """Return what is withheld of a year's benefits because of earnings before full retirement age (403(f)).

    One dollar of two above the exempt amount; of three in the year of full retirement age, for months before it.
    """
    excess = max(NOTHING, earned - exempt_amount(table, year, reaches_full_age=reaches_full_age))
    return min(benefits, excess / (3 if reaches_full_age else 2))


def age_after_withholding(claim_age: int, months_withheld: int, full_age: int) -> int:
    """Return the claim age that counts from full retirement age on: withheld months are given back (402(q)(7))."""
    return min(full_age, claim_age + months_withheld) if claim_age < full_age else claim_age


@dataclass(frozen=True, slots=True)
class Relative:
    """Somebody paid on a worker's record: the benefit before the maximum, and the own benefit that comes first."""

    original: Decimal
    own: Decimal = NOTHING


def within_family_maximum(relatives: Sequence[Relative], available: Decimal) -> tuple[Decimal, ...]:
    """Return what each is paid on the record, to the dime below (42 USC 403(a)(1), (3); POMS RS 00615.768).

    All are cut in the same proportion to what is available; of somebody with a benefit of their own only the excess
    over it is paid, and what they leave goes to the others, up to their own originals.
    """
    paid = [_excess(each, each.original) for each in relatives]
    if sum(paid) <= available:
        return tuple(paid)
    total = sum((each.original for each in relatives), NOTHING)
    share = min(Decimal(1), available / total)
    paid = [_excess(each, each.original * share) for each in relatives]
    free = [place for place, each in enumerate(relatives) if each.own == 0]
    left = available - sum((paid[place] for place in range(len(paid)) if place not in free), NOTHING)
    wanted = sum((relatives[place].original for place in free), NOTHING)
    if wanted:
        for place in free:
            paid[place] = _excess(relatives[place], relatives[place].original * min(Decimal(1), left / wanted))
    return tuple(paid)


def _excess(relative: Relative, amount: Decimal) -> Decimal:
    return max(NOTHING, amount - relative.own).quantize(DIME, ROUND_DOWN)


def child_original(amount: Decimal, *, is_survivor: bool) -> Decimal:
    """Return a child's benefit before the maximum: half of a living worker's amount, three quarters after (402(d))."""
    return (amount * (Decimal("0.75") if is_survivor else _CHILD_SHARE)).quantize(DIME, ROUND_DOWN)


def _lost(months: int, near: Decimal) -> Decimal:
    return min(months, _NEAR) * near + max(0, months - _NEAR) * _FAR
