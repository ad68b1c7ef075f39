"""The queue of breaks between our books and the custodians'."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.views.generic import ListView

from apps.accounts.policies import Permission
from apps.core.access import RequiresMixin, actor_of
from apps.core.actors import Actor
from apps.core.views import ActionView, ServiceFormView
from apps.portfolios.forms import NoteForm
from apps.portfolios.models import ReconciliationBreak
from apps.portfolios.selectors.accounts import break_for
from apps.portfolios.selectors.breaks import break_rows, open_breaks
from apps.portfolios.services.reconciliation import accept_proposal, explain_break
from apps.portfolios.views.accounts import page_of


class BreakListView(RequiresMixin, ListView):  # type: ignore[type-arg]
    """What needs a person."""

    permission = Permission.VIEW_PORTFOLIOS
    template_name = "staff/portfolios/break_list.html"
    paginate_by = 50

    def get_queryset(self) -> Any:
        """Return open breaks, the oldest statement first."""
        return open_breaks(actor_of(self.request))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Say what each break means."""
        context = super().get_context_data(**kwargs)
        may_edit = actor_of(self.request).can(Permission.EDIT_PORTFOLIOS)
        return {**context, "rows": break_rows(list(context["page_obj"])), "may_edit": may_edit}


class BreakAcceptView(ActionView):
    """POST: record the proposed entry."""

    permission = Permission.EDIT_PORTFOLIOS
    success_message = _("The entry is recorded; the account was reconciled again.")

    def perform(self, request: HttpRequest, by: Actor) -> str:  # noqa: ARG002 - the frame's signature
        """Record it and go back."""
        accept_proposal(difference=break_for(by, self.kwargs["break_id"]), by=by)
        return ""


class BreakExplainView(ServiceFormView):
    """Close a break with an explanation."""

    permission = Permission.EDIT_PORTFOLIOS
    template_name = "staff/portfolios/break_explain.html"
    form_class = NoteForm

    @cached_property
    def difference(self) -> ReconciliationBreak:
        """The break of the address."""
        return break_for(actor_of(self.request), self.kwargs["break_id"])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Show the break."""
        (row,) = break_rows([self.difference])
        return super().get_context_data(row=row, account=self.difference.account, **kwargs)

    def perform(self, form: Any, by: Actor) -> str:
        """Explain it and go back to the account."""
        explain_break(difference=self.difference, note=form.cleaned_data["note"], by=by)
        return page_of(self.difference.account)
