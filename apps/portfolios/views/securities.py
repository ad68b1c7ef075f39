"""Securities: found, and looked at one by one."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.urls import reverse
from django.views.generic import ListView, TemplateView

from apps.accounts.policies import Permission
from apps.accounts.selectors.firm_days import firm_today
from apps.core.access import RequiresMixin, actor_of
from apps.core.actors import Actor
from apps.core.passports import Passport
from apps.core.views import PassportView
from apps.market.models import SecurityKind
from apps.portfolios.forms import SecurityForm
from apps.portfolios.selectors.securities import security_for, security_lines, security_list
from apps.portfolios.selectors.security_pages import holders, security_sheet
from apps.portfolios.selectors.security_passports import security_passport

A_PAGE = 50


class SecurityListView(RequiresMixin, ListView):  # type: ignore[type-arg]
    """What the master lists, what clients hold of it, and what only the firm's files know."""

    permission = Permission.VIEW_PORTFOLIOS
    template_name = "staff/portfolios/security_list.html"
    paginate_by = A_PAGE

    def get_queryset(self) -> Any:
        """Find, filter and sort as the address says."""
        told = {name: self.request.GET.get(name, "").strip() for name in ("kind", "known", "sort")}
        return security_list(actor_of(self.request), text=self.request.GET.get("q", "").strip(), **told)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Put the prices of the page's rows beside them."""
        context = super().get_context_data(**kwargs)
        lines = security_lines(list(context["page_obj"]), firm_today())
        return {**context, "lines": lines, "kinds": SecurityKind.choices, "asked": self.request.GET}


class SecurityDetailView(RequiresMixin, TemplateView):
    """One security: prices, habits, actions and who holds it."""

    permission = Permission.VIEW_PORTFOLIOS
    template_name = "staff/portfolios/security_detail.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Put its sheet and a page of its holders together."""
        actor, form = actor_of(self.request), SecurityForm(self.request.GET)
        quoted = security_for(actor, self.kwargs["security_id"])
        sheet = security_sheet(quoted, form.chosen(), form.years())
        held = Paginator(holders(actor, quoted, sheet.as_of), A_PAGE).get_page(self.request.GET.get("page"))
        return super().get_context_data(quoted=quoted, sheet=sheet, held=held, form=form, **kwargs)


class SecurityPassportView(PassportView):
    """A figure of a security."""

    permission = Permission.VIEW_PORTFOLIOS

    def find(self, actor: Actor) -> tuple[Passport, str]:
        """Return it with the closes it was measured between."""
        quoted = security_for(actor, self.kwargs["security_id"])
        passport = security_passport(quoted, self.kwargs["figure"], SecurityForm(self.request.GET).chosen())
        return passport, reverse("portfolios:security-detail", args=[quoted.public_id])
