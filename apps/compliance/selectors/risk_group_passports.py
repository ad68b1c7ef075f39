"""Where the figures of groups of like risk come from."""

from __future__ import annotations

from django.utils.translation import gettext

from apps.compliance.engine.risk_groups import APART, BAR
from apps.compliance.models import RiskGroup, RiskGroupFit, RiskMembership
from apps.compliance.selectors.risk_group_words import FACTS, fact_label, group_name
from apps.compliance.selectors.risk_groups import GroupFact, told_facts
from apps.core.actors import Actor
from apps.core.passports import Amount, Passport, PassportLine


def fit_passport(fit: RiskGroupFit) -> Passport:
    """Return how a fit was measured: each number of groups that was tried."""
    lines = tuple(
        PassportLine(
            gettext("%(n)s groups") % {"n": each["n_groups"]},
            gettext("people in the smallest: %(n)s") % {"n": each["smallest"]},
            Amount(each["stability"], "quantity", "2"),
            ((gettext("how far groups lie apart"), Amount(each["silhouette"], "quantity", "2")),),
        )
        for each in fit.tried
    )
    return Passport(
        title=gettext("Stability of the groups"),
        value=Amount(fit.stability, "quantity", "2"),
        method=gettext(
            "People are drawn anew many times and grouped again; the stability is how far the groups agree, 1 for the "
            "same and 0 for chance (mean adjusted Rand index). The most groups are taken that are stable enough."
        ),
        version=fit.version,
        source=gettext("Risk profiles, capacity, plans and accounts of the firm's people"),
        as_of=fit.fitted_on,
        lines=lines,
        notes=(
            gettext("Bars: stability %(bar)s, apart %(apart)s (mean silhouette).") % {"bar": BAR, "apart": APART},
            gettext("A lens for the firm's people. It decides nothing and changes no profile."),
        ),
    )


def group_passport(group: RiskGroup, actor: Actor) -> Passport:
    """Return the middles of a group's facts. Raises NotFoundError where too few people would be told of."""
    facts = told_facts(group, actor)
    return Passport(
        title=group_name(group.traits, group.number),
        value=Amount(group.size, "count"),
        method=gettext("Median and middle half (quartiles) of each fact among the group's people of whom it is known."),
        version=group.fit.version,
        source=gettext("Risk profiles, capacity, plans and accounts of the firm's people"),
        as_of=group.fit.fitted_on,
        lines=tuple(_line(fact) for fact in facts),
    )


def member_passport(row: RiskMembership) -> Passport:
    """Return the facts by which a person was placed, and what was not known."""
    placed = row.group
    missing = [fact_label(each["code"]) for each in row.fit.features if each["code"] not in row.facts]
    notes = [gettext("Not known: %(facts)s.") % {"facts": ", ".join(missing)}] if missing else []
    return Passport(
        title=gettext("Group of %(name)s") % {"name": str(row.person)},
        value=Amount(row.distance, "quantity", "2"),
        method=gettext(
            "Distance to the group's middle, each fact in spreads of the firm's people. What is not known takes no "
            "part. The group is the nearest; it changes only when another is clearly nearer."
        ),
        version=row.fit.version,
        source=group_name(placed.traits, placed.number) if placed is not None else "",
        as_of=row.fit.fitted_on,
        lines=(
            *(
                PassportLine(fact_label(code), "", _amount(code, row.facts[code]))
                for code in FACTS
                if code in row.facts
            ),
            PassportLine(gettext("Distance to the next group"), "", Amount(row.other_distance, "quantity", "2")),
        ),
        notes=(*notes, gettext("A lens for the firm's people. It decides nothing and changes no profile.")),
    )


def _amount(code: str, value: float | None) -> Amount:
    return Amount(value, FACTS[code].kind, FACTS[code].style)


def _line(fact: GroupFact) -> PassportLine:
    parts = [
        (gettext("lower quarter"), _amount(fact.code, fact.low)),
        (gettext("upper quarter"), _amount(fact.code, fact.high)),
    ]
    if fact.firm is not None:
        parts.append((gettext("the firm's median"), _amount(fact.code, fact.firm)))
    known = gettext("known for %(n)s people") % {"n": fact.n_known}
    return PassportLine(str(fact.word.label), known, _amount(fact.code, fact.median), tuple(parts))
