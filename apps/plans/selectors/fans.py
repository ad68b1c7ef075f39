"""Fans of futures that can be read where it matters: few rich futures do not press the others flat."""

from __future__ import annotations

import math

from django.utils.translation import gettext as _

from apps.core.templatetags.charts import ChartSpec

# how much higher than all else the outer band must reach for the axis to end below it, and where it ends then
_PRESSED, _ROOM = 2.5, 1.5
_ENDS = (1.0, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0, 15.0)


def readable(spec: ChartSpec) -> ChartSpec:
    """Return the fan; where its outer band presses the rest flat, with an axis that ends below it and a note of that.

    The axis ends at a round amount at least half above all that the inner band and the paths reach.
    """
    outer, inner = spec["bands"][0], spec["bands"][-1]
    paths = [value for path in spec["series"] for value in path["values"] if value is not None]
    reach = max([*inner["high"], *paths])
    if reach <= 0.0 or max(outer["high"]) <= _PRESSED * reach:
        return spec
    unit = 10.0 ** math.floor(math.log10(_ROOM * reach))
    found = spec.copy()
    found["top"] = unit * next(end for end in _ENDS if end * unit >= _ROOM * reach)
    found["note"] = _("%(note)s; the best futures go on above the chart") % {"note": spec["note"]}
    return found
