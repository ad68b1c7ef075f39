"""What the pages that explore one choice of a plan share: their neighbours, and the passports of their figures."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from apps.kernel.errors import NotFoundError, gettext_noop
from apps.plans.selectors.figures import Figure, figures_in
from apps.plans.selectors.passports import PlanPassport
from apps.plans.selectors.what_if import Asked

Facts = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Origin:
    """How the figures of a page came about: the method of each by its key, what they count, and what was chosen."""

    method: Callable[[str], str]
    basis: str
    chosen: Facts = ()


def explorer_passport(asked: Asked, told: object, key: str, origin: Origin) -> PlanPassport:
    """Return the passport of a figure that a page shows. Raises NotFoundError where it shows no such figure."""
    figure: Figure | None = next((each for each in figures_in(told) if each.key == key), None)
    if figure is None:
        raise NotFoundError(
            gettext_noop("This plan has no such figure any more."), mend=gettext_noop("Reload the page.")
        )
    run = asked.run
    facts = (
        *origin.chosen,
        (_("Engine"), run.engine_version),
        (_("Assumptions"), str(run.plan.assumptions)),
        (_("Inputs (SHA-256)"), run.input_digest),
    )
    first, day = asked.question.inputs.start_date.year, run.facts_as_of
    period = _("from %(first)s, facts as of %(day)s") % {"first": first, "day": day.isoformat()}
    return PlanPassport(figure, origin.method(key), day, origin.basis, period, facts, ())
