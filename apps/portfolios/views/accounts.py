"""All accounts, and one of them with its entries."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.views.generic import ListView, TemplateView

from apps.accounts.policies import Permission
from apps.accounts.selectors.firm_days import firm_today
from apps.core.access import RequiresMixin, actor_of
from apps.core.actors import Actor
from apps.core.views import ActionView, ServiceFormView
from apps.portfolios.forms import (
    AccountNumberForm,
    CorporateActionForm,
    EntryForm,
    PerformanceForm,
    ReasonForm,
    StepForm,
)
from apps.portfolios.models import Account, AccountStatus, Transaction
from apps.portfolios.selectors.account_returns import LIST_SPANS, span_asked
from apps.portfolios.selectors.accounts import account_for, account_list, account_page, entry_for
from apps.portfolios.selectors.book_changes import account_changes
from apps.portfolios.selectors.performance import SPANS
from apps.portfolios.selectors.portfolios import account_rows
from apps.portfolios.services.accounts import move_account, number_account
from apps.portfolios.services.corporate_actions import ActionByHand, record_action_by_hand
from apps.portfolios.services.entries import EntryByHand
from apps.portfolios.services.transactions import record_by_hand, reverse_by_hand


def page_of(account: Account) -> str:
    """Return the address of an account's page."""
    return reverse("portfolios:account-detail", kwargs={"account_id": account.public_id})


class AccountListView(RequiresMixin, ListView):  # type: ignore[type-arg]
    """All accounts of the households one may see."""

    permission = Permission.VIEW_PORTFOLIOS
    template_name = "staff/portfolios/account_list.html"
    paginate_by = 50

    def get_queryset(self) -> Any:
        """Find, filter and sort as the address says."""
        asked = self.request.GET
        return account_list(
            actor_of(self.request),
            text=asked.get("q", "").strip(),
            status=asked.get("status", ""),
            sort=asked.get("sort") or "household",
            is_out="out" in asked,
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Value the accounts of the page shown."""
        context = super().get_context_data(**kwargs)
        today = timezone.localdate()
        span = span_asked(self.request.GET.get("span", ""))
        rows = account_rows(list(context["page_obj"]), today, span)
        shown = {"rows": rows, "as_of": today, "statuses": AccountStatus.choices, "asked": self.request.GET}
        return {**context, **shown, "span": span, "spans": [(each, SPANS[each]) for each in LIST_SPANS]}


class AccountDetailView(RequiresMixin, TemplateView):
    """One account on any day."""

    permission = Permission.VIEW_PORTFOLIOS
    template_name = "staff/portfolios/account_detail.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Put the account of the day into the page."""
        actor, form = actor_of(self.request), PerformanceForm(self.request.GET)
        asked = self.request.GET.get("page", "1")
        page = account_page(account_for(actor, self.kwargs["account_id"]), form.chosen(), form.known_at(), asked)
        kwargs |= {"page": page, "account": page.account, "changes": account_changes(page), "form": form}
        return super().get_context_data(may_edit=actor.can(Permission.EDIT_PORTFOLIOS), **kwargs)


class EntryNewView(ServiceFormView):
    """Record an entry by hand."""

    permission = Permission.EDIT_PORTFOLIOS
    template_name = "staff/portfolios/entry_new.html"
    form_class = EntryForm

    @cached_property
    def account(self) -> Account:
        """The account of the address."""
        return account_for(actor_of(self.request), self.kwargs["account_id"])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Head the page with the account."""
        return super().get_context_data(account=self.account, **kwargs)

    def perform(self, form: Any, by: Actor) -> str:
        """Record it and go back to the account."""
        told = dict(form.cleaned_data)
        symbol = told.pop("symbol")
        record_by_hand(account=self.account, typed=EntryByHand(**told), symbol=symbol, by=by)
        return page_of(self.account)


class AccountNumberView(ServiceFormView):
    """Write down the custodian and number of an account."""

    permission = Permission.EDIT_PORTFOLIOS
    template_name = "staff/portfolios/account_number.html"
    form_class = AccountNumberForm

    @cached_property
    def account(self) -> Account:
        """The account of the address."""
        return account_for(actor_of(self.request), self.kwargs["account_id"])

    def get_initial(self) -> dict[str, Any]:
        """Begin with the custodian that is known."""
        return {"custodian": self.account.custodian}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Head the page with the account."""
        return super().get_context_data(account=self.account, **kwargs)

    def perform(self, form: Any, by: Actor) -> str:
        """Keep them and go back to the account."""
        number_account(account=self.account, **form.cleaned_data, by=by)
        return page_of(self.account)


class ActionNewView(ServiceFormView):
    """Record a corporate action by hand."""

    permission = Permission.EDIT_PORTFOLIOS
    template_name = "staff/portfolios/action_new.html"
    form_class = CorporateActionForm

    @cached_property
    def account(self) -> Account:
        """The account of the address."""
        return account_for(actor_of(self.request), self.kwargs["account_id"])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Head the page with the account."""
        return super().get_context_data(account=self.account, **kwargs)

    def perform(self, form: Any, by: Actor) -> str:
        """Record it and go back to the account."""
        record_action_by_hand(account=self.account, typed=ActionByHand(**form.cleaned_data), by=by)
        return page_of(self.account)


class EntryReverseView(ServiceFormView):
    """Take an entry back."""

    permission = Permission.EDIT_PORTFOLIOS
    template_name = "staff/portfolios/entry_reverse.html"
    form_class = ReasonForm

    @cached_property
    def entry(self) -> Transaction:
        """The entry of the address."""
        return entry_for(actor_of(self.request), self.kwargs["entry_id"])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Show what is taken back."""
        return super().get_context_data(entry=self.entry, account=self.entry.account, **kwargs)

    def perform(self, form: Any, by: Actor) -> str:
        """Reverse it and go back to the account."""
        reverse_by_hand(transaction=self.entry, reason=form.cleaned_data["reason"], by=by)
        return page_of(self.entry.account)


class AccountStepView(ActionView):
    """POST: the next step of an account's life."""

    permission = Permission.EDIT_PORTFOLIOS
    success_message = _("The account has moved on.")

    def perform(self, request: HttpRequest, by: Actor) -> str:
        """Take the step."""
        account, form = account_for(by, self.kwargs["account_id"]), StepForm(request.POST)
        form.is_valid()
        status, reason = form.cleaned_data.get("status", ""), form.cleaned_data.get("reason", "")
        move_account(account=account, status=status, on=firm_today(), reason=reason, by=by)
        return page_of(account)
