"""By which rules a plan was reckoned, in a client's words; the identity of each part stands in a line of its own."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.core.templatetags import formats
from apps.plans.engine.results import TrailStep
from apps.plans.selectors.passports import steps_of

_MARKETS = {
    "log_normal": gettext_lazy("their months are drawn by a formula from what is expected of each class."),
    "fat_tailed": gettext_lazy(
        "their months are drawn by a formula from what is expected of each class, with more very bad ones."
    ),
    "bootstrap": gettext_lazy("they are made of stretches of real history in another order."),
    "sequences": gettext_lazy("they are stretches of real history as it went."),
}


@dataclass(frozen=True, slots=True)
class Rule:
    """A part of the reckoning and what it means."""

    name: str
    words: str


def rules_of(trail: Sequence[TrailStep]) -> tuple[Rule, ...]:
    """Return the parts of a trail as a client reads them; a part without words for clients stands in `identity`."""
    named = steps_of(trail)
    told = [(step, _WORDS[step.step]) for step in trail if step.step in _WORDS]
    names = {step.step: shown.name for step, shown in zip(trail, named, strict=True)}
    return tuple(Rule(names[step.step], words(dict(step.facts))) for step, words in told)


def identity(trail: Sequence[TrailStep]) -> str:
    """Return the trail in one line, for who checks the plan."""
    parts = []
    for shown in steps_of(trail):
        facts = ", ".join(f"{name} {value}" for name, value in shown.facts)
        parts.append(f"{shown.name}: {facts}; {shown.source}" if facts else f"{shown.name}: {shown.source}")
    return ". ".join(parts)


def _assumptions(facts: Mapping[str, str]) -> str:
    return _("The firm's assumptions about markets, in use from %(day)s.") % {
        "day": formats.date_text(dt.date.fromisoformat(facts["effective_from"]))
    }


def _futures(facts: Mapping[str, str]) -> str:
    first = _("%(count)s possible futures;") % {"count": formats.number_text(int(facts["paths"]), 0)}
    return f"{first} {_MARKETS[facts.get('market', 'log_normal')]}"


def _months(facts: Mapping[str, str]) -> str:
    return _(
        "Each future is lived through month by month from %(day)s, %(count)s months: what comes in, what is saved, and "
        "what is paid, the most important first."
    ) % {"day": formats.date_text(dt.date.fromisoformat(facts["start"])), "count": facts["months"]}


def _taxes(facts: Mapping[str, str]) -> str:
    return _("The federal tax rules of %(year)s, carried forward with inflation.") % {"year": facts["table"]}


def _state(facts: Mapping[str, str]) -> str:
    return _("The tax rules of %(state)s of %(year)s, carried forward with inflation.") % {
        "state": facts["state"],
        "year": facts["table"],
    }


def _success(_facts: Mapping[str, str]) -> str:
    return _("A future succeeds when everything essential is paid in every month to the end of the plan.")


_WORDS: dict[str, Callable[[Mapping[str, str]], str]] = {
    "assumptions": _assumptions,
    "scenarios": _futures,
    "months": _months,
    "taxes": _taxes,
    "state_taxes": _state,
    "success": _success,
}
