import datetime as dt
import hashlib
import io
import json
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from django.conf import settings as django_settings

from apps.compliance.models import AuditExport
from apps.compliance.selectors.trail import TrailQuery
from apps.compliance.services import exports
from apps.compliance.services.anchors import anchor_trail
from apps.compliance.services.errors import ExportTooLargeError
from apps.compliance.services.exports import build_export, open_export, request_export
from apps.core.models import AuditEvent, Job
from apps.kernel.errors import InvalidInputError, NotFoundError
from tests.apps.compliance.trails import seal_now, written
from tests.factories.clients import household

SCRIPT = Path(django_settings.ROOT) / "tools" / "verify_export" / "verify_export.py"


@pytest.fixture
def rivera(ada, paul, system, settings, tmp_path):
    """A household among other events, its trail sealed and anchored."""
    settings.MEDIA_ROOT = tmp_path / "files"
    written(paul, 3)
    made = household(ada)
    seal_now()
    anchor_trail(by=system)
    written(paul, 2)
    return made


def built(connie, system, query=None):
    export = request_export(query=query or TrailQuery(), format="data", by=connie.as_actor())
    seal_now()
    steps = []
    export = build_export(export=export, progress=lambda part, step: steps.append((part, step)), by=system)
    assert steps == sorted(steps)
    return export


def content_of(export, connie):
    return open_export(export=export, by=connie.as_actor()).content


def check(content, tmp_path, *options):
    path = tmp_path / "export.zip"
    path.write_bytes(content)
    return checked(path, *options)


def checked(path, *options):
    command = [sys.executable, "-I", SCRIPT, path, *options]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    return done.returncode, done.stdout + done.stderr


def changed(content, name, change):
    """Return the zip with one file changed, or removed when `change` gives None."""
    result = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(result, "w") as new:
        for each in old.namelist():
            raw = change(old.read(each).decode()) if each == name else old.read(each)
            if raw is not None:
                new.writestr(each, raw)
    return result.getvalue()


def reconciled(content, name):
    """Make the manifest fit a file again, as a careful forger would."""
    with zipfile.ZipFile(io.BytesIO(content)) as bundle:
        raw = bundle.read(name)

    def change(text):
        manifest = json.loads(text)
        for entry in manifest["files"]:
            if entry["name"] == name:
                entry.update(sha256=hashlib.sha256(raw).hexdigest(), size=len(raw))
        return json.dumps(manifest)

    return changed(content, "manifest.json", change)


def test_a_full_export_verifies_without_steward(rivera, connie, system, tmp_path):
    export = built(connie, system)
    code, printed = check(content_of(export, connie), tmp_path, "--expect-head", export.head_hash)
    assert code == 0, printed
    assert printed.rstrip().endswith("VERIFIED")
    assert f"Events    {export.events} of {export.head_sequence}" in printed
    assert "Anchors   1" in printed


def test_a_households_export_verifies_with_its_gaps(rivera, connie, system, tmp_path):
    export = built(connie, system, TrailQuery(household=str(rivera.public_id)))
    content = content_of(export, connie)
    with zipfile.ZipFile(io.BytesIO(content)) as bundle:
        manifest = json.loads(bundle.read("manifest.json"))
        events = [json.loads(line) for line in bundle.read("events.jsonl").splitlines()]
    assert manifest["scope"]["kind"] == "part"
    assert "has gaps" in manifest["chain"]["links"]
    assert {json.loads(event["text"])["subject_id"] for event in events} == {str(rivera.public_id)}
    assert len(events) == export.events < export.head_sequence
    code, printed = check(content, tmp_path)
    assert code == 0, printed


def test_the_zip_carries_its_own_checker_and_the_trail_its_hashes(rivera, connie, system):
    export = built(connie, system)
    content = content_of(export, connie)
    assert hashlib.sha256(content).hexdigest() == export.sha256
    with zipfile.ZipFile(io.BytesIO(content)) as bundle:
        assert bundle.read("verify_export.py") == SCRIPT.read_bytes()
        digest = hashlib.sha256(bundle.read("manifest.json")).hexdigest()
    event = AuditEvent.objects.get(action="compliance.build_export")
    assert event.after["manifest_sha256"] == digest


@pytest.mark.parametrize("scope", ["full", "part"])
def test_a_changed_event_is_found_even_when_the_manifest_is_made_to_fit(rivera, connie, system, tmp_path, scope):
    query = TrailQuery() if scope == "full" else TrailQuery(household=str(rivera.public_id))
    content = content_of(built(connie, system, query), connie)
    forged = changed(content, "events.jsonl", lambda text: text.replace("Ada", "Eve", 1))
    code, printed = check(forged, tmp_path)
    assert code == 1
    assert "not the file that the manifest describes" in printed
    code, printed = check(reconciled(forged, "events.jsonl"), tmp_path)
    assert code == 1
    assert "its hash does not fit its text" in printed


def test_a_removed_event_is_found(rivera, connie, system, tmp_path):
    content = content_of(built(connie, system), connie)
    forged = changed(
        content,
        "events.jsonl",
        lambda text: "".join(text.splitlines(keepends=True)[:2] + text.splitlines(keepends=True)[3:]),
    )
    code, printed = check(reconciled(forged, "events.jsonl"), tmp_path)
    assert code == 1
    assert "links 3 to 3 are missing" in printed


def test_events_cut_off_at_the_end_are_found(rivera, connie, system, tmp_path):
    content = content_of(built(connie, system), connie)
    forged = changed(content, "events.jsonl", lambda text: "".join(text.splitlines(keepends=True)[:-1]))
    code, printed = check(reconciled(forged, "events.jsonl"), tmp_path)
    assert code == 1
    assert "the chain ends at" in printed


def test_a_part_without_its_links_is_not_verified(rivera, connie, system, tmp_path):
    content = content_of(built(connie, system, TrailQuery(household=str(rivera.public_id))), connie)
    code, printed = check(changed(content, "links.jsonl", lambda _text: None), tmp_path)
    assert code == 1
    assert "links.jsonl is missing" in printed


def test_another_manifest_is_found_by_the_hash_told_elsewhere(rivera, connie, system, tmp_path):
    content = content_of(built(connie, system), connie)
    digest = AuditEvent.objects.get(action="compliance.build_export").after["manifest_sha256"]
    assert check(content, tmp_path, "--expect-manifest", digest)[0] == 0
    forged = changed(content, "manifest.json", lambda text: text.replace("Alpha Advisory LLC", "Omega LLC"))
    assert check(forged, tmp_path, "--expect-manifest", digest)[0] == 1


def test_what_is_no_export_is_told_apart(tmp_path):
    code, printed = check(b"not a zip", tmp_path)
    assert (code, "neither a zip nor a folder" in printed) == (2, True)


def test_an_unpacked_folder_verifies_too(rivera, connie, system, tmp_path):
    with zipfile.ZipFile(io.BytesIO(content_of(built(connie, system), connie))) as bundle:
        bundle.extractall(tmp_path / "unpacked")
    code, printed = checked(tmp_path / "unpacked")
    assert code == 0, printed


def test_an_export_of_a_period_holds_its_days_alone(rivera, connie, system, tmp_path):
    yesterday = dt.datetime.now(tz=dt.UTC).date() - dt.timedelta(days=2)
    export = built(connie, system, TrailQuery(last=yesterday))
    assert export.events == 0
    assert check(content_of(export, connie), tmp_path)[0] == 0


def test_an_export_lies_encrypted(rivera, connie, system, settings):
    export = built(connie, system)
    stored = Path(settings.MEDIA_ROOT) / "alpha" / export.stored_name
    assert stored.is_file()
    assert not zipfile.is_zipfile(stored)


def test_the_job_is_sent_only_after_the_commit(rivera, connie, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks() as sent:
        export = request_export(query=TrailQuery(), format="data", by=connie.as_actor())
        assert Job.objects.get().sent_at is None
    assert export.job == Job.objects.get()
    assert len(sent) == 1


def test_building_twice_builds_once(rivera, connie, system):
    export = built(connie, system)
    again = build_export(export=AuditExport.objects.get(pk=export.pk), progress=lambda *_: None, by=system)
    assert again.sha256 == export.sha256
    assert AuditEvent.objects.filter(action="compliance.build_export").count() == 1


def test_who_takes_an_export_is_on_the_trail(rivera, connie, system):
    export = built(connie, system)
    content_of(export, connie)
    assert AuditEvent.objects.get(action="compliance.open_export").actor_label == "Connie"


def test_an_export_that_is_not_built_cannot_be_opened(rivera, connie):
    export = request_export(query=TrailQuery(), format="data", by=connie.as_actor())
    with pytest.raises(NotFoundError, match="not built"):
        open_export(export=export, by=connie.as_actor())


def test_an_unknown_format_a_strangers_household_and_too_much_paper_are_refused(rivera, connie, mallory, monkeypatch):
    with pytest.raises(InvalidInputError):
        request_export(query=TrailQuery(), format="fax", by=connie.as_actor())
    with pytest.raises(NotFoundError):
        request_export(query=TrailQuery(household=str(rivera.public_id)), format="data", by=mallory.as_actor())
    monkeypatch.setattr(exports, "MOST_ON_PAPER", 2)
    with pytest.raises(ExportTooLargeError, match="it holds 2"):
        request_export(query=TrailQuery(), format="paper", by=connie.as_actor())
    assert not AuditExport.objects.exists()
