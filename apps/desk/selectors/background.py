"""What the firm's workers are doing for everybody: long work is never silent."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import Count, Q
from django.utils import timezone
from django.utils.functional import Promise

from apps.core.models import Job, JobState

_FIRM = "firm:all"
# pieces of one piece of work are asked for together; older ones belong to another
_TOGETHER = dt.timedelta(hours=6)
_OPEN = Q(state__in=[JobState.QUEUED, JobState.RUNNING])


@dataclass(frozen=True, slots=True)
class Work:
    """Work under way: `done` of `total` pieces."""

    title: str
    done: int
    total: int

    @property
    def percent(self) -> int:
        """How much of it is done, 0 to 100."""
        return 100 * self.done // self.total


def work_under_way(titles: Mapping[str, str | Promise]) -> tuple[Work, ...]:
    """Return the work of the whole firm that is not finished, of the jobs that have a title, in one query."""
    rows = (
        Job.objects.filter(name__in=titles, topic=_FIRM, created_at__gte=timezone.now() - _TOGETHER)
        .values("name")
        .annotate(total=Count("pk"), open=Count("pk", filter=_OPEN))
        .filter(open__gt=0)
        .order_by("name")
    )
    return tuple(Work(str(titles[row["name"]]), row["total"] - row["open"], row["total"]) for row in rows)
