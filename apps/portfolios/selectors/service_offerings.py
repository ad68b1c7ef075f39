"""Services that the firm offers, who takes them, and what of them is due."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, Q
from django.utils.translation import gettext

from apps.clients.models import Household
from apps.core.actors import Actor
from apps.core.templatetags.formats import percent_text
from apps.kernel.dates import months_after
from apps.kernel.errors import NotFoundError, gettext_noop
from apps.portfolios.models import (
    HouseholdService,
    ModelPortfolio,
    QualityCheck,
    Rhythm,
    ServiceOffering,
    ServiceVersion,
    VersionState,
)
from apps.portfolios.models.model_portfolio import STANDING

TONES = {VersionState.APPROVED: "good", VersionState.WAITING: "warn"}


@dataclass(frozen=True, slots=True)
class OfferingRow:
    """A service in the list, with what is in force today."""

    offering: ServiceOffering
    version: ServiceVersion | None
    in_work: ServiceVersion | None
    n_households: int


@dataclass(frozen=True, slots=True)
class OfferingPage:
    """A service with the version shown, all versions, and the households that take it which the reader may see."""

    offering: ServiceOffering
    shown: ServiceVersion
    tone: str
    changes: tuple[str, ...]
    versions: tuple[ServiceVersion, ...]
    draft: ServiceVersion | None
    waiting: ServiceVersion | None
    in_force: ServiceVersion | None
    taken: tuple[HouseholdService, ...]


@dataclass(frozen=True, slots=True)
class TakenService:
    """A service of a household with its last quality check, and when the next is due."""

    row: HouseholdService
    last: QualityCheck | None
    due_on: dt.date
    newer: ServiceVersion | None

    @property
    def version(self) -> ServiceVersion:
        """What it says."""
        return self.row.version


def version_on(offering: ServiceOffering, day: dt.date) -> ServiceVersion | None:
    """Return the version in force on the day."""
    rows = offering.versions.filter(state__in=STANDING, effective_from__lte=day)
    return rows.filter(Q(until=None) | Q(until__gte=day)).select_related("model").order_by("-number").first()


def offerings_on(actor: Actor, day: dt.date) -> list[ServiceOffering]:
    """Return the services that a household can take on the day."""
    there = ServiceVersion.objects.filter(
        Q(until=None) | Q(until__gte=day), state__in=STANDING, effective_from__lte=day
    )
    return list(ServiceOffering.objects.visible_to(actor).filter(versions__in=there).distinct())


def offering_rows(actor: Actor, day: dt.date) -> list[OfferingRow]:
    """Return the services, in a fixed number of queries."""
    taken = (
        HouseholdService.objects.visible_to(actor)
        .on(day)
        .values_list("offering")
        .annotate(n=Count("household", distinct=True))
    )
    counted = dict(taken.order_by())
    return [
        OfferingRow(row, _in_force(row.versions.all(), day), _open(row.versions.all()), counted.get(row.pk, 0))
        for row in ServiceOffering.objects.visible_to(actor).prefetch_related("versions__model")
    ]


def _in_force(versions: Iterable[ServiceVersion], day: dt.date) -> ServiceVersion | None:
    found = (
        each
        for each in versions
        if each.state in STANDING
        and each.effective_from is not None
        and each.effective_from <= day
        and (each.until is None or each.until >= day)
    )
    return next(found, None)


def _open(versions: Iterable[ServiceVersion]) -> ServiceVersion | None:
    return next((each for each in versions if each.state in {VersionState.DRAFT, VersionState.WAITING}), None)


def offering_for(actor: Actor, public_id: uuid.UUID | str) -> ServiceOffering:
    """Return a service the actor may see; raise NotFoundError otherwise."""
    found = ServiceOffering.objects.visible_to(actor).filter(public_id=public_id).first()
    if found is None:
        raise NotFoundError(gettext_noop("There is no such service."))
    return found


def version_of(offering: ServiceOffering, number: int) -> ServiceVersion:
    """Return a version by its number; raise NotFoundError otherwise."""
    found = offering.versions.filter(number=number).first()
    if found is None:
        raise NotFoundError(gettext_noop("There is no such version."))
    return found


def taken_for(actor: Actor, public_id: uuid.UUID | str) -> HouseholdService:
    """Return a service of a household the actor may see; raise NotFoundError otherwise."""
    rows = HouseholdService.objects.visible_to(actor).select_related("household", "offering", "version__model")
    found = rows.filter(public_id=public_id).first()
    if found is None:
        raise NotFoundError(gettext_noop("There is no such service, or its household is not assigned to you."))
    return found


def offering_page(offering: ServiceOffering, actor: Actor, day: dt.date, number: int | None = None) -> OfferingPage:
    """Return a service with a version by its number, else the one in force, else the newest. Raises NotFoundError."""
    versions = tuple(offering.versions.select_related("model"))
    in_force, open_one = _in_force(versions, day), _open(versions)
    shown = version_of(offering, number) if number is not None else in_force or versions[0]
    taken = HouseholdService.objects.visible_to(actor).filter(offering=offering).not_over(day)
    return OfferingPage(
        offering=offering,
        shown=shown,
        tone=TONES.get(VersionState(shown.state), ""),
        changes=tuple(service_changes(shown)),
        versions=versions,
        draft=open_one if open_one and open_one.state == VersionState.DRAFT else None,
        waiting=open_one if open_one and open_one.state == VersionState.WAITING else None,
        in_force=in_force,
        taken=tuple(taken.select_related("household", "version")),
    )


def household_services(household: Household, day: dt.date) -> list[TakenService]:
    """Return the services that a household takes on a day or will, in a fixed number of queries."""
    rows = HouseholdService.objects.filter(household=household).not_over(day)
    listed = rows.select_related("offering", "version__model", "account").prefetch_related(
        "checks", "offering__versions"
    )
    return [_taken(row, day) for row in listed]


def _taken(row: HouseholdService, day: dt.date) -> TakenService:
    last = next(iter(row.checks.all()), None)
    in_force = _in_force(row.offering.versions.all(), day)
    return TakenService(
        row=row,
        last=last,
        due_on=months_after(last.day if last else row.from_day, row.version.review_months),
        newer=in_force if in_force is not None and in_force.number > row.version.number else None,
    )


def services_to_check(actor: Actor, day: dt.date, of_household: Q) -> list[TakenService]:
    """Return the services whose quality check is due by the day, the longest overdue first (a few queries)."""
    rows = HouseholdService.objects.visible_to(actor).filter(of_household).on(day)
    listed = rows.select_related("offering", "version", "household").prefetch_related("checks", "offering__versions")
    found = [_taken(row, day) for row in listed]
    return sorted((each for each in found if each.due_on <= day), key=lambda each: (each.due_on, each.row.pk))


def without_report(last_day: dt.date) -> list[int]:
    """Return the households that by their services get no report of the quarter that ends on the day.

    A household with several services gets the report of the one that reports most often. A report twice a year comes
    with the quarters that end in June and December, one a year with December's.
    """
    wanted: dict[int, bool] = {}
    for household_id, months in HouseholdService.objects.on(last_day).values_list(
        "household_id", "version__report_months"
    ):
        is_due = months != Rhythm.NEVER and last_day.month % months == 0
        wanted[household_id] = wanted.get(household_id, False) or is_due
    return [pk for pk, is_due in wanted.items() if not is_due]


def settings_of(household: Household, day: dt.date) -> dict[str, object]:
    """Return with what the form of a rebalance begins by the household's service; nothing without one."""
    rows = HouseholdService.objects.filter(household=household, account=None).exclude(mandate=None).on(day)
    taken = rows.select_related("version").first()
    if taken is None:
        return {}
    version = taken.version
    return {
        "mode": version.rebalance_mode,
        "minimum_amount": version.minimum_amount,
        "blocks_short_gains": version.blocks_short_gains,
    }


def service_changes(version: ServiceVersion) -> list[str]:
    """Say what the version changes against the one before it, for who decides."""
    earlier = version.offering.versions.filter(number__lt=version.number, state__in=STANDING).first()
    if earlier is None:
        return [gettext("It is the first version of this service.")]
    before, now = earlier.terms(), version.terms()
    labels = {field.name: str(field.verbose_name) for field in ServiceVersion._meta.concrete_fields}
    found = [
        gettext("%(what)s: %(before)s → %(now)s")
        % {"what": labels[name], "before": _words(earlier, name), "now": _words(version, name)}
        for name in now
        if before[name] != now[name]
    ]
    return found or [gettext("It says the same as the version before it.")]


def _words(version: ServiceVersion, name: str) -> str:
    value = getattr(version, name)
    if isinstance(value, list):
        return ", ".join(value) or "–"
    if isinstance(value, bool):
        return gettext("yes") if value else gettext("no")
    if name == "cash_share":
        return percent_text(value)
    if isinstance(value, ModelPortfolio):
        return value.name
    told = getattr(version, f"get_{name}_display", None)
    return str(told() if told is not None else value if value is not None else "–")
