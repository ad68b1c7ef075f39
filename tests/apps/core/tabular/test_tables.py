from dataclasses import FrozenInstanceError

import pytest

from apps.core.tabular.tables import Table, TableRow


def test_a_table_cannot_be_changed_after_it_was_read() -> None:
    table = Table("csv", ("Name",), 1, (TableRow(2, ("Ann",)),), (), ())
    with pytest.raises(FrozenInstanceError):
        table.header_line = 2  # type: ignore[misc]
    assert table == Table("csv", ("Name",), 1, (TableRow(2, ("Ann",)),), (), ())
