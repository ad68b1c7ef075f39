"""Approvals: what waits for me, one request, the rules, who stands in for me."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView

from apps.accounts.forms import ApprovalRuleForm, AttestationForm, DecisionForm, DelegationForm
from apps.accounts.models import ApprovalRequest
from apps.accounts.policies import Permission
from apps.accounts.selectors.approvals import (
    approval_queue,
    approval_view,
    delegation_for,
    rule_by_id,
    rules_and_delegations,
)
from apps.accounts.selectors.passports import approval_passport
from apps.accounts.services.approval_rules import (
    RuleTerms,
    delegate_approvals,
    end_delegation,
    retire_approval_rule,
    set_approval_rule,
)
from apps.accounts.services.approvals import decide_approval, withdraw_approval
from apps.accounts.services.self_reviews import attest_self_review, open_self_review
from apps.accounts.views._settings import SettingsMixin
from apps.accounts.views._signed_in import StaffMixin
from apps.core.access import RequiresMixin, actor_of
from apps.core.actors import Actor
from apps.core.passports import Passport
from apps.core.views import ActionView, PassportPage, ServiceFormView
from apps.kernel.errors import NotFoundError, gettext_noop


class ApprovalQueueView(StaffMixin, TemplateView):
    """What waits for me, what I asked for, what was closed lately."""

    template_name = "staff/accounts/approval_queue.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the queue."""
        return super().get_context_data(queue=approval_queue(actor_of(self.request)), **kwargs)


class ApprovalView(StaffMixin, TemplateView):
    """One request, with the forms that the reader may use."""

    template_name = "staff/accounts/approval_detail.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the request and the forms."""
        view = approval_view(actor_of(self.request), self.kwargs["approval_id"])
        forms = {"form": DecisionForm(), "attestation_form": AttestationForm()}
        return super().get_context_data(**{"view": view, "approval": view.request, **forms, **kwargs})


class ApprovalPassportView(StaffMixin, PassportPage):
    """Where the amount of a request comes from."""

    def find(self, actor: Actor) -> tuple[Passport, str]:
        """Return what was asked for."""
        view = approval_view(actor, self.kwargs["approval_id"])
        if not view.shows_whole:
            raise NotFoundError(gettext_noop("There is no such approval request, or it is not yours to see."))
        request = view.request
        return approval_passport(request), reverse("accounts:approval", args=[request.public_id])


class ApprovalActMixin:
    """Fetches the request as the actor may see it and shows its page again when a form is refused."""

    kwargs: dict[str, Any]
    form_name = "form"

    def approval(self, by: Actor) -> ApprovalRequest:
        """Return the request, or raise NotFoundError."""
        return approval_view(by, self.kwargs["approval_id"]).request

    def page(self) -> str:
        """Return its address."""
        return reverse("accounts:approval", args=[self.kwargs["approval_id"]])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add what the page shows besides the refused form."""
        view = approval_view(actor_of(self.request), self.kwargs["approval_id"])  # type: ignore[attr-defined]
        forms: dict[str, Any] = {"form": DecisionForm(), "attestation_form": AttestationForm()}
        refused = kwargs.pop("form", None)
        if refused is not None:
            forms[self.form_name] = refused
        return {"view": view, "approval": view.request, **forms, **kwargs}


class DecideView(ApprovalActMixin, ServiceFormView):
    """Approve or decline."""

    permission = Permission.APPROVE
    template_name = "staff/accounts/approval_detail.html"
    form_class = DecisionForm

    def perform(self, form: DecisionForm, by: Actor) -> str:
        """Decide."""
        decide_approval(request=self.approval(by), **form.cleaned_data, by=by)
        return self.page()


class AttestView(ApprovalActMixin, ServiceFormView):
    """End a self-review."""

    permission = Permission.APPROVE
    template_name = "staff/accounts/approval_detail.html"
    form_class = AttestationForm
    form_name = "attestation_form"

    def perform(self, form: AttestationForm, by: Actor) -> str:
        """Attest."""
        attest_self_review(request=self.approval(by), attestation=form.cleaned_data["attestation"], by=by)
        return self.page()


class OpenSelfReviewView(ApprovalActMixin, ActionView):
    """Begin a self-review."""

    permission = Permission.APPROVE

    def perform(self, _request: HttpRequest, by: Actor) -> str:
        """Open it."""
        open_self_review(request=self.approval(by), by=by)
        return self.page()


class WithdrawView(ApprovalActMixin, ActionView):
    """Take one's request back."""

    permission = Permission.VIEW_HOUSEHOLDS
    success_message = _("The request is withdrawn.")

    def perform(self, _request: HttpRequest, by: Actor) -> str:
        """Withdraw."""
        withdraw_approval(request=self.approval(by), by=by)
        return self.page()


class ApprovalRulesView(RequiresMixin, SettingsMixin, TemplateView):
    """The rules in force, and who stands in for whom."""

    permission = Permission.APPROVE
    template_name = "staff/accounts/approval_rules.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add both."""
        return super().get_context_data(setup=rules_and_delegations(actor_of(self.request)), **kwargs)


class ApprovalRuleView(SettingsMixin, ServiceFormView):
    """A new rule."""

    permission = Permission.MANAGE_FIRM
    template_name = "staff/accounts/approval_rule.html"
    form_class = ApprovalRuleForm

    def perform(self, form: ApprovalRuleForm, by: Actor) -> str:
        """Put it in force."""
        clean = {**form.cleaned_data, "approvers": tuple(form.cleaned_data["approvers"])}
        set_approval_rule(terms=RuleTerms(**clean), by=by)
        return reverse("accounts:approval-rules")


class RetireRuleView(ActionView):
    """A rule no longer holds."""

    permission = Permission.MANAGE_FIRM
    success_message = _("The rule no longer holds for new requests.")

    def perform(self, _request: HttpRequest, by: Actor) -> str:
        """Retire it."""
        retire_approval_rule(rule=rule_by_id(self.kwargs["rule_id"]), by=by)
        return reverse("accounts:approval-rules")


class DelegateView(SettingsMixin, ServiceFormView):
    """Somebody decides in my place."""

    permission = Permission.APPROVE
    template_name = "staff/accounts/approval_delegation.html"
    form_class = DelegationForm

    def get_form_kwargs(self) -> dict[str, Any]:
        """Leave oneself out of the choice."""
        return {**super().get_form_kwargs(), "delegator_id": actor_of(self.request).user_id}

    def perform(self, form: DelegationForm, by: Actor) -> str:
        """Delegate."""
        delegate_approvals(**form.cleaned_data, by=by)
        return reverse("accounts:approval-rules")


class EndDelegationView(ActionView):
    """I am back."""

    permission = Permission.APPROVE
    success_message = _("The delegation has ended.")

    def perform(self, _request: HttpRequest, by: Actor) -> str:
        """End it."""
        end_delegation(delegation=delegation_for(by, self.kwargs["delegation_id"]), by=by)
        return reverse("accounts:approval-rules")
