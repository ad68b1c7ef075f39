"""What needs no translation although nobody's data holds it, each with its reason."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from typing import Any

from apps.clients.models import Agreement, AgreementTemplate, ImportRow
from apps.plans.models import AssumptionTable, ProjectionRun
from apps.plans.selectors.run_values import result_of
from apps.portfolios.models import ServiceVersion
from config.env import ROOT

SAME = {
    "Steward": "the product's name",
    "Stripe": "the payment provider's name",
    "PDF": "a format",
    "CSV": "a format",
    "OFX": "a format",
    "JSON": "a format",
    "kB": "a unit",
    "MB": "a unit",
    "USD": "a currency's code",
    "Tests": "a kind of approval that other tests of the same process connect",
}
# Django's own admin writes these, in every language alike
OF_DJANGO = {"<img alt>: “Search”", "<img alt>: “True”", "<img alt>: “False”", "<img alt>: “None”"}

# choices of django-oauth-toolkit's models: asked for when those are read, shown on no page
OF_OAUTH = {
    *("Authorization pending", "Authorized", "Denied", "Device Code", "Manual", "No OIDC support"),
    *("Client ID Metadata Document", "Dynamic Client Registration", "Implicit", "OpenID connect hybrid"),
    *("HMAC with SHA-2 256", "RSA with SHA-2 256", "Resource owner password-based"),
}


def texts_in_columns() -> Iterator[str]:
    """Yield the texts of structured columns that are data: contracts (in English, the language of the law they cite),
    the checks that a firm wrote down, files as they came, and who published an assumption."""
    for model in (Agreement, AgreementTemplate):
        for articles in model._default_manager.values_list("articles", flat=True):
            yield from _texts(articles)
    for lines in ServiceVersion.objects.values_list("checklist", flat=True):
        yield from (*lines, " ".join(lines))
    for table in AssumptionTable.objects.all():
        yield from (row["source"] for row in table.content["assets"] if row.get("source"))
        yield table.content.get("source", "")
    for row in ImportRow.objects.all():
        yield from _texts(row.facts)
    yield from ("First name", "Last name", "Relationship", "Head")  # the columns of the world's own file


def texts_of_tables() -> Iterator[str]:
    """Yield the English texts of reference tables that bring their own languages (`test_catalogue` holds that), and
    what tables cite: publishers, statutes, the names of states."""
    for entry in tables_with_languages():
        yield entry["en"]
    for path in sorted((ROOT / "apps").glob("*/reference/*.toml")):
        yield from _cited(tomllib.loads(path.read_text()))


def texts_of_trails() -> Iterator[str]:
    """Yield by what rule and from what source each step of a result came, kept with it as the engine cites it."""
    for run in ProjectionRun.objects.exclude(result=b"").exclude(result=b"{}"):
        result = result_of(run)
        for step in result.projection.trail if result is not None else ():
            yield from (step.source, *(value for _, value in step.facts))


def _cited(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for name, inner in value.items():
            if isinstance(inner, str) and name in {"source", "name"}:
                yield inner
            else:
                yield from _cited(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _cited(inner)


def tables_with_languages() -> Iterator[dict[str, str]]:
    """Yield each text of a reference table by its languages."""
    for path in sorted((ROOT / "apps").glob("*/reference/*.toml")):
        yield from _by_language(tomllib.loads(path.read_text()))


def _by_language(value: Any) -> Iterator[dict[str, str]]:
    if isinstance(value, dict):
        if isinstance(value.get("en"), str):
            yield value
        else:
            for inner in value.values():
                yield from _by_language(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _by_language(inner)


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from _texts(inner)
