"""The dated table of categories."""

from apps.money.models import Category
from apps.money.services.categories import category_rules


def test_every_category_of_the_shipped_table_is_one_of_ours() -> None:
    assert {rule.category for rule in category_rules()} <= set(Category.values)
