"""Forms of accounts: shape only; services judge."""

from __future__ import annotations

from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.conf import settings
from django.contrib.auth.password_validation import password_validators_help_text_html
from django.utils.translation import gettext_lazy as _

from apps.accounts import ports
from apps.accounts.models import ApprovalRequest, ApprovalRule, FirmProfile, User, Verdict
from apps.accounts.policies import LICENSED_ROLES, STAFF_ROLES, Role
from apps.core.forms import DayInput, PercentField

# zones of places; the rest are aliases and offsets
_ZONES = sorted(zone for zone in available_timezones() if zone.startswith(("America/", "Europe/", "Pacific/", "US/")))
STAFF_CHOICES = [(role.value, role.label) for role in Role if role in STAFF_ROLES]


def _languages(blank: Any) -> list[tuple[str, Any]]:
    return [("", blank), *settings.LANGUAGES]


def _zones(blank: Any) -> list[tuple[str, Any]]:
    return [("", blank), *((zone, zone.replace("_", " ")) for zone in _ZONES)]


class InviteForm(forms.Form):
    """Whom to invite, in which role."""

    full_name = forms.CharField(label=_("Name"), max_length=200)
    email = forms.EmailField(label=_("E-mail"))
    role = forms.ChoiceField(label=_("Role"), choices=STAFF_CHOICES, initial=Role.ADVISOR)


class RoleForm(forms.Form):
    """A person's role."""

    role = forms.ChoiceField(label=_("Role"), choices=STAFF_CHOICES)


class ReasonForm(forms.Form):
    """Why something is done."""

    reason = forms.CharField(label=_("Reason"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}))


class AcceptForm(forms.Form):
    """Name and password of a new account."""

    full_name = forms.CharField(
        label=_("Your name"), max_length=200, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    password = forms.CharField(
        label=_("Choose a password"),
        strip=False,
        help_text=password_validators_help_text_html(),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    again = forms.CharField(
        label=_("The password again"), strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "new-password"})
    )

    def clean(self) -> dict[str, Any] | None:
        """Refuse two different passwords."""
        clean = super().clean()
        if clean and "again" in clean and clean.get("password") != clean["again"]:
            self.add_error("again", _("The two passwords differ."))
        return clean


class OwnProfileForm(forms.ModelForm):  # type: ignore[type-arg]
    """One's own name, language and time zone."""

    locale = forms.ChoiceField(
        label=_("Language"), choices=_languages(_("As the browser asks, else as the firm")), required=False
    )
    time_zone = forms.ChoiceField(label=_("Time zone"), choices=_zones(_("As the firm")), required=False)

    class Meta:
        model = User
        fields = ("full_name", "locale", "time_zone")


class EmailChangeForm(forms.Form):
    """Current password and new address."""

    current_password = forms.CharField(
        label=_("Current password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    new_email = forms.EmailField(label=_("New e-mail"), widget=forms.EmailInput(attrs={"autocomplete": "email"}))


class PasswordChangeForm(forms.Form):
    """Current password and new password."""

    current_password = forms.CharField(
        label=_("Current password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    new_password = forms.CharField(
        label=_("New password"),
        strip=False,
        help_text=password_validators_help_text_html(),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    again = forms.CharField(
        label=_("The new password again"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def clean(self) -> dict[str, Any] | None:
        """Refuse two different passwords."""
        clean = super().clean()
        if clean and "again" in clean and clean.get("new_password") != clean["again"]:
            self.add_error("again", _("The two passwords differ."))
        return clean


class FirmProfileForm(forms.ModelForm):  # type: ignore[type-arg]
    """What the firm says of itself."""

    time_zone = forms.ChoiceField(label=_("Time zone"), choices=_zones(_("Choose a time zone")))
    locale = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)
    price_band = PercentField(
        label=_("A price that changes by more is approved first, %"),
        min_value=1,
        max_value=500,
        decimal_places=2,
        help_text=_(
            "Of securities that only files price: for each quarter between two prices. A file that contradicts a price"
            " of the same day always waits for a second person."
        ),
    )

    class Meta:
        model = FirmProfile
        fields = (
            "display_name",
            "website",
            "phone",
            "address",
            "time_zone",
            "locale",
            "rounding",
            "price_band",
            "price_age_listed",
            "price_age_unlisted",
            "price_age_fund",
            "price_age_property",
            "flow_timing",
            "disclosures",
        )
        widgets = {"address": forms.Textarea(attrs={"rows": 3}), "disclosures": forms.Textarea(attrs={"rows": 6})}
        help_texts = {
            "disclosures": _("Printed at the foot of reports, plans and invoices."),
            "price_age_listed": _("Older values are marked wherever they count, and wait on the page of the day."),
            "price_age_fund": _("Calls and distributions since then do not make it newer."),
            "price_age_property": _("Of property and of all else that people value by hand."),
            "rounding": _("How fees are rounded to the cent; written into every receipt."),
            "flow_timing": _("Choose once and keep to it: returns of the past change with it. Every return says it."),
        }


class AccentForm(forms.Form):
    """The firm's colour."""

    accent = forms.CharField(
        label=_("Accent colour"),
        max_length=7,
        help_text=_(
            "Used for buttons and links in the portal, in mails and on paper. White text on it must be readable."
        ),
        widget=forms.TextInput(attrs={"type": "color"}),
    )


class LogoForm(forms.Form):
    """The firm's logo."""

    logo = forms.FileField(
        label=_("Logo"),
        help_text=_("PNG, JPEG or WebP, at most 512 kB, best 64 pixels high or more."),
        widget=forms.FileInput(attrs={"accept": "image/png,image/jpeg,image/webp"}),
    )


class SecurityForm(forms.Form):
    """Second factor of clients, time of self-reviews."""

    clients_need_second_factor = forms.ChoiceField(
        label=_("Do clients need a second factor?"),
        choices=[("no", _("No, they may enrol one")), ("yes", _("Yes, before they see anything"))],
        widget=forms.RadioSelect,
        help_text=_("People of the firm always need one."),
    )
    self_review_minutes = forms.IntegerField(
        label=_("Minutes a self-review takes at least"),
        min_value=1,
        max_value=1440,
        help_text=_("For a firm with one licensed person: the time between opening a review and attesting it."),
    )


def kind_choices() -> list[tuple[str, Any]]:
    """Return the kinds of approval that the apps ask for, and those seen before."""
    known: dict[str, Any] = dict(ports.approval_kinds())
    for kind in ApprovalRequest.objects.order_by("kind").values_list("kind", flat=True).distinct():
        known.setdefault(kind, kind)
    return sorted(known.items(), key=lambda pair: str(pair[1]))


class ApprovalRuleForm(forms.ModelForm):  # type: ignore[type-arg]
    """Who approves what above which amount."""

    kind = forms.ChoiceField(label=_("What is approved"))

    class Meta:
        model = ApprovalRule
        fields = (
            "kind",
            "above_amount",
            "approver_role",
            "approvers",
            "approvals_needed",
            "deadline_hours",
            "escalate_to",
        )
        widgets = {"approvers": forms.CheckboxSelectMultiple}
        help_texts = {"above_amount": _("In the firm's currency. Empty: whatever the amount.")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        licensed = User.objects.licensed()
        self.fields["kind"].choices = kind_choices()  # type: ignore[attr-defined]
        self.fields["approvers"].queryset = licensed  # type: ignore[attr-defined]
        self.fields["escalate_to"].queryset = licensed  # type: ignore[attr-defined]

    def validate_unique(self) -> None:
        """Leave it to the service: a rule for the same kind and amount is replaced."""

    def validate_constraints(self) -> None:
        """Leave it to the service, as above."""


class DelegationForm(forms.Form):
    """Who decides in one's place, from when to when."""

    delegate = forms.ModelChoiceField(label=_("Who decides for you"), queryset=User.objects.none())
    starts_on = forms.DateField(label=_("From"), widget=DayInput)
    ends_on = forms.DateField(label=_("Until, included"), widget=DayInput)
    reason = forms.CharField(label=_("Reason"), max_length=200, required=False)

    def __init__(self, *args: Any, delegator_id: int | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        others = User.objects.licensed().filter(role__in=LICENSED_ROLES).exclude(pk=delegator_id or 0)
        self.fields["delegate"].queryset = others  # type: ignore[attr-defined]


class DecisionForm(forms.Form):
    """Approve or decline, with a note."""

    decision = forms.ChoiceField(label=_("Decision"), choices=Verdict.choices, widget=forms.RadioSelect)
    note = forms.CharField(
        label=_("Note"), required=False, widget=forms.Textarea(attrs={"rows": 3}), help_text=_("A decline needs one.")
    )


class AttestationForm(forms.Form):
    """The words of a self-review."""

    attestation = forms.CharField(
        label=_("What you reviewed and found"), widget=forms.Textarea(attrs={"rows": 4}), max_length=2000
    )
