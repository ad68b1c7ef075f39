import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django_tenants.utils import tenant_context

from apps.compliance.models import RiskAssessment, RiskGroup, RiskGroupFit, RiskMembership
from apps.compliance.ports import risk_facts
from apps.compliance.services import risk_groups
from apps.compliance.services.risk_groups import KEPT_YEARS, TASK, ask_for_risk_groups, request_risk_groups
from apps.core.models import AuditEvent, Job, JobState
from apps.kernel.errors import InvalidInputError
from tests.days import today
from tests.factories import risk_groups as make


def next_month(day: dt.date) -> dt.date:
    return (day.replace(day=1) + dt.timedelta(days=40)).replace(day=1)


def test_it_keeps_fit_groups_and_memberships(ada):
    people = make.book(ada)
    fit = make.fit()
    assert (fit.n_people, fit.n_left_out, fit.n_groups, fit.trouble) == (36, 0, 3, "")
    assert fit.stability >= 0.85
    assert sorted(fit.groups.values_list("size", flat=True)) == [12, 12, 12]
    assert {row["code"] for row in fit.features} >= {"tolerance", "capacity", "age", "years_to_retirement"}
    assert {fit.dropped[code] for code in ("required_return",)} == {"rare"}
    row = RiskMembership.objects.get(person=people[0])
    assert row.group.traits == ["temper:cautious", "stage:retired"]
    assert row.facts["tolerance"] == 22
    assert 1 <= len(row.reasons) <= 3
    assert row.came_from is None


def test_who_has_no_profile_is_left_out_and_says_why(ada):
    people = make.book(ada)
    RiskAssessment.objects.filter(person=people[3]).delete()
    fit = make.fit()
    assert (fit.n_people, fit.n_left_out) == (35, 1)
    row = RiskMembership.objects.get(person=people[3])
    assert (row.group, row.left_out) == (None, "not_asked")


def test_with_too_few_people_the_fit_says_so_and_has_no_groups(ada):
    make.book(ada, n=9)
    fit = make.fit()
    assert (fit.trouble, fit.n_groups, fit.n_people, RiskGroup.objects.count()) == ("few_people", 0, 9, 0)


def test_a_firm_without_people_has_a_fit_that_says_so(ada):
    assert make.fit().trouble == "few_people"


def test_a_second_run_on_the_same_facts_keeps_nothing_new(ada):
    make.book(ada)
    first = make.fit()
    assert make.fit() == first
    assert RiskGroupFit.objects.count() == 1
    assert AuditEvent.objects.filter(action="compliance.keep_risk_groups").count() == 1


def test_the_next_month_on_the_same_facts_changes_nobody(ada):
    make.book(ada)
    first = make.fit()
    second = make.fit(on=next_month(today()))
    assert second != first
    assert (second.continues, second.is_continued, second.n_changed, second.n_laid) == (first, True, 0, 36)
    for group in first.groups.all():
        again = second.groups.get(number=group.number)
        assert (again.traits, again.centre, again.size) == (group.traits, group.centre, group.size)
    assert not AuditEvent.objects.filter(action="compliance.change_risk_group").exists()


def test_a_change_of_group_is_recorded_with_what_moved(ada):
    people = make.book(ada)
    first = make.fit()
    before = RiskMembership.objects.get(person=people[2]).group
    make.live_anew(people[2], "retired")
    second = make.fit()
    assert second.n_changed == 1
    row = RiskMembership.objects.get(fit=second, person=people[2])
    assert (row.came_from, row.group.traits[0]) == (before.number, "temper:cautious")
    assert "tolerance" in row.moved_by
    event = AuditEvent.objects.get(action="compliance.change_risk_group")
    assert event.before == {"number": before.number}
    assert event.after["number"] == row.group.number
    assert first.memberships.get(person=people[2]).group == before


def test_a_fact_from_another_app_counts_and_an_impossible_one_is_not_known(ada):
    people = make.book(ada)
    told = {p.household_id: {"equity_share": (at % 7) / 10, "plan_chance": 9} for at, p in enumerate(people)}
    disconnect = risk_facts.connect(lambda households, on: told)  # noqa: ARG005 - a source's signature
    try:
        fit = make.fit()
    finally:
        disconnect()
    assert "equity_share" in {row["code"] for row in fit.features}
    assert fit.dropped["plan_chance"] == "rare"


def test_stocks_unlike_the_groups_are_told(ada):
    people = make.book(ada)
    told = {p.household_id: {"equity_share": 0.35 + at % 5 / 50} for at, p in enumerate(people)}
    told[people[0].household_id] = {"equity_share": 0.95}
    disconnect = risk_facts.connect(lambda households, on: told)  # noqa: ARG005 - a source's signature
    try:
        make.fit()
    finally:
        disconnect()
    unlike = RiskMembership.objects.filter(misfits__contains=["holds_unlike"])
    assert [row.person for row in unlike] == [people[0]]


def test_what_a_profile_does_not_reconcile_is_told(ada):
    people = make.book(ada)
    line = {"code": "need_beyond_limit", "text": "x", "params": {}}
    RiskAssessment.objects.filter(person=people[1]).update(disagreements=[line])
    make.fit()
    assert RiskMembership.objects.get(person=people[1]).misfits == ["need_beyond_limit"]


def test_a_fault_leaves_nothing_behind(ada, monkeypatch):
    make.book(ada)

    def fail(*_args, **_kwargs):
        raise InvalidInputError("no")

    monkeypatch.setattr(risk_groups, "_record", fail)
    with pytest.raises(InvalidInputError):
        make.fit()
    assert RiskGroupFit.objects.count() == RiskGroup.objects.count() == RiskMembership.objects.count() == 0


def test_what_is_older_than_records_are_kept_goes(ada):
    make.book(ada)
    first = make.fit()
    RiskGroupFit.objects.filter(pk=first.pk).update(fitted_on=today() - dt.timedelta(days=367 * KEPT_YEARS + 31))
    second = make.fit(on=next_month(today()))
    assert list(RiskGroupFit.objects.all()) == [second]
    assert RiskMembership.objects.count() == 36
    assert second.n_changed == 0


def test_it_is_asked_for_once_a_month(ada, system):
    day = today()
    assert ask_for_risk_groups(on=day, by=system)
    assert not ask_for_risk_groups(on=day, by=system)
    Job.objects.update(state=JobState.DONE)
    make.fit()
    assert not ask_for_risk_groups(on=day, by=system)
    assert ask_for_risk_groups(on=next_month(day), by=system)
    assert Job.objects.filter(name=TASK).count() == 2


def test_it_is_asked_for_now_and_recorded_with_who_asked(paul):
    assert request_risk_groups(by=paul.as_actor())
    assert not request_risk_groups(by=paul.as_actor())
    assert Job.objects.get(name=TASK).arguments["asked_by"] == paul.as_actor().key
    assert (
        AuditEvent.objects.filter(action="compliance.request_risk_groups", actor_key=paul.as_actor().key).count() == 2
    )


def test_firms_are_grouped_apart(ada, firm_b):
    make.book(ada)
    make.fit()
    with tenant_context(firm_b):
        assert make.fit().n_people == 0
        assert RiskMembership.objects.count() == 0
    assert RiskGroupFit.objects.get().n_people == 36


def test_the_queries_do_not_grow_with_the_people(ada):
    make.book(ada)
    with CaptureQueriesContext(connection) as few:
        make.fit()
    RiskGroupFit.objects.all().delete()
    make.book(ada, prefix="More")
    with CaptureQueriesContext(connection) as many:
        make.fit()
    assert RiskGroupFit.objects.get().n_people == 72
    assert len(many) <= len(few)
