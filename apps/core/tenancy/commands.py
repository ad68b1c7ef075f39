"""The gate of management commands: `--firm` names whose data a command works on."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django_tenants.utils import get_tenant_model, tenant_context


class FirmCommand(BaseCommand):
    """Base of the commands that work inside one firm: a subclass writes `handle_firm` and never sets a schema."""

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> Any:
        """Ask for the firm before the command's own arguments."""
        parser = super().create_parser(prog_name, subcommand, **kwargs)
        self._ask_for_firm(parser)
        return parser

    def _ask_for_firm(self, parser: ArgumentParser) -> None:
        parser.add_argument("--firm", required=True, help="The firm's schema, such as harbor.")

    def handle(self, *args: Any, **options: Any) -> str | None:
        """Enter the firm, then do the work; refuse a name that no firm bears."""
        schema = options.pop("firm")
        firm = get_tenant_model().objects.filter(schema_name=schema).first()
        if firm is None:
            known = ", ".join(get_tenant_model().objects.values_list("schema_name", flat=True)[:20]) or "none"
            raise CommandError(f"There is no firm {schema}. Firms here: {known}.")
        with tenant_context(firm):
            return self.handle_firm(firm, *args, **options)

    def handle_firm(self, firm: Any, *args: Any, **options: Any) -> str | None:
        """Do the work inside the firm."""
        raise NotImplementedError(f"{type(self).__name__} must say what it does inside the firm.")
