"""Whose the money of a couple is by the law of property, where the title of an account does not say it all."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Ownership:
    """``is_community`` where spouses own together what they hold, whatever its title (IRC 1014(b)(6)); ``of_others``
    are keys of accounts that belong to neither of them, as a child's."""

    is_community: bool = False
    of_others: tuple[str, ...] = ()


BY_TITLE = Ownership()
