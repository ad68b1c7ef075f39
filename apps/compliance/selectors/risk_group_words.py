"""Groups of like risk in words: their names, the names of facts and how each is written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

NAMES: dict[tuple[str, str], str | Promise] = {
    ("cautious", "early"): _("Cautious savers with decades to go"),
    ("cautious", "mid"): _("Cautious savers in mid-career"),
    ("cautious", "near"): _("Cautious savers near retirement"),
    ("cautious", "retired"): _("Cautious clients in retirement"),
    ("balanced", "early"): _("Balanced savers with decades to go"),
    ("balanced", "mid"): _("Balanced savers in mid-career"),
    ("balanced", "near"): _("Balanced savers near retirement"),
    ("balanced", "retired"): _("Balanced clients in retirement"),
    ("bold", "early"): _("Bold savers with decades to go"),
    ("bold", "mid"): _("Bold savers in mid-career"),
    ("bold", "near"): _("Bold savers near retirement"),
    ("bold", "retired"): _("Bold clients in retirement"),
    ("cautious", ""): _("Cautious clients"),
    ("balanced", ""): _("Balanced clients"),
    ("bold", ""): _("Bold clients"),
    ("", "early"): _("Savers with decades to go"),
    ("", "mid"): _("Savers in mid-career"),
    ("", "near"): _("Savers near retirement"),
    ("", "retired"): _("Clients in retirement"),
}
BESIDES: dict[str, str | Promise] = {
    "more:tolerance": _("more willing to take risk"),
    "less:tolerance": _("less willing to take risk"),
    "more:capacity": _("more able to bear losses"),
    "less:capacity": _("less able to bear losses"),
    "more:liquid_months": _("with more ready money"),
    "less:liquid_months": _("with less ready money"),
    "more:net_worth_share": _("with more of their wealth invested"),
    "less:net_worth_share": _("with less of their wealth invested"),
    "more:age": _("older"),
    "less:age": _("younger"),
    "more:years_to_retirement": _("with longer to work"),
    "less:years_to_retirement": _("with less time to work"),
    "more:years_to_withdrawal": _("who need their money later"),
    "less:years_to_withdrawal": _("who need their money sooner"),
    "more:required_return": _("with plans that ask for more return"),
    "less:required_return": _("with plans that ask for less return"),
    "more:plan_chance": _("with safer plans"),
    "less:plan_chance": _("with tighter plans"),
    "more:equity_share": _("with more in stocks"),
    "less:equity_share": _("with less in stocks"),
}


@dataclass(frozen=True, slots=True)
class FactWord:
    """A fact's name, how its figure is written (kind and style of the tag `figure`), and its unit."""

    label: str | Promise
    kind: str
    style: str
    unit: str | Promise = ""


FACTS: dict[str, FactWord] = {
    "tolerance": FactWord(_("Tolerance score"), "quantity", "0", _("of 65 points")),
    "capacity": FactWord(_("Capacity score"), "quantity", "1", _("of 100 points")),
    "liquid_months": FactWord(_("Ready money"), "quantity", "1", _("months of net need")),
    "net_worth_share": FactWord(_("Portfolio's share of net worth"), "percent", "0"),
    "age": FactWord(_("Age"), "quantity", "0", _("years")),
    "years_to_retirement": FactWord(_("Time to retirement"), "quantity", "0", _("years")),
    "years_to_withdrawal": FactWord(_("Time to the first withdrawal"), "quantity", "0", _("years")),
    "required_return": FactWord(_("Return that the plan requires"), "percent", "1", _("a year")),
    "plan_chance": FactWord(_("Plan's chance of success"), "percent", "0"),
    "equity_share": FactWord(_("Stocks held"), "percent", "0", _("of managed accounts")),
}
MISFITS: dict[str, str | Promise] = {
    "holds_unlike": _("Holds far more or less in stocks than the group does"),
    "far": _("Unlike the others of the group"),
    "willing_beyond_able": _("Willing to take more risk than the finances can bear"),
    "able_beyond_willing": _("Able to bear more risk than willing to take"),
    "need_beyond_limit": _("The plan needs more risk than is recommended"),
    "answers_contradict": _("Answers contradict each other"),
    "capacity_capped": _("Money is needed soon"),
}
LEFT_OUT: dict[str, str | Promise] = {
    "not_asked": _("No risk questionnaire answered"),
    "too_few": _("Too few facts are known"),
    "rare": _("Known for less than half of the people"),
    "constant": _("The same for everybody"),
    "few_people": _("No groups yet"),
    "few_facts": _("No groups yet"),
    "unstable": _("No groups yet"),
}


def group_name(traits: Sequence[str], number: int) -> str:
    """Return a group's name in the reader's language; by its number where nothing names it."""
    told = {part: word for part, _mark, word in (trait.partition(":") for trait in traits)}
    name = NAMES.get((told.get("temper", ""), told.get("stage", "")))
    besides = next((BESIDES[trait] for trait in traits if trait in BESIDES), None)
    first = str(name) if name is not None else gettext("Group %(number)s") % {"number": number}
    return gettext("%(name)s, %(besides)s") % {"name": first, "besides": besides} if besides else first


def fact_label(code: str) -> str:
    """Return a fact's name."""
    return str(FACTS[code].label)


def misfit_words(codes: Sequence[str]) -> list[str]:
    """Return what does not fit, in words."""
    return [str(MISFITS[code]) for code in codes if code in MISFITS]


def left_out_word(code: str) -> str:
    """Return why a person or a fact takes no part."""
    return str(LEFT_OUT.get(code, code))
