"""What clients want, in their own words."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.accounts.policies import Permission
from apps.core.access import actor_of
from apps.core.actors import Actor
from apps.core.views import ActionView, ServiceFormView
from apps.plans.models import GoalWish
from apps.plans.selectors.goal_means import accounts_for_goals
from apps.plans.selectors.wishes import next_open, told_texts, wish_for, wish_line
from apps.plans.services.goal_means import MeansDetails
from apps.plans.services.wishes import WishDetails, drop_wish, keep_wish, tell_goals
from apps.portal.forms import GoalWordsForm, WishForm
from apps.portal.views._page import MemberMixin


def after(wish: GoalWish) -> str:
    """Return the address of the next goal of the same words, else of all."""
    following = next_open(wish)
    return reverse("portal:goal", kwargs={"wish_id": following.public_id}) if following else reverse("portal:goals")


class GoalsView(MemberMixin, ServiceFormView):
    """GET what was told and what became of it, POST more of it."""

    template_name = "portal/goals.html"
    form_class = GoalWordsForm

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add what the household told."""
        texts = told_texts(self.member.household, actor_of(self.request))
        return super().get_context_data(texts=texts, **kwargs)

    def perform(self, form: Any, by: Actor) -> str:
        """Keep the words and show the first goal found."""
        member = self.member
        text = tell_goals(household=member.household, person=member.person, by=by, **form.cleaned_data)
        first = text.wishes.first()
        if first is None:
            messages.info(self.request, _("Your advisor has your words. No goal was found in them to confirm here."))
        return reverse("portal:goal", kwargs={"wish_id": first.public_id}) if first else reverse("portal:goals")


class GoalView(MemberMixin, ServiceFormView):
    """GET one goal found in the client's words, POST what is right."""

    template_name = "portal/goal.html"
    form_class = WishForm

    @property
    def wish(self) -> GoalWish:
        """The goal that was found in words of this very person."""
        return wish_for(actor_of(self.request), self.kwargs["wish_id"])

    def get_form_kwargs(self) -> dict[str, Any]:
        """Show what was found."""
        wish = self.wish
        # the accounts are asked for where the words name some
        accounts = accounts_for_goals(wish.text.household) if "funded_by" in wish.heard else []
        return {**super().get_form_kwargs(), "wish": wish, "accounts": accounts}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the words."""
        wish = self.wish
        return super().get_context_data(wish=wish, line=wish_line(wish, wish.text), **kwargs)

    def perform(self, form: Any, by: Actor) -> str:
        """Confirm it."""
        details = WishDetails(**form.details, means=MeansDetails(**form.means))
        wish = keep_wish(wish=self.wish, details=details, by=by)
        messages.success(self.request, _("Confirmed. Your advisor takes it into the plan."))
        return after(wish)


class GoalDropView(MemberMixin, ActionView):
    """POST: it was not meant."""

    permission = Permission.USE_PORTAL
    success_message = gettext_lazy("Dropped. Your words are kept.")

    def perform(self, request: HttpRequest, by: Actor) -> str:  # noqa: ARG002
        """Drop it."""
        return after(drop_wish(wish=wish_for(by, self.kwargs["wish_id"]), by=by))
