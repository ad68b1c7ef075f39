"""Willingness: the points of thirteen answers, summed; answers that contradict each other are shown, never averaged."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from apps.compliance.engine.errors import IncompleteAnswersError, UnknownAnswerError
from apps.compliance.engine.tables import Questionnaire, level_in
from apps.compliance.engine.trail import Line
from apps.kernel.errors import gettext_noop


@dataclass(frozen=True, slots=True)
class Contradiction:
    """Two answers that do not go together, with the points of each."""

    code: str
    first: str
    second: str
    first_points: int
    second_points: int


@dataclass(frozen=True, slots=True)
class Tolerance:
    """The score (a sum of points), its level, and how it came about."""

    score: int
    level: int
    contradictions: tuple[Contradiction, ...]
    trail: tuple[Line, ...]


def check_answers(answers: Mapping[str, str], questionnaire: Questionnaire) -> None:
    """Refuse answers to items or with options that the questionnaire lacks. Raises UnknownAnswerError."""
    points = {item.code: item.points for item in questionnaire.items}
    for item, option in answers.items():
        if item not in points or option not in points[item]:
            raise UnknownAnswerError(
                gettext_noop("“%(option)s” is no answer to “%(item)s”."),
                mend=gettext_noop("Choose one of the options that the question shows."),
                field=item,
                item=item,
                option=option,
            )


def score_tolerance(answers: Mapping[str, str], questionnaire: Questionnaire) -> Tolerance:
    """Score a complete set of answers (item → option).

    The score is the plain sum of the published points; the level is that of its band. Raises UnknownAnswerError for
    an answer that does not exist, and IncompleteAnswersError when one is missing: a gap is never scored as zero.
    """
    check_answers(answers, questionnaire)
    missing = [item.code for item in questionnaire.items if item.code not in answers]
    if missing:
        raise IncompleteAnswersError(
            gettext_noop("%(count)s of %(total)s questions have no answer."),
            mend=gettext_noop("Answer every question; there is no score without."),
            field=missing[0],
            count=len(missing),
            total=len(questionnaire.items),
        )
    points = {item.code: item.points[answers[item.code]] for item in questionnaire.items}
    score = sum(points.values())
    level = level_in(questionnaire.bands, Decimal(score))
    lines = [
        Line(
            f"item:{item.code}",
            gettext_noop("Question %(number)s: answer %(option)s, %(points)s of %(most)s points."),
            {
                "number": str(number),
                "option": answers[item.code],
                "points": str(points[item.code]),
                "most": str(max(item.points.values())),
            },
        )
        for number, item in enumerate(questionnaire.items, 1)
    ]
    lines.append(
        Line(
            "sum",
            gettext_noop("Together %(score)s points, between %(lowest)s and %(highest)s: level %(level)s."),
            {
                "score": str(score),
                "lowest": str(questionnaire.lowest),
                "highest": str(questionnaire.highest),
                "level": str(level),
            },
        )
    )
    return Tolerance(score, level, _contradictions(points, questionnaire), tuple(lines))


def _contradictions(points: Mapping[str, int], questionnaire: Questionnaire) -> tuple[Contradiction, ...]:
    return tuple(
        Contradiction(rule.code, rule.first, rule.second, points[rule.first], points[rule.second])
        for rule in questionnaire.contradictions
        if abs(points[rule.first] - points[rule.second]) > rule.gap
    )
