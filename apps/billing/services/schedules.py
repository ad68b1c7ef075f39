"""Fee schedules and their versions."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from apps.accounts.models import FirmProfile
from apps.billing.engine.terms import FeeTerms
from apps.billing.models import FeeSchedule, FeeScheduleVersion
from apps.billing.services._checks import checked
from apps.billing.services._mapping import stored_terms, terms_from
from apps.core import audit
from apps.core.actors import Actor
from apps.core.services import service
from apps.kernel.errors import InvalidInputError, gettext_noop


def described_terms(terms: Mapping[str, Any]) -> FeeTerms:
    """Return the terms that a form or a partner describes, in the firm's currency, rounded by its rule.

    Keys are those of the engine's FeeTerms, limits and the flow rule flat (`minimum_annual`, `minimum_scope`,
    `minimum_clause`, `flow_threshold`, `flow_compare`, `flow_de_minimis`, `flow_clause`); amounts and rates are
    decimals, rates as fractions. Raises InvalidInputError for terms that are incomplete or contradict themselves.
    """
    profile = FirmProfile.current()
    return terms_from(terms, currency=profile.currency, rounding=profile.rounding)


@service
def define_schedule(
    *,
    name: str,
    terms: Mapping[str, Any],
    effective_on: dt.date,
    by: Actor,
    periods_per_year: int = 4,
    description: str = "",
) -> FeeScheduleVersion:
    """Define a schedule with its first version. Raises InvalidInputError for a taken name or terms that do not hold."""
    schedule = FeeSchedule(name=name.strip(), description=description)
    checked(schedule)
    schedule.save()
    audit.record("billing.define_schedule", by=by, target=schedule, after=audit.snapshot(schedule))
    return _add_version(schedule, terms, effective_on, periods_per_year, by)


@service
def revise_schedule(
    *, schedule: FeeSchedule, terms: Mapping[str, Any], effective_on: dt.date, by: Actor, periods_per_year: int = 4
) -> FeeScheduleVersion:
    """Add a version to a schedule. Nobody is billed by it before `assign_fee` puts a household on it.

    Raises InvalidInputError for terms that do not hold, or a first day before that of the version in force.
    """
    schedule = FeeSchedule.objects.select_for_update().get(pk=schedule.pk)
    newest = schedule.versions.first()
    if newest is not None and effective_on < newest.effective_on:
        raise InvalidInputError(
            gettext_noop("Version %(number)s counts from %(day)s already."),
            mend=gettext_noop("Choose that day or a later one."),
            field="effective_on",
            number=newest.number,
            day=newest.effective_on,
        )
    return _add_version(schedule, terms, effective_on, periods_per_year, by)


def _add_version(
    schedule: FeeSchedule, terms: Mapping[str, Any], effective_on: dt.date, periods_per_year: int, by: Actor
) -> FeeScheduleVersion:
    agreed = described_terms(terms)
    newest = schedule.versions.first()
    version = FeeScheduleVersion(
        schedule=schedule,
        number=newest.number + 1 if newest else 1,
        effective_on=effective_on,
        kind=agreed.kind.value,
        timing=agreed.timing.value,
        periods_per_year=periods_per_year,
        currency=agreed.currency,
        terms=stored_terms(agreed),
        defined_by=by.label,
    )
    checked(version, exclude=["schedule"])
    version.save()
    before = {"terms": newest.terms} if newest else None
    audit.record("billing.revise_schedule", by=by, target=version, before=before, after=audit.snapshot(version))
    return version
