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


class LanguageModelForm(forms.Form):
    """A language model as its provider describes it."""

    address = forms.CharField(
        label=_("Address"),
        max_length=300,
        help_text=_("Up to and without /chat/completions, such as https://server.example/v1."),
    )
    model_name = forms.CharField(label=_("Model"), max_length=120, help_text=_("As the provider calls it."))
    embedding_name = forms.CharField(
        label=_("Model for embeddings"),
        max_length=120,
        required=False,
        help_text=_("Of the same server: finds plans alike by meaning, each night."),
    )
    key = forms.CharField(
        label=_("Key"),
        max_length=1000,
        required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        help_text=_("Kept encrypted; never shown again. Empty keeps the one in use."),
    )


class FixCertificatesForm(forms.Form):
    """Certificates of a FIX session."""

    ca_certificate = forms.CharField(
        label=_("Certificate that signs theirs"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("As a PEM file; only where no public authority signs it."),
    )
    client_certificate = forms.CharField(
        label=_("Our certificate"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("As a PEM file, with those between it and its authority; only where the broker asks for one."),
    )
    client_key = forms.CharField(
        label=_("Key of our certificate"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "autocomplete": "off", "spellcheck": "false"}),
        help_text=_("As a PEM file without a passphrase. Kept encrypted; never shown again."),
    )


class FixForm(FixCertificatesForm):
    """A FIX session as the broker's papers describe it."""

    field_order = [
        "name",
        "custodian",
        "host",
        "port",
        "sender_comp_id",
        "target_comp_id",
        "username",
        "password",
        "uses_tls",
    ]

    name = forms.CharField(label=_("Name"), max_length=120)
    custodian = forms.CharField(
        label=_("Custodian whose orders go here"), max_length=120, help_text=_("As it is written in the accounts.")
    )
    host = forms.CharField(label=_("Host"), max_length=200)
    port = forms.IntegerField(label=_("Port"), min_value=1, max_value=65535)
    sender_comp_id = forms.CharField(label=_("Our CompID (49)"), max_length=60)
    target_comp_id = forms.CharField(label=_("Their CompID (56)"), max_length=60)
    username = forms.CharField(label=_("User name (553)"), max_length=120, required=False)
    password = forms.CharField(
        label=_("Password (554)"),
        max_length=120,
        required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        help_text=_("Kept encrypted; never shown again."),
    )
    uses_tls = forms.BooleanField(
        label=_("Encrypt the line (TLS)"),
        required=False,
        initial=True,
        help_text=_("Leave it out only where a tunnel encrypts it."),
    )
    takes_orders = forms.BooleanField(
        label=_("Takes our orders"),
        required=False,
        initial=True,
        help_text=_("Leave it out for drop copies: executions are heard, and no order is said."),
    )
    resets_daily = forms.BooleanField(
        label=_("Numbers begin anew each day"),
        required=False,
        help_text=_("As the broker's papers say (ResetSeqNumFlag)."),
    )
    heartbeat = forms.IntegerField(label=_("Seconds between heartbeats"), min_value=5, max_value=300, initial=30)
