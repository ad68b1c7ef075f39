"""The firm's markets: what plans are lived through, for all who read plans; who manages the firm changes it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views.generic import TemplateView

from apps.accounts.policies import Permission
from apps.accounts.selectors.firm_days import firm_today
from apps.core.access import RequiresMixin, actor_of
from apps.core.actors import Actor
from apps.core.errors import shown
from apps.core.passports import Passport
from apps.core.views import PassportView, ServiceFormView
from apps.kernel.errors import DomainError
from apps.plans.forms.markets import BlendForm, MarketHistoryForm, MarketModelForm
from apps.plans.selectors.market_pages import (
    ReturnTable,
    held_views,
    market_page,
    market_passport,
    model_lines,
    return_table,
)
from apps.plans.selectors.markets import market_choice
from apps.plans.services.assumptions import assumptions_in_force, blend_house_view, tried_blend
from apps.plans.services.markets import MAX_BYTES, MarketTerms, choose_markets, load_market_history


def figures_below() -> str:
    """Return the address below which the passports of the page's figures lie."""
    return reverse("plans:market-figure", kwargs={"key": "-"}).removesuffix("-/")


class MarketModels(RequiresMixin, TemplateView):
    """How markets are drawn, what classes are expected to return, and the history."""

    permission = Permission.VIEW_PLANS
    template_name = "staff/plans/market_models.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the page, and whether the reader may change it."""
        may = actor_of(self.request).can(Permission.MANAGE_FIRM)
        page = market_page(firm_today())
        return super().get_context_data(page=page, figures=figures_below(), may_manage=may, **kwargs)


class MarketPassport(PassportView):
    """Where a figure of the markets comes from."""

    permission = Permission.VIEW_PLANS

    def find(self, actor: Actor) -> tuple[Passport, str]:  # noqa: ARG002 - markets are the firm's, not a household's
        """Find it."""
        return market_passport(self.kwargs["key"], firm_today()), reverse("plans:market-models")


class ChooseMarkets(ServiceFormView):
    """Choose how markets are drawn."""

    permission = Permission.MANAGE_FIRM
    template_name = "staff/plans/market_choice.html"
    form_class = MarketModelForm

    def get_initial(self) -> dict[str, Any]:
        """Begin with the choice that holds."""
        choice = market_choice()
        return {name: getattr(choice, name) for name in MarketModelForm.base_fields}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add what each of them is."""
        return super().get_context_data(choice=market_choice(), models=model_lines(), **kwargs)

    def perform(self, form: Any, by: Actor) -> str:
        """Set them."""
        choose_markets(terms=MarketTerms(**form.cleaned_data), by=by)
        messages.success(self.request, _("Plans that are generated from now on use these markets."))
        return reverse("plans:market-models")


class LoadHistory(ServiceFormView):
    """Load monthly returns."""

    permission = Permission.MANAGE_FIRM
    template_name = "staff/plans/market_history.html"
    form_class = MarketHistoryForm

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the classes that the file needs a column for."""
        table = assumptions_in_force(day=firm_today(), by=actor_of(self.request))
        return super().get_context_data(lines=return_table(table).lines, **kwargs)

    def perform(self, form: Any, by: Actor) -> str:
        """Take them in; of a file that is too large no more is read than shows it."""
        told = form.cleaned_data
        load_market_history(data=told["file"].read(MAX_BYTES + 1), source=told["source"], by=by)
        messages.success(self.request, _("The history is loaded. Look at what each class did in it before you use it."))
        return reverse("plans:market-models")


class BlendView(ServiceFormView):
    """Say what the firm expects, and how sure it is; see first what comes of it."""

    permission = Permission.MANAGE_FIRM
    template_name = "staff/plans/market_view.html"
    form_class = BlendForm

    @cached_property
    def table(self) -> ReturnTable:
        """The returns in force."""
        return return_table(assumptions_in_force(day=firm_today(), by=actor_of(self.request)))

    def get_initial(self) -> dict[str, Any]:
        """Begin with the views that hold: what is left out is given up."""
        told: dict[str, Any] = {}
        for key, (mean, sure) in held_views(firm_today()).items():
            told[f"means[{key}]"], told[f"confidence[{key}]"] = _fraction(mean), _fraction(sure)
        return told

    def get_form_kwargs(self) -> dict[str, Any]:
        """Ask of the classes of the set in force."""
        return {**super().get_form_kwargs(), "lines": self.table.lines, "is_trial": "try" in self.request.POST}

    def get_context_data(self, tried: ReturnTable | None = None, **kwargs: Any) -> dict[str, Any]:
        """Add each class with its fields, what plans count on now, and what they would with the views tried."""
        context = super().get_context_data(**kwargs)
        form, after = context["form"], self.table if tried is None else tried
        rows = [
            {"now": now, "tried": then, "mean": form[f"means[{now.key}]"], "confidence": form[f"confidence[{now.key}]"]}
            for now, then in zip(self.table.lines, after.lines, strict=True)
        ]
        more = {"now": self.table, "rows": rows, "is_tried": tried is not None, "figures": figures_below()}
        return {**context, **more}

    def form_valid(self, form: Any) -> HttpResponse:
        """Show what comes of it where it is only tried."""
        if "try" not in self.request.POST:
            return super().form_valid(form)
        try:
            tried = return_table(tried_blend(views=form.views(), day=firm_today()))
        except DomainError as refused:
            told = shown(refused)
            form.add_error(told.field if told.field in form.fields else None, told.sentence)
            return self.form_invalid(form, status=told.status)
        return self.render_to_response(self.get_context_data(form=form, tried=tried))

    def perform(self, form: Any, by: Actor) -> str:
        """Record the blend as a new version."""
        blend_house_view(views=form.views(), reason=form.cleaned_data["reason"], by=by)
        messages.success(
            self.request,
            _("Plans that are started from now on use these returns, and plans in force are watched by them."),
        )
        return reverse("plans:market-models")


def _fraction(value: float) -> Decimal:
    return Decimal(str(round(value, 6)))
