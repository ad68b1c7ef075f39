"""Risk profiles on the household's page: asked for, taken down, assessed, reviewed."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView

from apps.accounts.policies import Permission
from apps.clients.models import Household, Person
from apps.clients.selectors.household_pages import household_for, household_header
from apps.compliance.forms import (
    AcknowledgementForm,
    AnswersForm,
    CapacityForm,
    InviteForm,
    LifeEventForm,
    ReviewForm,
    WithdrawForm,
)
from apps.compliance.models import CapacityAssessment, RiskAssessment
from apps.compliance.selectors.capacity_inputs import known_capacity
from apps.compliance.selectors.passports import capacity_passport, profile_passport
from apps.compliance.selectors.profiles import household_profiles, profile
from apps.compliance.selectors.questionnaires import assessment_for, questionnaire_page
from apps.compliance.selectors.risk_groups import household_groups
from apps.compliance.selectors.risk_limits import risk_limit
from apps.compliance.services.assessments import invite_to_questionnaire, take_down_answers, withdraw_questionnaire
from apps.compliance.services.capacity import CapacityFacts, CapacityInputs, assess_capacity
from apps.compliance.services.reviews import acknowledge, record_life_event, review_assessment
from apps.core.access import RequiresMixin, actor_of
from apps.core.actors import Actor
from apps.core.passports import Passport
from apps.core.views import ActionView, PassportView, ServiceFormView
from apps.kernel.errors import InvalidInputError, NotFoundError, gettext_noop


def tab_url(household: Household) -> str:
    """Return the address of the household's compliance tab."""
    return reverse("compliance:household-compliance", kwargs={"household_id": household.public_id})


def _clean(form: Any) -> dict[str, Any]:
    """Return what a button's form sent. Raises InvalidInputError with the first thing that is wrong."""
    if form.is_valid():
        return dict(form.cleaned_data)
    name, errors = next(iter(form.errors.items()))
    label = form.fields[name].label or name if name in form.fields else ""
    raise InvalidInputError(gettext_noop("%(label)s: %(error)s"), field=name, label=label, error=errors[0])


def _person(household: Household, public_id: UUID) -> Person:
    found = household.people.filter(public_id=public_id).first()
    if found is None:
        raise NotFoundError(gettext_noop("There is no such person in this household."))
    return found


class HouseholdCompliance(RequiresMixin, TemplateView):
    """The adults' profiles side by side."""

    permission = Permission.VIEW_FINANCES
    template_name = "staff/compliance/household_compliance.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Put profiles, limit and what the actor may do into the tab."""
        actor, today = actor_of(self.request), timezone.localdate()
        household = household_for(actor, kwargs["household_id"])
        return super().get_context_data(
            household=household,
            header=household_header(household, actor),
            profiles=household_profiles(household, actor, today),
            limit=risk_limit(household, today),
            places=household_groups(household, actor),
            may_edit=actor.can(Permission.EDIT_HOUSEHOLDS),
            life_event=LifeEventForm(),
            **kwargs,
        )


class Invite(ActionView):
    """POST: open a questionnaire for an adult."""

    permission = Permission.EDIT_HOUSEHOLDS
    success_message = _("The questionnaire waits in the portal.")

    def perform(self, request: HttpRequest, by: Actor) -> str:
        """Invite."""
        household = household_for(by, self.kwargs["household_id"])
        asked = _clean(InviteForm(request.POST))
        invite_to_questionnaire(person=_person(household, asked["person"]), kind=asked["kind"], by=by)
        return tab_url(household)


class LifeEvent(ActionView):
    """POST: something happened that ends the profiles in force."""

    permission = Permission.EDIT_HOUSEHOLDS
    success_message = _("The profiles in force have ended. Ask for new ones.")

    def perform(self, request: HttpRequest, by: Actor) -> str:
        """Record it."""
        household = household_for(by, self.kwargs["household_id"])
        record_life_event(household=household, **_clean(LifeEventForm(request.POST)), by=by)
        return tab_url(household)


class AssessCapacity(ServiceFormView):
    """The form of the eight facts, filled with what the product knows."""

    permission = Permission.EDIT_HOUSEHOLDS
    template_name = "staff/compliance/capacity_form.html"
    form_class = CapacityForm

    @cached_property
    def household(self) -> Household:
        """Return the household that the address names."""
        return household_for(actor_of(self.request), self.kwargs["household_id"])

    def get_initial(self) -> dict[str, Any]:
        """Fill in what is known; the advisor corrects and completes it."""
        return known_capacity(self.household, timezone.localdate())

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Name the household."""
        return super().get_context_data(household=self.household, cancel_url=tab_url(self.household), **kwargs)

    def perform(self, form: Any, by: Actor) -> str:
        """Assess."""
        clean = form.cleaned_data
        facts = CapacityFacts(**{name: clean[name] for name in form.FACTS})
        inputs = CapacityInputs(
            facts=facts,
            portfolio_value=clean["portfolio_value"],
            required_return=clean["required_return"],
            sources=dict.fromkeys(form.FACTS, clean["source"]),
            note=clean["source"],
        )
        assess_capacity(household=self.household, inputs=inputs, by=by)
        return tab_url(self.household)


class OfAssessment:
    """Loads the assessment that the address names."""

    @cached_property
    def assessment(self) -> RiskAssessment:
        """Return it, as far as the actor may see it."""
        return assessment_for(actor_of(self.request), self.kwargs["assessment_id"])  # type: ignore[attr-defined]


class AssessmentDetail(OfAssessment, RequiresMixin, TemplateView):
    """One assessment with its answers and all that followed from them."""

    permission = Permission.VIEW_FINANCES
    template_name = "staff/compliance/assessment_detail.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Put it into the page."""
        found = self.assessment
        adults = found.household.people.adults()
        return super().get_context_data(
            assessment=found,
            profile=profile(found, adults, timezone.localdate()),
            questionnaire=questionnaire_page(found),
            may_edit=actor_of(self.request).can(Permission.EDIT_HOUSEHOLDS),
            **kwargs,
        )


class ReviewAssessment(OfAssessment, ServiceFormView):
    """Accept a level."""

    permission = Permission.EDIT_HOUSEHOLDS
    template_name = "staff/compliance/review_form.html"
    form_class = ReviewForm

    def get_initial(self) -> dict[str, Any]:
        """Propose the recommended level."""
        return {"accepted_level": self.assessment.recommended_level}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Show what is reviewed beside the form."""
        adults = self.assessment.household.people.adults()
        shown = profile(self.assessment, adults, timezone.localdate())
        cancel_url = tab_url(self.assessment.household)
        return super().get_context_data(assessment=self.assessment, profile=shown, cancel_url=cancel_url, **kwargs)

    def perform(self, form: Any, by: Actor) -> str:
        """Review."""
        review_assessment(assessment=self.assessment, by=by, **form.cleaned_data)
        return tab_url(self.assessment.household)


class TakeDownAnswers(OfAssessment, ServiceFormView):
    """Answers of a meeting or on paper."""

    permission = Permission.EDIT_HOUSEHOLDS
    template_name = "staff/compliance/answers_form.html"
    form_class = AnswersForm

    def get_form_kwargs(self) -> dict[str, Any]:
        """Hand the questionnaire to the form."""
        return super().get_form_kwargs() | {"page": questionnaire_page(self.assessment)}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Name the person."""
        cancel_url = tab_url(self.assessment.household)
        return super().get_context_data(assessment=self.assessment, cancel_url=cancel_url, **kwargs)

    def perform(self, form: Any, by: Actor) -> str:
        """Submit them."""
        take_down_answers(
            assessment=self.assessment, answers=form.answers(), given_how=form.cleaned_data["given_how"], by=by
        )
        return tab_url(self.assessment.household)


class Withdraw(OfAssessment, ActionView):
    """POST: take an open questionnaire back."""

    permission = Permission.EDIT_HOUSEHOLDS
    success_message = _("The questionnaire is withdrawn.")

    def perform(self, request: HttpRequest, by: Actor) -> str:
        """Withdraw."""
        found = self.assessment
        withdraw_questionnaire(assessment=found, by=by, **_clean(WithdrawForm(request.POST)))
        return tab_url(found.household)


class Acknowledge(OfAssessment, ActionView):
    """POST: write down a yes that a client gave outside the portal."""

    permission = Permission.EDIT_HOUSEHOLDS
    success_message = _("The acknowledgement is recorded.")

    def perform(self, request: HttpRequest, by: Actor) -> str:
        """Record it."""
        found, asked = self.assessment, _clean(AcknowledgementForm(request.POST))
        person = _person(found.household, asked.pop("person"))
        acknowledge(assessment=found, person=person, by=by, **asked)
        return tab_url(found.household)


class ProfilePassport(OfAssessment, PassportView):
    """Where a figure of a profile comes from."""

    permission = Permission.VIEW_FINANCES

    def find(self, actor: Actor) -> tuple[Passport, str]:  # noqa: ARG002 - the assessment in hand was found for them
        """Return a level, a loss or the limit."""
        found = self.assessment
        return profile_passport(found, self.kwargs["figure"], timezone.localdate()), tab_url(found.household)


class CapacityPassport(PassportView):
    """Where a capacity score comes from."""

    permission = Permission.VIEW_FINANCES

    def find(self, actor: Actor) -> tuple[Passport, str]:
        """Return the score with its facts."""
        rows = CapacityAssessment.objects.visible_to(actor).select_related("table", "household")
        found = rows.filter(public_id=self.kwargs["capacity_id"]).first()
        if found is None:
            raise Http404
        return capacity_passport(found), tab_url(found.household)
