import datetime as dt

import pytest

from apps.clients.models import Household, ImportBatch, ImportRow, ImportState, Person, RowAction
from apps.clients.services.documents import file_document
from apps.clients.services.households import add_person
from apps.clients.services.imports import (
    ImportHasDependentsError,
    ImportHasErrorsError,
    ImportStateError,
    apply_batch,
    check_batch,
    open_batch,
    request_apply,
    undo_batch,
)
from apps.clients.services.people import update_person
from apps.core.models import AuditEvent, Job
from apps.core.secrets import decrypted
from apps.core.tabular.problems import FileRefusedError
from apps.kernel.errors import InvalidInputError
from tests.factories.clients import household, pdf

HEADER = "Household,First name,Last name,Relationship,Date of birth,Email,SSN,Annual income,Street,City,State,ZIP\n"
RIVERA = (
    HEADER + 'Rivera,Ana,Rivera,Head,05/17/1980,ana@example.com,536-90-4399,"140,000",1 Elm St,Boston,MA,02108\n'
    "Rivera,Luis,Rivera,Spouse,01/03/1978,luis@example.com,,95000,1 Elm St,Boston,MA,02108\n"
    "Rivera,Eva,Rivera,Daughter,09/01/2012,,,,1 Elm St,Boston,MA,02108\n"
    "Rivera,Tom,Rivera,Son,02/28/2015,,,,1 Elm St,Boston,MA,02108\n"
    "Stone,Clay,Stone,Head,11/30/1969,clay@example.com,,,2 Oak Ave,Salem,MA,01970\n"
)


def brought(ada, text=RIVERA, name="clients.csv"):
    return open_batch(kind="clients", filename=name, content=text.encode(), by=ada.as_actor())


def applied(ada, text=RIVERA, name="clients.csv"):
    return apply_batch(batch=brought(ada, text, name), by=ada.as_actor())


def test_a_file_is_read_and_shown_and_nothing_is_written_yet(ada):
    batch = brought(ada)
    assert batch.state == ImportState.CHECKED
    assert batch.counts["create"] == 5
    assert batch.counts["errors"] == 0
    assert batch.answers["column_1"] == "first_name"
    assert not Household.objects.exists()
    row = batch.rows.get(line=2)
    assert (row.label, row.action) == ("Ana Rivera", RowAction.CREATE)
    assert row.said["tax_id"] == "•••4399"


def test_no_tax_number_is_kept_in_clear_anywhere(ada):
    applied(ada)
    assert "536904399" not in str(list(ImportRow.objects.values())).replace("-", "")
    assert "536904399" not in str(list(AuditEvent.objects.values())).replace("-", "")
    assert "536904399" not in str(list(Person.objects.values())).replace("-", "")


def test_applying_makes_households_with_their_people_through_the_same_services(ada):
    applied(ada)
    rivera = Household.objects.get(name="Rivera")
    ana = rivera.people.get(relationship="head")
    assert [str(person) for person in rivera.people.order_by("id")] == [
        "Ana Rivera", "Luis Rivera", "Eva Rivera", "Tom Rivera",
    ]  # fmt: skip
    assert (rivera.address, rivera.city, rivera.state, rivera.advisor) == ("1 Elm St", "Boston", "MA", ada)
    assert (ana.date_of_birth, ana.annual_income) == (dt.date(1980, 5, 17), 140_000)
    assert decrypted(ana.tax_id) == "536904399"
    actions = AuditEvent.objects.filter(subject_id=str(rivera.public_id)).values_list("action", flat=True)
    assert sorted(actions) == ["clients.add_person"] * 4 + ["clients.assign_household", "clients.onboard_household"]
    assert rivera in Household.objects.visible_to(ada.as_actor())


def test_the_same_file_twice_changes_nothing_and_says_so(ada):
    applied(ada)
    before = list(Person.objects.order_by("id").values())
    second = applied(ada)
    assert second.counts["unchanged"] == 5
    assert (second.counts["create"], second.counts["update"]) == (0, 0)
    assert list(Person.objects.order_by("id").values()) == before


def test_a_changed_row_changes_only_what_it_says_otherwise(ada):
    applied(ada)
    second = applied(ada, RIVERA.replace("luis@example.com", "luis.rivera@example.com"), "march.csv")
    assert (second.counts["update"], second.counts["unchanged"]) == (1, 4)
    assert Person.objects.get(first_name="Luis").email == "luis.rivera@example.com"
    undo_batch(batch=second, by=ada.as_actor())
    assert Person.objects.get(first_name="Luis").email == "luis@example.com"


def test_a_new_child_joins_the_household_that_is_known(ada):
    applied(ada)
    second = applied(ada, RIVERA + "Rivera,Mia,Rivera,Daughter,03/04/2020,,,,1 Elm St,Boston,MA,02108\n", "b.csv")
    assert second.counts["create"] == 1
    assert Household.objects.get(name="Rivera").people.count() == 5


def test_people_entered_by_hand_are_found_and_not_made_again(ada):
    rivera = household(ada)
    batch = brought(ada)
    actions = dict(batch.rows.filter(label__endswith="Rivera").values_list("label", "action"))
    assert actions["Ana Rivera"] == RowAction.UPDATE
    assert actions["Eva Rivera"] == RowAction.UNCHANGED
    apply_batch(batch=batch, by=ada.as_actor())
    assert rivera.people.count() == 4


def test_an_advisors_file_does_not_touch_people_of_another_advisor(ada, mallory):
    household(ada)
    batch = brought(mallory)
    assert batch.counts["create"] == 5


def test_a_broken_row_says_which_line_and_why_and_leaves_nothing_behind(ada):
    batch = brought(ada, RIVERA.replace("09/01/2012", "31/31/2012").replace("536-90-4399", "000-12-3456"))
    by_line = {row.line: [problem["code"] for problem in row.problems] for row in batch.rows.all() if row.problems}
    assert "invalid_tax_id" in by_line[2]
    assert by_line[4]
    assert batch.rows.get(line=4).said["First name"] == "Eva"
    assert batch.rows.get(line=2).said["SSN"] == "•••"
    with pytest.raises(ImportHasErrorsError, match="none was"):
        apply_batch(batch=batch, by=ada.as_actor())
    with pytest.raises(ImportHasErrorsError):
        request_apply(batch=batch, by=ada.as_actor())
    assert not Household.objects.exists()
    assert not Person.objects.exists()
    assert not Job.objects.exists()


def test_a_refusal_in_the_middle_takes_the_whole_file_back(ada):
    text = RIVERA + "Wolf,Io,Wolf,Head,01/01/1990,io@example.com,,99999999999999,3 Ash,Salem,MA,01970\n"
    batch = brought(ada, text)
    with pytest.raises(InvalidInputError, match="Line 7, Io Wolf"):
        apply_batch(batch=batch, by=ada.as_actor())
    assert not Household.objects.exists()
    batch.refresh_from_db()
    assert batch.state == ImportState.CHECKED


@pytest.mark.parametrize("content", [b"", b"\x00\x01\x02\x03" * 50, b"<html><body>Sign in</body></html>"])
def test_a_file_that_cannot_be_read_leaves_no_row(ada, content):
    with pytest.raises(FileRefusedError):
        open_batch(kind="clients", filename="c.csv", content=content, by=ada.as_actor())
    assert not ImportBatch.objects.exists()


def test_an_unknown_kind_is_refused(ada):
    with pytest.raises(InvalidInputError) as refused:
        open_batch(kind="horoscopes", filename="c.csv", content=b"a,b\n1,2\n", by=ada.as_actor())
    assert refused.value.field == "kind"


def test_other_answers_read_the_file_anew(ada):
    batch = brought(ada)
    changed = check_batch(batch=batch, answers={**batch.answers, "column_5": ""}, by=ada.as_actor())
    assert "email" not in changed.rows.get(line=2).said
    with pytest.raises(InvalidInputError, match="Two columns"):
        check_batch(batch=batch, answers={**batch.answers, "column_5": "first_name"}, by=ada.as_actor())


def test_undo_removes_all_that_the_import_made(ada):
    batch = applied(ada)
    undo_batch(batch=batch, by=ada.as_actor())
    assert not Person.objects.exists()
    assert not Household.objects.exists()
    batch.refresh_from_db()
    assert batch.state == ImportState.UNDONE
    again = applied(ada)
    assert again.counts["create"] == 5


def test_undo_refuses_and_lists_what_hangs_on_the_import(ada):
    batch = applied(ada)
    rivera, stone = Household.objects.get(name="Rivera"), Household.objects.get(name="Stone")
    file_document(household=rivera, category="tax", title="Return", filename="r.pdf", content=pdf(), by=ada.as_actor())
    update_person(person=stone.people.get(), fields={"phone": "+16175550100"}, by=ada.as_actor())
    add_person(
        household=stone,
        fields={"relationship": "child", "first_name": "Bo", "last_name": "Stone"},
        by=ada.as_actor(),
    )
    with pytest.raises(ImportHasDependentsError) as refused:
        undo_batch(batch=batch, by=ada.as_actor())
    listed = " | ".join(refused.value.dependents)
    assert "Rivera: 1 document" in listed
    assert "Clay Stone" in listed
    assert "Stone: Bo Stone" in listed
    assert Person.objects.count() == 6


def test_undo_refuses_while_a_later_import_changed_the_same_people(ada):
    first = applied(ada)
    applied(ada, RIVERA.replace("95000", "99000"), "later.csv")
    with pytest.raises(ImportHasDependentsError, match="Luis Rivera"):
        undo_batch(batch=first, by=ada.as_actor())


def test_an_import_is_applied_once_and_undone_once(ada):
    batch = applied(ada)
    assert apply_batch(batch=batch, by=ada.as_actor()).state == ImportState.APPLIED
    assert Person.objects.count() == 5
    undo_batch(batch=batch, by=ada.as_actor())
    with pytest.raises(ImportStateError):
        undo_batch(batch=batch, by=ada.as_actor())
    with pytest.raises(ImportStateError):
        apply_batch(batch=batch, by=ada.as_actor())


def test_batches_are_seen_by_who_brought_them_and_who_sees_all(ada, mallory, paul):
    batch = brought(ada)
    for person, sees in ((ada, True), (mallory, False), (paul, True)):
        assert ImportBatch.objects.visible_to(person.as_actor()).filter(pk=batch.pk).exists() is sees


@pytest.mark.parametrize("n_rows", [200, pytest.param(2000, marks=pytest.mark.deep)])
def test_many_rows_go_in_whole(ada, n_rows):
    lines = [
        f"House {n // 4},P{n},House{n // 4},{('Head', 'Spouse', 'Son', 'Daughter')[n % 4]},"
        f"0{1 + n % 9}/1{n % 9}/{1950 + n % 50},p{n}@example.com,,,{n} Elm,Boston,MA,02108\n"
        for n in range(n_rows)
    ]
    batch = applied(ada, HEADER + "".join(lines))
    assert batch.counts["create"] == n_rows
    assert Household.objects.count() == n_rows // 4
    assert Person.objects.count() == n_rows
    assert applied(ada, HEADER + "".join(lines)).counts["unchanged"] == n_rows
