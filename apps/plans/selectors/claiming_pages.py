"""The Social Security explorer: what each choice of claim ages pays, and how the plan fares with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.core.templatetags import formats
from apps.kernel.errors import InvalidInputError, gettext_noop
from apps.plans.engine.claiming_map import Ages, BreakEven, ClaimChoice, ClaimingMap, RecordChoice
from apps.plans.engine.what_if_levers import LeverKind, claim_levers
from apps.plans.engine.what_if_results import WhatIfAnswer
from apps.plans.selectors.explorers import Origin
from apps.plans.selectors.figures import Figure, as_typed, money_figure
from apps.plans.selectors.what_if import Asked, query_of

RATES = (0, 1, 2, 3, 4)
USUAL_RATE = 2
_HEATS = 7
_YEAR = 12


@dataclass(frozen=True, slots=True)
class Chosen:
    """What the address asks for: claim ages in months, and the real rate a year in per cent."""

    rate: int
    ages: Ages | None


@dataclass(frozen=True, slots=True)
class ClaimLine:
    """A choice with a name, or of the list of one person; `query` chooses it, empty where the page shows it."""

    name: str
    ages: tuple[str, ...]
    query: str
    is_chosen: bool
    value: Figure
    gain: Figure
    together: Figure
    alone: tuple[Figure, ...]
    chance: Figure
    change: Figure
    error: Figure


@dataclass(frozen=True, slots=True)
class GridCell:
    """A pair of ages; `heat` 0 to 7 by its value."""

    ages: tuple[str, ...]
    heat: int
    is_best: bool
    value: Figure


@dataclass(frozen=True, slots=True)
class GridRow:
    """An age of the first adult with every age of the second."""

    age: str
    cells: tuple[GridCell, ...]


@dataclass(frozen=True, slots=True)
class BreakEvenLine:
    """From which age on waiting has paid more."""

    name: str
    sooner: str
    later: str
    age: Figure


@dataclass(frozen=True, slots=True)
class SurvivorLine:
    """An age at which a survivor's benefit can begin: its worth with the own benefit as planned, and at its best."""

    name: str
    begins: str
    is_planned: bool
    is_best: bool
    value: Figure
    best_age: str
    best_value: Figure


@dataclass(frozen=True, slots=True)
class AgeField:
    """The ages that one adult can still choose, as (value, label); a single one where benefits are paid already."""

    name: str
    person: str
    options: tuple[tuple[str, str], ...]
    value: str


@dataclass(frozen=True, slots=True)
class ClaimingPage:
    """The explorer of a plan. `changes` are the levers of the chosen ages, empty where they are the plan's."""

    names: tuple[str, ...]
    claimed: tuple[str, ...]
    rate: int
    rates: tuple[int, ...]
    fields: tuple[AgeField, ...]
    chosen: ClaimLine
    changes: tuple[tuple[str, str], ...]
    what_if_query: str
    lines: tuple[ClaimLine, ...]
    grid: tuple[GridRow, ...]
    columns: tuple[str, ...]
    break_evens: tuple[BreakEvenLine, ...]
    survivors: tuple[SurvivorLine, ...]
    without_benefit: tuple[str, ...]


def chosen_in(asked: Asked, told: Mapping[str, str]) -> Chosen:
    """Read what the address asks for. Raises InvalidInputError with the field: no age, no rate on offer."""
    rate = told.get("rate", str(USUAL_RATE))
    if rate not in {str(each) for each in RATES}:
        raise InvalidInputError(
            gettext_noop("This rate is not on offer."), mend=gettext_noop("Choose one of the list."), field="rate"
        )
    claims = {claim.owner: claim.claim_age for claim in asked.question.inputs.claims}
    ages = [told.get(f"age:{owner}", "") for owner in claims]
    if not any(ages):
        return Chosen(int(rate), None)
    return Chosen(int(rate), tuple(_age(*each) for each in zip(claims, ages, claims.values(), strict=True)))


def _age(owner: str, text: str, now: int) -> int:
    if text == "":
        return now
    # at most three digits: what is longer is no age, and need not be read
    if not text.isdecimal() or not text.isascii() or len(text) > 3 or not 62 * _YEAR <= int(text) <= 70 * _YEAR:
        raise InvalidInputError(
            gettext_noop("Social Security begins between the ages of 62 and 70."),
            mend=gettext_noop("Choose an age of the list."),
            field=f"age:{owner}",
        )
    return int(text)


def choice_of(found: ClaimingMap, chosen: Chosen) -> ClaimChoice:
    """Return the choice that is asked for, the best without one. Raises InvalidInputError for an age that is past."""
    if chosen.ages is None:
        return found.best
    choice = found.of(chosen.ages)
    if choice is None:
        raise InvalidInputError(
            gettext_noop("One of these ages is not open any more."), mend=gettext_noop("Choose an age of the list.")
        )
    return choice


def named_choices(found: ClaimingMap) -> tuple[tuple[str, ClaimChoice], ...]:
    """Return the choices that have a name, each once."""
    named = (
        (_("As the plan has it"), found.planned),
        (_("Highest value"), found.best),
        (_("As soon as possible"), found.soonest),
        (_("At full retirement age"), found.full),
        (_("As late as possible"), found.latest),
    )
    seen: list[tuple[str, ClaimChoice]] = []
    for name, choice in named:
        if all(choice.ages != other.ages for _name, other in seen):
            seen.append((name, choice))
    return tuple(seen)


def changes_of(asked: Asked, found: ClaimingMap, ages: Ages) -> dict[str, float] | None:
    """Return the levers that put the plan to some ages; None where they are no whole years."""
    levers = {lever.subject: lever for lever in claim_levers(asked.question.inputs)}
    changes: dict[str, float] = {}
    for owner, age, now in zip(found.owners, ages, found.planned.ages, strict=True):
        if age == now:
            continue
        # at 62 the first month that is paid
        if owner not in levers or (age % _YEAR and age // _YEAR != 62):
            return None
        changes[f"{LeverKind.CLAIM_AGE}:{owner}"] = float(age // _YEAR)
    return changes


def age_text(months: int) -> str:
    """Write an age."""
    years, rest = divmod(months, _YEAR)
    if not rest:
        return str(years)
    return ngettext("%(years)s and %(months)s month", "%(years)s and %(months)s months", rest) % {
        "years": years,
        "months": rest,
    }


Answers = Mapping[Ages, WhatIfAnswer]


def claiming_page(asked: Asked, found: ClaimingMap, chosen: Chosen, answers: Answers) -> ClaimingPage:
    """Return the page: `answers` are the engine's for the choices that the plan was run with."""
    choice = choice_of(found, chosen)
    builder = _Lines(asked, found, chosen, answers)
    names = tuple(asked.names.get(owner, owner) for owner in found.owners)
    changes = changes_of(asked, found, choice.ages) or {}
    by_owner = {claim.owner: claim for claim in asked.question.inputs.claims}
    listed = named_choices(found)
    if len(found.owners) == 1:
        known = {each.ages: name for name, each in listed}
        rows = sorted({each.ages: each for each in (*found.choices, *(each for _n, each in listed))}.items())
        listed = tuple((known.get(ages, ""), each) for ages, each in rows)
    return ClaimingPage(
        names=names,
        claimed=tuple(asked.names.get(owner, owner) for owner in found.claimed),
        rate=chosen.rate,
        rates=RATES,
        fields=_fields(found, names, choice),
        chosen=builder.line(_("Chosen"), choice, "chosen"),
        changes=tuple((key, as_typed(value)) for key, value in changes.items()),
        what_if_query=query_of(asked, changes),
        lines=tuple(builder.line(name, each, f"line-{place}") for place, (name, each) in enumerate(listed)),
        grid=builder.grid() if len(found.owners) == 2 else (),
        columns=tuple(age_text(age) for age in found.open_ages[-1]),
        break_evens=tuple(_break_even(asked, each) for each in found.break_evens),
        survivors=_survivors(asked, found),
        without_benefit=tuple(
            name
            for owner, name in zip(found.owners, names, strict=True)
            if by_owner[owner].primary_amount == 0.0 and by_owner[owner].record is None
        ),
    )


def _fields(found: ClaimingMap, names: Sequence[str], choice: ClaimChoice) -> tuple[AgeField, ...]:
    return tuple(
        AgeField(
            name=f"age:{owner}",
            person=name,
            options=tuple((str(age), age_text(age)) for age in sorted({*opened, planned})),
            value=str(age),
        )
        for owner, name, opened, planned, age in zip(
            found.owners, names, found.open_ages, found.planned.ages, choice.ages, strict=True
        )
    )


def _survivors(asked: Asked, found: ClaimingMap) -> tuple[SurvivorLine, ...]:
    best = {
        owner: max(each.best_value for each in found.records if each.owner == owner)
        for owner in {each.owner for each in found.records}
    }

    def money(choice: RecordChoice, name: str, value: float) -> Figure:
        return money_figure(value, asked.currency, f"survivor:{choice.owner}:{choice.begins}:{name}", _("Worth in all"))

    return tuple(
        SurvivorLine(
            name=asked.names.get(choice.owner, choice.owner),
            begins=age_text(choice.begins),
            is_planned=choice.is_planned,
            is_best=choice.best_value == best[choice.owner],
            value=money(choice, "planned", choice.value),
            best_age=age_text(choice.best_age),
            best_value=money(choice, "best", choice.best_value),
        )
        for choice in found.records
    )


def _break_even(asked: Asked, found: BreakEven) -> BreakEvenLine:
    age, key = found.age, f"even:{found.owner}:{found.sooner}:{found.later}"
    return BreakEvenLine(
        asked.names.get(found.owner, found.owner),
        age_text(found.sooner),
        age_text(found.later),
        Figure(None if age is None else age / _YEAR, "years", key, _("Waiting has paid more from age"), "1"),
    )


@dataclass(frozen=True, slots=True)
class _Lines:
    """Choices as figures."""

    asked: Asked
    found: ClaimingMap
    chosen: Chosen
    answers: Answers

    def line(self, name: str, choice: ClaimChoice, key: str) -> ClaimLine:
        """Return one choice."""
        answer = self.answers.get(choice.ages)
        success = change = error = None
        if answer is not None:
            success, change, error = answer.success.value, answer.change.value, answer.change.standard_error
        return ClaimLine(
            name=name,
            ages=tuple(age_text(age) for age in choice.ages),
            query=self._query(choice),
            is_chosen=choice.ages == choice_of(self.found, self.chosen).ages,
            value=self._money(choice.value, f"{key}:value", _("Worth in all")),
            gain=self._money(choice.value - self.found.planned.value, f"{key}:gain", _("Against the plan's ages")),
            together=self._money(choice.together, f"{key}:together", _("Paid a month once all claim")),
            alone=tuple(
                self._money(
                    each,
                    f"{key}:alone-{place}",
                    _("%(name)s alone is paid a month") % {"name": self.asked.names.get(owner, owner)},
                )
                for place, (each, owner) in enumerate(zip(choice.alone, self.found.owners, strict=False))
            ),
            chance=Figure(success, "percent", f"{key}:chance", _("Chance of success"), "1"),
            change=Figure(change, "points", f"{key}:change", _("Change of the chance, in points"), "1"),
            error=Figure(error, "points", f"{key}:error", _("Standard error, in points"), "2"),
        )

    def grid(self) -> tuple[GridRow, ...]:
        """Return every pair of open ages."""
        values = [choice.value for choice in self.found.choices]
        low, span = min(values), max(max(values) - min(values), 1e-9)
        cells = {
            choice.ages: GridCell(
                tuple(age_text(age) for age in choice.ages),
                round(_HEATS * (choice.value - low) / span),
                choice.ages == self.found.best.ages,
                self._money(choice.value, f"pair:{choice.ages[0]}:{choice.ages[1]}", _("Worth in all"), "compact"),
            )
            for choice in self.found.choices
        }
        first, second = self.found.open_ages
        return tuple(GridRow(age_text(one), tuple(cells[(one, other)] for other in second)) for one in first)

    def _query(self, choice: ClaimChoice) -> str:
        ages = [f"age:{owner}={age}" for owner, age in zip(self.found.owners, choice.ages, strict=True)]
        return "&".join([f"rate={self.chosen.rate}", *ages])

    def _money(self, value: float, key: str, label: str, style: str = "whole") -> Figure:
        return money_figure(value, self.asked.currency, key, label, style)


def asked_choices(asked: Asked, found: ClaimingMap, chosen: Chosen) -> Sequence[tuple[Ages, dict[str, float], bool]]:
    """Return which choices the plan is run with, by which levers, and whether on all futures: the chosen one."""
    one = choice_of(found, chosen)
    told = []
    for ages in dict.fromkeys([one.ages, *(choice.ages for _name, choice in named_choices(found))]):
        changes = changes_of(asked, found, ages)
        if changes is not None:
            told.append((ages, changes, ages == one.ages or not changes))
    return told


def claiming_origin(asked: Asked, chosen: Chosen) -> Origin:
    """Say where the figures of the explorer come from."""
    facts = (
        (_("Discounted a year, above inflation"), formats.percent_text(chosen.rate / 100, 0)),
        (_("Futures"), formats.number_text(asked.run.n_paths, 0)),
    )
    basis = _(
        "Money of today, before tax, as benefits rise with prices. Lives by the period life table of 2022 of the "
        "Social Security Administration, mean of both sexes; those of two are independent. Planned pay from work holds "
        "benefits back before full retirement age (42 USC 403(f)). Left out: the family maximum."
    )
    return Origin(_method, basis, facts)


def _method(key: str) -> str:
    name = key.rpartition(":")[2]
    if key.startswith("even:"):
        return _("The age at which the sums of what is paid, undiscounted, are first larger for who waited.")
    if name in {"chance", "change"}:
        return _("The whole plan run again with these claim ages, compared path by path on the same futures.")
    if name == "error":
        return _("The spread between independent scrambles of the futures, divided by the root of their number.")
    if name == "together":
        return _("Own and spouse's benefits a month when all claim and live, by the rules of 42 USC 402 and 416.")
    if name.startswith("alone"):
        return _("The larger of the own and the survivor's benefit once the other has died after that (42 USC 402(e)).")
    return _(
        "All that these ages pay in each month, times the odds that those it is paid to live, discounted to the start."
    )
