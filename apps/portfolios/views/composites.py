"""Composites of the firm: list, record, members."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.functional import cached_property
from django.views.generic import TemplateView

from apps.accounts.policies import Permission
from apps.accounts.selectors.firm_days import firm_today
from apps.core.access import RequiresMixin, actor_of
from apps.core.actors import Actor
from apps.core.passports import Passport
from apps.core.views import PassportView, ServiceFormView
from apps.portfolios.forms.composites import CompositeForm, LeaveForm, MemberForm
from apps.portfolios.models import Account, Benchmark, Composite, CompositeMember
from apps.portfolios.selectors.composites import (
    composite_for,
    composite_growth_spec,
    composite_passport,
    composite_rows,
    composite_sheet,
    member_for,
)
from apps.portfolios.services.composites import CompositeTerms, add_member, define_composite, end_member

YEAR_DIGITS = 4


def page_of(composite: Composite) -> str:
    """Return the address of a composite's page."""
    return reverse("portfolios:composite-detail", args=[composite.public_id])


class CompositeListView(RequiresMixin, TemplateView):
    """All composites."""

    permission = Permission.VIEW_ALL_HOUSEHOLDS
    template_name = "staff/portfolios/composite_list.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """List them."""
        actor = actor_of(self.request)
        may_edit = actor.can(Permission.MANAGE_FIRM)
        return super().get_context_data(rows=composite_rows(actor), may_edit=may_edit, **kwargs)


class CompositeDetailView(RequiresMixin, TemplateView):
    """The record of a composite and its members."""

    permission = Permission.VIEW_ALL_HOUSEHOLDS
    template_name = "staff/portfolios/composite_detail.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Show it up to the last whole month, and the months of the year of the address."""
        actor = actor_of(self.request)
        sheet = composite_sheet(composite_for(actor, self.kwargs["composite_id"]), firm_today())
        asked = self.request.GET.get("year", "")
        months = sheet.months_of(int(asked) if asked.isdecimal() and len(asked) == YEAR_DIGITS else None)
        may_edit = actor.can(Permission.MANAGE_FIRM)
        kwargs |= {"months": months, "growth": composite_growth_spec(sheet)}
        return super().get_context_data(sheet=sheet, composite=sheet.composite, may_edit=may_edit, **kwargs)


class CompositePassportView(PassportView):
    """A figure of a composite's record."""

    permission = Permission.VIEW_ALL_HOUSEHOLDS

    def find(self, actor: Actor) -> tuple[Passport, str]:
        """Return it with its parts."""
        composite = composite_for(actor, self.kwargs["composite_id"])
        figure = self.kwargs["figure"]
        return composite_passport(composite_sheet(composite, firm_today(), figure), figure), page_of(composite)


class CompositeNewView(ServiceFormView):
    """Define a composite."""

    permission = Permission.MANAGE_FIRM
    template_name = "staff/portfolios/composite_form.html"
    form_class = CompositeForm

    def get_form_kwargs(self) -> dict[str, Any]:
        """Offer the firm's benchmarks."""
        offered = Benchmark.objects.visible_to(actor_of(self.request)).active()
        return {**super().get_form_kwargs(), "offered": offered}

    def perform(self, form: Any, by: Actor) -> str:
        """Define it."""
        return page_of(define_composite(terms=CompositeTerms(**form.cleaned_data), by=by))


class MemberNewView(ServiceFormView):
    """Take an account in."""

    permission = Permission.MANAGE_FIRM
    template_name = "staff/portfolios/composite_form.html"
    form_class = MemberForm

    @cached_property
    def composite(self) -> Composite:
        """The composite of the address."""
        return composite_for(actor_of(self.request), self.kwargs["composite_id"])

    def get_form_kwargs(self) -> dict[str, Any]:
        """Offer the managed accounts in its currency."""
        rows = Account.objects.visible_to(actor_of(self.request)).managed().select_related("household")
        return {**super().get_form_kwargs(), "accounts": rows.filter(currency=self.composite.currency)}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Name the composite."""
        return super().get_context_data(composite=self.composite, **kwargs)

    def perform(self, form: Any, by: Actor) -> str:
        """Take it in."""
        add_member(composite=self.composite, by=by, **form.cleaned_data)
        return page_of(self.composite)


class MemberEndView(ServiceFormView):
    """Let an account leave."""

    permission = Permission.MANAGE_FIRM
    template_name = "staff/portfolios/composite_form.html"
    form_class = LeaveForm

    @cached_property
    def member(self) -> CompositeMember:
        """The membership of the address."""
        return member_for(actor_of(self.request), self.kwargs["composite_member_id"])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Name composite and account."""
        return super().get_context_data(composite=self.member.composite, member=self.member, **kwargs)

    def perform(self, form: Any, by: Actor) -> str:
        """Let it leave."""
        end_member(member=self.member, by=by, **form.cleaned_data)
        return page_of(self.member.composite)
