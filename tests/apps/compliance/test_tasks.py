import datetime as dt

from django_tenants.utils import tenant_context

from apps.compliance import tasks
from apps.compliance.models import AssessmentState, AuditExport, RiskAssessment, RiskGroupFit
from apps.compliance.selectors.trail import TrailQuery
from apps.compliance.services.anchors import read_anchors
from apps.compliance.services.exports import request_export
from apps.core.models import AuditEvent, Job
from tests.apps.compliance.trails import seal_now
from tests.factories import compliance as make
from tests.factories import risk_groups
from tests.factories.clients import household


def test_the_daily_job_ends_old_profiles_and_anchors_the_trail(ada, clay):
    profile = make.in_force(make.adult(household(ada), clay), ada)
    RiskAssessment.objects.filter(pk=profile.pk).update(valid_until=dt.date(2020, 1, 1))
    seal_now()
    tasks.keep_house.run()
    profile.refresh_from_db()
    assert profile.state == AssessmentState.EXPIRED
    assert len(read_anchors()) == 1


def test_each_open_firm_is_asked_once(firm_a, firm_b):
    assert tasks.keep_house_everywhere() == 2
    for firm in (firm_a, firm_b):
        with tenant_context(firm):
            assert Job.objects.filter(name="compliance.keep_house").count() == 1


def test_an_export_is_built_by_its_job(connie, ada, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    household(ada)
    seal_now()
    export = request_export(query=TrailQuery(), format="data", by=connie.as_actor())
    tasks.build_audit_export.run(export_id=export.pk)
    assert AuditExport.objects.get().is_ready


def test_the_daily_job_asks_for_the_groups_once_a_month(ada):
    seal_now()
    tasks.keep_house.run()
    tasks.keep_house.run()
    assert Job.objects.filter(name="compliance.keep_risk_groups").count() == 1


def test_people_are_grouped_by_their_job_run_twice_kept_once(ada):
    risk_groups.book(ada)
    tasks.keep_risk_groups.run(asked_by=ada.as_actor().key)
    tasks.keep_risk_groups.run(asked_by=ada.as_actor().key)
    fit = RiskGroupFit.objects.get()
    assert (fit.n_people, fit.n_groups) == (36, 3)
    event = AuditEvent.objects.get(action="compliance.keep_risk_groups")
    assert (event.actor_key, event.on_behalf_of) == ("system:compliance.keep_risk_groups", ada.as_actor().key)
