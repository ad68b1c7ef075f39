"""What clients ask about their plan."""

from __future__ import annotations

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from apps.clients.models import Person
from apps.core import audit
from apps.core.actors import Actor
from apps.core.services import service
from apps.core.tenancy.addresses import site_url
from apps.kernel.errors import InvalidInputError, gettext_noop
from apps.notices.services.mails import queue_mail
from apps.plans import policies
from apps.plans.models import Plan, PlanQuestion
from apps.plans.services._checks import checked
from apps.plans.services._plans import tell
from apps.plans.services.errors import NotInTheHouseholdError, QuestionClosedError, StatusNotPossibleError


@service
def ask_question(*, plan: Plan, text: str, by: Actor) -> PlanQuestion:
    """Ask about a plan as somebody of its household; the advisor hears of it.

    Raises NotInTheHouseholdError, StatusNotPossibleError when the plan is not with the client, InvalidInputError
    without a text.
    """
    person = Person.objects.filter(household=plan.household, user_id=by.user_id or 0).first()
    if person is None:
        raise NotInTheHouseholdError(
            gettext_noop("Only the household's own people ask about their plan."),
            mend=gettext_noop("Sign in with the portal account."),
        )
    if not policies.is_given_to_client(plan):
        raise StatusNotPossibleError(
            gettext_noop("This version is not open for questions."), mend=gettext_noop("Ask about the newest one.")
        )
    if not text.strip():
        raise InvalidInputError(gettext_noop("Write your question."), field="text")
    row = PlanQuestion(plan=plan, person=person, text=text.strip())
    checked(row)
    row.save()
    audit.record("plans.ask_question", by=by, target=row, after={"text": row.text})
    advisor = plan.household.advisor
    context = {
        "name": advisor.full_name,
        "household": plan.household.name,
        "text": row.text,
        "action_url": site_url(f"/households/{plan.household.public_id}/plan/"),
        "action_label": _("Answer the question"),
    }
    queue_mail(kind="plans/question_asked", to=advisor.email, context=context, by=by, locale=advisor.locale)
    tell(plan, "plan.question_asked")
    return row


@service
def answer_question(*, question: PlanQuestion, text: str, by: Actor) -> PlanQuestion:
    """Answer; the client hears of it.

    Raises QuestionClosedError when it has its answer, InvalidInputError without a text.
    """
    row = (
        PlanQuestion.objects.select_for_update(of=("self",))
        .select_related("plan__household", "person")
        .get(pk=question.pk)
    )
    if row.answered_at is not None:
        raise QuestionClosedError(
            gettext_noop("The question was answered by %(name)s."),
            mend=gettext_noop("Reload the page to read the answer."),
            name=row.answered_by,
        )
    if not text.strip():
        raise InvalidInputError(gettext_noop("Write the answer."), field="answer")
    row.answer, row.answered_by, row.answered_at = text.strip(), by.label, timezone.now()
    checked(row)
    row.save(update_fields=["answer", "answered_by", "answered_at", "updated_at"])
    audit.record("plans.answer_question", by=by, target=row, before={"answer": ""}, after={"answer": row.answer})
    if row.person.email:
        context = {
            "name": row.person.first_name,
            "action_url": site_url("/portal/plan/"),
            "action_label": _("Read the answer"),
        }
        locale = row.person.user.locale if row.person.user else ""
        queue_mail(kind="plans/question_answered", to=row.person.email, context=context, by=by, locale=locale)
    tell(row.plan, "plan.question_answered")
    return row
