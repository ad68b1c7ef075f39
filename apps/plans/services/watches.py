"""Holding contributions that were agreed against what arrives."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from apps.accounts.selectors.firm_days import firm_today
from apps.core import audit
from apps.core.actors import Actor
from apps.core.services import service
from apps.core.templatetags.formats import date_text, money_text
from apps.core.tenancy.addresses import site_url
from apps.kernel.errors import InvalidInputError, gettext_noop
from apps.kernel.money import Money
from apps.notices.services.mails import queue_mail
from apps.plans.models import ContributionWatch, PlanStep, StepOwner
from apps.plans.selectors.contribution_months import ENOUGH, months_to_judge
from apps.plans.selectors.step_boards import MISSED_CODE
from apps.plans.services._checks import checked
from apps.plans.services._step_templates import MISSED
from apps.plans.services.errors import StepNotPossibleError
from apps.plans.services.steps import tell_steps
from apps.portfolios.selectors.contributions import paid_in

ASK_WITHIN = dt.timedelta(days=7)


@service
def change_watch(
    *, watch: ContributionWatch, monthly_amount: Decimal, first_month: dt.date, by: Actor
) -> ContributionWatch:
    """Expect another amount, or from another month on. Raises StepNotPossibleError once stopped, InvalidInputError."""
    row = _active(watch)
    before = audit.snapshot(row)
    row.monthly_amount, row.first_month = monthly_amount, first_month.replace(day=1)
    checked(row)
    row.save()
    audit.record("plans.change_watch", by=by, target=row, before=before, after=audit.snapshot(row))
    return row


@service
def stop_watch(*, watch: ContributionWatch, reason: str, by: Actor) -> ContributionWatch:
    """Watch no more. Raises StepNotPossibleError when it was stopped, InvalidInputError without a reason."""
    row = _active(watch)
    if not reason.strip():
        raise InvalidInputError(gettext_noop("Say why."), field="reason")
    before = audit.snapshot(row)
    row.stopped_on, row.stop_reason = firm_today(), reason.strip()
    checked(row)
    row.save()
    audit.record(
        "plans.stop_watch", by=by, target=row, before=before, after=audit.snapshot(row), reason=row.stop_reason
    )
    return row


@service
def judge_contributions(*, on: dt.date, by: Actor) -> int:
    """Judge every month that is over by some days and was not judged; return how many contributions were missed.

    What did not arrive becomes a step of the advisor, who hears of it once; each month is judged once.
    """
    missed = 0
    rows = ContributionWatch.objects.active().select_for_update(of=("self",))
    for watch in rows.select_related("account", "household__advisor", "recommendation").order_by("pk"):
        due = months_to_judge(watch, on)
        if not due:
            continue
        arrived = paid_in([watch.account], due[0])
        for month in due:
            came = arrived.get((watch.account_id, month), Decimal(0))
            if came < watch.monthly_amount * ENOUGH:
                _note_missed(watch, month, came, on, by)
                missed += 1
        before = {"judged_through": watch.judged_through}
        watch.judged_through = due[-1]
        watch.save(update_fields=["judged_through", "updated_at"])
        after = {"judged_through": watch.judged_through}
        audit.record("plans.judge_contribution", by=by, target=watch, before=before, after=after)
    return missed


def _note_missed(watch: ContributionWatch, month: dt.date, came: Decimal, on: dt.date, by: Actor) -> None:
    step, is_new = PlanStep.objects.get_or_create(
        recommendation=watch.recommendation,
        code=f"{MISSED_CODE}{watch.pk}-{month:%Y-%m}",
        defaults={
            "household": watch.household,
            "title": MISSED,
            "owner": StepOwner.ADVISOR,
            "due_on": on + ASK_WITHIN,
        },
    )
    if not is_new:
        return
    facts = {"month": month.isoformat(), "expected": watch.monthly_amount, "arrived": came}
    audit.record("plans.miss_contribution", by=by, target=step, after=audit.snapshot(step), facts=facts)
    tell_steps(step)
    advisor, currency = watch.household.advisor, watch.account.currency
    context = {
        "name": advisor.full_name,
        "household": watch.household.name,
        "account": watch.account.name,
        "month": month,
        "expected": money_text(Money(watch.monthly_amount, currency), style="exact"),
        "arrived": money_text(Money(came, currency), style="exact"),
        "action_url": site_url(f"/households/{watch.household.public_id}/plan/steps/"),
        "action_label": _("Open the steps"),
    }
    queue_mail(kind="plans/contribution_missed", to=advisor.email, context=context, by=by, locale=advisor.locale)


def _active(watch: ContributionWatch) -> ContributionWatch:
    row = ContributionWatch.objects.select_for_update(of=("self",)).select_related("household").get(pk=watch.pk)
    if row.stopped_on is not None:
        raise StepNotPossibleError(
            gettext_noop("This contribution is not watched any more: it was stopped on %(day)s."),
            mend=gettext_noop("Reload the page."),
            day=date_text(row.stopped_on),
        )
    return row
