"""The sentences of advice about the household: life cover and papers of the estate."""

from __future__ import annotations

from collections.abc import Mapping

from apps.kernel.errors import gettext_noop
from apps.plans.engine.advice_texts import Texts, text
from apps.plans.engine.results import Text


def cover_texts(person: str, facts: Mapping[str, float]) -> Texts:
    """Insure a life for what is missing; ``person`` is its key."""
    reason = gettext_noop(
        "Without %(who__name)s the household would miss income worth %(income__money)s today, owe %(debts__money)s and "
        "still want %(education__money)s for education; there are %(assets__money)s in accounts and %(cover__money)s "
        "of cover."
    )
    return (
        text(
            gettext_noop("Insure the life of %(who__name)s for %(gap__money)s more"),
            who__name=person,
            gap__money=facts["gap"],
        ),
        text(reason, who__name=person, cover__money=facts["cover"], **_needed(facts)),
        (*_measured(facts), *_cover_actions(facts)),
    )


def unknown_cover_texts(person: str, facts: Mapping[str, float]) -> Texts:
    """Ask for the policies: nobody knows whether the need is covered."""
    reason = gettext_noop(
        "No insurance is stated. Without %(who__name)s the household would miss income worth %(income__money)s today, "
        "owe %(debts__money)s and still want %(education__money)s for education, with %(assets__money)s in accounts: "
        "%(gap__money)s would have to come from cover."
    )
    return (
        text(gettext_noop("Tell us which life insurance %(who__name)s has"), who__name=person),
        text(reason, who__name=person, gap__money=facts["gap"], **_needed(facts)),
        (*_measured(facts), *_cover_actions(facts)),
    )


def _needed(facts: Mapping[str, float]) -> dict[str, float]:
    return {f"{name}__money": facts[name] for name in ("income", "debts", "education", "assets")}


def _measured(facts: Mapping[str, float]) -> tuple[Text, ...]:
    """What the walk says of a death within the year; nothing where nobody is left to plan for."""
    if "success_with" not in facts:
        return ()
    message = gettext_noop(
        "If it happened within the year, the plan of those who are left would succeed in %(without__percent)s of the "
        "markets as it stands, and in %(with__percent)s with %(gap__money)s more."
    )
    percents = {"without__percent": facts["success_without"], "with__percent": facts["success_with"]}
    return (text(message, gap__money=facts["gap"], **percents),)


def _cover_actions(facts: Mapping[str, float]) -> tuple[Text, ...]:
    return (
        text(
            gettext_noop("Ask for a level term of %(years__years)s years, until retirement: the need ends there."),
            years__years=facts["years"],
        ),
        text(gettext_noop("Hold the premium against the budget: it is not counted here.")),
    )


def no_papers_texts(minors: int) -> Texts:
    """Nothing is on file."""
    reason = gettext_noop(
        "No will, power of attorney or trust is on file with us. Without one the law of the State decides who inherits "
        "and who acts for you."
    )
    with_minors = gettext_noop(
        "No will, power of attorney or trust is on file with us. Without one the law of the State decides who "
        "inherits, who acts for you and who brings up your children."
    )
    return (
        text(gettext_noop("Put your estate papers in order")),
        text(with_minors if minors else reason),
        _estate_actions(gettext_noop("Send us a copy if the papers exist; otherwise choose an attorney.")),
    )


def old_papers_texts(facts: Mapping[str, float]) -> Texts:
    """The newest paper on file is old."""
    return (
        text(gettext_noop("Go through your estate papers again")),
        text(
            gettext_noop(
                "The newest of them was filed in %(filed__year)s, %(years__count)s years ago. Births, moves, new "
                "accounts and new laws leave them behind."
            ),
            filed__year=facts["filed_in"],
            years__count=facts["years_old"],
        ),
        _estate_actions(gettext_noop("Agree with the attorney what has changed since.")),
    )


def _estate_actions(first: str) -> tuple[Text, ...]:
    second = gettext_noop(
        "Check who is named as beneficiary of each retirement account and policy: that goes before the will."
    )
    return text(first), text(second)
