"""Groups of a fit as rows, with the names that last."""

from __future__ import annotations

from apps.compliance.engine.group_traits import Middle, middles_of, named_apart, still_true, telling, traits_of
from apps.compliance.engine.risk_features import FEATURES
from apps.compliance.engine.risk_groups import Grouping
from apps.compliance.models import RiskGroup, RiskGroupFit


def middle_content(middle: Middle) -> list[float]:
    """Return quartiles and number known as they are stored."""
    return [middle.low, middle.median, middle.high, middle.n_known]


def trouble_of(found: Grouping) -> str:
    """Return why there are no groups, nothing where there are."""
    return str(found.trouble) if found.trouble is not None else ""


def group_rows(fit: RiskGroupFit, found: Grouping, before: RiskGroupFit | None) -> dict[int, RiskGroup]:
    """Keep the groups, by number; one that was there before keeps its name as long as that is true."""
    if found.centres is None:
        return {}
    ruler, codes = found.considered.ruler, [feature.code for feature in FEATURES]
    by_key = {person.key: person for person in found.considered.people}
    own = {number: [by_key[place.key] for place in found.places if place.number == number] for number in found.centres}
    middles = {number: middles_of(people, codes) for number, people in own.items()}
    firm = middles_of(found.considered.people, codes)
    traits = named_apart(middles, ruler)
    earlier = {group.number: group.traits for group in before.groups.all()} if before else {}
    rows = []
    for number, centre in found.centres.items():
        stands_out = telling(middles[number], firm, ruler)
        old = earlier.get(number)
        if old and still_true(old, traits_of(middles[number]), stands_out) and _is_free(old, number, traits):
            traits[number] = old
        rows.append(
            RiskGroup(
                fit=fit,
                number=number,
                traits=traits[number],
                telling=[[code, above] for code, above in stands_out],
                size=len(own[number]),
                centre=list(centre),
                middles={code: middle_content(middle) for code, middle in middles[number].items()},
            )
        )
    return {row.number: row for row in RiskGroup.objects.bulk_create(rows)}


def _is_free(name: list[str], number: int, traits: dict[int, list[str]]) -> bool:
    return all(other == number or each != name for other, each in traits.items())
