"""Choosing the mix that a plan is computed with."""

from __future__ import annotations

from apps.accounts.selectors.firm_days import firm_today
from apps.core import audit
from apps.core.actors import Actor
from apps.core.services import service
from apps.kernel.errors import InvalidInputError, gettext_noop
from apps.plans.engine.mixes import Mix, MixKind
from apps.plans.models import Plan, ProjectionRun
from apps.plans.selectors.run_values import result_of
from apps.plans.services._plans import changeable, note_change
from apps.plans.services.errors import NoResultError, RiskLimitMissingError


@service
def choose_mix(*, plan: Plan, kind: str, by: Actor) -> Plan:
    """Compute the plan with a mix of its newest result from now on; the present one takes the choice back.

    Choosing what is chosen changes nothing. Raises PlanFrozenError, InvalidInputError for an unknown mix, NoResultError
    where the newest result shows none, RiskLimitMissingError for one that passes the client's limit.
    """
    plan = changeable(plan)
    if kind not in set(MixKind):
        raise InvalidInputError(
            gettext_noop("There is no such mix."), mend=gettext_noop("Choose one of the list."), field="kind"
        )
    chosen = None if kind == MixKind.PRESENT else _chosen(plan, kind, by)
    if _said(chosen) == _said(plan.chosen_mix):
        return plan
    before, plan.chosen_mix = {"chosen_mix": plan.chosen_mix}, chosen
    plan.save(update_fields=["chosen_mix", "updated_at"])
    audit.record("plans.choose_mix", by=by, target=plan, before=before, after={"chosen_mix": chosen})
    note_change(plan)
    return plan


def _chosen(plan: Plan, kind: str, by: Actor) -> dict[str, object]:
    run = plan.runs.finished().first()
    mix = _found(run, kind)
    if run is None or mix is None:
        raise NoResultError(
            gettext_noop("The newest result shows no such mix."), mend=gettext_noop("Generate the plan again.")
        )
    if not mix.keeps_limit:
        raise RiskLimitMissingError(
            gettext_noop("This mix passes the client's risk limit."),
            mend=gettext_noop("Choose one within it, or review the risk profile first."),
        )
    weights = [list(pair) for pair in mix.weights]
    on = firm_today().isoformat()
    return {"kind": kind, "weights": weights, "run": str(run.public_id), "by": by.label, "on": on}


def _found(run: ProjectionRun | None, kind: str) -> Mix | None:
    result = result_of(run) if run is not None else None
    table = result.mixes if result is not None else None
    return next((mix for mix in table.mixes if mix.kind == kind), None) if table is not None else None


def _said(chosen: dict[str, object] | None) -> tuple[object, object] | None:
    return None if chosen is None else (chosen["kind"], chosen["weights"])
