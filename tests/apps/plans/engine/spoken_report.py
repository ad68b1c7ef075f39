"""How many labelled sentences the grammar of goals reads exactly, and which it misses; drawn into the docs.

`python -m tests.apps.plans.engine.spoken_report` writes the part of docs/engine/spoken_goals.md anew.
"""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from apps.plans.engine.goal_lexicon import Lexicon, lexicon_from_mapping
from apps.plans.engine.spoken_goals import SpokenGoal, goals_in

HERE = Path(__file__).parent
ROOT = HERE.parents[3]
DOC = ROOT / "docs" / "engine" / "spoken_goals.md"
START, END = "<!-- drawn: begin -->\n", "<!-- drawn: end -->"
SETS = {
    "goals": "tuned on, by another writer",
    "more": "tuned on, second",
    "third": "tuned on, third",
    "held": "held out",
    "means": "tuned on, with means",
    "means2": "tuned on, with means, second",
    "meansheld": "held out, with means",
}
# the sets that were labelled before means were read say nothing of them
LABELLED_WITH_MEANS = frozenset({"means", "means2", "meansheld"})
TONGUES = {"en": "English", "pt": "Portuguese"}


@dataclass(frozen=True)
class Miss:
    text: str
    wanted: list[dict[str, Any]]
    told: list[dict[str, Any]]


@dataclass(frozen=True)
class Score:
    name: str
    tongue: str
    total: int
    named: int
    amounts: int
    amounts_right: int
    amounts_wrong: int
    means: int
    means_right: int
    means_wrong: int
    misses: list[Miss]

    @property
    def exact(self) -> int:
        return self.total - len(self.misses)


@cache
def lexicon(tongue: str) -> Lexicon:
    path = ROOT / "apps" / "plans" / "reference" / f"goal_words_{tongue}.toml"
    return lexicon_from_mapping(tomllib.loads(path.read_text("utf-8")))


def told(goal: SpokenGoal, *, with_means: bool = False) -> dict[str, Any]:
    """Return what a goal says in the labels' words: what was not said is left out."""
    money, moment = goal.money, goal.moment
    said: dict[str, Any] = {"subject": goal.subject.value, "priority": goal.priority.value, "whom": goal.whom}
    if money is not None:
        said |= {"amount": float(money.amount), "per": money.per.value, "currency": money.currency}
    if moment is not None:
        said |= {"age": moment.age, "of": moment.of, "year": moment.year, "month": moment.month, "ahead": moment.ahead}
    if goal.duration is not None:
        said["years"] = goal.duration.years
    return said_only(said) | (means_told(goal) if with_means else {})


def means_told(goal: SpokenGoal) -> dict[str, Any]:
    wait, least, source = goal.means.wait, goal.means.least, goal.means.source
    said: dict[str, Any] = {}
    if wait is not None and wait.until is not None:
        said |= {"until": wait.until.year, "until_ahead": wait.until.ahead}
    elif wait is not None:
        said["wait"] = "open" if wait.years is None else wait.years
    if least is not None and least.money is not None:
        said["least_amount"] = float(least.money.amount)
    elif least is not None:
        said["least"] = "open" if least.share is None else float(least.share)
    if source is not None:
        said |= {"accounts": [kind.value for kind in source.kinds], "only": source.only or None}
    return {name: value for name, value in said.items() if value is not None}


def said_only(said: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in said.items() if value not in {None, ""}}


def scored(name: str, tongue: str) -> Score:
    """Score one set: a sentence counts when every goal and every field of it is as labelled, and no goal is added."""
    content = tomllib.loads((HERE / "sentences" / f"{name}_{tongue}.toml").read_text("utf-8"))
    misses, named, amounts, right, wrong = [], 0, 0, 0, 0
    means, means_right, means_wrong = 0, 0, 0
    for sentence in content["sentence"]:
        wanted = sentence.get("goal", [])
        found = [
            told(goal, with_means=name in LABELLED_WITH_MEANS) for goal in goals_in(sentence["text"], lexicon(tongue))
        ]
        named += [goal["subject"] for goal in wanted] == [goal["subject"] for goal in found]
        said, read = (Counter(goal["amount"] for goal in goals if "amount" in goal) for goals in (wanted, found))
        amounts, right = amounts + said.total(), right + (said & read).total()
        wrong += (read - said).total()
        if name in LABELLED_WITH_MEANS:
            said, read = (Counter(fact for goal in goals for fact in _means(goal)) for goals in (wanted, found))
            means, means_right = means + said.total(), means_right + (said & read).total()
            means_wrong += len(read.keys() - said.keys())
        if found != wanted:
            misses.append(Miss(sentence["text"], wanted, found))
    return Score(
        name, tongue, len(content["sentence"]), named, amounts, right, wrong, means, means_right, means_wrong, misses
    )


def _means(goal: dict[str, Any]) -> Iterator[str]:
    """Tell what a goal says of its means, one by one."""
    for name in ("wait", "until", "until_ahead", "least", "least_amount", "accounts", "only"):
        if name in goal:
            yield f"{name} {goal[name]:g}" if isinstance(goal[name], float | int) else f"{name} {goal[name]}"


@cache
def scores() -> tuple[Score, ...]:
    return tuple(scored(name, tongue) for name in SETS for tongue in TONGUES)


def report() -> str:
    names = ["sentences", "language", "exactly right", "kinds of goals right", "amounts right", "amounts not said"]
    names += ["means right", "means not said"]
    lines = [f"| {' | '.join(names)} |", f"|{'---|' * len(names)}"]
    for each in scores():
        right = f"{each.exact} of {each.total}"
        kinds, amounts = f"{each.named} of {each.total}", f"{each.amounts_right} of {each.amounts}"
        told = [SETS[each.name], TONGUES[each.tongue], right, kinds, amounts, str(each.amounts_wrong)]
        has_means = each.name in LABELLED_WITH_MEANS
        told += [f"{each.means_right} of {each.means}", str(each.means_wrong)] if has_means else ["not labelled", ""]
        lines.append(f"| {' | '.join(told)} |")
    for each in scores():
        lines += ["", f"### Missed: {TONGUES[each.tongue]}, {SETS[each.name]}", ""]
        lines += [line for miss in each.misses for line in _lines(miss)] or ["None."]
    return "\n".join(lines) + "\n"


def _lines(miss: Miss) -> Iterator[str]:
    yield f"- {miss.text}"
    yield f"  - said: {_goals(miss.wanted)}"
    yield f"  - read: {_goals(miss.told)}"


def _goals(goals: list[dict[str, Any]]) -> str:
    return "; ".join(_words(goal) for goal in goals) or "no goal"


def _words(goal: dict[str, Any]) -> str:
    rest = [f"{name} {goal[name]:g}" if name == "amount" else f"{name} {goal[name]}" for name in sorted(goal)]
    return f"{goal['subject']} ({', '.join(text for text in rest if not text.startswith('subject'))})"


def drawn() -> str:
    """Return the drawn part of the page as it stands."""
    return DOC.read_text("utf-8").split(START)[1].split(END)[0]


def write() -> None:
    head, rest = DOC.read_text("utf-8").split(START)
    DOC.write_text(head + START + report() + END + rest.split(END)[1], "utf-8")


if __name__ == "__main__":
    write()
