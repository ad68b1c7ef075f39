"""The sentences of advice about retirement's choices: claims, room for contributions, order of withdrawals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from apps.kernel.errors import gettext_noop
from apps.plans.engine.advice_texts import Texts, text
from apps.plans.engine.results import Text


@dataclass(frozen=True, slots=True)
class ClaimFacts:
    """One adult's change: ages in years, own benefits a month in money of the start, months until it begins.

    ``even_age`` is the age at which both have paid the same in all, ``held`` what pay from work holds back before full
    age of the benefit begun as planned.
    """

    owner: str
    age_now: float
    age_then: float
    monthly_now: float
    monthly_then: float
    even_age: float
    begins: int
    held: float = 0.0

    @property
    def figures(self) -> tuple[tuple[str, float], ...]:
        """The numbers that a text may state."""
        names = ("age_now", "age_then", "monthly_now", "monthly_then", "even_age", *(("held",) if self.held else ()))
        return tuple((name, getattr(self, name)) for name in names)


def claim_texts(facts: ClaimFacts, *, is_couple: bool) -> Texts:
    """Begin one benefit at another age."""
    later = gettext_noop(
        "The plan lets it begin at %(now__years)s with %(before__money)s a month. From %(then__years)s on it is "
        "%(after__money)s a month for life, in money of today: whoever lives beyond %(even__years)s has been paid more "
        "in all."
    )
    sooner = gettext_noop(
        "The plan lets it begin at %(now__years)s with %(before__money)s a month. From %(then__years)s on it is "
        "%(after__money)s a month, in money of today, and your savings rest meanwhile: up to the age of "
        "%(even__years)s this has paid more in all."
    )
    reason = text(
        later if facts.age_then > facts.age_now else sooner,
        now__years=facts.age_now,
        then__years=facts.age_then,
        before__money=facts.monthly_now,
        after__money=facts.monthly_then,
        even__years=facts.even_age,
    )
    title = text(
        gettext_noop("Begin the Social Security of %(who__name)s at %(then__years)s"),
        who__name=facts.owner,
        then__years=facts.age_then,
    )
    return title, reason, (*_claim_actions(is_couple=is_couple), *_notes_of_work([facts]))


def claims_texts(facts: Sequence[ClaimFacts]) -> Texts:
    """Begin both benefits at other ages, found together."""
    one, two = facts
    reason = text(
        gettext_noop(
            "The plan lets them begin at %(now_one__years)s and %(now_two__years)s. Tried together, %(one__name)s is "
            "paid %(after_one__money)s a month instead of %(before_one__money)s and %(two__name)s %(after_two__money)s "
            "instead of %(before_two__money)s, in money of today."
        ),
        one__name=one.owner,
        two__name=two.owner,
        now_one__years=one.age_now,
        now_two__years=two.age_now,
        before_one__money=one.monthly_now,
        before_two__money=two.monthly_now,
        after_one__money=one.monthly_then,
        after_two__money=two.monthly_then,
    )
    title = text(
        gettext_noop(
            "Begin Social Security at %(then_one__years)s (%(one__name)s) and %(then_two__years)s (%(two__name)s)"
        ),
        one__name=one.owner,
        two__name=two.owner,
        then_one__years=one.age_then,
        then_two__years=two.age_then,
    )
    return title, reason, (*_claim_actions(is_couple=True), *_notes_of_work(facts))


def _notes_of_work(facts: Sequence[ClaimFacts]) -> list[Text]:
    """Say of whom pay from work holds benefits back that begin as planned."""
    return [
        text(
            gettext_noop(
                "Begun at %(now__years)s, the benefit of %(who__name)s loses %(held__money)s to pay from work before "
                "full age, in money of today; months that are held back make it larger from then on."
            ),
            now__years=each.age_now,
            who__name=each.owner,
            held__money=each.held,
        )
        for each in facts
        if each.held
    ]


def _claim_actions(*, is_couple: bool) -> tuple[Text, ...]:
    health = text(
        gettext_noop("Tell us of poor health: the plan counts on long lives, a short one speaks for an early start.")
    )
    survivor = text(gettext_noop("Remember that the larger of two benefits goes on to whoever lives longer."))
    return (health, survivor) if is_couple else (health,)


def room_texts_of(facts: Mapping[str, float], names: tuple[str, str], kind: str, *, notes: Sequence[str] = ()) -> Texts:
    """Use what the law leaves room for; ``names`` are the keys of account and owner, ``notes`` messages to add."""
    account, owner = names
    messages = {
        "workplace": gettext_noop(
            "In %(year__year)s the law lets %(owner__name)s defer up to %(limit__money)s of the salary into plans at "
            "work, catch-up for the age included. What is stated comes to %(paid__money)s a year: %(room__money)s is "
            "left."
        ),
        "ira": gettext_noop(
            "In %(year__year)s the law lets %(owner__name)s pay up to %(limit__money)s into all IRAs together, by the "
            "age and by today's incomes. What is stated comes to %(paid__money)s a year: %(room__money)s is left."
        ),
        "health": gettext_noop(
            "In %(year__year)s up to %(limit__money)s may go into the health savings account of %(owner__name)s, the "
            "employer's part included, where the health plan covers one person. What is stated comes to "
            "%(paid__money)s a year: %(room__money)s is left."
        ),
    }
    title = text(
        gettext_noop("Pay %(extra__money)s more a month into %(account__name)s"),
        extra__money=facts["monthly_extra"],
        account__name=account,
    )
    reason = text(
        messages[kind],
        year__year=facts["year"],
        owner__name=owner,
        limit__money=facts["limit"],
        paid__money=facts["paid"],
        room__money=facts["room"],
    )
    return title, reason, tuple(text(note) for note in notes)


RAISE_DEFERRAL = gettext_noop("Raise the deferral with the employer.")
ASK_FOR_MATCH = gettext_noop(
    "Ask first what the employer adds: none of its payments is stated, and a match not taken is pay left behind."
)
CATCH_UP_TO_ROTH = gettext_noop("With wages of this size, catch-up payments go into the Roth part of the plan.")
UNTIL_TAX_DAY = gettext_noop("Payments for the year can be made until the tax day of the next one.")
HIGH_DEDUCTIBLE = gettext_noop(
    "Check that the health plan has a high deductible: only then may the account be paid into. A family's plan leaves "
    "more room."
)

NOT_PUBLISHED = gettext_noop(
    "The limits of %(year__year)s are not published yet: those of the newest year are carried forward. Check them "
    "before the year's last payment."
)


def order_texts(facts: Mapping[str, float], order: Sequence[str], *, taxes_roths: bool = False) -> Texts:
    """Draw on two or three kinds of accounts in another order; ``taxes_roths`` where Roth accounts may be taxed."""
    told_of_roths = gettext_noop(
        "What comes out of Roth accounts too soon, beyond what was paid in, is taxed: this is counted."
    )
    places = dict(zip(("first__treatment", "second__treatment", "third__treatment"), order, strict=False))
    title = (
        gettext_noop("Draw on %(first__treatment)s first, then on %(second__treatment)s")
        if len(order) == 2
        else gettext_noop(
            "Draw on %(first__treatment)s first, then on %(second__treatment)s, last on %(third__treatment)s"
        )
    )
    reason = (
        gettext_noop(
            "Every order was tried on the same markets. With this one the plan succeeds in %(then__percent)s of them "
            "instead of %(success__percent)s: taxes fall into cheaper years."
        )
        if facts["success_then"] > facts["success_now"]
        else gettext_noop(
            "Every order was tried on the same markets. The plan succeeds in %(then__percent)s of them either way, and "
            "with this one more is left: taxes fall into cheaper years."
        )
    )
    told = {"success__percent": facts["success_now"], "then__percent": facts["success_then"]}
    return (
        text(title, **places),
        text(reason, **{name: value for name, value in told.items() if f"%({name})s" in reason}),
        (
            text(gettext_noop("Cash pays first; what must be distributed by law stays as it is.")),
            *((text(told_of_roths),) if taxes_roths and "tax_free" in order[:-1] else ()),
        ),
    )


def conversion_texts(owner: str, facts: Mapping[str, float]) -> Texts:
    """Convert to Roth up to a bound, in years between work and required distributions."""
    is_bracket, has_cost = "rate" in facts, "amount" in facts
    title = (
        gettext_noop("Convert savings of %(who__name)s to Roth up to the top of the %(rate__percent)s bracket")
        if is_bracket
        else gettext_noop("Convert savings of %(who__name)s to Roth up to the first surcharge of Medicare")
    )
    surer = gettext_noop(
        "From %(first__year)s to %(last__year)s income is low: work has ended and nothing need be distributed. With "
        "conversions in these years the plan succeeds in %(then__percent)s of the markets instead of "
        "%(success__percent)s."
    )
    richer = gettext_noop(
        "From %(first__year)s to %(last__year)s income is low: work has ended and nothing need be distributed. The "
        "plan succeeds in %(then__percent)s of the markets either way; with conversions in these years more is left "
        "at the end, after all taxes on the way."
    )
    reason = surer if facts["success_then"] > facts["success_now"] else richer
    cost = gettext_noop(
        "This year it is at most %(amount__money)s: %(tax__money)s more of federal tax on today's incomes, and "
        "%(premiums__money)s more of Medicare's premiums two years on."
    )
    later = gettext_noop("How much fits, and its tax, is worked out each year when its income is known.")
    values: dict[str, float | str] = {
        "who__name": owner,
        "rate__percent": facts.get("rate", 0.0),
        "first__year": facts["first_year"],
        "last__year": facts["last_year"],
        "success__percent": facts["success_now"],
        "then__percent": facts["success_then"],
        "amount__money": facts.get("amount", 0.0),
        "tax__money": facts.get("tax_added", 0.0),
        "premiums__money": facts.get("premiums_added", 0.0),
    }

    def filled(message: str) -> Text:
        return text(message, **{name: value for name, value in values.items() if f"%({name})s" in message})

    pay = gettext_noop("Pay the tax from money outside retirement accounts.")
    return filled(title), filled(reason), (filled(cost if has_cost else later), text(pay))
