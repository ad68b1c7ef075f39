"""manage.py create_firm: register a firm and set it up at once, without the public site."""

from __future__ import annotations

import uuid
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from apps.core.actors import Actor
from apps.core.tenancy.addresses import url_for
from apps.firms.services.provisioning import provision_firm
from apps.firms.services.registrations import FirmWish, record_registration
from apps.kernel.errors import DomainError


class Command(BaseCommand):
    """Register a firm and set it up; the principal gets the same link as from the public site."""

    help = __doc__ or ""

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take what the sign-up form takes."""
        parser.add_argument("address", help="The site's address, such as harbor.")
        parser.add_argument("--legal-name", required=True)
        parser.add_argument("--principal-name", required=True)
        parser.add_argument("--principal-email", required=True)
        parser.add_argument("--state", required=True, dest="state_code", help="Two letters, such as MA.")
        number = parser.add_mutually_exclusive_group(required=True)
        number.add_argument("--sec-number", default="", help="801-12345")
        number.add_argument("--crd-number", default="")
        parser.add_argument("--locale", default="en")

    def handle(self, *_: Any, **options: Any) -> None:
        """Register, provision, print the address."""
        by = Actor.system("firms.create_firm")
        names = ("address", "legal_name", "principal_name", "principal_email", "state_code", "sec_number", "crd_number")
        kind = "sec" if options["sec_number"] else "state"
        wish = FirmWish(
            registration_kind=kind,
            form_key=uuid.uuid4(),
            locale=options["locale"],
            **{name: options[name] for name in names},
        )
        try:
            registration, _is_new = record_registration(wish=wish, by=by)
            provision_firm(registration=registration, attempt=1, tell=self._tell, by=by)
        except DomainError as refused:
            raise CommandError(str(refused)) from refused
        self.stdout.write(f"{registration.legal_name} is open at {url_for(registration.schema)}")

    def _tell(self, fraction: float, step: str) -> None:
        self.stdout.write(f"{fraction:4.0%} {step}")
