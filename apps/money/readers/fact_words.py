"""How a list of facts names its columns and entries: in English, which the readers use, and in Portuguese."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from apps.core.tabular.structure import heading_key
from apps.core.tabular.tables import Cell
from apps.core.tabular.values import DateOrder, DateStyle, read_date, read_decimal, read_percent

ENGLISH, PORTUGUESE = "en", "pt"
_HEADINGS = {
    "household": "família", "entry": "lançamento", "name": "nome", "person": "pessoa", "account": "conta",
    "as of": "posição de", "type": "tipo", "amount": "valor", "growth": "crescimento", "from": "a partir de",
    "until": "até", "rate": "juros", "payment": "pagamento", "company": "empresa", "cost": "custo",
    "property tax": "imposto sobre o imóvel", "share": "parte", "from retirement": "desde a aposentadoria",
    "years": "anos", "until age": "até a idade", "essential": "essencial", "first year": "primeiro ano",
    "last year": "último ano", "in living costs": "no custo de vida", "shares": "quantidade", "price": "preço",
    "strike": "preço de exercício", "discount": "desconto", "granted on": "outorgado em",
    "cliff months": "meses de carência", "vesting months": "meses de aquisição", "every months": "a cada meses",
    "expires on": "expira em", "exercise on": "exercer em", "held": "mantido", "born": "nascimento",
    "married on": "casamento em", "divorced on": "divórcio em", "died on": "falecimento em",
    "claimed on": "requerido em", "remarried on": "novo casamento em", "benefit from": "benefício desde",
    "tax year": "ano fiscal", "converted": "convertido", "converted 1 before": "convertido 1 antes",
    "converted 2 before": "convertido 2 antes", "converted 3 before": "convertido 3 antes",
    "converted 4 before": "convertido 4 antes", "held shares": "ações mantidas", "exercised on": "exercido em",
    "worth when exercised": "valor ao exercer", "minimum tax credit": "crédito de imposto mínimo",
}  # fmt: skip
_ENTRIES = {
    "income": "renda", "expense": "despesa", "saving": "poupança", "debt": "dívida", "property": "bem",
    "insurance": "seguro", "windfall": "entrada", "phase": "fase", "payment": "gasto anual", "grant": "outorga",
    "former spouse": "ex-cônjuge", "ira basis": "base da ira", "roth basis": "base do roth",
}  # fmt: skip
_BY_KEY = {heading_key(told): heading for heading, told in _HEADINGS.items()}
_BY_ENTRY = {heading_key(told): entry for entry, told in _ENTRIES.items()}
# years of two figures are refused in no language: 69 to 99 are of the last century, as in English lists
_DAYS = DateStyle(DateOrder.DAY_FIRST, pivot=69)


def headings_told(headings: Iterable[str]) -> tuple[str, ...]:
    """Return how columns may be called, in every language."""
    return tuple(told for heading in headings for told in (heading, _HEADINGS[heading]))


def heading_of(told: str) -> str:
    """Return the English heading of a column as a file calls it; the word itself where it is none of ours."""
    key = heading_key(told)
    return _BY_KEY.get(key, key)


def entry_of(told: str) -> str:
    """Return the kind of entry as English lists write it; the words themselves where it is none of ours."""
    return _BY_ENTRY.get(heading_key(told), told)


def language_of(header: Iterable[str]) -> str:
    """Return the language of a file: Portuguese where a heading is, which decides how its numbers and days read."""
    return PORTUGUESE if any(heading_key(told) in _BY_KEY for told in header) else ENGLISH


def heading_in(language: str, heading: str) -> str:
    """Write a heading in a language; what has no other word stays as it is."""
    return _HEADINGS.get(heading, heading) if language == PORTUGUESE else heading


def entry_in(language: str, entry: str) -> str:
    """Write a kind of entry in a language; what has no other word stays as it is."""
    return _ENTRIES.get(entry, entry) if language == PORTUGUESE else entry


def spoken(language: str | None) -> str:
    """Return which of our two the language of a reader is ("pt-br" is Portuguese)."""
    return PORTUGUESE if (language or "").startswith(PORTUGUESE) else ENGLISH


def _decimal(cell: Cell) -> Any:
    return read_decimal(cell, "pt_BR")


def _percent(cell: Cell) -> Any:
    return read_percent(cell, "pt_BR")


def _day(cell: Cell) -> Any:
    return read_date(cell, _DAYS)


# how a Portuguese file writes what these read
READ_IN_PORTUGUESE: Mapping[Any, Any] = {read_decimal: _decimal, read_percent: _percent, read_date: _day}
