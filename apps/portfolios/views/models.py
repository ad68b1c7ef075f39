"""Model portfolios: the list, one with its versions, the editor, and the steps of a version."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView, View

from apps.accounts.policies import Permission
from apps.accounts.selectors.firm_days import firm_today
from apps.core.access import RequiresMixin, actor_of
from apps.core.actors import Actor
from apps.core.passports import Passport
from apps.core.views import ActionView, PassportView, ServiceFormView
from apps.portfolios.forms.models import (
    ModelForm,
    RetireForm,
    SubmitVersionForm,
    rows_changed,
    rows_of,
    rows_of_sleeves,
)
from apps.portfolios.models import ModelPortfolio
from apps.portfolios.policies import place_of
from apps.portfolios.selectors.model_passports import followers_passport, model_passport
from apps.portfolios.selectors.model_portfolios import (
    ModelPage,
    benchmarks_offered,
    model_for,
    model_page,
    model_rows,
    version_for,
)
from apps.portfolios.services.model_editing import TypedVersion, save_model
from apps.portfolios.services.model_portfolios import (
    ModelDetails,
    discard_draft,
    recall_version,
    retire_model,
    submit_version,
)


def number_asked(request: HttpRequest) -> int | None:
    """Return the version of the address, None for the one in force."""
    asked = request.GET.get("version", "")
    return place_of(asked)


class ModelListView(RequiresMixin, TemplateView):
    """All models of the firm."""

    permission = Permission.VIEW_PORTFOLIOS
    template_name = "staff/portfolios/model_list.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """List them with what is in force today."""
        actor, today = actor_of(self.request), firm_today()
        may_edit = actor.can(Permission.EDIT_PORTFOLIOS)
        return super().get_context_data(rows=model_rows(actor, today), as_of=today, may_edit=may_edit, **kwargs)


class ModelDetailView(RequiresMixin, TemplateView):
    """One model: the version shown, its history, who follows it."""

    permission = Permission.VIEW_PORTFOLIOS
    template_name = "staff/portfolios/model_detail.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Show the version of the address, else the one in force."""
        actor = actor_of(self.request)
        page = model_page(model_for(actor, self.kwargs["model_id"]), actor, firm_today(), number_asked(self.request))
        return super().get_context_data(page=page, may_edit=actor.can(Permission.EDIT_PORTFOLIOS), **kwargs)


class ModelEditView(ServiceFormView):
    """Add a model, or write what it says next."""

    permission = Permission.EDIT_PORTFOLIOS
    template_name = "staff/portfolios/model_edit.html"
    form_class = ModelForm

    @cached_property
    def page(self) -> ModelPage | None:
        """The model of the address with its draft, else what is in force; None for a new one."""
        if "model_id" not in self.kwargs:
            return None
        actor = actor_of(self.request)
        model = model_for(actor, self.kwargs["model_id"])
        draft = model.versions.filter(state="draft").first()
        return model_page(model, actor, firm_today(), draft.number if draft else None)

    def get_form_kwargs(self) -> dict[str, Any]:
        """Begin with what the version says."""
        version = self.page.shown.version if self.page else None
        given = {**super().get_form_kwargs(), "offered": benchmarks_offered(actor_of(self.request), version)}
        if self.page is None or version is None:
            return given
        model = self.page.model
        told = {"name": model.name, "description": model.description, "risk_level": model.risk_level}
        told |= {"benchmark": version.benchmark_id}
        initial = {**told, "outside_band": version.outside_band, "note": version.note if self.page.draft else ""}
        return {**given, "initial": initial, "rows": rows_of_sleeves(self.page.shown.sleeves)}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Head the page with the model."""
        return super().get_context_data(page=self.page, model=self.page.model if self.page else None, **kwargs)

    def perform(self, form: Any, by: Actor) -> str:
        """Save it and show the draft."""
        told = form.cleaned_data
        details = ModelDetails(told["name"], told["description"], told["risk_level"])
        typed = TypedVersion(form.typed(), told["outside_band"], told["note"], told["benchmark"])
        model: ModelPortfolio | None = self.page.model if self.page else None
        return save_model(model=model, details=details, typed=typed, by=by).get_absolute_url()


class ModelRowsView(RequiresMixin, View):
    """POST by htmx: the rows of the editor with one more or one less, and their sums; nothing is written."""

    permission = Permission.EDIT_PORTFOLIOS
    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest) -> HttpResponse:
        """Draw the rows anew as they were typed."""
        rows = rows_changed(rows_of(request.POST), request.POST.get("change", ""))
        return render(request, "staff/portfolios/_model_rows.html", {"form": ModelForm(rows=rows)})


class VersionSubmitView(ServiceFormView):
    """Put a draft to a second person."""

    permission = Permission.EDIT_PORTFOLIOS
    template_name = "staff/portfolios/model_submit.html"
    form_class = SubmitVersionForm

    @cached_property
    def version(self) -> Any:
        """The version of the address."""
        return version_for(actor_of(self.request), self.kwargs["model_id"], self.kwargs["number"])

    def get_initial(self) -> dict[str, Any]:
        """Propose today."""
        return {"effective_from": firm_today()}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Head the page with the version."""
        return super().get_context_data(version=self.version, model=self.version.model, **kwargs)

    def perform(self, form: Any, by: Actor) -> str:
        """Ask for approval and go back to the version."""
        submit_version(version=self.version, effective_from=form.cleaned_data["effective_from"], by=by)
        return str(self.version.get_absolute_url())


class VersionRecallView(ActionView):
    """POST: take a version that waits back to a draft."""

    permission = Permission.EDIT_PORTFOLIOS
    success_message = _("The version is a draft again.")

    def perform(self, request: HttpRequest, by: Actor) -> str:  # noqa: ARG002 - the frame's signature
        """Take it back."""
        version = version_for(by, self.kwargs["model_id"], self.kwargs["number"])
        recall_version(version=version, by=by)
        return version.get_absolute_url()


class VersionDiscardView(ActionView):
    """POST: throw a draft away."""

    permission = Permission.EDIT_PORTFOLIOS
    success_message = _("The draft is gone.")

    def perform(self, request: HttpRequest, by: Actor) -> str:  # noqa: ARG002 - the frame's signature
        """Discard it and show the model."""
        version = version_for(by, self.kwargs["model_id"], self.kwargs["number"])
        discard_draft(version=version, by=by)
        return version.model.get_absolute_url()


class ModelRetireView(ServiceFormView):
    """End a model."""

    permission = Permission.EDIT_PORTFOLIOS
    template_name = "staff/portfolios/model_retire.html"
    form_class = RetireForm

    @cached_property
    def model(self) -> ModelPortfolio:
        """The model of the address."""
        return model_for(actor_of(self.request), self.kwargs["model_id"])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Head the page with the model."""
        return super().get_context_data(model=self.model, **kwargs)

    def perform(self, form: Any, by: Actor) -> str:
        """Retire it and show it."""
        retire_model(model=self.model, on=form.cleaned_data["on"], reason=form.cleaned_data["reason"], by=by)
        return self.model.get_absolute_url()


class ModelPassportView(PassportView):
    """A weight or a band of a version."""

    permission = Permission.VIEW_PORTFOLIOS

    def find(self, actor: Actor) -> tuple[Passport, str]:
        """Return what the version says."""
        version = version_for(actor, self.kwargs["model_id"], self.kwargs["number"])
        return model_passport(version, self.kwargs["figure"], firm_today()), version.get_absolute_url()


class FollowersPassportView(PassportView):
    """How many mandates follow a model."""

    permission = Permission.VIEW_PORTFOLIOS

    def find(self, actor: Actor) -> tuple[Passport, str]:
        """Return them by household."""
        model = model_for(actor, self.kwargs["model_id"])
        return followers_passport(model, actor, firm_today()), reverse("portfolios:model-list")
