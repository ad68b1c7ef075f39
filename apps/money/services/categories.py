"""The dated table of categories."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path

from apps.core import audit
from apps.core.actors import Actor
from apps.core.services import service
from apps.kernel.errors import InvalidInputError, gettext_noop
from apps.money.engine.categories import CategoryRule
from apps.money.models import BankTransaction, Category

REFERENCE = Path(__file__).resolve().parent.parent / "reference"


@cache
def category_rules() -> tuple[CategoryRule, ...]:
    """Read the table; a broken one fails with the key that it lacks."""
    table = tomllib.loads((REFERENCE / "spending_categories.toml").read_text("utf-8"))
    return tuple(CategoryRule(row["category"], tuple(row["words"])) for row in table["rules"])


@service
def categorise_entry(*, entry: BankTransaction, category: str, by: Actor) -> BankTransaction:
    """Say what an entry was for; from then on it is no guess. Raises InvalidInputError for an unknown category."""
    if category not in Category.values:
        raise InvalidInputError(gettext_noop("“%(category)s” is no category."), field="category", category=category)
    locked = BankTransaction.objects.select_for_update(of=("self",)).get(pk=entry.pk)
    before = audit.snapshot(locked)
    locked.category, locked.is_category_certain = category, True
    locked.save(update_fields=["category", "is_category_certain", "updated_at"])
    audit.record("money.categorise_entry", by=by, target=locked, before=before, after=audit.snapshot(locked))
    return locked
