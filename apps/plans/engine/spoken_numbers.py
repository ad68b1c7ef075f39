"""Numbers and amounts of money as people write them, in English and Portuguese, with the place where each stands.

Exact: an amount is what the words say, never a guess. Nothing is refused; what is no number is not found.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum


class Tongue(StrEnum):
    """A language that is understood."""

    ENGLISH = "en"
    PORTUGUESE = "pt"


class Per(StrEnum):
    """How often an amount is meant."""

    ONCE = "once"
    YEAR = "year"
    MONTH = "month"


@dataclass(frozen=True, slots=True)
class Number:
    """A number and the characters from `start` up to but not `end` that say it."""

    value: Decimal
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Money:
    """An amount; `currency` is a code, or empty where none was named."""

    amount: Decimal
    currency: str
    per: Per
    start: int
    end: int


_SYMBOLS = {"US$": "USD", "R$": "BRL", "$": "USD", "€": "EUR", "£": "GBP"}
_CURRENCY_WORDS = {
    Tongue.ENGLISH: {"dollars": "USD", "dollar": "USD", "bucks": "USD", "usd": "USD", "euros": "EUR", "reais": "BRL"},
    Tongue.PORTUGUESE: {"reais": "BRL", "real": "BRL", "dólares": "USD", "dolares": "USD", "euros": "EUR"},
}
_SCALES: dict[Tongue, dict[str, int]] = {
    Tongue.ENGLISH: {
        "k": 1_000,
        "thousand": 1_000,
        "grand": 1_000,
        "m": 1_000_000,
        "mm": 1_000_000,
        "mil": 1_000_000,
        "million": 1_000_000,
        "millions": 1_000_000,
    },
    Tongue.PORTUGUESE: {
        "k": 1_000,
        "mil": 1_000,
        "milhão": 1_000_000,
        "milhao": 1_000_000,
        "milhões": 1_000_000,
        "milhoes": 1_000_000,
        "mi": 1_000_000,
    },
}


def _numbered(words: str, first: int = 0, step: int = 1) -> dict[str, int]:
    return {word: first + step * place for place, group in enumerate(words.split()) for word in group.split("/")}


_WORDS: dict[Tongue, dict[str, int]] = {
    Tongue.ENGLISH: {
        **_numbered("one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen", 1),
        **_numbered("sixteen seventeen eighteen nineteen", 16),
        **_numbered("twenty thirty forty fifty sixty seventy eighty ninety", 20, 10),
    },
    Tongue.PORTUGUESE: {
        **_numbered("um/uma dois/duas três/tres quatro cinco seis sete oito nove dez onze doze treze", 1),
        **_numbered("quatorze/catorze quinze dezesseis/dezasseis dezessete/dezassete dezoito dezenove/dezanove", 14),
        **_numbered("vinte trinta quarenta cinquenta sessenta setenta oitenta noventa", 20, 10),
        **_numbered("cem/cento duzentos/duzentas trezentos/trezentas quatrocentos/quatrocentas", 100, 100),
        **_numbered("quinhentos/quinhentas seiscentos/seiscentas setecentos/setecentas", 500, 100),
        **_numbered("oitocentos/oitocentas novecentos/novecentas", 800, 100),
    },
}
_HALF_AFTER = {
    Tongue.ENGLISH: re.compile(r"\s+and\s+a\s+half\b", re.IGNORECASE),
    Tongue.PORTUGUESE: re.compile(r"\s+e\s+meio\b", re.IGNORECASE),
}
_PARTS = {
    Tongue.ENGLISH: {"half": Decimal("0.5"), "quarter": Decimal("0.25")},
    Tongue.PORTUGUESE: {"meio": Decimal("0.5")},
}
_TOKEN = re.compile(r"[^\W\d_]+|-")
_DIGITS = {
    Tongue.ENGLISH: re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?"),
    Tongue.PORTUGUESE: re.compile(r"\d{1,3}(?:\.\d{3})+(?:,\d+)?|\d+(?:,\d+)?"),
}
_NAMED = re.compile(r"\s*(?:de\s+)?([^\W\d_]+)")
_AFTER = re.compile(r"\s?([^\W\d_]+)")
_PER = {
    Tongue.ENGLISH: {
        Per.YEAR: re.compile(
            r"\s*(?:a|per|each|every|/)\s?(?:year|yr)\b|\s*(?:annually|yearly|in annual)\b", re.IGNORECASE
        ),
        Per.MONTH: re.compile(r"\s*(?:a|per|each|every|/)\s?(?:month|mo)\b|\s*monthly\b", re.IGNORECASE),
    },
    Tongue.PORTUGUESE: {
        Per.YEAR: re.compile(r"\s*(?:por|ao|a cada|todo|cada|/)\s?ano\b|\s*anuais\b", re.IGNORECASE),
        Per.MONTH: re.compile(r"\s*(?:por|ao|a cada|todo|cada|/)\s?m[êe]s\b|\s*mensais\b", re.IGNORECASE),
    },
}
# a bare number of this size is money unless it is a year; smaller ones are ages and counts
_THOUSAND = 1_000
_YEARS = range(1900, 2201)
# a plan at work, named by its paragraph of the law
_PLANS = frozenset({"401k", "401 k"})


def numbers_in(text: str, tongue: Tongue) -> list[Number]:
    """Return every number of a text, written in digits or in words, with its scale, in order."""
    digits = list(_in_digits(text, tongue))
    taken = [(each.start, each.end) for each in digits]
    words = (each for each in _in_words(text, tongue) if not any(a < each.end and each.start < b for a, b in taken))
    return sorted([*digits, *words], key=lambda number: number.start)


def money_in(text: str, tongue: Tongue) -> list[Money]:
    """Return the amounts of money of a text, in order.

    A number is money when a currency or a scale ("80k", "two hundred thousand") says so, or when it is too large for
    an age and no year. "401k" without a currency is the plan at work, not an amount.
    """
    found = []
    for number in numbers_in(text, tongue):
        start, symbol = _symbol_before(text, number.start)
        end, word = _currency_after(text, number.end, tongue)
        if text[number.start : number.end].lower() in _PLANS and not (symbol or word):
            continue
        is_scaled = number.value >= _THOUSAND and not text[number.start : number.end].isdigit()
        is_large = number.value >= _THOUSAND and int(number.value) not in _YEARS
        if symbol or word or is_scaled or is_large:
            per, end = _per_after(text, end, tongue)
            found.append(Money(number.value, symbol or word, per, start, end))
    return found


def _in_digits(text: str, tongue: Tongue) -> Iterator[Number]:
    thousands, point = (",", ".") if tongue is Tongue.ENGLISH else (".", ",")
    for match in _DIGITS[tongue].finditer(text):
        value, end = Decimal(match[0].replace(thousands, "").replace(point, ".")), match.end()
        after = _AFTER.match(text, end)
        scale = _SCALES[tongue].get(after[1].lower(), 0) if after else 0
        if after and scale:
            value, end = value * scale, after.end()
            value, end = _and_a_half(text, value, scale, end, tongue)
        yield Number(value, match.start(), end)


def _and_a_half(text: str, value: Decimal, scale: int, end: int, tongue: Tongue) -> tuple[Decimal, int]:
    """The half may come after the scale: "a million and a half", "um milhão e meio"."""
    half = _HALF_AFTER[tongue].match(text, end)
    return (value + Decimal(scale) / 2, half.end()) if half else (value, end)


def _in_words(text: str, tongue: Tongue) -> Iterator[Number]:
    tokens = [(match[0].lower(), match.start(), match.end()) for match in _TOKEN.finditer(text)]
    place = 0
    while place < len(tokens):
        read = _read_words(text, tokens, place, tongue)
        if read is None:
            place += 1
            continue
        number, place = read
        yield number


def _read_words(text: str, tokens: list[tuple[str, int, int]], place: int, tongue: Tongue) -> tuple[Number, int] | None:
    """Read the longest number that begins at a token; None where none does."""
    words, scales = _WORDS[tongue], _spoken_scales(tongue)
    group, total, end, at = Decimal(0), Decimal(0), -1, place
    last_scale = 1
    while at < len(tokens) and (at == place or text[tokens[at - 1][2] : tokens[at][1]].strip("- ") == ""):
        word = tokens[at][0]
        if word in words:
            group += words[word]
        elif word == "hundred" and tongue is Tongue.ENGLISH:
            group = (group or Decimal(1)) * 100
        elif word in scales and (group or end >= 0 or _stands_alone(tokens, at, tongue)):
            total, group, last_scale = total + (group or 1) * scales[word], Decimal(0), scales[word]
        elif word in _PARTS[tongue] and _is_half(tokens, at, tongue):
            group += _PARTS[tongue][word]
        elif (word in _JOINERS[tongue] and end >= 0 and _goes_on(tokens, at + 1, tongue)) or (
            at == place and word in _ARTICLES[tongue] and _goes_on(tokens, at + 1, tongue)
        ):
            at += 1
            continue
        else:
            break
        end, at = tokens[at][2], at + 1
    if end < 0 or (total + group) == 0:
        return None
    value, end = _and_a_half(text, total + group, last_scale, end, tongue) if total else (group, end)
    return Number(value, tokens[place][1], end), max(at, place + 1)


_JOINERS = {Tongue.ENGLISH: {"and", "-", "a"}, Tongue.PORTUGUESE: {"e"}}
_ARTICLES = {Tongue.ENGLISH: {"a", "an"}, Tongue.PORTUGUESE: set[str]()}


def _spoken_scales(tongue: Tongue) -> Mapping[str, int]:
    return {
        word: scale
        for word, scale in _SCALES[tongue].items()
        if len(word) > 2 and (tongue, word) != (Tongue.ENGLISH, "mil")
    }


def _stands_alone(tokens: list[tuple[str, int, int]], at: int, tongue: Tongue) -> bool:
    """Say whether a scale needs no number before it: "a million", "mil"."""
    if tongue is Tongue.PORTUGUESE:
        return tokens[at][0] == "mil"
    return at > 0 and tokens[at - 1][0] in _ARTICLES[tongue]


def _is_half(tokens: list[tuple[str, int, int]], at: int, tongue: Tongue) -> bool:
    """Say whether a half is of a million: "half a million", "meio milhão"."""
    rest = [token[0] for token in tokens[at + 1 : at + 3] if token[0] != "a"]
    return bool(rest) and rest[0] in _spoken_scales(tongue)


def _goes_on(tokens: list[tuple[str, int, int]], at: int, tongue: Tongue) -> bool:
    if at >= len(tokens):
        return False
    word = tokens[at][0]
    if word in _WORDS[tongue] or word in _spoken_scales(tongue):
        return True
    return (word == "hundred" and tongue is Tongue.ENGLISH) or (word in _PARTS[tongue] and _is_half(tokens, at, tongue))


def _symbol_before(text: str, start: int) -> tuple[int, str]:
    for symbol, code in _SYMBOLS.items():
        before = text[:start].rstrip()
        if before.endswith(symbol):
            return len(before) - len(symbol), code
    return start, ""


def _currency_after(text: str, end: int, tongue: Tongue) -> tuple[int, str]:
    after = _NAMED.match(text, end)
    code = _CURRENCY_WORDS[tongue].get(after[1].lower(), "") if after else ""
    return (after.end(), code) if after and code else (end, "")


def _per_after(text: str, end: int, tongue: Tongue) -> tuple[Per, int]:
    for per, shape in _PER[tongue].items():
        found = shape.match(text, end)
        if found:
            return per, found.end()
    return Per.ONCE, end
