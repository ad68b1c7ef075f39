"""When to begin a survivor's benefit: it stands beside the own one, and each can be taken first (42 USC 402(e), (f)).

Somebody who takes the smaller of the two early lets the larger grow; at the end the larger alone is paid. Which is
which depends on both records, so both days are tried together on the plan itself.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal

from apps.kernel.errors import gettext_noop
from apps.plans.engine.advice import Candidate
from apps.plans.engine.advice_claiming import age_unreduced_by_work, best_ages, with_claim_ages
from apps.plans.engine.advice_texts import Texts, text
from apps.plans.engine.advice_worth import rank_of, stands_out, yearly_costs
from apps.plans.engine.claiming import SURVIVOR_AGE, Claim, survivor_full_age, worker_benefit
from apps.plans.engine.horizon import age_in_months
from apps.plans.engine.inputs import Adult, ProjectionInputs
from apps.plans.engine.other_records import OtherRecord, RecordKind
from apps.plans.engine.record_benefits import month_at, survivor_amount, survivor_begins
from apps.plans.engine.results import Text
from apps.plans.engine.retirement_choices import BenefitClaim
from apps.plans.engine.runs import Runs
from apps.plans.engine.social_security import counted_birth

_YEAR = 12


def survivor_advice(inputs: ProjectionInputs, runs: Runs) -> list[Candidate]:
    """Advise another day of a survivor's benefit, with the own claim at its best beside it; empty without a better one.

    Tried are the first year of age that is still ahead (not before 60, nor while pay from work would hold the benefit
    back) and full age for survivors, of each adult whose former spouse's record pays one that has not begun; for each
    of them the own ages are looked for anew. What a partner does stays as planned.
    """
    found = (_of_owner(inputs, runs, claim) for claim in inputs.claims)
    return [candidate for candidate in found if candidate is not None]


def _of_owner(inputs: ProjectionInputs, runs: Runs, claim: BenefitClaim) -> Candidate | None:
    own_alone = with_claim_ages(inputs, best_ages(inputs, runs, (claim.owner,)))
    best = own_alone
    for age in _open_ages(inputs, claim):
        moved = _beginning(inputs, claim.owner, age)
        tried = with_claim_ages(moved, best_ages(moved, runs, (claim.owner,)))
        if rank_of(runs.part(tried)) > rank_of(runs.part(best)):
            best = tried
    # the age of the own claim alone may do as well: then nothing is said of the survivor's benefit
    before = (inputs,) if own_alone == inputs else (inputs, own_alone)
    if best == own_alone or not all(stands_out(runs.of(one), runs.of(best), yearly_costs(inputs)) for one in before):
        return None
    facts = _facts(inputs, best, claim.owner)
    return Candidate(
        key=f"survivor_claim:{claim.owner}",
        kind="social_security",
        texts=_texts(facts),
        changed=best,
        certain=False,
        difficulty="easy",
        timeframe="now" if facts.begins <= _YEAR else "long_term",
        facts=(*facts.figures, ("claim_in_months", float(facts.begins))),
    )


@dataclass(frozen=True, slots=True)
class _SurvivorFacts:
    """Both benefits of one adult before and after: ages in years, amounts a month in money of the start.

    ``begins`` are the months until the first of the two that begins anew.
    """

    owner: str
    since: float
    since_now: float
    survivor: float
    survivor_now: float
    own_age: float
    own_age_now: float
    own: float
    own_now: float
    begins: int

    @property
    def figures(self) -> tuple[tuple[str, float], ...]:
        """The numbers that a text may state."""
        names = ("since", "since_now", "survivor", "survivor_now", "own_age", "own_age_now", "own", "own_now")
        return tuple((name, getattr(self, name)) for name in names)


def _open_ages(inputs: ProjectionInputs, claim: BenefitClaim) -> list[int]:
    """Ages in months at which a survivor's benefit can begin otherwise than planned: the first in years, full age."""
    record = claim.record
    if record is None or record.kind is not RecordKind.DECEASED:
        return []
    adult = _adult(inputs, claim)
    planned = survivor_begins(_claim(claim, adult), record, inputs.start_date)
    if planned < 0:
        return []
    full = survivor_full_age(counted_birth(adult.birth_date).year)
    first = max(
        SURVIVOR_AGE,
        age_in_months(adult, inputs.start_date, 0),
        age_unreduced_by_work(adult, inputs, full),
    )
    first = -(-first // _YEAR) * _YEAR
    ages = {first, full} if first <= full else {first}
    born = month_at(adult.birth_date, 0, inputs.start_date)
    return sorted(age for age in ages if born + age != planned)


def _beginning(inputs: ProjectionInputs, owner: str, age: int) -> ProjectionInputs:
    """The plan with one survivor's benefit that begins at another age in months."""

    def moved(record: OtherRecord | None) -> OtherRecord | None:
        return None if record is None else replace(record, begins_age=age)

    claims = [replace(each, record=moved(each.record)) if each.owner == owner else each for each in inputs.claims]
    return replace(inputs, claims=tuple(claims))


def _adult(inputs: ProjectionInputs, claim: BenefitClaim) -> Adult:
    return next(adult for adult in inputs.adults if adult.key == claim.owner)


def _claim(claim: BenefitClaim, adult: Adult) -> Claim:
    return Claim(Decimal(repr(claim.primary_amount)), adult.birth_date, claim.claim_age)


def _facts(inputs: ProjectionInputs, best: ProjectionInputs, owner: str) -> _SurvivorFacts:
    adult = next(adult for adult in inputs.adults if adult.key == owner)
    now = age_in_months(adult, inputs.start_date, 0)

    def told(plan: ProjectionInputs) -> tuple[int, float, int, float]:
        stated, record = next((each, each.record) for each in plan.claims if each.owner == owner and each.record)
        claim = _claim(stated, adult)
        since = survivor_begins(claim, record, plan.start_date) + now
        return since, survivor_amount(claim, record, plan.start_date), stated.claim_age, float(worker_benefit(claim))

    before, after = told(inputs), told(best)
    moved = [new - now for new, old in ((after[0], before[0]), (after[2], before[2])) if new != old]
    return _SurvivorFacts(
        owner=owner,
        # people name the year of age in which something begins
        since=float(after[0] // _YEAR),
        since_now=float(before[0] // _YEAR),
        survivor=after[1],
        survivor_now=before[1],
        own_age=float(after[2] // _YEAR),
        own_age_now=float(before[2] // _YEAR),
        own=after[3],
        own_now=before[3],
        begins=max(0, min(moved)),
    )


def _texts(facts: _SurvivorFacts) -> Texts:
    is_first = facts.since < facts.own_age
    title = text(
        gettext_noop("Take the survivor's benefit of %(who__name)s at %(since__years)s, the own one at %(own__years)s")
        if is_first
        else gettext_noop(
            "Take the own benefit of %(who__name)s at %(own__years)s, the survivor's at %(since__years)s"
        ),
        who__name=facts.owner,
        since__years=facts.since,
        own__years=facts.own_age,
    )
    if facts.own <= 0.0:
        return _title_of_one(facts), _reason_alone(facts), _ACTIONS[1:]
    if facts.own_age == facts.own_age_now:
        return _title_of_one(facts), _reason_of_one(facts), _ACTIONS
    reason = text(
        gettext_noop(
            "One can be paid while the other grows; at the end the larger is paid. The survivor's benefit is "
            "%(survivor__money)s a month from %(since__years)s on, instead of %(survivor_now__money)s from "
            "%(since_now__years)s on; the own one is %(own__money)s from %(own__years)s on, instead of "
            "%(own_now__money)s from %(own_now__years)s on, in money of today."
        ),
        survivor__money=facts.survivor,
        since__years=facts.since,
        survivor_now__money=facts.survivor_now,
        since_now__years=facts.since_now,
        own__money=facts.own,
        own__years=facts.own_age,
        own_now__money=facts.own_now,
        own_now__years=facts.own_age_now,
    )
    return title, reason, _ACTIONS


def _title_of_one(facts: _SurvivorFacts) -> Text:
    return text(
        gettext_noop("Begin the survivor's benefit of %(who__name)s at %(since__years)s"),
        who__name=facts.owner,
        since__years=facts.since,
    )


def _reason_of_one(facts: _SurvivorFacts) -> Text:
    return text(
        gettext_noop(
            "It stands beside the own benefit of %(own__money)s a month from %(own__years)s on, and the larger is "
            "paid. Begun at %(since__years)s it is %(survivor__money)s a month, instead of %(survivor_now__money)s "
            "from %(since_now__years)s on, in money of today."
        ),
        own__money=facts.own,
        own__years=facts.own_age,
        survivor__money=facts.survivor,
        since__years=facts.since,
        survivor_now__money=facts.survivor_now,
        since_now__years=facts.since_now,
    )


def _reason_alone(facts: _SurvivorFacts) -> Text:
    return text(
        gettext_noop(
            "Begun at %(since__years)s it is %(survivor__money)s a month, instead of %(survivor_now__money)s from "
            "%(since_now__years)s on, in money of today; there is no own benefit that would take its place."
        ),
        survivor__money=facts.survivor,
        since__years=facts.since,
        survivor_now__money=facts.survivor_now,
        since_now__years=facts.since_now,
    )


_ACTIONS = (
    text(gettext_noop("Ask Social Security for the one benefit alone: who asks for both begins both.")),
    text(gettext_noop("Before full age, pay above a yearly limit holds benefits back: ask first if work goes on.")),
)
