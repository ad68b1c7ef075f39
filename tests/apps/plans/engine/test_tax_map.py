from apps.plans.engine.tax_map import TaxParts


def test_the_federal_tax_is_the_sum_of_its_parts_without_state_and_premiums() -> None:
    assert TaxParts(1000.0, 20.0, 300.0, 4.0, 500.0, 60.0, 1324.0).federal == 1324.0
