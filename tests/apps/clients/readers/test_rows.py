from apps.clients.readers.rows import ClientMapping, TaxIdKind, TaxIdRow
from apps.core.tabular.values import DateOrder


def test_a_tax_number_prints_masked() -> None:
    row = TaxIdRow(2, "key", TaxIdKind.SSN, "536904399")
    assert row.masked == "•••4399"
    assert "536904399" not in repr(row)


def test_a_mapping_is_american_unless_it_says_otherwise() -> None:
    mapping = ClientMapping({})
    assert (mapping.locale, mapping.country, mapping.dates.order) == ("en_US", "US", DateOrder.MONTH_FIRST)
    assert mapping.dates.pivot is None
