"""Forms of partners."""

from __future__ import annotations

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _


class PartnerForm(forms.Form):
    """What a firm says of a new partner."""

    name = forms.CharField(label=_("Partner"), max_length=120)
    contact_email = forms.EmailField(label=_("Contact"))
    purpose = forms.CharField(label=_("What it is for"), widget=forms.Textarea(attrs={"rows": 2}), required=False)
    scopes = forms.MultipleChoiceField(
        label=_("It may"),
        choices=lambda: list(settings.API_SCOPES.items()),
        widget=forms.CheckboxSelectMultiple,
    )


class SuspendForm(forms.Form):
    """Why a partner is shut out."""

    reason = forms.CharField(label=_("Why"), max_length=500)
