"""The firm's benchmarks: list, parts by date, a new version; and which one a portfolio is held against."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView

from apps.accounts.policies import Permission
from apps.accounts.selectors.firm_days import firm_today
from apps.core.access import RequiresMixin, actor_of
from apps.core.actors import Actor
from apps.core.passports import Passport
from apps.core.views import ActionView, PassportView, ServiceFormView
from apps.kernel.dates import DateSpan
from apps.kernel.errors import InvalidInputError, gettext_noop
from apps.portfolios.forms.benchmarks import AssignBenchmarkForm, BenchmarkForm, BlendForm, EndBenchmarkForm
from apps.portfolios.models import Benchmark
from apps.portfolios.selectors.benchmark_choices import benchmark_choices
from apps.portfolios.selectors.benchmark_pages import benchmark_page, benchmark_passport
from apps.portfolios.selectors.benchmarks import assignment_for, assignments_of, benchmark_for, benchmark_rows
from apps.portfolios.selectors.owners import PortfolioOwner
from apps.portfolios.services import benchmarks
from apps.portfolios.views._owner import OwnerMixin, address


def page_of(benchmark: Benchmark) -> str:
    """Return the address of a benchmark's page."""
    return reverse("portfolios:benchmark-detail", args=[benchmark.public_id])


class BenchmarkListView(RequiresMixin, TemplateView):
    """All benchmarks of the firm."""

    permission = Permission.VIEW_PORTFOLIOS
    template_name = "staff/portfolios/benchmark_list.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """List them."""
        actor, today = actor_of(self.request), firm_today()
        may_edit = actor.can(Permission.EDIT_PORTFOLIOS)
        kwargs |= {"may_edit": may_edit}
        return super().get_context_data(rows=benchmark_rows(actor, today), as_of=today, **kwargs)


class BenchmarkDetailView(RequiresMixin, TemplateView):
    """One benchmark: its parts by date, and what it returned."""

    permission = Permission.VIEW_PORTFOLIOS
    template_name = "staff/portfolios/benchmark_detail.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Show it."""
        actor = actor_of(self.request)
        page = benchmark_page(benchmark_for(actor, self.kwargs["benchmark_id"]), firm_today())
        may_edit = actor.can(Permission.EDIT_PORTFOLIOS)
        return super().get_context_data(page=page, benchmark=page.benchmark, may_edit=may_edit, **kwargs)


class BenchmarkPassportView(PassportView):
    """A weight or a return of a benchmark."""

    permission = Permission.VIEW_PORTFOLIOS

    def find(self, actor: Actor) -> tuple[Passport, str]:
        """Return it with its parts."""
        page = benchmark_page(benchmark_for(actor, self.kwargs["benchmark_id"]), firm_today())
        return benchmark_passport(page, self.kwargs["figure"]), page_of(page.benchmark)


class BenchmarkNewView(ServiceFormView):
    """A new benchmark."""

    permission = Permission.EDIT_PORTFOLIOS
    template_name = "staff/portfolios/benchmark_form.html"
    form_class = BenchmarkForm

    def perform(self, form: Any, by: Actor) -> str:
        """Define it."""
        told = form.cleaned_data
        version = benchmarks.define_benchmark(
            name=told["name"],
            currency=told["currency"],
            description=told["description"],
            terms=benchmarks.BlendTerms(told["starts_on"], told["rebalanced"], form.parts()),
            by=by,
        )
        return page_of(version.benchmark)


class BenchmarkReviseView(ServiceFormView):
    """Other parts or weights from a day on."""

    permission = Permission.EDIT_PORTFOLIOS
    template_name = "staff/portfolios/benchmark_form.html"
    form_class = BlendForm

    @cached_property
    def benchmark(self) -> Benchmark:
        """The benchmark of the address."""
        return benchmark_for(actor_of(self.request), self.kwargs["benchmark_id"])

    def get_initial(self) -> dict[str, Any]:
        """Begin with what counts now."""
        return BlendForm.first(self.benchmark)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Name the benchmark."""
        return super().get_context_data(benchmark=self.benchmark, **kwargs)

    def perform(self, form: Any, by: Actor) -> str:
        """Add the version."""
        told = form.cleaned_data
        terms = benchmarks.BlendTerms(told["starts_on"], told["rebalanced"], form.parts())
        benchmarks.revise_benchmark(benchmark=self.benchmark, terms=terms, by=by)
        return page_of(self.benchmark)


class BenchmarkOfferView(ActionView):
    """POST: offer a benchmark for portfolios, or no longer."""

    permission = Permission.EDIT_PORTFOLIOS

    def perform(self, request: HttpRequest, by: Actor) -> str:
        """Turn it over."""
        benchmark = benchmark_for(by, self.kwargs["benchmark_id"])
        turn = benchmarks.offer_benchmark if "offer" in request.POST else benchmarks.retire_benchmark
        turn(benchmark=benchmark, by=by)
        return page_of(benchmark)


class PortfolioBenchmarkView(OwnerMixin, ServiceFormView):
    """Which benchmark a portfolio is held against, why that one, and another from a day on."""

    template_name = "staff/portfolios/portfolio_benchmark.html"
    form_class = AssignBenchmarkForm

    @property
    def permission(self) -> Permission:  # type: ignore[override]  # who reads may look, who edits may choose
        """Reading needs less than choosing."""
        return Permission.EDIT_PORTFOLIOS if self.request.method == "POST" else Permission.VIEW_PORTFOLIOS

    def get_form_kwargs(self) -> dict[str, Any]:
        """Offer the firm's benchmarks."""
        offered = Benchmark.objects.visible_to(actor_of(self.request)).active()
        return {**super().get_form_kwargs(), "offered": offered}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """List what was chosen so far."""
        owner, today = self.owner, firm_today()
        rows = assignments_of(owner.household, owner.account)
        counting = benchmark_choices(owner.household, owner.account, DateSpan(today, today))
        return super().get_context_data(rows=rows, counting=counting, today=today, **kwargs)

    def perform(self, form: Any, by: Actor) -> str:
        """Choose it."""
        owner: PortfolioOwner = self.owner
        told = {"benchmark": form.cleaned_data["benchmark"], "starts_on": form.cleaned_data["starts_on"]}
        benchmarks.assign_benchmark(household=owner.household, account=owner.account, by=by, **told)
        return address(owner, "performance")


class BenchmarkEndView(ActionView):
    """POST: end a portfolio's own choice on a day."""

    permission = Permission.EDIT_PORTFOLIOS
    success_message = _("The benchmark ends on the day you chose.")

    def perform(self, request: HttpRequest, by: Actor) -> str:
        """End it."""
        row, form = assignment_for(by, self.kwargs["assignment_id"]), EndBenchmarkForm(request.POST)
        if not form.is_valid():
            raise InvalidInputError(gettext_noop("Give the day on which it ends as a date."), field="ends_on")
        benchmarks.end_benchmark(assignment=row, ends_on=form.cleaned_data["ends_on"], by=by)
        return address(PortfolioOwner(row.household, row.account), "benchmark")
