"""The firm's language model: which it is, and how the last try went."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

from django.utils.translation import gettext

from apps.integrations.models import LanguageModelConnection
from apps.kernel.errors import gettext_noop


class Outcome(StrEnum):
    """How a question to a language model went."""

    ANSWERED = "answered"
    AWAY = "away"
    SLOW = "slow"
    KEY = "key"
    UNKNOWN = "unknown"
    BUSY = "busy"
    BROKEN = "broken"
    REFUSED = "refused"
    NONSENSE = "nonsense"
    ADDRESS = "address"


@dataclass(frozen=True, slots=True)
class Told:
    """An outcome in words: English message ids."""

    message: str
    mend: str = ""


_LATER = gettext_noop("Nothing was changed. Try again in some minutes.")
OUTCOMES = {
    Outcome.ANSWERED: Told(gettext_noop("The language model answered.")),
    Outcome.AWAY: Told(gettext_noop("The language model's server cannot be reached, or ended the line."), _LATER),
    Outcome.SLOW: Told(gettext_noop("The language model did not answer in time."), _LATER),
    Outcome.KEY: Told(
        gettext_noop("The language model's server does not accept the key."),
        gettext_noop("A principal enters a valid key in the settings."),
    ),
    Outcome.UNKNOWN: Told(
        gettext_noop("The server knows no such address or model."),
        gettext_noop("A principal checks address and model in the settings."),
    ),
    Outcome.BUSY: Told(
        gettext_noop("The language model's server takes no more questions now: too many came, or the credit is used."),
        _LATER,
    ),
    Outcome.BROKEN: Told(gettext_noop("The language model's server has a fault."), _LATER),
    Outcome.REFUSED: Told(
        gettext_noop("The language model's server refused the question."),
        gettext_noop("A principal checks address and model in the settings."),
    ),
    Outcome.NONSENSE: Told(gettext_noop("The language model's answer could not be read."), _LATER),
    Outcome.ADDRESS: Told(
        gettext_noop("The address of the language model leads nowhere, or into a private network."),
        gettext_noop("A principal checks the address in the settings."),
    ),
}


@dataclass(frozen=True, slots=True)
class ModelLine:
    """The connection as the settings show it; never its key."""

    row: LanguageModelConnection
    tried_at: dt.datetime | None
    outcome: str
    is_good: bool


def connection_in_use() -> LanguageModelConnection | None:
    """Return the firm's connection, None where it has none."""
    return LanguageModelConnection.objects.filter(is_active=True).first()


def model_line() -> ModelLine | None:
    """Return what the settings show of it."""
    row = connection_in_use()
    return None if row is None else ModelLine(row, row.tried_at, told(row.outcome), row.outcome == Outcome.ANSWERED)


def told(outcome: str) -> str:
    """Return an outcome as a sentence; empty for none."""
    if not outcome:
        return ""
    words = OUTCOMES[Outcome(outcome)]
    return f"{gettext(words.message)} {gettext(words.mend) if words.mend else ''}".strip()
