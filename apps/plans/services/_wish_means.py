"""What was said of a goal's means, against the household: years of waiting, the part that is enough, accounts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from apps.clients.models import Person
from apps.money.selectors.facts import AccountFact
from apps.plans.engine.inputs import TaxTreatment
from apps.plans.engine.spoken_means import AccountWord, Least, Source, SpokenMeans, Wait, shown_at
from apps.plans.engine.spoken_numbers import Money, Per
from apps.plans.models import GoalKind
from apps.plans.models.goal import LEAST_SHARE, MAX_WAIT_YEARS

# the forms in which accounts are held that a word is of; what is told by its tax treatment alone is below
_FORMS = {
    AccountWord.HEALTH: frozenset({"hsa"}),
    AccountWord.ROTH: frozenset({"roth_ira", "roth_401k", "inherited_roth"}),
    AccountWord.WORKPLACE: frozenset({"plan_401k", "plan_403b", "roth_401k"}),
    AccountWord.IRA: frozenset({"traditional_ira", "sep_ira", "inherited_ira"}),
}
_FORMS[AccountWord.RETIREMENT] = _FORMS[AccountWord.ROTH] | _FORMS[AccountWord.WORKPLACE] | _FORMS[AccountWord.IRA]
_FORMS[AccountWord.BROKERAGE] = frozenset({"individual", "joint", "trust", "custodial"})
_TREATMENTS = {AccountWord.EDUCATION: TaxTreatment.EDUCATION, AccountWord.BANK: TaxTreatment.CASH}
_MONTHS = {Per.ONCE: 1, Per.YEAR: 1, Per.MONTH: 12}
_STEP = Decimal("0.001")

Doubt = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Told:
    """The goal of which means were said: its kind, when it starts, what it costs in words, who speaks, in what text."""

    kind: str
    starts_on: dt.date | None
    money: Money | None
    person: Person
    text: str


@dataclass(slots=True)
class HeardMeans:
    """Means as a wish keeps them; `heard` is where the words of each stand, `doubts` what they leave open."""

    funded_by: list[str] = field(default_factory=list)
    funded_only: bool = False
    wait_years: int | None = None
    least_share: Decimal | None = None
    heard: dict[str, list[int]] = field(default_factory=dict)
    doubts: list[Doubt] = field(default_factory=list)


def heard_means(means: SpokenMeans, told: Told, accounts: Sequence[AccountFact]) -> HeardMeans:
    """Return what the words say, as far as it is clear; ``accounts`` are the household's, read where one is named."""
    found = HeardMeans()
    is_retirement = told.kind == GoalKind.RETIREMENT
    for name, said in (("wait_years", means.wait), ("least_share", means.least), ("funded_by", means.source)):
        if said is not None:
            found.heard[name] = list(shown_at(said))
    if is_retirement and (means.wait or means.least):
        # living in retirement neither waits nor is cut
        found.doubts.append(("means_retirement", _words(told, means.wait or means.least)))
        found.heard = {name: span for name, span in found.heard.items() if name == "funded_by"}
    if means.wait is not None and not is_retirement:
        found.wait_years = _wait(means.wait, told, found.doubts)
    if means.least is not None and not is_retirement:
        found.least_share = _least(means.least, told, found.doubts)
    if means.source is not None:
        found.funded_by = _accounts(means.source, told, accounts, found.doubts)
        found.funded_only = means.source.only and bool(found.funded_by) and not is_retirement
    return found


def _words(told: Told, said: Wait | Least | Source | None) -> str:
    return "" if said is None else told.text[slice(*shown_at(said))]


def _wait(wait: Wait, told: Told, doubts: list[Doubt]) -> int | None:
    years, words = wait.years, _words(told, wait)
    if wait.denied_at is not None:
        doubts.append(("wait_denied", words))
        return None
    if wait.until is not None:
        if told.starts_on is None:
            doubts.append(("wait_start", words))
            return None
        until = wait.until
        if until.year is not None:
            months = 12 * (until.year - told.starts_on.year) + (until.month or told.starts_on.month)
            years = (months - told.starts_on.month) // 12
    if years is None:
        doubts.append(("wait_open", words))
        return None
    if not 0 <= years <= MAX_WAIT_YEARS:
        doubts.append(("wait_impossible", words))
        return None
    return years


def _least(least: Least, told: Told, doubts: list[Doubt]) -> Decimal | None:
    share, words = least.share, _words(told, least)
    if least.denied_at is not None:
        doubts.append(("least_denied", words))
        return None
    if least.money is not None and told.money is not None:
        whole, part = told.money, least.money
        if part.currency and part.currency != whole.currency and whole.currency:
            doubts.append(("least_currency", words))
            return None
        # "at least 20,000" of 30,000 a month is an amount a month
        times = _MONTHS[whole.per] if part.per is Per.ONCE else _MONTHS[part.per]
        share = (part.amount * times / (whole.amount * _MONTHS[whole.per])).quantize(_STEP) if whole.amount else None
    if share is None:
        doubts.append(("least_open", words))
        return None
    if not LEAST_SHARE <= share <= 1:
        doubts.append(("least_impossible", words))
        return None
    return share


def _accounts(source: Source, told: Told, accounts: Sequence[AccountFact], doubts: list[Doubt]) -> list[str]:
    words, found = _words(told, source), list[str]()
    if source.denied_at is not None:
        doubts.append(("account_denied", words))
    for kind in source.kinds:
        fits = list(_fitting(kind, accounts))
        if source.own:
            fits = _own(fits, told.person)
        if len(fits) != 1:
            doubts.append(("account_several" if fits else "account_none", words))
        elif fits[0].treatment == TaxTreatment.EDUCATION and told.kind != GoalKind.EDUCATION:
            doubts.append(("account_studies", fits[0].name))
        else:
            found.append(fits[0].key)
    return found


def _own(accounts: Sequence[AccountFact], person: Person) -> list[AccountFact]:
    """Return who speaks' own accounts, else those held jointly: never those of somebody else alone."""
    own = [account for account in accounts if account.owner_id == person.public_id]
    return own or [account for account in accounts if account.owner_id is None]


def _fitting(kind: AccountWord, accounts: Iterable[AccountFact]) -> Iterable[AccountFact]:
    for account in accounts:
        if account.registration in _FORMS.get(kind, ()) or account.treatment == _TREATMENTS.get(kind):
            yield account
