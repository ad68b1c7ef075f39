"""The map of the firm's people: willing against able, each group by colour and shape."""

from __future__ import annotations

from django.utils.translation import gettext as _

from apps.compliance.models import RiskMembership
from apps.compliance.selectors.risk_group_words import group_name
from apps.compliance.selectors.risk_groups import newest_fit
from apps.core.actors import Actor
from apps.core.templatetags.charts import ChartSpec, Point


def groups_chart(actor: Actor) -> ChartSpec | None:
    """Return tolerance against capacity of the people whom the actor sees; None without groups or people."""
    fit = newest_fit()
    if fit is None or fit.trouble:
        return None
    rows = RiskMembership.objects.visible_to(actor).filter(fit=fit, group__isnull=False)
    points: list[Point] = []
    for row in rows.select_related("person", "group").order_by("group__number", "pk"):
        able, willing = row.facts.get("capacity"), row.facts.get("tolerance")
        if able is not None and willing is not None and row.group is not None:
            name = group_name(row.group.traits, row.group.number)
            points.append(Point(x=willing, y=able, label=str(row.person), group=name))
    if not points:
        return None
    n_groups = len({point.get("group") for point in points})
    title = _("%(people)s people in %(groups)s groups, by what they are willing and able to bear")
    return ChartSpec(
        kind="scatter",
        title=title % {"people": len(points), "groups": n_groups},
        format="number",
        as_of=fit.fitted_on.isoformat(),
        note=_("groups rest on more facts than these two"),
        x={"label": _("Tolerance, of 65 points"), "values": []},
        y={"label": _("Capacity, of 100 points"), "values": []},
        points=points,
    )
