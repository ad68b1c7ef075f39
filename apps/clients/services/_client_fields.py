"""Rows of a client list as fields of ours, and back as plain values."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.db import models

from apps.clients.readers.rows import ClientRow
from apps.core.secrets import decrypted

# the file's finer words, by the ones that the forms offer
_MARITAL = {"domestic_partnership": "partnered", "separated": "married"}
_EMPLOYMENT = {"unemployed": "not_working", "homemaker": "not_working"}


def person_fields(row: ClientRow, tax_number: str) -> dict[str, Any]:
    """Return what the row says of the person; what it does not say is left out."""
    said = {
        "relationship": str(row.relationship),
        "first_name": row.first_name,
        "last_name": row.last_name,
        "date_of_birth": row.birth_date,
        "email": row.email,
        "phone": row.phone,
        "marital_status": _MARITAL.get(row.marital_status, row.marital_status),
        "occupation": row.occupation[:120],
        "employment_status": _EMPLOYMENT.get(row.employment_status, row.employment_status),
        "annual_income": row.annual_income,
        "external_id": row.external_id[:64],
        "tax_id": tax_number,
    }
    return {name: value for name, value in said.items() if value not in {"", None}}


def household_fields(row: ClientRow) -> dict[str, Any]:
    """Return what the row says of where the household lives."""
    said = {
        "address": "\n".join(line for line in (row.address_line_1, row.address_line_2) if line),
        "city": row.city[:120],
        "state": row.state if len(row.state) == 2 else "",
        "postal_code": row.postal_code[:12],
        "country": row.country,
    }
    return {name: value for name, value in said.items() if value}


def changed_fields(record: models.Model, said: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the file says otherwise than the record; tax numbers are compared in clear."""
    return {name: value for name, value in said.items() if _now(record, name) != value}


def _now(record: models.Model, name: str) -> Any:
    value = getattr(record, name)
    if name == "tax_id":
        return decrypted(value)
    return value


def shown_facts(row: ClientRow, tax_number: str) -> dict[str, str]:
    """Return the facts of a row as they are shown and kept, a tax number masked."""
    said = {**person_fields(row, ""), **household_fields(row), "household": row.household_name}
    facts = {name: plain_value(value) for name, value in said.items()}
    return facts | ({"tax_id": f"•••{tax_number[-4:]}"} if tax_number else {})


def plain_value(value: Any) -> Any:
    """Return a value as JSON holds it: amounts and days as text."""
    return value.isoformat() if isinstance(value, dt.date) else str(value) if isinstance(value, Decimal) else value


def plain(before: Mapping[str, Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    """Return the replaced values as JSON holds them."""
    return {part: {name: plain_value(value) for name, value in fields.items()} for part, fields in before.items()}


def restored(record: models.Model, before: Mapping[str, Any]) -> dict[str, Any]:
    """Return plain values as the record's fields hold them."""
    fields = {field.name: field for field in record._meta.concrete_fields}
    return {name: fields[name].to_python(value) for name, value in before.items()}
