"""How allauth behaves in a firm: nobody signs up without an invitation, and its mails are the firm's."""

from __future__ import annotations

import time
from typing import Any

from allauth.account import app_settings as account_settings
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.forms import default_token_generator
from allauth.account.internal.flows.login import get_authentication_records
from allauth.account.models import EmailAddress
from allauth.account.utils import user_pk_to_url_str
from allauth.core import context as allauth_context
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from apps.accounts import ports
from apps.accounts.models import FirmProfile, User
from apps.accounts.selectors.guests import guest
from apps.accounts.selectors.team import second_factors
from apps.core.secrets import decrypted, encrypted

# mails of allauth that we send, as mails of ours; each other kind it knows is switched off in the settings
_MAILS = {
    "account/email/password_reset_key": ("account/password_reset_key", "password_reset_url", _("Choose a password")),
    "account/email/email_confirmation": ("account/email_confirmation", "activate_url", _("Confirm my address")),
    "account/email/email_confirmation_signup": ("account/email_confirmation", "activate_url", _("Confirm my address")),
}


class AccountAdapter(DefaultAccountAdapter):
    """Accounts come from invitations; open sign-up is closed."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:  # noqa: ARG002 - the signature of the parent
        """Refuse: a firm's people and clients are invited."""
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        """Return the caller's address as the trail has it, for allauth's limits and its list of sessions."""
        origin = getattr(request, "origin", None)
        return str(origin.ip if origin else request.META.get("REMOTE_ADDR", ""))

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Queue the mail in the firm's brand and the person's language; KeyError for a kind that is switched off."""
        kind, url, label = _MAILS[template_prefix]
        user: User | None = context.get("user")
        request = allauth_context.request
        ports.post()(
            kind=kind,
            to=email,
            locale=user.locale if user else "",
            context={"name": user.full_name if user else "", "action_url": context[url], "action_label": label},
            by=guest(request.origin, label=email),
        )

    def is_reauthentication_required(self, *, app: str) -> bool:
        """Ask for the password again unless it was given within the last minutes, be it at the sign-in itself.

        Somebody who has just signed in for the first time goes on to enrol without typing the same password twice.
        """
        records = get_authentication_records(self.request, self.request.user)
        latest = max((record["at"] for record in records), default=0.0)
        if time.time() - latest < account_settings.REAUTHENTICATION_TIMEOUT:
            return False
        return bool(super().is_reauthentication_required(app=app))

    def get_email_verification_redirect_url(self, email_address: EmailAddress) -> str:
        """Go on to the choice of a password for who has none yet (a firm's first principal), else to the sign-in."""
        user = email_address.user
        if not email_address.verified or user.has_usable_password():
            return str(super().get_email_verification_redirect_url(email_address))
        # the holder of the mailbox has just proved it: the same key as a reset by mail would carry
        key = default_token_generator.make_token(user)
        return reverse("account_reset_password_from_key", kwargs={"uidb36": user_pk_to_url_str(user), "key": key})


class SecondFactorAdapter(DefaultMFAAdapter):
    """Second factors: secrets under the firm's key, and none removed that the role needs."""

    def get_totp_issuer(self) -> str:
        """Name the firm in the authenticator app."""
        return FirmProfile.current().display_name

    def encrypt(self, text: str) -> str:
        """Keep a secret under the firm's key."""
        return encrypted(text)

    def decrypt(self, encrypted_text: str) -> str:
        """Read a secret."""
        return decrypted(encrypted_text)

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        """Refuse to remove the last factor of somebody whose role needs one: add another first."""
        if authenticator.type == Authenticator.Type.RECOVERY_CODES:
            return True
        others = second_factors(authenticator.user).exclude(pk=authenticator.pk)
        return others.exists() or not authenticator.user.needs_second_factor()
