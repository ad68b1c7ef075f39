"""The firm's people in groups of like risk: asked for once a month or now, fitted, kept, each change recorded."""

from __future__ import annotations

import datetime as dt

from apps.accounts.models import FirmProfile
from apps.accounts.selectors.firm_days import firm_today
from apps.compliance.engine.group_traits import far_from, holds_unlike, middles_of, moved_by, reasons
from apps.compliance.engine.risk_features import FEATURES, PersonFacts, Ruler
from apps.compliance.engine.risk_groups import GROUPS_VERSION, N_DRAWS, Grouping, Last, Place, group_people
from apps.compliance.models import RiskGroup, RiskGroupFit, RiskMembership
from apps.compliance.selectors.risk_groups import TASK, is_under_way
from apps.compliance.services._group_rows import group_rows, middle_content, trouble_of
from apps.compliance.services._risk_facts import Known, digest_of, known_people
from apps.core import audit, jobs
from apps.core.actors import Actor
from apps.core.services import service

# as long as the records that it was looked at beside; then it goes
KEPT_YEARS = 5


@service
def ask_for_risk_groups(*, on: dt.date, by: Actor) -> bool:
    """Have the month's groups fitted if they were not yet and nobody asked; say whether they were asked for."""
    if RiskGroupFit.objects.filter(fitted_on__gte=on.replace(day=1)).exists():
        return False
    return _enqueue(by)


@service
def request_risk_groups(*, by: Actor) -> bool:
    """Have the groups fitted now; False when that is under way already."""
    audit.record("compliance.request_risk_groups", by=by, target=FirmProfile.current())
    return _enqueue(by)


def _enqueue(by: Actor) -> bool:
    _one_at_a_time()
    if is_under_way():
        return False
    jobs.enqueue(TASK, by=by, topic="firm:all", asked_by=by.key)
    return True


@service
def keep_risk_groups(*, by: Actor, on: dt.date | None = None, n_draws: int = N_DRAWS) -> RiskGroupFit:
    """Fit the firm's people, on from the last groups, and keep it; what rests on the same facts is not kept twice."""
    _one_at_a_time()
    day = on or firm_today()
    people = known_people(day)
    latest = RiskGroupFit.objects.order_by("-id").first()
    before = RiskGroupFit.objects.filter(trouble="").order_by("-id").first()
    if latest is not None and latest.input_digest == digest_of(people, _last(latest.continues), day.replace(day=1)):
        return latest
    last = _last(before)
    found = group_people([each.facts for each in people], last, n_draws)
    fit = _fit_row(found, day, before)
    fit.input_digest = digest_of(people, last, day.replace(day=1))
    fit.full_clean()
    fit.save()
    groups = group_rows(fit, found, before)
    rows = _memberships(fit, found, people, groups, before)
    RiskMembership.objects.bulk_create(rows)
    _record(fit, rows, groups, by)
    RiskGroupFit.objects.filter(fitted_on__lt=day.replace(day=1) - dt.timedelta(days=366 * KEPT_YEARS)).delete()
    return fit


def _one_at_a_time() -> None:
    FirmProfile.objects.select_for_update().first()  # two that fit or ask at once follow each other


def _last(before: RiskGroupFit | None) -> Last | None:
    if before is None or before.trouble:
        return None
    ruler = _ruler(before)
    centres = {group.number: tuple(group.centre) for group in before.groups.all()}
    rows = before.memberships.filter(group__isnull=False).values_list("person_id", "group__number")
    highest = RiskGroup.objects.order_by("-number").values_list("number", flat=True).first() or 0
    return Last(ruler, centres, {str(person): number for person, number in rows}, highest, before.n_laid)


def _ruler(fit: RiskGroupFit) -> Ruler:
    told = fit.features
    return Ruler(
        tuple(each["code"] for each in told),
        tuple(each["middle"] for each in told),
        tuple(each["scale"] for each in told),
    )


def _fit_row(found: Grouping, day: dt.date, before: RiskGroupFit | None) -> RiskGroupFit:
    considered, chosen = found.considered, found.chosen
    ruler = considered.ruler
    firm = middles_of(considered.people, ruler.codes)
    features = [
        {
            "code": code,
            "middle": ruler.middles[at],
            "scale": ruler.scales[at],
            "unknown": considered.unknown[code],
            "firm": middle_content(firm[code]),
        }
        for at, code in enumerate(ruler.codes)
    ]
    return RiskGroupFit(
        fitted_on=day,
        version=GROUPS_VERSION,
        continues=before,
        is_continued=found.is_continued,
        n_people=len(considered.people),
        n_left_out=len(considered.left_out),
        n_laid=before.n_laid if found.is_continued and before is not None else len(considered.people),
        n_changed=sum(place.came_from is not None for place in found.places),
        features=features,
        dropped={code: str(why) for code, why in considered.dropped.items()},
        tried=[
            {"n_groups": t.n_groups, "stability": t.stability, "silhouette": t.silhouette, "smallest": t.smallest}
            for t in found.tried
        ],
        n_groups=chosen.n_groups if chosen else 0,
        stability=chosen.stability if chosen else None,
        silhouette=chosen.silhouette if chosen else None,
        trouble=trouble_of(found),
    )


def _memberships(
    fit: RiskGroupFit,
    found: Grouping,
    people: list[Known],
    groups: dict[int, RiskGroup],
    before: RiskGroupFit | None,
) -> list[RiskMembership]:
    places = {place.key: place for place in found.places}
    then = dict(before.memberships.values_list("person_id", "facts")) if before else {}
    limits = {
        number: far_from([place.distance for place in found.places if place.number == number]) for number in groups
    }
    middles = {number: middles_of(_people_of(found, number), [f.code for f in FEATURES]) for number in groups}
    rows = []
    for known in people:
        row = RiskMembership(fit=fit, person=known.person, household=known.person.household)
        row.facts = dict(sorted(known.facts.values.items()))
        place = places.get(known.facts.key)
        row.misfits = list(known.disagreements)
        if place is None:
            row.left_out = str(found.considered.left_out.get(known.facts.key, "")) or fit.trouble
        else:
            _put(row, place, known.facts, found, then.get(known.person.pk, {}))
            row.group, row.other = groups[place.number], groups[place.other]
            is_unlike = holds_unlike(known.facts.values.get("equity_share"), middles[place.number])
            row.misfits = [
                *(["holds_unlike"] if is_unlike else []),
                *(["far"] if place.distance > limits[place.number] else []),
                *row.misfits,
            ]
        rows.append(row)
    return rows


def _people_of(found: Grouping, number: int) -> list[PersonFacts]:
    keys = {place.key for place in found.places if place.number == number}
    return [person for person in found.considered.people if person.key in keys]


def _put(row: RiskMembership, place: Place, facts: PersonFacts, found: Grouping, then: dict[str, float]) -> None:
    ruler, centres = found.considered.ruler, found.centres or {}
    row.distance, row.other_distance = place.distance, place.other_distance
    row.reasons = reasons(facts, centres[place.number], centres[place.other], ruler)
    if place.came_from is not None:
        row.came_from = place.came_from
        if place.came_from in centres:
            row.moved_by = moved_by(facts, then, centres[place.number], centres[place.came_from], ruler)


def _record(fit: RiskGroupFit, rows: list[RiskMembership], groups: dict[int, RiskGroup], by: Actor) -> None:
    told = {
        "fitted_on": fit.fitted_on,
        "version": fit.version,
        "n_people": fit.n_people,
        "n_left_out": fit.n_left_out,
        "n_groups": fit.n_groups,
        "n_changed": fit.n_changed,
        "stability": fit.stability,
        "trouble": fit.trouble,
        "sizes": {str(number): group.size for number, group in groups.items()},
    }
    audit.record("compliance.keep_risk_groups", by=by, target=fit, after=told)
    audit.record_all(
        [
            audit.event(
                "compliance.change_risk_group",
                by=by,
                target=row,
                before={"number": row.came_from},
                after={"number": row.group.number},
                facts={"moved_by": row.moved_by, "fitted_on": fit.fitted_on},
            )
            for row in rows
            if row.came_from is not None and row.group is not None
        ]
    )
