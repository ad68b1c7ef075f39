"""PostgreSQL itself refuses: queries that forget their firm, name another schema, or touch what is not theirs."""

import threading

import pytest
from django.db import DatabaseError, connection, transaction
from django.db.utils import ProgrammingError
from django_tenants.utils import tenant_context

from apps.accounts.models import User
from apps.core.tenancy.names import NoFirmError, require_firm, role_for
from apps.firms.models import Firm
from tests.cast import person


def refused(statement: str) -> None:
    with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_a_connection_that_serves_a_firm_has_taken_its_role(in_alpha):
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user, current_schema()")
        assert cursor.fetchone() == (role_for("alpha"), "alpha")


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT * FROM beta.accounts_user",
        "INSERT INTO beta.core_cacheentry VALUES ('a', 'b', now())",
        "UPDATE beta.accounts_firmprofile SET legal_name = 'Mine'",
        "DELETE FROM beta.clients_household",
        "SELECT * FROM public.firms_firm",
        "SELECT * FROM public.firms_domain",
        "SELECT * FROM public.core_job",
        "SELECT * FROM public.core_auditevent",
        "CREATE TABLE alpha.mine (id int)",
        "CREATE SCHEMA mine",
    ],
)
def test_a_query_of_alpha_that_names_another_schema_is_refused(in_alpha, statement):
    refused(statement)


def test_a_query_on_the_public_site_reads_no_firm(firm_a):
    refused("SELECT * FROM alpha.accounts_user")


def test_a_query_that_forgets_its_firm_finds_no_table(firm_a):
    with pytest.raises(ProgrammingError, match="does not exist"), transaction.atomic():
        User.objects.count()


def test_a_firm_that_is_not_entered_is_an_error(firm_a):
    with pytest.raises(NoFirmError):
        require_firm()


def test_a_connection_without_a_role_reads_nothing(in_alpha):
    # what a bug that loses the role would see: the login itself owns nothing and inherits nothing
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("RESET ROLE")
        with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
            cursor.execute("SELECT * FROM alpha.accounts_user")
        cursor.execute(f"SET ROLE {role_for('alpha')}")


def test_a_missing_role_fails_closed(in_alpha, settings):
    settings.DATABASE_ROLE_PREFIX = "nobody"
    connection.search_path_set_schemas = None
    with pytest.raises(DatabaseError, match="does not exist"), transaction.atomic():
        User.objects.count()


def test_the_same_row_id_in_two_firms_is_two_people(firm_a, firm_b):
    with tenant_context(firm_a):
        one = person("advisor", "Same")
    with tenant_context(firm_b):
        assert not User.objects.filter(pk=one.pk).exists()
        assert not User.objects.filter(email=one.email).exists()


def test_content_types_of_two_firms_do_not_mix_across_threads(firm_a, firm_b, django_db_blocker):
    """Beta's ids are shifted: a cache that threads share would hand Alpha Beta's id."""
    from django.contrib.contenttypes.models import ContentType

    with tenant_context(firm_a):
        alpha_id = ContentType.objects.get_for_model(User).pk
    seen: dict[str, int] = {}

    def ask() -> None:
        with django_db_blocker.unblock():
            try:
                with tenant_context(Firm(schema_name="beta")):
                    seen["beta"] = ContentType.objects.get_for_model(User).pk
            finally:
                connection.close()

    thread = threading.Thread(target=ask)
    thread.start()
    thread.join()
    with tenant_context(firm_a):
        assert ContentType.objects.get_for_model(User).pk == alpha_id
    assert seen["beta"] >= 1_000_000 > alpha_id
