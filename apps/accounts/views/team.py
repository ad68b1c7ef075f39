"""The team: who works here, invitations, roles, lost second factors."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView

from apps.accounts.forms import InviteForm, ReasonForm, RoleForm
from apps.accounts.policies import Permission
from apps.accounts.selectors.team import invitation_by_id, member_for, team
from apps.accounts.services.invitations import Guest, invite_staff, resend_invitation, revoke_invitation
from apps.accounts.services.team import change_role, deactivate_member, reactivate_member, reset_second_factor
from apps.accounts.views._settings import SettingsMixin
from apps.core.access import RequiresMixin, actor_of
from apps.core.actors import Actor
from apps.core.views import ActionView, ServiceFormView


class TeamView(RequiresMixin, SettingsMixin, TemplateView):
    """The list."""

    permission = Permission.INVITE_STAFF
    template_name = "staff/accounts/team_list.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the team."""
        return super().get_context_data(team=team(actor_of(self.request)), **kwargs)


class InviteView(SettingsMixin, ServiceFormView):
    """Invite somebody."""

    permission = Permission.INVITE_STAFF
    template_name = "staff/accounts/team_invite.html"
    form_class = InviteForm

    def perform(self, form: InviteForm, by: Actor) -> str:
        """Invite and go back to the list."""
        clean = form.cleaned_data
        guest = Guest(email=clean["email"], full_name=clean["full_name"])
        invite_staff(guest=guest, role=clean["role"], by=by)
        return reverse("accounts:team")


class MemberFormView(SettingsMixin, ServiceFormView):
    """A form about one person of the firm."""

    permission = Permission.INVITE_STAFF
    title: Any
    text: Any
    submit_label: Any
    template_name = "staff/accounts/team_member.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the person and what the page is for."""
        words = {"title": self.title, "text": self.text, "submit_label": self.submit_label}
        return super().get_context_data(member=member_for(self.kwargs["member_id"]), **words, **kwargs)

    def perform(self, form: Any, by: Actor) -> str:
        """Do it and go back to the list."""
        self.change(form, by)
        return reverse("accounts:team")

    def change(self, form: Any, by: Actor) -> None:
        """Call the service."""
        raise NotImplementedError(f"{type(self).__name__} must say which service it calls.")


class ChangeRoleView(MemberFormView):
    """Another role."""

    title, submit_label = _("Change the role"), _("Change the role")
    text = _("The new role holds from the next page the person opens.")
    form_class = RoleForm

    def get_initial(self) -> dict[str, Any]:
        """Start with the role they have."""
        return {"role": member_for(self.kwargs["member_id"]).role}

    def change(self, form: RoleForm, by: Actor) -> None:
        """Change it."""
        change_role(user=member_for(self.kwargs["member_id"]), role=form.cleaned_data["role"], by=by)


class DeactivateView(MemberFormView):
    """No more signing in."""

    title, submit_label = _("Deactivate"), _("Deactivate and sign out")
    text = _("They are signed out everywhere and cannot sign in again until you reactivate them. What they did stays.")
    form_class = ReasonForm

    def change(self, form: ReasonForm, by: Actor) -> None:
        """Deactivate."""
        deactivate_member(user=member_for(self.kwargs["member_id"]), reason=form.cleaned_data["reason"], by=by)


class ResetFactorView(MemberFormView):
    """A lost phone."""

    title, submit_label = _("Reset the second factor"), _("Reset and sign out")
    text = _("For a lost phone without recovery codes. Make sure who is asking; they enrol again at the next sign-in.")
    form_class = ReasonForm

    def change(self, form: ReasonForm, by: Actor) -> None:
        """Reset."""
        reset_second_factor(user=member_for(self.kwargs["member_id"]), reason=form.cleaned_data["reason"], by=by)


class ReactivateView(ActionView):
    """May sign in again."""

    permission = Permission.INVITE_STAFF
    success_message = _("They may sign in again.")

    def perform(self, _request: HttpRequest, by: Actor) -> str:
        """Reactivate."""
        reactivate_member(user=member_for(self.kwargs["member_id"]), by=by)
        return reverse("accounts:team")


class ResendView(ActionView):
    """A new link."""

    permission = Permission.INVITE_STAFF
    success_message = _("A new link is on its way; the old one no longer works.")

    def perform(self, _request: HttpRequest, by: Actor) -> str:
        """Send again."""
        resend_invitation(invitation=invitation_by_id(self.kwargs["invitation_id"]), by=by)
        return reverse("accounts:team")


class RevokeView(ActionView):
    """No invitation after all."""

    permission = Permission.INVITE_STAFF
    success_message = _("The invitation no longer works.")

    def perform(self, _request: HttpRequest, by: Actor) -> str:
        """Revoke."""
        revoke_invitation(invitation=invitation_by_id(self.kwargs["invitation_id"]), by=by)
        return reverse("accounts:team")
