"""What is asked of an order in the market: cancel, change, ask how it stands, say again, settle a doubt."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from apps.accounts.policies import Permission
from apps.core.actors import Actor
from apps.core.views import ActionView
from apps.portfolios.forms import NoteForm
from apps.portfolios.forms.trades import OrderTermsForm
from apps.portfolios.models import ChangeState
from apps.portfolios.selectors.orders import order_to_change
from apps.portfolios.services.order_changes import NewTerms, ask_to_cancel, ask_to_replace
from apps.portfolios.services.order_doubts import ask_about_order, say_order_again, settle_doubt
from apps.portfolios.views.orders import OrderFormView


class OrderCancelView(ActionView):
    """POST: ask the market to cancel the rest of an order."""

    permission = Permission.EDIT_PORTFOLIOS
    success_message = _("The market was asked; its answer ends the order.")

    def perform(self, request: HttpRequest, by: Actor) -> str:  # noqa: ARG002 - the frame's signature
        """Ask."""
        order = order_to_change(by, self.kwargs["order_id"])
        ask_to_cancel(order=order, by=by)
        return order.get_absolute_url()


class OrderChangeView(OrderFormView):
    """Ask the market for another quantity or limit."""

    form_class = OrderTermsForm
    heading = _("Change the order")

    def get_initial(self) -> dict[str, Any]:
        """Begin with what is ordered."""
        limit = self.order.limit_price
        price = "" if limit is None else f"{limit.normalize():f}"
        return {"quantity": f"{self.order.quantity.normalize():f}", "limit_price": price}

    def perform(self, form: Any, by: Actor) -> str:
        """Ask, or put it before compliance."""
        change = ask_to_replace(order=self.order, terms=NewTerms(**form.cleaned_data), by=by)
        if change.state == ChangeState.CHECKING:
            messages.info(self.request, _("Nobody cleared this price: compliance is asked first."))
        else:
            messages.success(self.request, _("The market was asked; its answer changes the order."))
        return self.order.get_absolute_url()


class OrderAskView(ActionView):
    """POST: ask the broker how an order stands."""

    permission = Permission.EDIT_PORTFOLIOS
    success_message = _("The broker is asked how the order stands.")

    def perform(self, request: HttpRequest, by: Actor) -> str:  # noqa: ARG002 - the frame's signature
        """Ask."""
        order = order_to_change(by, self.kwargs["order_id"])
        ask_about_order(order=order, by=by)
        return order.get_absolute_url()


class OrderAgainView(ActionView):
    """POST: say an order in doubt again that the broker never answered."""

    permission = Permission.EDIT_PORTFOLIOS
    success_message = _("The order is said again under its own reference.")

    def perform(self, request: HttpRequest, by: Actor) -> str:  # noqa: ARG002 - the frame's signature
        """Say it."""
        return say_order_again(order=order_to_change(by, self.kwargs["order_id"]), by=by).get_absolute_url()


class OrderSettleView(OrderFormView):
    """Say that an order in doubt is in the market as the books say."""

    form_class = NoteForm
    heading = _("Settle the doubt")

    def perform(self, form: Any, by: Actor) -> str:
        """Settle it."""
        return settle_doubt(order=self.order, note=form.cleaned_data["note"], by=by).get_absolute_url()
