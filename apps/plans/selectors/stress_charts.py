"""What each stress test does to the plan, drawn: to its chance, and to what is left at the end."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.utils.translation import gettext as _

from apps.core.templatetags.charts import ChartSpec
from apps.plans.selectors.figures import Figure, money_figure

# the name of a test, what it does to the chance, and how much less is left in the middle future (in money of today)
Effect = tuple[str, Figure, float]


def stress_charts(effects: Sequence[Effect], currency: str, as_of: dt.date) -> tuple[ChartSpec, ChartSpec]:
    """Return both charts, of the chance and of what is left, each with its hardest test first."""
    chance = sorted(effects, key=lambda effect: effect[1].number or 0.0)
    left = sorted(effects, key=lambda effect: effect[2])
    name, change, _left = chance[0]
    if (change.number or 0.0) < 0.0:
        finding = _("%(name)s takes most of the chance: %(change)s points") % {"name": name, "change": change.text}
    else:
        finding = _("No test lowers the chance")
    points = [None if each[1].number is None else round(100.0 * each[1].number, 1) for each in chance]
    amounts = [round(each[2]) for each in left]
    drawn = _lying([each[0] for each in chance], points, _("Change of the chance, in points"), finding)
    drawn["unit"], drawn["as_of"] = _("Points of the chance of success"), as_of.isoformat()
    name, _change, least = left[0]
    if least < 0.0:
        told = {"name": name, "amount": money_figure(-least, currency, "", "").text}
        finding = _("%(name)s costs most: in the middle future %(amount)s less are left") % told
    else:
        finding = _("No test leaves less at the end")
    money = _lying([each[0] for each in left], amounts, _("Change of what is left, in the middle future"), finding)
    money["unit"], money["as_of"] = (
        _("At the end of the plan, in %(currency)s of today") % {"currency": currency},
        as_of.isoformat(),
    )
    money["format"], money["currency"] = "money", currency
    return drawn, money


def _lying(names: list[str], values: Sequence[float | None], series: str, finding: str) -> ChartSpec:
    return ChartSpec(
        kind="bars",
        title=finding,
        lying=True,
        note=_("simulated returns"),
        x={"label": _("Test"), "values": names},
        series=[{"name": series, "values": list(values), "meaning": "main"}],
    )
