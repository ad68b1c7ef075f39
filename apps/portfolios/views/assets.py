"""What people value by hand: a household's assets, one of them, and what is recorded of it."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView

from apps.accounts.policies import Permission
from apps.accounts.selectors.firm_days import firm_today
from apps.clients.models import Household
from apps.clients.selectors.household_pages import household_for, household_header
from apps.core.access import RequiresMixin, actor_of
from apps.core.actors import Actor
from apps.core.passports import Passport
from apps.core.views import PassportView, ServiceFormView
from apps.portfolios.forms import DayForm, ReasonForm
from apps.portfolios.forms.assets import (
    AppraisalForm,
    AssetEndForm,
    AssetForm,
    AssetTermsForm,
    CallForm,
    FlowForm,
    FundForm,
    PaidForm,
)
from apps.portfolios.models import Appraisal, AssetFlow, ManualAsset, ManualAssetKind
from apps.portfolios.selectors.asset_passports import asset_passport
from apps.portfolios.selectors.asset_rows import appraisal_for, asset_for, flow_for, papers_of
from apps.portfolios.selectors.manual_assets import asset_page, household_assets
from apps.portfolios.services.accounts import owners_by_halves
from apps.portfolios.services.asset_flows import FlowDetails, announce_call, pay_call, record_flow, take_back_flow
from apps.portfolios.services.manual_assets import (
    AssetDetails,
    StatedValue,
    appraise_asset,
    change_asset,
    end_asset,
    record_asset,
    take_back_appraisal,
    take_back_end,
)


def page_of_asset(asset: ManualAsset) -> str:
    """Return the address of an asset's page."""
    return reverse("portfolios:asset-detail", kwargs={"asset_id": asset.public_id})


class HouseholdAssetsView(RequiresMixin, TemplateView):
    """A household's assets and the calls that are due, under the portfolio tab."""

    permission = Permission.VIEW_PORTFOLIOS
    template_name = "staff/portfolios/household_assets.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Show them on the day."""
        actor, form = actor_of(self.request), DayForm(self.request.GET)
        household = household_for(actor, self.kwargs["household_id"])
        return super().get_context_data(
            household=household,
            header=household_header(household, actor),
            page=household_assets(household, form.chosen()),
            may_edit=actor.can(Permission.EDIT_PORTFOLIOS),
            **kwargs,
        )


class AssetDetailView(RequiresMixin, TemplateView):
    """One asset on any day."""

    permission = Permission.VIEW_PORTFOLIOS
    template_name = "staff/portfolios/asset_detail.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Put the asset of the day into the page."""
        actor, form = actor_of(self.request), DayForm(self.request.GET)
        page = asset_page(asset_for(actor, self.kwargs["asset_id"]), actor, form.chosen())
        may_edit = actor.can(Permission.EDIT_PORTFOLIOS)
        return super().get_context_data(page=page, line=page.line, asset=page.line.asset, may_edit=may_edit, **kwargs)


class AssetPassportView(PassportView):
    """A figure of an asset."""

    permission = Permission.VIEW_PORTFOLIOS

    def find(self, actor: Actor) -> tuple[Passport, str]:
        """Return the value, a figure of a fund, or a row."""
        asset = asset_for(actor, self.kwargs["asset_id"])
        return asset_passport(asset, self.kwargs["figure"], DayForm(self.request.GET).chosen()), page_of_asset(asset)


class AssetNewView(ServiceFormView):
    """Take an asset into the books with its value."""

    permission = Permission.EDIT_PORTFOLIOS
    template_name = "staff/portfolios/term_new.html"
    form_class: Any = AssetForm
    heading: Any = _("Add an asset")

    @cached_property
    def household(self) -> Household:
        """The household of the address."""
        return household_for(actor_of(self.request), self.kwargs["household_id"])

    def get_form_kwargs(self) -> dict[str, Any]:
        """Offer the people of the household."""
        return {**super().get_form_kwargs(), "household": self.household}

    def get_initial(self) -> dict[str, Any]:
        """Begin today, in the household's currency."""
        return {"day": firm_today(), "currency": self.household.currency}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Head the page with the household."""
        back = reverse("portfolios:household-assets", kwargs={"household_id": self.household.public_id})
        return super().get_context_data(household=self.household, heading=self.heading, back_url=back, **kwargs)

    def details(self, told: dict[str, Any]) -> AssetDetails:
        """Return what was typed."""
        stated = StatedValue(**{name: told.pop(name) for name in ("day", "value", "source", "valued_by")})
        return AssetDetails(first=stated, **told)

    def perform(self, form: Any, by: Actor) -> str:
        """Record it and go to its page."""
        told = dict(form.cleaned_data)
        owners = owners_by_halves(told.pop("owner"), told.pop("joint_owner"))
        details = self.details({**told, "owners": owners})
        return page_of_asset(record_asset(household=self.household, details=details, by=by))


class FundNewView(AssetNewView):
    """Take a private fund into the books with its commitment."""

    form_class = FundForm
    heading = _("Add a private fund")

    def details(self, told: dict[str, Any]) -> AssetDetails:
        """Return what was typed."""
        return AssetDetails(kind=ManualAssetKind.PRIVATE_FUND, **told)


class _OfAssetView(ServiceFormView):
    """Something that is recorded of an asset."""

    permission = Permission.EDIT_PORTFOLIOS
    template_name = "staff/portfolios/asset_form.html"
    heading: Any = ""

    @cached_property
    def asset(self) -> ManualAsset:
        """The asset of the address."""
        return asset_for(actor_of(self.request), self.kwargs["asset_id"])

    def papers(self) -> dict[str, Any]:
        """Return the papers to choose from."""
        return {"papers": papers_of(self.asset.account.household_id, actor_of(self.request))}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Head the page with the asset."""
        back = page_of_asset(self.asset)
        return super().get_context_data(asset=self.asset, heading=self.heading, back_url=back, **kwargs)

    def do(self, told: dict[str, Any], by: Actor) -> None:
        """Call the service."""
        raise NotImplementedError

    def perform(self, form: Any, by: Actor) -> str:
        """Do it and go back to the asset."""
        self.do(dict(form.cleaned_data), by)
        return page_of_asset(self.asset)


class AppraisalNewView(_OfAssetView):
    """State a value."""

    form_class = AppraisalForm
    heading = _("Record a value")

    def get_form_kwargs(self) -> dict[str, Any]:
        """Offer the papers."""
        return {**super().get_form_kwargs(), **self.papers()}

    def do(self, told: dict[str, Any], by: Actor) -> None:
        """State it."""
        appraise_asset(asset=self.asset, stated=StatedValue(**told), by=by)


class FlowNewView(_OfAssetView):
    """Record a call that was paid, or a distribution."""

    form_class = FlowForm
    heading = _("Record a payment")

    def get_form_kwargs(self) -> dict[str, Any]:
        """Offer the papers, and the kinds that fit."""
        return {**super().get_form_kwargs(), **self.papers(), "is_fund": self.asset.is_fund}

    def do(self, told: dict[str, Any], by: Actor) -> None:
        """Record it."""
        record_flow(asset=self.asset, details=FlowDetails(**told), by=by)


class CallNewView(_OfAssetView):
    """Record a notice of a call."""

    form_class = CallForm
    heading = _("Record a call notice")

    def get_form_kwargs(self) -> dict[str, Any]:
        """Offer the papers and the managed accounts."""
        return {**super().get_form_kwargs(), **self.papers(), "household": self.asset.account.household}

    def do(self, told: dict[str, Any], by: Actor) -> None:
        """Announce it."""
        account = told.pop("account")
        announce_call(asset=self.asset, details=FlowDetails(**told), account=account, by=by)


class AssetTermsView(_OfAssetView):
    """Change the commitment, and whether fees are charged."""

    form_class = AssetTermsForm
    heading = _("Commitment and fees")

    def get_form_kwargs(self) -> dict[str, Any]:
        """A commitment belongs to a fund alone."""
        return {**super().get_form_kwargs(), "is_fund": self.asset.is_fund}

    def get_initial(self) -> dict[str, Any]:
        """Begin with what holds."""
        return {name: getattr(self.asset, name) for name in ("commitment", "is_billed", "billing_note")}

    def do(self, told: dict[str, Any], by: Actor) -> None:
        """Change it."""
        change_asset(asset=self.asset, changes=told, by=by)


class AssetEndView(_OfAssetView):
    """Say that it was sold."""

    form_class = AssetEndForm
    heading = _("Sold or wound up")

    def do(self, told: dict[str, Any], by: Actor) -> None:
        """End it."""
        end_asset(asset=self.asset, by=by, **told)


class AssetEndTakeBackView(_OfAssetView):
    """Take back that it was sold."""

    form_class = ReasonForm
    heading = _("Take the sale back")

    def do(self, told: dict[str, Any], by: Actor) -> None:
        """Take it back."""
        take_back_end(asset=self.asset, reason=told["reason"], by=by)


class AppraisalTakeBackView(_OfAssetView):
    """Take a value back."""

    form_class = ReasonForm
    heading = _("Take the value back")

    @cached_property
    def appraisal(self) -> Appraisal:
        """The value of the address."""
        return appraisal_for(actor_of(self.request), self.kwargs["appraisal_id"])

    @cached_property
    def asset(self) -> ManualAsset:
        """What it is a value of."""
        return self.appraisal.asset

    def do(self, told: dict[str, Any], by: Actor) -> None:
        """Take it back."""
        take_back_appraisal(appraisal=self.appraisal, reason=told["reason"], by=by)


class _OfFlowView(_OfAssetView):
    """Something about a call or a distribution."""

    @cached_property
    def flow(self) -> AssetFlow:
        """The row of the address."""
        return flow_for(actor_of(self.request), self.kwargs["flow_id"])

    @cached_property
    def asset(self) -> ManualAsset:
        """What it belongs to."""
        return self.flow.asset


class CallPayView(_OfFlowView):
    """Say when a call was paid."""

    form_class = PaidForm
    heading = _("The call was paid")

    def get_initial(self) -> dict[str, Any]:
        """Propose today."""
        return {"day": firm_today()}

    def do(self, told: dict[str, Any], by: Actor) -> None:
        """Book it."""
        pay_call(flow=self.flow, day=told["day"], by=by)


class FlowTakeBackView(_OfFlowView):
    """Take a call or a distribution back."""

    form_class = ReasonForm
    heading = _("Take the entry back")

    def do(self, told: dict[str, Any], by: Actor) -> None:
        """Take it back."""
        take_back_flow(flow=self.flow, reason=told["reason"], by=by)
