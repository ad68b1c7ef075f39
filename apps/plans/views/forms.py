"""Forms of plans: each goes to one service."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _

from apps.accounts.policies import Permission
from apps.accounts.selectors.firm_days import firm_today
from apps.core.access import actor_of
from apps.core.actors import Actor
from apps.core.views import ServiceFormView
from apps.plans.forms import AnswerForm, ChoicesForm, ConfirmForm, DecisionForm, DiscardForm, GoalForm, OverrideForm
from apps.plans.forms.spending import SpendingRuleForm
from apps.plans.models import Decision, OverrideKind, Plan, SpendingRuleKind
from apps.plans.policies import is_held
from apps.plans.selectors.goal_means import accounts_for_goals
from apps.plans.selectors.moved_parts import part_words
from apps.plans.selectors.plan_pages import goal_for, plan_for, question_for, recommendation_for
from apps.plans.selectors.recommendation_lines import line_of
from apps.plans.services.goal_means import MeansDetails
from apps.plans.services.goals import GoalDetails, set_goal
from apps.plans.services.moved_facts import digest_of, moved_of
from apps.plans.services.plans import discard_draft, set_choices, set_override
from apps.plans.services.questions import answer_question
from apps.plans.services.recommendations import decide_recommendation
from apps.plans.services.signed_plans import confirm_facts
from apps.plans.services.spending import SpendingDetails, set_spending_rule
from apps.plans.views.addresses import figures_of, tab_of


class OfPlan(ServiceFormView):
    """A form of one version."""

    permission = Permission.EDIT_PLANS
    part = ""

    @property
    def plan(self) -> Plan:
        """The version, as far as the person may see it."""
        return plan_for(actor_of(self.request), self.kwargs["plan_id"])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the version and the way back."""
        plan = self.plan
        return super().get_context_data(plan=plan, back_url=tab_of(plan, self.part), **kwargs)


class EditGoal(OfPlan):
    """Add or change a goal."""

    template_name = "staff/plans/goal_form.html"
    form_class = GoalForm
    part = "goals"

    def get_form_kwargs(self) -> dict[str, Any]:
        """Offer the household's people; show what the goal says now."""
        actor, found = actor_of(self.request), None
        if "goal_id" in self.kwargs:
            found = goal_for(actor, self.kwargs["plan_id"], self.kwargs["goal_id"])
        household = self.plan.household
        accounts = accounts_for_goals(household)
        return {**super().get_form_kwargs(), "household": household, "accounts": accounts, "goal": found}

    def perform(self, form: Any, by: Actor) -> str:
        """Set it."""
        plan = self.plan
        goal = goal_for(by, plan.public_id, self.kwargs["goal_id"]) if "goal_id" in self.kwargs else None
        details = GoalDetails(**form.details, means=MeansDetails(**form.means))
        set_goal(plan=plan, details=details, goal=goal, by=by)
        return tab_of(plan, self.part)


class EditChoices(OfPlan):
    """Set how the plan is made."""

    template_name = "staff/plans/choices_form.html"
    form_class = ChoicesForm
    part = "choices"

    def get_form_kwargs(self) -> dict[str, Any]:
        """Show the choices as they are."""
        return {**super().get_form_kwargs(), "plan": self.plan}

    def perform(self, form: Any, by: Actor) -> str:
        """Set them."""
        return tab_of(set_choices(plan=self.plan, choices=form.cleaned_data, by=by), self.part)


class EditSpendingRule(OfPlan):
    """Choose how spending in retirement moves."""

    template_name = "staff/plans/spending_form.html"
    form_class = SpendingRuleForm
    part = "choices"

    def get_form_kwargs(self) -> dict[str, Any]:
        """Show the rule as it is."""
        return {**super().get_form_kwargs(), "plan": self.plan}

    def perform(self, form: Any, by: Actor) -> str:
        """Set it."""
        details = SpendingDetails(SpendingRuleKind(form.cleaned_data["kind"]), form.figures())
        return tab_of(set_spending_rule(plan=self.plan, details=details, by=by), self.part)


class EditOverride(OfPlan):
    """Take a fact differently."""

    template_name = "staff/plans/override_form.html"
    form_class = OverrideForm
    part = "choices"

    def get_form_kwargs(self) -> dict[str, Any]:
        """Offer the household's adults."""
        return {**super().get_form_kwargs(), "household": self.plan.household}

    def perform(self, form: Any, by: Actor) -> str:
        """Set it; somebody who is that old already counts as retired, which is said."""
        row = set_override(plan=self.plan, by=by, **form.cleaned_data)
        age = row.person.age_on(firm_today()) if row.person and row.kind == OverrideKind.RETIREMENT_AGE else None
        if age is not None and age >= row.value:
            told = _("%(name)s has reached that age: the plan counts on no work from its first month on.")
            messages.info(self.request, told % {"name": row.person})
        return tab_of(row.plan, self.part)


class DiscardDraft(OfPlan):
    """Give up a draft."""

    template_name = "staff/plans/discard_form.html"
    form_class = DiscardForm

    def perform(self, form: Any, by: Actor) -> str:
        """Discard it."""
        return tab_of(discard_draft(plan=self.plan, reason=form.cleaned_data["reason"], by=by))


class ConfirmFacts(OfPlan):
    """Confirm that a published plan holds with facts that moved since its result."""

    template_name = "staff/plans/confirm_form.html"
    form_class = ConfirmForm

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add what moved, and whether the signatures wait for it."""
        plan = self.plan
        moved = moved_of(plan)
        shown = [
            (str(each), [part_words(each.kind, part, plan.household.currency) for part in each.parts]) for each in moved
        ]
        context = {"moved": shown, "seen": digest_of(moved), "is_held": is_held(plan)}
        context["then"] = plan.published_run.facts_as_of if plan.published_run else None
        return super().get_context_data(**context, **kwargs)

    def perform(self, form: Any, by: Actor) -> str:
        """Confirm it."""
        seen = self.request.POST.get("facts_digest", "")
        plan = confirm_facts(plan=self.plan, reason=form.cleaned_data["reason"], seen=seen, by=by)
        if plan.in_force_at:
            messages.success(self.request, _("The plan is in force, and the client hears of it."))
        else:
            messages.success(self.request, _("Confirmed. The plan comes into force once all have signed."))
        return tab_of(plan)


class DecideRecommendation(ServiceFormView):
    """Accept, adjust or decline a piece of advice."""

    permission = Permission.EDIT_PLANS
    template_name = "staff/plans/recommendation_form.html"
    form_class = DecisionForm

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show the form; advice of a result that a newer one replaced leads to the new advice."""
        row = recommendation_for(actor_of(request), kwargs["recommendation_id"])
        newest = row.run.plan.runs.finished().first()
        if newest is not None and newest.pk != row.run_id:
            messages.info(request, _("The plan was generated again since. This is its new advice."))
            return HttpResponseRedirect(tab_of(row.run.plan, "advice"))
        return super().get(request, *args, **kwargs)

    def get_form_kwargs(self) -> dict[str, Any]:
        """Name the number that may be changed."""
        row = recommendation_for(actor_of(self.request), self.kwargs["recommendation_id"])
        return {**super().get_form_kwargs(), "lever": line_of(row, row.run, row.run.plan.household.currency).lever}

    def get_initial(self) -> dict[str, Any]:
        """Show the decision as it is."""
        row = recommendation_for(actor_of(self.request), self.kwargs["recommendation_id"])
        decision = self.request.GET.get("decision", "" if row.decision == Decision.OPEN else row.decision)
        return {"decision": decision, "reason": row.reason}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the advice."""
        row = recommendation_for(actor_of(self.request), self.kwargs["recommendation_id"])
        plan = row.run.plan
        line = line_of(row, row.run, plan.household.currency)
        return super().get_context_data(
            plan=plan, line=line, figures=figures_of(plan), back_url=tab_of(plan, "advice"), **kwargs
        )

    def perform(self, form: Any, by: Actor) -> str:
        """Decide."""
        clean = form.cleaned_data
        row = recommendation_for(by, self.kwargs["recommendation_id"])
        value = clean.get("value") if clean["decision"] == Decision.ADJUSTED else None
        decide_recommendation(
            recommendation=row, decision=clean["decision"], reason=clean["reason"], value=value, by=by
        )
        return tab_of(row.run.plan, "advice")


class AnswerQuestion(ServiceFormView):
    """Answer a client's question."""

    permission = Permission.EDIT_PLANS
    template_name = "staff/plans/answer_form.html"
    form_class = AnswerForm

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the question."""
        question = question_for(actor_of(self.request), self.kwargs["question_id"])
        return super().get_context_data(question=question, back_url=tab_of(question.plan, "questions"), **kwargs)

    def perform(self, form: Any, by: Actor) -> str:
        """Answer it."""
        question = question_for(by, self.kwargs["question_id"])
        return tab_of(answer_question(question=question, text=form.cleaned_data["answer"], by=by).plan, "questions")
