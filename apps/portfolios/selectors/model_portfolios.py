"""Models as pages show them: the list, one with its versions and what changed between them, who follows it."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from apps.core.actors import Actor
from apps.core.templatetags.formats import percent_text
from apps.kernel.errors import NotFoundError, gettext_noop
from apps.market.models import AssetClass
from apps.portfolios.models import Benchmark, Mandate, ModelPortfolio, ModelVersion, VersionState
from apps.portfolios.selectors.targets import SleeveOfTarget, sleeves_of, versions_on

NOTHING = Decimal(0)
# what the risk table of compliance counts as stocks
STOCKS = frozenset({AssetClass.US_EQUITY, AssetClass.US_SMALL_EQUITY, AssetClass.INTERNATIONAL_EQUITY})


@dataclass(frozen=True, slots=True)
class ModelRow:
    """One model in the list: the version in force, the one in work, how many mandates follow it."""

    model: ModelPortfolio
    version: ModelVersion | None
    open_version: ModelVersion | None
    sleeves: tuple[SleeveOfTarget, ...]
    stocks: Decimal | None
    n_mandates: int


@dataclass(frozen=True, slots=True)
class VersionView:
    """A version with what it holds, how it stands on the day, and what it changed."""

    version: ModelVersion
    sleeves: tuple[SleeveOfTarget, ...]
    standing: str
    tone: str
    changes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ModelPage:
    """One model on a day. `shown` is the version of the address, else the one in force, else the newest."""

    model: ModelPortfolio
    as_of: dt.date
    shown: VersionView
    versions: tuple[VersionView, ...]
    draft: ModelVersion | None
    waiting: ModelVersion | None
    holders: tuple[Mandate, ...]
    is_in_force: bool


def model_for(actor: Actor, public_id: uuid.UUID | str) -> ModelPortfolio:
    """Return a model the actor may see; raise NotFoundError otherwise."""
    found = ModelPortfolio.objects.visible_to(actor).filter(public_id=public_id).first()
    if found is None:
        raise NotFoundError(gettext_noop("There is no such model."))
    return found


def version_for(actor: Actor, model_id: uuid.UUID | str, number: int) -> ModelVersion:
    """Return a version of a model the actor may see, with all it holds; raise NotFoundError otherwise."""
    found = _full(ModelVersion.objects.filter(model=model_for(actor, model_id), number=number)).first()
    if found is None:
        raise NotFoundError(gettext_noop("There is no such version of this model."))
    return found


def models_in_force(actor: Actor, day: dt.date) -> list[ModelPortfolio]:
    """Return the models that can be given to a household on the day."""
    rows = list(ModelPortfolio.objects.visible_to(actor))
    standing = versions_on([row.pk for row in rows], day)
    return [row for row in rows if row.pk in standing]


def stocks_of(sleeves: Iterable[SleeveOfTarget]) -> Decimal:
    """Return the share in stocks, as the firm's risk table limits it."""
    return sum((sleeve.weight for sleeve in sleeves if sleeve.asset_class in STOCKS), NOTHING)


def model_rows(actor: Actor, day: dt.date) -> list[ModelRow]:
    """Return all models with what is in force on the day, in a fixed number of queries."""
    rows = list(ModelPortfolio.objects.visible_to(actor))
    standing = versions_on([row.pk for row in rows], day)
    in_work = {
        version.model_id: version
        for version in ModelVersion.objects.filter(state__in=[VersionState.DRAFT, VersionState.WAITING])
    }
    following: dict[int, int] = {}
    for model_id in Mandate.objects.visible_to(actor).on(day).values_list("model_id", flat=True):
        following[model_id] = following.get(model_id, 0) + 1
    return [_row(row, standing.get(row.pk), in_work.get(row.pk), following.get(row.pk, 0)) for row in rows]


def _row(model: ModelPortfolio, version: ModelVersion | None, in_work: ModelVersion | None, n: int) -> ModelRow:
    sleeves = sleeves_of(version) if version else ()
    return ModelRow(model, version, in_work, sleeves, stocks_of(sleeves) if version else None, n)


def model_page(model: ModelPortfolio, actor: Actor, day: dt.date, number: int | None = None) -> ModelPage:
    """Return one model; holders are those of households the actor may see.

    Raises NotFoundError for a version that there is not.
    """
    versions = list(_full(ModelVersion.objects.filter(model=model)).order_by("number"))
    views = [_view(version, versions[n - 1] if n else None, day) for n, version in enumerate(versions)]
    in_force = next((view for view in reversed(views) if _in_force(view.version, day)), views[-1])
    shown = in_force if number is None else next((view for view in views if view.version.number == number), None)
    if shown is None:
        raise NotFoundError(gettext_noop("There is no such version of this model."))
    by_state = {version.state: version for version in versions}
    holders = Mandate.objects.visible_to(actor).filter(model=model).not_over(day)
    return ModelPage(
        model=model,
        as_of=day,
        shown=shown,
        versions=tuple(reversed(views)),
        draft=by_state.get(VersionState.DRAFT),
        waiting=by_state.get(VersionState.WAITING),
        holders=tuple(holders.select_related("household", "account").order_by("household__name", "pk")),
        is_in_force=_in_force(in_force.version, day),
    )


def benchmarks_offered(actor: Actor, version: ModelVersion | None) -> QuerySet[Benchmark]:
    """Return the benchmarks that a version may name: those offered, and the one that it names already."""
    kept = version.benchmark_id if version is not None else None
    return Benchmark.objects.visible_to(actor).filter(Q(is_active=True) | Q(pk=kept)).order_by("name")


def version_changes(version: ModelVersion) -> tuple[str, ...]:
    """Say in sentences what a version changes against the one before it in force."""
    rows = _full(ModelVersion.objects.filter(model_id=version.model_id, number__lte=version.number))
    versions = list(rows.order_by("-number"))
    before = next((each for each in versions[1:] if each.state == VersionState.APPROVED), None)
    return _changes(versions[0], before or next(iter(versions[1:]), None))


def _full(rows: QuerySet[ModelVersion]) -> QuerySet[ModelVersion]:
    return rows.select_related("model", "benchmark").prefetch_related(
        "sleeves__holdings__instrument", "sleeves__holdings__substitutes__instrument"
    )


def _in_force(version: ModelVersion, day: dt.date) -> bool:
    begun = version.effective_from is not None and version.effective_from <= day
    return version.state not in {VersionState.DRAFT, VersionState.WAITING} and begun and _goes_on(version, day)


def _goes_on(version: ModelVersion, day: dt.date) -> bool:
    return version.until is None or version.until >= day


def _view(version: ModelVersion, before: ModelVersion | None, day: dt.date) -> VersionView:
    standing, tone = str(version.get_state_display()), "warn" if version.state == VersionState.WAITING else ""
    if _in_force(version, day):
        standing, tone = _("In force"), "good"
    elif version.state == VersionState.APPROVED:
        standing, tone = _("Approved, in force later"), "note"
    return VersionView(version, sleeves_of(version), standing, tone, _changes(version, before))


def _changes(version: ModelVersion, before: ModelVersion | None) -> tuple[str, ...]:
    if before is None:
        return (_("The first version."),)
    now, then = _weights(version), _weights(before)
    told = [
        _("%(name)s: %(then)s to %(now)s")
        % {
            "name": name,
            "then": percent_text(then.get(name, NOTHING), 2),
            "now": percent_text(now.get(name, NOTHING), 2),
        }
        for name in [*now, *(each for each in then if each not in now)]
        if now.get(name) != then.get(name)
    ]
    if version.benchmark_id != before.benchmark_id:
        names = {"then": str(before.benchmark or "–"), "now": str(version.benchmark or "–")}
        told.append(_("Benchmark: %(then)s to %(now)s") % names)
    if _bands(version) != _bands(before):
        told.append(_("Bands changed."))
    if _substitutes(version) != _substitutes(before):
        told.append(_("Substitutes changed."))
    return tuple(told) or (_("Nothing changed."),)


def _weights(version: ModelVersion) -> dict[str, Decimal]:
    """Return sleeves by name, and securities by symbol, with their weight in the whole."""
    found: dict[str, Decimal] = {}
    for sleeve in sleeves_of(version):
        found[sleeve.name] = sleeve.weight
        for holding in sleeve.holdings:
            found[str(holding.instrument)] = holding.weight
    return found


def _bands(version: ModelVersion) -> list[object]:
    sleeves = sleeves_of(version)
    return [version.outside_band, *((s.asset_class, s.band, [h.band for h in s.holdings]) for s in sleeves)]


def _substitutes(version: ModelVersion) -> list[object]:
    return [(h.instrument.pk, [s.pk for s in h.substitutes]) for s in sleeves_of(version) for h in s.holdings]
