"""What hangs on records: the rows of any app that point at them."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from django.contrib.contenttypes.models import ContentType
from django.db.models import Count, ForeignObjectRel, Model

from apps.core.models import BaseModel


def dependents_of(records: Sequence[BaseModel], *, ignoring: Collection[str] = ()) -> list[str]:
    """Return one sentence for each record and kind of row that points at it ("Rivera: 2 documents").

    Rows of the models named in `ignoring` (labels such as "clients.Person"), versions of rows and grants do not count.
    One query for each foreign key that points at the model.
    """
    found: list[str] = []
    by_model: dict[type[Model], dict[int, BaseModel]] = {}
    for record in records:
        by_model.setdefault(type(record), {})[record.pk] = record
    for model, rows in by_model.items():
        for relation in model._meta.related_objects:
            if _counts(relation, ignoring):
                found += _pointing(relation, rows)
    return found


def _counts(relation: ForeignObjectRel, ignoring: Collection[str]) -> bool:
    other = relation.related_model
    is_record = isinstance(other, type) and issubclass(other, BaseModel)
    return is_record and other is not ContentType and other._meta.label not in ignoring


def _pointing(relation: ForeignObjectRel, rows: dict[int, BaseModel]) -> list[str]:
    other, name = relation.related_model, relation.field.name
    counts = (
        other._default_manager.filter(**{f"{name}__in": list(rows)})  # noqa: SLF001 - Django documents it
        .order_by()
        .values_list(name)
        .annotate(n=Count("pk"))
    )
    return [
        f"{rows[pk]}: {n} {other._meta.verbose_name if n == 1 else other._meta.verbose_name_plural}" for pk, n in counts
    ]
