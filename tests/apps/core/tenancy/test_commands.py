import pytest
from django.core.management import CommandError, call_command

from apps.core.tenancy.commands import FirmCommand
from apps.core.tenancy.names import current_schema


class WhereCommand(FirmCommand):
    """Says where it runs."""

    def add_arguments(self, parser):
        parser.add_argument("--loud", action="store_true")

    def handle_firm(self, firm, *args, **options):
        return f"{firm.schema_name} {current_schema()} {options['loud']}"


def test_a_command_works_inside_the_firm_it_names_and_leaves_it(db):
    assert call_command(WhereCommand(), "--firm", "beta", "--loud") == "beta beta True"
    assert current_schema() == "public"


def test_a_firm_that_does_not_exist_is_refused_with_those_that_do(db):
    with pytest.raises(CommandError, match=r"no firm gamma.*alpha, beta"):
        call_command(WhereCommand(), firm="gamma")


def test_a_command_without_a_firm_is_refused(db):
    with pytest.raises(CommandError, match="--firm"):
        call_command(WhereCommand())
