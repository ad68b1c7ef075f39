"""What a client tried in their plan, in words for the advisor."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext as _

from apps.core.templatetags.formats import date_text, percent_text
from apps.kernel.errors import InvalidInputError, gettext_noop
from apps.plans.selectors.what_if import Asked, WhatIfResult, moved_texts, result_as_generated


def tried_words(asked: Asked, changes: Mapping[str, float], result: WhatIfResult | None, note: str) -> str:
    """Return which levers were moved, what the engine answered, and what the client adds.

    Raises InvalidInputError when none was moved.
    """
    moved, planned = moved_texts(asked, changes), result_as_generated(asked)
    chance = result.success.number if result else None
    before = planned.success.number if planned else None
    if not moved or chance is None or before is None:
        raise InvalidInputError(
            gettext_noop("Nothing was moved yet."), mend=gettext_noop("Move something, then send it.")
        )
    chances = {
        "chance": percent_text(chance, 1),
        "planned": percent_text(before, 1),
        "day": date_text(asked.run.facts_as_of),
    }
    lines = [
        _("I tried this in my plan:"),
        *(f"• {text}" for text in moved),
        _("Chance of success: %(chance)s instead of %(planned)s (facts as of %(day)s).") % chances,
    ]
    return "\n".join([*lines, *(["", note.strip()] if note.strip() else [])])
