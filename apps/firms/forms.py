"""The sign-up form."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from apps.firms.models import RegistrationKind
from apps.firms.policies import US_STATES


class RegistrationForm(forms.Form):
    """What a firm says of itself to open its site."""

    legal_name = forms.CharField(
        label=_("Legal name of the firm"),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
    )
    registration_kind = forms.ChoiceField(
        label=_("Registered with"), choices=RegistrationKind.choices, widget=forms.RadioSelect, initial="sec"
    )
    sec_number = forms.CharField(
        label=_("SEC file number"),
        max_length=12,
        required=False,
        help_text=_("Form ADV, Item 1.D, such as 801-12345. Needed when you are registered with the SEC."),
    )
    crd_number = forms.CharField(
        label=_("CRD number of the firm"),
        max_length=12,
        required=False,
        help_text=_("Form ADV, Item 1.E. Needed when you are registered with states."),
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
    )
    state_code = forms.ChoiceField(
        label=_("State of the main office"), choices=[("", _("Choose a state")), *US_STATES.items()]
    )
    principal_name = forms.CharField(
        label=_("Your name"), max_length=200, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    principal_email = forms.EmailField(
        label=_("Your e-mail"),
        help_text=_("You become the firm's first principal. We send one link to confirm the address."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    address = forms.CharField(
        label=_("Address of your site"),
        max_length=60,
        help_text=_("Small letters, digits and hyphens; people will type it."),
        widget=forms.TextInput(attrs={"autocapitalize": "none", "autocomplete": "off", "spellcheck": "false"}),
    )
    form_key = forms.UUIDField(widget=forms.HiddenInput)
    # people do not see it (the template hides it from them and from screen readers); programs fill it in
    company_fax = forms.CharField(required=False, label=_("Leave this empty"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["form_key"].initial = uuid.uuid4
        kind = self.data.get("registration_kind") or RegistrationKind.SEC
        self.fields["sec_number"].required = kind == RegistrationKind.SEC
        self.fields["crd_number"].required = kind == RegistrationKind.STATE
        self.fields["address"].widget.attrs["placeholder"] = _("harbor")
        self.fields["address"].help_text = _("Your site will be at %(example)s.") % {
            "example": f"{_('your-address')}.{settings.BASE_DOMAIN}"
        }

    def clean_company_fax(self) -> str:
        """Refuse what a program filled in."""
        if self.cleaned_data["company_fax"]:
            raise forms.ValidationError(_("Leave this field empty."))
        return ""

    def wish(self) -> dict[str, Any]:
        """Return the clean content as the service takes it."""
        fields = {name: value for name, value in self.cleaned_data.items() if name != "company_fax"}
        return {**fields, "locale": get_language() or "en"}
