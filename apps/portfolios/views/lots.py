"""The open lots of an account: the page and its file."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.generic import TemplateView, View

from apps.accounts.policies import Permission
from apps.core.access import RequiresMixin, actor_of
from apps.core.tabular.writing import written_csv
from apps.portfolios.forms import PerformanceForm
from apps.portfolios.selectors.accounts import account_for
from apps.portfolios.selectors.lot_pages import LotsPage, lots_page, lots_rows


def asked_lots(request: HttpRequest, account_id: Any) -> LotsPage:
    """Return the lots of the day that the address asks for."""
    form = PerformanceForm(request.GET)
    return lots_page(account_for(actor_of(request), account_id), form.chosen(), form.known_at())


class AccountLotsView(RequiresMixin, TemplateView):
    """What was bought when, for how much, and what it is worth."""

    permission = Permission.VIEW_PORTFOLIOS
    template_name = "staff/portfolios/account_lots.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Put the lots of the day into the page."""
        page = asked_lots(self.request, self.kwargs["account_id"])
        may_edit = actor_of(self.request).can(Permission.EDIT_PORTFOLIOS)
        return super().get_context_data(page=page, account=page.account, may_edit=may_edit, **kwargs)


class AccountLotsFileView(RequiresMixin, View):
    """The same as a file."""

    permission = Permission.VIEW_PORTFOLIOS

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Return the lots of the day as CSV."""
        page = asked_lots(request, kwargs["account_id"])
        answer = HttpResponse(written_csv(*lots_rows(page)), content_type="text/csv; charset=utf-8")
        answer["Content-Disposition"] = f'attachment; filename="lots-{page.as_of.isoformat()}.csv"'
        return answer
