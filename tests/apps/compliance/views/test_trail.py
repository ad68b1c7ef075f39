import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from apps.compliance.models import AuditExport
from apps.compliance.services.exports import build_export
from apps.core import audit
from apps.core.models import AuditEvent
from tests.apps.compliance.trails import seal_now
from tests.factories.clients import household

TRAIL, EXPORTS = "/compliance/trail/", "/compliance/exports/"
MATRIX = [("paul", 200), ("connie", 200), ("ada", 403), ("sue", 403), ("clay", 403)]


@pytest.fixture
def rivera(ada, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "files"
    made = household(ada)
    seal_now()
    return made


def history(of):
    return reverse("compliance:household-history", kwargs={"household_id": of.public_id})


@pytest.mark.parametrize("path", [TRAIL, EXPORTS, "/compliance/"])
@pytest.mark.parametrize(("who", "status"), MATRIX)
def test_the_trail_opens_for_compliance_and_the_principal(request, rivera, sign_in, path, who, status):
    assert sign_in(request.getfixturevalue(who)).get(path).status_code == status


@pytest.mark.parametrize(("who", "status"), MATRIX)
def test_a_households_history_opens_for_the_same(request, rivera, sign_in, who, status):
    assert sign_in(request.getfixturevalue(who)).get(history(rivera)).status_code == status


@pytest.mark.parametrize("path", [TRAIL, EXPORTS, "/compliance/"])
def test_anonymous_goes_to_sign_in(rivera, sign_in, path):
    assert "/accounts/login/" in sign_in().get(path)["location"]


def test_the_history_tells_who_when_and_before_and_after(rivera, ada, connie, sign_in):
    audit.record(
        "clients.rename",
        by=ada.as_actor(),
        target=rivera,
        before={"name": "Rivera"},
        after={"name": "Stone"},
        reason="Marriage",
    )
    household(ada, name="Elsewhere")
    text = sign_in(connie).get(history(rivera)).content.decode()
    assert '<del translate="no">Rivera</del>' in text
    assert '<ins translate="no">Stone</ins>' in text
    assert "Reason: Marriage" in text
    assert "America/New_York" in text
    assert " UTC" in text
    assert "Elsewhere" not in text


def test_filters_narrow_and_a_wrong_period_is_told(rivera, ada, connie, sign_in):
    client = sign_in(connie)
    text = client.get(TRAIL, {"action": "clients.assign_household", "person": ada.as_actor().key}).content.decode()
    assert "clients.assign_household</code>" in text
    assert "clients.add_person</code>" not in text
    answer = client.get(TRAIL, {"first": "2026-02-01", "last": "2026-01-01"})
    assert answer.status_code == 200
    assert "The period ends before it begins." in answer.content.decode()


def test_a_self_review_is_flagged(rivera, paul, connie, sign_in):
    audit.record(
        "accounts.attest_self_review",
        by=paul.as_actor(),
        target=paul,
        after={"is_self_review": True},
        reason="Read it all.",
    )
    client = sign_in(connie)
    assert "Self-review</span>" in client.get(TRAIL, {"self_reviews": "on"}).content.decode()
    assert "Self-reviews stood in for a second person" in client.get("/compliance/").content.decode()


def test_the_trail_costs_the_same_number_of_queries_however_long_it_is(rivera, ada, connie, sign_in):
    client = sign_in(connie)
    client.get(TRAIL)
    with CaptureQueriesContext(connection) as short:
        client.get(TRAIL)
    for n in range(3):
        household(ada, name=f"House{n}")
    with CaptureQueriesContext(connection) as long:
        client.get(TRAIL)
    assert len(long) == len(short) <= 20


def test_an_export_is_asked_for_built_and_downloaded(rivera, connie, system, sign_in):
    client = sign_in(connie)
    answer = client.post(f"{EXPORTS}new/", {"format": "data", "household": str(rivera.public_id)})
    assert answer["location"] == EXPORTS
    export = AuditExport.objects.get()
    assert export.household == rivera
    assert "Being built" in client.get(EXPORTS).content.decode()
    url = reverse("compliance:export-file", kwargs={"export_id": export.public_id})
    assert client.get(url).status_code == 404
    build_export(export=export, progress=lambda *_: None, by=system)
    assert "Download" in client.get(EXPORTS).content.decode()
    answer = client.get(url)
    assert answer["content-type"] == "application/zip"
    assert answer.content.startswith(b"PK")
    assert answer["content-disposition"].startswith("attachment;")


def test_a_pdf_is_drawn_with_the_verdict(rivera, connie, system, sign_in):
    client = sign_in(connie)
    client.post(f"{EXPORTS}new/", {"format": "paper", "household": str(rivera.public_id)})
    export = AuditExport.objects.get()
    build_export(export=export, progress=lambda *_: None, by=system)
    content = client.get(reverse("compliance:export-file", kwargs={"export_id": export.public_id})).content
    assert content.startswith(b"%PDF")
    # the six of taking the household on, and the request for this report
    assert AuditExport.objects.get().events == 7


@pytest.mark.parametrize("who", ["ada", "sue", "clay"])
def test_others_neither_export_nor_download_nor_verify(request, rivera, connie, system, sign_in, who):
    sign_in(connie).post(f"{EXPORTS}new/", {"format": "data"})
    export = AuditExport.objects.get()
    build_export(export=export, progress=lambda *_: None, by=system)
    client = sign_in(request.getfixturevalue(who))
    assert client.post(f"{EXPORTS}new/", {"format": "data"}).status_code == 403
    assert client.get(reverse("compliance:export-file", kwargs={"export_id": export.public_id})).status_code == 403
    assert client.post("/compliance/verify/").status_code == 403
    assert AuditExport.objects.count() == 1


def test_a_click_verifies_and_shows_the_verdict(rivera, connie, sign_in):
    client = sign_in(connie)
    assert "Not verified yet." in client.get("/compliance/").content.decode()
    client.post("/compliance/verify/", headers={"referer": "http://alpha.localhost/compliance/"})
    seal_now()
    text = client.get("/compliance/").content.decode()
    assert "Intact</span>" in text
    assert AuditEvent.objects.filter(action="compliance.verify_trail").count() == 1
