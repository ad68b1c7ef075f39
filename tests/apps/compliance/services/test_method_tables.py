import datetime as dt

import pytest
from django.db import DatabaseError, transaction

from apps.compliance.models import MethodKind, MethodTable
from apps.compliance.services import method_tables
from apps.compliance.services.errors import MethodChangedError, NoMethodError
from apps.compliance.services.method_tables import adopt_method, method_in_force
from apps.core.models import AuditEvent

DAY = dt.date(2026, 6, 1)


def test_a_table_becomes_a_record_at_its_first_use_and_only_then(ada):
    first = method_in_force(kind=MethodKind.LEVELS, on=DAY, by=ada.as_actor())
    again = method_in_force(kind=MethodKind.LEVELS, on=DAY, by=ada.as_actor())
    assert first == again
    assert len(first.sha256) == 64
    assert AuditEvent.objects.filter(action="compliance.take_up_method").count() == 1


def test_no_table_applies_before_the_first(ada):
    with pytest.raises(NoMethodError):
        method_in_force(kind=MethodKind.LEVELS, on=dt.date(1999, 1, 1), by=ada.as_actor())


def test_another_content_under_the_same_version_is_refused(ada, monkeypatch):
    method_in_force(kind=MethodKind.LEVELS, on=DAY, by=ada.as_actor())
    changed = dict(method_tables.shipped_tables(MethodKind.LEVELS)[-1], source="somebody's opinion")
    monkeypatch.setattr(method_tables, "shipped_tables", lambda _kind: (changed,))
    with pytest.raises(MethodChangedError, match=r"2026\.1"):
        method_in_force(kind=MethodKind.LEVELS, on=DAY, by=ada.as_actor())


def test_the_database_keeps_a_used_table_as_it_is(ada):
    table = method_in_force(kind=MethodKind.CAPACITY, on=DAY, by=ada.as_actor())
    with pytest.raises(DatabaseError, match="This record stands"), transaction.atomic():
        MethodTable.objects.filter(pk=table.pk).update(content={})


def test_the_firm_adopts_a_version_once(connie):
    table = method_in_force(kind=MethodKind.LEVELS, on=DAY, by=connie.as_actor())
    assert not table.is_adopted
    adopted = adopt_method(table=table, by=connie.as_actor())
    again = adopt_method(table=table, by=connie.as_actor())
    assert adopted.adopted_at == again.adopted_at
    assert again.adopted_by == connie
    assert AuditEvent.objects.filter(action="compliance.adopt_method").count() == 1
