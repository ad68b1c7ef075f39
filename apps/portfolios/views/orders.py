"""The blotter: orders to release and send, what was executed, and what needs a person."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView, View

from apps.accounts.policies import Permission
from apps.compliance.selectors.checkpoints import fact_words
from apps.core.access import RequiresMixin, actor_of
from apps.core.actors import Actor
from apps.core.api.ids import public_id
from apps.core.passports import Passport
from apps.core.views import ActionView, PassportView, ServiceFormView
from apps.portfolios.forms import NoteForm, ReasonForm
from apps.portfolios.forms.trades import CommissionForm, ConfirmationsForm, FillForm, VerifyForm
from apps.portfolios.models import (
    IN_MARKET_STATES,
    UNCONFIRMED_DOUBTS,
    BlockOrder,
    Fill,
    FillProblem,
    OrderState,
    TradeProposal,
)
from apps.portfolios.ports import order_routes
from apps.portfolios.selectors.commissions import custodians_known, fee_checks, schedules_for, terms_text
from apps.portfolios.selectors.orders import (
    blotter,
    doubt_words,
    file_for,
    order_for,
    order_page,
    order_passport,
    order_to_change,
    problem_for,
    problem_text,
    whole_orders,
)
from apps.portfolios.selectors.trades import proposal_for
from apps.portfolios.services.commissions import ScheduleTerms, set_commissions
from apps.portfolios.services.fills import Execution, close_order, record_fill, solve_problem
from apps.portfolios.services.order_files import content_of, take_confirmations, write_order_file
from apps.portfolios.services.orders import mark_sent, release_orders, send_by_route
from apps.portfolios.services.trade_verification import (
    VerificationWord,
    execution_facts,
    verify_execution,
    without_schedule,
)


class BlotterView(RequiresMixin, TemplateView):
    """All orders of the households one may see."""

    permission = Permission.VIEW_PORTFOLIOS
    template_name = "staff/portfolios/order_list.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Show the blotter."""
        actor = actor_of(self.request)
        may_edit = actor.can(Permission.EDIT_PORTFOLIOS)
        return super().get_context_data(board=blotter(actor), may_edit=may_edit, **kwargs)


class OrderDetailView(RequiresMixin, TemplateView):
    """One block: its statement of allocation and its executions."""

    permission = Permission.VIEW_PORTFOLIOS
    template_name = "staff/portfolios/order_detail.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Show the block."""
        actor = actor_of(self.request)
        page = order_page(actor, order_for(actor, self.kwargs["order_id"]))
        order, may_edit = page.row.order, actor.can(Permission.EDIT_PORTFOLIOS)
        may_ask = order.route in order_routes() and order.state in IN_MARKET_STATES
        more = {"may_edit": may_edit, "may_ask": may_ask, "doubt_words": doubt_words(order)}
        waiting = [change.state for change in page.changes if change.answered_at is None]
        more["may_change"], more["may_cancel"] = may_ask and not waiting, may_ask and waiting in ([], ["checking"])
        more["may_say_again"] = may_ask and order.doubt in UNCONFIRMED_DOUBTS
        return super().get_context_data(page=page, order=order, **more, **kwargs)


class OrderPassportView(PassportView):
    """A figure of a block."""

    permission = Permission.VIEW_PORTFOLIOS

    def find(self, actor: Actor) -> tuple[Passport, str]:
        """Return a figure of the block, of a share or of an execution."""
        order = order_for(actor, self.kwargs["order_id"])
        return order_passport(actor, order, self.kwargs["figure"]), order.get_absolute_url()


class ReleaseView(ActionView):
    """POST: make orders of the cleared proposals that were chosen."""

    permission = Permission.EDIT_PORTFOLIOS
    success_message = _("The orders are made; send them from here.")

    def perform(self, request: HttpRequest, by: Actor) -> str:
        """Release them and go to the blotter."""
        chosen = [proposal_for(by, public_id(each)) for each in request.POST.getlist("proposal")]
        release_orders(proposals=chosen, by=by)
        return reverse("portfolios:order-list")


class OrderSentView(ActionView):
    """POST: note that the order was given by telephone or on the custodian's own site."""

    permission = Permission.EDIT_PORTFOLIOS
    success_message = _("The order is in the market.")

    def perform(self, request: HttpRequest, by: Actor) -> str:  # noqa: ARG002 - the frame's signature
        """Note it."""
        order = order_to_change(by, self.kwargs["order_id"])
        mark_sent(orders=[order], route="form", by=by)
        return order.get_absolute_url()


class OrderSendView(ActionView):
    """POST: send the orders of a custodian that are ready by a route."""

    permission = Permission.EDIT_PORTFOLIOS
    success_message = _("The orders are on their way.")

    def perform(self, request: HttpRequest, by: Actor) -> str:
        """Send them."""
        ready = whole_orders(by).filter(state=OrderState.READY, custodian=request.POST.get("custodian", ""))
        send_by_route(orders=list(ready), route=request.POST.get("route", ""), by=by)
        return reverse("portfolios:order-list")


class OrderFileNewView(ActionView):
    """POST: write the orders of a custodian that are ready into a file."""

    permission = Permission.EDIT_PORTFOLIOS
    success_message = _("The file is written and its orders count as sent: hand it to the custodian now.")

    def perform(self, request: HttpRequest, by: Actor) -> str:
        """Write it and go where it can be fetched."""
        ready = whole_orders(by).filter(state=OrderState.READY, custodian=request.POST.get("custodian", ""))
        file = write_order_file(orders=list(ready), by=by)
        return f"{reverse('portfolios:order-list')}?file={file.public_id}"


class OrderFileView(RequiresMixin, View):
    """GET: the very file that was written."""

    permission = Permission.EDIT_PORTFOLIOS

    def get(self, request: HttpRequest, file_id: str) -> HttpResponse:
        """Hand it over."""
        file = file_for(actor_of(request), file_id)
        response = HttpResponse(content_of(file), content_type="text/csv; charset=utf-8")
        response["Content-Disposition"] = f'attachment; filename="orders-{file.created_at:%Y-%m-%d}.csv"'
        return response


class OrderFormView(ServiceFormView):
    """A form about one order."""

    permission = Permission.EDIT_PORTFOLIOS
    template_name = "staff/portfolios/order_form.html"
    heading: Any = ""

    @cached_property
    def order(self) -> BlockOrder:
        """The order of the address."""
        return order_to_change(actor_of(self.request), self.kwargs["order_id"])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Head the page with the order."""
        back = {"back_url": self.order.get_absolute_url(), "back_label": str(self.order)}
        return super().get_context_data(heading=self.heading, **back, **kwargs)


class FillNewView(OrderFormView):
    """Write an execution down."""

    form_class = FillForm
    heading = _("Record an execution")

    def perform(self, form: Any, by: Actor) -> str:
        """Take it up, or put it in the queue."""
        told = dict(form.cleaned_data)
        key = f"form:{self.order.reference}:{told.pop('execution_id')}"
        told["fees"] = told["fees"] or Decimal(0)
        made = record_fill(execution=Execution(self.order.reference, key, **told, source=by.label), by=by)
        if not isinstance(made, Fill):
            messages.warning(self.request, _("The execution does not fit its order: it waits in the queue."))
        return self.order.get_absolute_url()


class OrderCloseView(OrderFormView):
    """End an order for the day."""

    form_class = ReasonForm
    heading = _("End the order")

    def perform(self, form: Any, by: Actor) -> str:
        """Share out and book what was executed."""
        return close_order(order=self.order, reason=form.cleaned_data["reason"], by=by).get_absolute_url()


class ConfirmationsView(ServiceFormView):
    """Bring a custodian's file of executions."""

    permission = Permission.EDIT_PORTFOLIOS
    template_name = "staff/portfolios/order_form.html"
    form_class = ConfirmationsForm

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Name the page."""
        back = {"back_url": reverse("portfolios:order-list"), "back_label": _("Orders")}
        return super().get_context_data(heading=_("Bring executions"), **back, **kwargs)

    def perform(self, form: Any, by: Actor) -> str:
        """Take them up."""
        file = form.cleaned_data["file"]
        taken = take_confirmations(content=file.read(), filename=file.name, by=by)
        told = _("%(fills)s executions taken up, %(known)s known before, %(problems)s in the queue.")
        counts = {"fills": taken.fills, "known": taken.known, "problems": taken.problems}
        messages.success(self.request, str(told) % counts)
        return reverse("portfolios:order-list")


class ProblemSolveView(ServiceFormView):
    """Take an execution off the queue."""

    permission = Permission.EDIT_PORTFOLIOS
    template_name = "staff/portfolios/order_form.html"
    form_class = NoteForm

    @cached_property
    def problem(self) -> FillProblem:
        """The queued execution of the address."""
        return problem_for(actor_of(self.request), self.kwargs["problem_id"])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Name the page."""
        back = {"back_url": reverse("portfolios:order-list"), "back_label": self.problem.reference}
        told = {"problem": self.problem, "problem_words": problem_text(self.problem)}
        return super().get_context_data(heading=_("Solve an execution"), **told, **back, **kwargs)

    def perform(self, form: Any, by: Actor) -> str:
        """Close it."""
        solve_problem(problem=self.problem, note=form.cleaned_data["note"], by=by)
        return reverse("portfolios:order-list")


class TradeVerifyView(ServiceFormView):
    """Verify an executed proposal."""

    permission = Permission.EDIT_PORTFOLIOS
    template_name = "staff/portfolios/trade_verify.html"
    form_class = VerifyForm

    @cached_property
    def proposal(self) -> TradeProposal:
        """The proposal of the address."""
        return proposal_for(actor_of(self.request), self.kwargs["proposal_id"])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Name the page."""
        back = {"back_url": self.proposal.get_absolute_url(), "back_label": self.proposal.purpose}
        facts = [(fact.holds, fact_words(fact)) for fact in execution_facts(self.proposal)]
        found = {"proposal": self.proposal, "facts": facts, "checks": fee_checks(self.proposal)}
        return super().get_context_data(heading=_("Verify the execution"), **back, **found, **kwargs)

    def get_form_kwargs(self) -> dict[str, Any]:
        """Ask for the fees where no schedule says them."""
        return {**super().get_form_kwargs(), "asks_for_fees": bool(without_schedule(self.proposal))}

    def perform(self, form: Any, by: Actor) -> str:
        """Verify it and show it."""
        word = VerificationWord(**form.cleaned_data)
        return verify_execution(proposal=self.proposal, word=word, by=by).get_absolute_url()


class CommissionsView(ServiceFormView):
    """What trades cost at each custodian, and another schedule."""

    permission = Permission.MANAGE_FIRM
    template_name = "staff/portfolios/commissions.html"
    form_class = CommissionForm

    def get_form_kwargs(self) -> dict[str, Any]:
        """Offer the custodians of the firm's accounts."""
        return {**super().get_form_kwargs(), "custodians": custodians_known()}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """List what is kept."""
        rows = [(row, terms_text(row)) for row in schedules_for(actor_of(self.request))]
        return super().get_context_data(schedules=rows, **kwargs)

    def perform(self, form: Any, by: Actor) -> str:
        """Keep the schedule."""
        set_commissions(terms=ScheduleTerms(**form.cleaned_data), by=by)
        return reverse("portfolios:commissions")
