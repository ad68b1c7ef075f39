import hashlib
import io
import zipfile
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.storage import default_storage

from apps.clients.models import Document, DocumentRequest, DocumentVersion, Person, RequestState
from apps.clients.models.sealed_files import FileDamagedError
from apps.clients.services._uploads import MAX_BYTES, FileNotAcceptedError, safe_name
from apps.clients.services.documents import (
    RequestClosedError,
    add_version,
    answer_request,
    file_document,
    read_document,
    release_document,
    request_document,
    waive_request,
    withhold_document,
)
from apps.core.models import AuditEvent
from apps.kernel.errors import InvalidInputError
from tests.factories.clients import document, household, pdf


def filed(ada, name="return.pdf", content=None, **changes):
    fields = {"category": "tax", "title": "Tax return", "filename": name, "content": content or pdf()}
    return file_document(household=household(ada), by=ada.as_actor(), **(fields | changes))


def test_a_filed_document_can_be_read_again_and_lies_encrypted(ada):
    content = pdf("secret of the house")
    paper = filed(ada, content=content)
    version = paper.current
    assert read_document(version=version, by=ada.as_actor()) == content
    assert (version.number, version.size, version.mime) == (1, len(content), "application/pdf")
    assert version.sha256 == hashlib.sha256(content).hexdigest()
    stored = Path(settings.MEDIA_ROOT, "alpha", version.stored_name).read_bytes()
    assert b"secret of the house" not in stored
    assert b"%PDF" not in stored


def test_a_file_changed_in_the_storage_is_refused(ada):
    version = filed(ada).current
    path = Path(default_storage.path(version.stored_name))
    path.write_bytes(path.read_bytes()[:-1] + b"?")
    with pytest.raises(FileDamagedError, match="changed outside"):
        read_document(version=version, by=ada.as_actor())


def test_a_newer_version_leaves_the_older_one_readable(ada):
    paper = filed(ada, content=pdf("one"))
    add_version(document=paper, filename="return.pdf", content=pdf("two"), by=ada.as_actor())
    newest, first = paper.versions.all()
    assert (newest.number, first.number) == (2, 1)
    assert first.content() == pdf("one")
    assert newest.content() == pdf("two")


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("empty.pdf", b"", "is empty"),
        ("page.html", b"<!doctype html><script>alert(1)</script>", "not taken in"),
        ("picture.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>", "not taken in"),
        ("tool.exe", b"MZ" + bytes(200), "not taken in"),
        ("invoice.pdf.exe", pdf(), "not what its name says"),
        ("photo.png", pdf(), "not what its name says"),
        ("huge.pdf", b"%PDF-" + bytes(MAX_BYTES), "larger than 25 MB"),
    ],
)
def test_a_file_that_is_not_taken_in_says_why_and_leaves_nothing(ada, name, content, reason):
    rivera = household(ada)
    with pytest.raises(FileNotAcceptedError, match=reason) as refused:
        file_document(household=rivera, category="tax", title="T", filename=name, content=content, by=ada.as_actor())
    assert refused.value.field == "file"
    assert not Document.objects.exists()
    assert not DocumentVersion.objects.exists()


def test_an_archive_is_not_taken_in(ada):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("a.txt", "a")
    with pytest.raises(FileNotAcceptedError):
        filed(ada, name="papers.zip", content=out.getvalue())


def test_a_name_loses_its_folders_and_forbidden_signs():
    assert safe_name("../../etc/pass\x00wd?.pdf") == "pass wd .pdf"
    assert safe_name("C:\\docs\\tax.pdf") == "tax.pdf"
    assert safe_name("") == "file"
    assert safe_name("x" * 300 + ".pdf").endswith(".pdf")
    assert len(safe_name("x" * 300 + ".pdf")) == 120


def test_an_unknown_category_is_refused_at_its_field(ada):
    with pytest.raises(InvalidInputError) as refused:
        filed(ada, category="gossip")
    assert refused.value.field == "category"


def test_filing_is_on_the_trail_once_without_the_key(ada):
    paper = filed(ada)
    event = AuditEvent.objects.get(action="clients.file_document")
    assert event.target_id == str(paper.public_id)
    assert event.subject_id == str(paper.household.public_id)
    assert event.after["sha256"] == paper.current.sha256
    assert "wrapped_key" not in event.after


def test_reading_is_on_the_trail(ada, connie):
    paper = filed(ada)
    read_document(version=paper.current, by=connie.as_actor())
    assert AuditEvent.objects.get(action="clients.read_document").actor_key == connie.as_actor().key


def test_a_client_sees_what_was_released_and_nothing_else(ada, clay):
    own = household(ada)
    Person.objects.filter(household=own, relationship="head").update(user=clay)
    kept, shown = document(own, by=ada.as_actor(), title="Kept"), document(own, by=ada.as_actor(), title="Shown")
    release_document(document=shown, by=ada.as_actor())
    assert list(Document.objects.visible_to(clay.as_actor())) == [shown]
    withhold_document(document=shown, by=ada.as_actor())
    assert not Document.objects.visible_to(clay.as_actor()).exists()
    assert kept in Document.objects.visible_to(ada.as_actor())


def test_releasing_twice_is_told_once(ada):
    paper = filed(ada)
    release_document(document=paper, by=ada.as_actor())
    release_document(document=paper, by=ada.as_actor())
    assert AuditEvent.objects.filter(action="clients.release_document").count() == 1


def test_support_sees_that_financial_papers_exist_but_opens_only_others(ada, sue):
    from apps.clients.services.households import assign_household

    rivera = household(ada)
    assign_household(household=rivera, user=sue, by=ada.as_actor())
    passport = document(rivera, by=ada.as_actor(), category="identity", title="Passport")
    tax = document(rivera, by=ada.as_actor(), category="tax", title="Tax")
    assert set(Document.objects.visible_to(sue.as_actor())) == {passport, tax}
    assert set(Document.objects.readable_by(sue.as_actor())) == {passport}


def test_an_answered_request_files_the_paper_and_closes(ada, clay):
    rivera = household(ada)
    asked = request_document(household=rivera, category="identity", title="Passport", by=ada.as_actor())
    paper = answer_request(request=asked, filename="p.pdf", content=pdf(), by=clay.as_actor())
    asked.refresh_from_db()
    assert (asked.state, asked.document, paper.visible_to_client) == (RequestState.RECEIVED, paper, True)
    with pytest.raises(RequestClosedError):
        answer_request(request=asked, filename="p.pdf", content=pdf(), by=clay.as_actor())
    with pytest.raises(RequestClosedError):
        waive_request(request=asked, reason="", by=ada.as_actor())


def test_a_refused_answer_leaves_the_request_open(ada, clay):
    asked = request_document(household=household(ada), category="identity", title="Passport", by=ada.as_actor())
    with pytest.raises(FileNotAcceptedError):
        answer_request(request=asked, filename="p.pdf", content=b"", by=clay.as_actor())
    assert DocumentRequest.objects.get().state == RequestState.OPEN
    assert not Document.objects.exists()
