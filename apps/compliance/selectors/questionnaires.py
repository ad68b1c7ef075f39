"""The questionnaire as a person fills it in: for the portal."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext

from apps.compliance.models import AssessmentKind, RiskAssessment
from apps.compliance.selectors.words import in_language
from apps.core.actors import Actor
from apps.kernel.errors import NotFoundError, gettext_noop


@dataclass(frozen=True, slots=True)
class ShownOption:
    """One answer that can be chosen."""

    code: str
    text: str
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class ShownItem:
    """One question with its options."""

    code: str
    number: int
    text: str
    options: tuple[ShownOption, ...]
    is_answered: bool


@dataclass(frozen=True, slots=True)
class QuestionnairePage:
    """A questionnaire in the reader's language, with what has been answered."""

    public_id: uuid.UUID
    person: str
    is_joint: bool
    is_open: bool
    title: str
    introduction: str
    version: str
    items: tuple[ShownItem, ...]

    @property
    def answered(self) -> int:
        """How many questions have an answer."""
        return sum(item.is_answered for item in self.items)

    @property
    def is_complete(self) -> bool:
        """Whether it can be submitted."""
        return self.answered == len(self.items)

    @property
    def next_item(self) -> ShownItem | None:
        """The first question without an answer: where the person goes on."""
        return next((item for item in self.items if not item.is_answered), None)


def open_assessments(actor: Actor) -> list[RiskAssessment]:
    """Return the questionnaires that wait for this client's own answers, the oldest first."""
    if actor.user_id is None:
        return []
    rows = RiskAssessment.objects.visible_to(actor).open().filter(person__user_id=actor.user_id)
    return list(rows.select_related("questionnaire", "person", "household").order_by("id"))


def assessment_for(actor: Actor, public_id: uuid.UUID | str) -> RiskAssessment:
    """Return an assessment the actor may see. Raises NotFoundError otherwise."""
    rows = RiskAssessment.objects.visible_to(actor).select_related(
        "questionnaire", "person", "household__advisor", "levels", "capacity__table", "review__reviewer"
    )
    found = rows.filter(public_id=public_id).first()
    if found is None:
        raise NotFoundError(
            gettext_noop("There is no such risk profile, or it is not yours to see."),
            mend=gettext_noop("Open it from the household's page."),
        )
    return found


def wrong_answers(content: Mapping[str, Any], answers: Mapping[str, str]) -> dict[str, str]:
    """Return what is wrong with a whole set of answers (item → option), by item, each with what mends it."""
    options = {item["code"]: [option["code"] for option in item["options"]] for item in content["items"]}
    wrong = {}
    for item, option in answers.items():
        if item not in options:
            wrong[item] = gettext("The questionnaire has no such question. It asks: %(known)s.") % {
                "known": ", ".join(options)
            }
        elif option not in options[item]:
            wrong[item] = gettext("“%(option)s” is no answer to this question. Choose one of: %(known)s.") % {
                "option": option,
                "known": ", ".join(options[item]),
            }
    for item in [item for item in options if item not in answers]:
        wrong[item] = gettext("This question has no answer. Choose one of: %(known)s.") % {
            "known": ", ".join(options[item])
        }
    return wrong


def questionnaire_page(assessment: RiskAssessment) -> QuestionnairePage:
    """Return the questionnaire of an assessment with the answers given so far."""
    content, given = assessment.questionnaire.content, assessment.answers
    items = tuple(
        ShownItem(
            code=item["code"],
            number=number,
            text=in_language(item["text"]),
            options=tuple(
                ShownOption(option["code"], in_language(option["text"]), given.get(item["code"]) == option["code"])
                for option in item["options"]
            ),
            is_answered=item["code"] in given,
        )
        for number, item in enumerate(content["items"], 1)
    )
    return QuestionnairePage(
        public_id=assessment.public_id,
        person=str(assessment.person),
        is_joint=assessment.kind == AssessmentKind.JOINT,
        is_open=assessment.submitted_at is None,
        title=in_language(content["title"]),
        introduction=in_language(content["introduction"]),
        version=content["version"],
        items=items,
    )
