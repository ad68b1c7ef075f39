"""What is kept for a while only: it goes when its purpose has passed."""

from __future__ import annotations

import datetime as dt

from django.contrib.sessions.models import Session
from django.db.models import F, Func, JSONField, TextField, Value
from django.db.models.functions import Cast
from django.utils import timezone

from apps.core.models import IdempotentAnswer, Job, JobState
from apps.core.tenancy.names import PUBLIC_SCHEMA, current_schema

# answers that a partner may ask for again, tokens of forms that were sent
KEPT_FOR = dt.timedelta(days=1)
_WITHOUT_ORIGIN = Func(
    F("arguments"),
    Cast(Value("origin"), TextField()),
    template="%(expressions)s",
    arg_joiner=" - ",
    output_field=JSONField(),
)


def forget() -> int:
    """Remove, in the current schema, what has served its purpose; return how many rows were touched.

    Answers of the API hold clients' data, tokens of forms say who sent what. A job that ended needs no address and no
    browser of who asked for it: the trail has them. A session that has run out tells whose it was.
    """
    now = timezone.now()
    n_answers, _rows = IdempotentAnswer.objects.filter(created_at__lt=now - KEPT_FOR).delete()
    ended = Job.objects.exclude(state__in=[JobState.QUEUED, JobState.RUNNING])
    n_jobs = ended.filter(arguments__has_key="origin").update(arguments=_WITHOUT_ORIGIN)
    n_sessions = 0
    if current_schema() != PUBLIC_SCHEMA:  # the public site has none
        n_sessions, _rows = Session.objects.filter(expire_date__lt=now).delete()
    return n_answers + n_jobs + n_sessions
