"""Settings of the firm: profile, brand, security."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView

from apps.accounts.forms import AccentForm, FirmProfileForm, LogoForm, SecurityForm
from apps.accounts.models import FirmProfile
from apps.accounts.policies import Permission, Role
from apps.accounts.services.profile import choose_accent, remove_logo, set_logo, set_security, update_firm_profile
from apps.accounts.views._settings import SettingsMixin
from apps.accounts.views._signed_in import StaffMixin
from apps.core.actors import Actor
from apps.core.views import ActionView, ServiceFormView


class SettingsView(StaffMixin, SettingsMixin, TemplateView):
    """What can be set, by role; everybody has their own account here."""

    template_name = "staff/accounts/settings_overview.html"


class FirmProfileView(SettingsMixin, ServiceFormView):
    """What the firm says of itself."""

    permission = Permission.MANAGE_FIRM
    template_name = "staff/accounts/settings_firm.html"
    form_class = FirmProfileForm

    def get_form_kwargs(self) -> dict[str, Any]:
        """Start with what it says now."""
        return {**super().get_form_kwargs(), "instance": FirmProfile.current()}

    def perform(self, form: FirmProfileForm, by: Actor) -> str:
        """Change it."""
        update_firm_profile(fields=form.cleaned_data, by=by)
        return reverse("accounts:firm-profile")


class BrandView(SettingsMixin, ServiceFormView):
    """The accent colour; the logo has a form of its own on the same page."""

    permission = Permission.MANAGE_FIRM
    template_name = "staff/accounts/settings_brand.html"
    form_class = AccentForm

    def get_initial(self) -> dict[str, Any]:
        """Start with the colour in use."""
        return {"accent": FirmProfile.current().accent}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the logo's form."""
        return super().get_context_data(**{"logo_form": LogoForm(), "profile": FirmProfile.current(), **kwargs})

    def perform(self, form: AccentForm, by: Actor) -> str:
        """Take the colour."""
        choose_accent(accent=form.cleaned_data["accent"], by=by)
        return reverse("accounts:brand")


class LogoView(BrandView):
    """The logo's half of the brand page."""

    form_class = LogoForm  # type: ignore[assignment]

    def get_initial(self) -> dict[str, Any]:
        """Start empty."""
        return {}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Show what is wrong beside the logo."""
        accent = AccentForm(initial={"accent": FirmProfile.current().accent})
        logo_form = kwargs.pop("form", None) or self.get_form()
        return super().get_context_data(**{**kwargs, "form": accent, "logo_form": logo_form})

    def perform(self, form: Any, by: Actor) -> str:
        """Keep the logo."""
        set_logo(content=form.cleaned_data["logo"].read(), by=by)
        return reverse("accounts:brand")


class RemoveLogoView(ActionView):
    """Back to the name."""

    permission = Permission.MANAGE_FIRM
    success_message = _("The name is shown instead of a logo.")

    def perform(self, _request: HttpRequest, by: Actor) -> str:
        """Remove it."""
        remove_logo(by=by)
        return reverse("accounts:brand")


class SecurityView(SettingsMixin, ServiceFormView):
    """Second factors and self-reviews."""

    permission = Permission.MANAGE_FIRM
    template_name = "staff/accounts/settings_security.html"
    form_class = SecurityForm

    def get_initial(self) -> dict[str, Any]:
        """Start with what holds now."""
        profile = FirmProfile.current()
        needed = "yes" if Role.CLIENT in profile.mfa_roles else "no"
        return {"clients_need_second_factor": needed, "self_review_minutes": profile.self_review_minutes}

    def perform(self, form: SecurityForm, by: Actor) -> str:
        """Set it."""
        set_security(**form.cleaned_data, by=by)
        return reverse("accounts:security")
