"""Goals in the household's own words: told, confirmed one by one, dropped."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView

from apps.accounts.policies import Permission
from apps.clients.selectors.household_pages import household_for, household_header
from apps.core.access import RequiresMixin, actor_of
from apps.core.actors import Actor
from apps.core.views import ActionView, ServiceFormView
from apps.plans.forms import GoalWordsForm
from apps.plans.forms.wishes import WishForm
from apps.plans.models import GoalText, GoalWish, Plan
from apps.plans.ports import language_model
from apps.plans.selectors.goal_means import accounts_for_goals
from apps.plans.selectors.wishes import next_open, text_for, told_texts, wish_for, wish_line
from apps.plans.services.goal_means import MeansDetails
from apps.plans.services.readings import ask_for_reading
from apps.plans.services.wishes import WishDetails, drop_wish, take_wish, tell_goals


def words_of(text: GoalText) -> str:
    """Return the address of what the household said."""
    return reverse("plans:goal-words", kwargs={"household_id": text.household.public_id})


def after(wish: GoalWish) -> str:
    """Return the address of the next goal of the same words, else of all."""
    following = next_open(wish)
    return reverse("plans:wish", kwargs={"wish_id": following.public_id}) if following else words_of(wish.text)


class GoalWords(RequiresMixin, TemplateView):
    """What a household said it wants, with what was found in it."""

    permission = Permission.VIEW_PLANS
    template_name = "staff/plans/goal_words.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the texts, and whether a version can take their goals."""
        actor = actor_of(self.request)
        household = household_for(actor, kwargs["household_id"])
        context = {"household": household, "header": household_header(household, actor)}
        context["texts"] = told_texts(household, actor)
        context["may_edit"] = actor.can(Permission.EDIT_PLANS)
        context["model"] = language_model().in_use()
        context["draft"] = Plan.objects.visible_to(actor).filter(household=household).in_the_works().first()
        return super().get_context_data(**context, **kwargs)


class TellGoals(ServiceFormView):
    """Write down what somebody of the household said."""

    permission = Permission.EDIT_PLANS
    template_name = "staff/plans/goal_words_form.html"
    form_class = GoalWordsForm

    def get_form_kwargs(self) -> dict[str, Any]:
        """Offer the household's adults."""
        household = household_for(actor_of(self.request), self.kwargs["household_id"])
        return {**super().get_form_kwargs(), "household": household}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the household."""
        household = household_for(actor_of(self.request), self.kwargs["household_id"])
        back = reverse("plans:goal-words", kwargs={"household_id": household.public_id})
        return super().get_context_data(household=household, back_url=back, **kwargs)

    def perform(self, form: Any, by: Actor) -> str:
        """Keep the words and show the first goal found."""
        text = tell_goals(household=household_for(by, self.kwargs["household_id"]), by=by, **form.cleaned_data)
        first = text.wishes.first()
        if first is None:
            messages.info(self.request, _("No goal was found in these words. They are kept; add the goal by hand."))
        return reverse("plans:wish", kwargs={"wish_id": first.public_id}) if first else words_of(text)


class ConfirmWish(ServiceFormView):
    """Read a goal over and take it into the plan."""

    permission = Permission.EDIT_PLANS
    template_name = "staff/plans/wish_form.html"
    form_class = WishForm

    @property
    def wish(self) -> GoalWish:
        """The goal that was found, as far as the person may see it."""
        return wish_for(actor_of(self.request), self.kwargs["wish_id"])

    def get_form_kwargs(self) -> dict[str, Any]:
        """Show what was found."""
        wish = self.wish
        return {**super().get_form_kwargs(), "wish": wish, "accounts": accounts_for_goals(wish.text.household)}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the words."""
        wish = self.wish
        line, back = wish_line(wish, wish.text), words_of(wish.text)
        return super().get_context_data(wish=wish, line=line, back_url=back, **kwargs)

    def perform(self, form: Any, by: Actor) -> str:
        """Take it."""
        details = WishDetails(**form.details, means=MeansDetails(**form.means))
        wish = take_wish(wish=self.wish, details=details, by=by)
        messages.success(self.request, _("The goal is in the plan. Generate the plan to see what it does."))
        return after(wish)


class DropWish(ActionView):
    """Note that it was not meant."""

    permission = Permission.EDIT_PLANS
    success_message = gettext_lazy("Dropped. The words are kept.")

    def perform(self, request: HttpRequest, by: Actor) -> str:  # noqa: ARG002
        """Drop it."""
        return after(drop_wish(wish=wish_for(by, self.kwargs["wish_id"]), by=by))


class ReadWithModel(ActionView):
    """Have the firm's language model read the sentences in which nothing was found."""

    permission = Permission.EDIT_PLANS
    success_message = gettext_lazy("The language model was asked. What it finds appears here, to be read over.")

    def perform(self, request: HttpRequest, by: Actor) -> str:  # noqa: ARG002
        """Ask it."""
        text = text_for(by, self.kwargs["text_id"])
        ask_for_reading(text=text, by=by)
        return words_of(text)
