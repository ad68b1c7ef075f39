"""Long words that paper has to break: hashes, ids, addresses."""

from __future__ import annotations

import re

from django import template

register = template.Library()

EVERY = 16
_LONG = re.compile(r"\S{25,}")


@register.filter
def breakable(text: object) -> str:
    """Allow a line break (U+200B) after every sixteen characters of a word of 25 and more."""
    return _LONG.sub(lambda word: "\u200b".join(re.findall(rf".{{1,{EVERY}}}", word.group())), str(text or ""))
