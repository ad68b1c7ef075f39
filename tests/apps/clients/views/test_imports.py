import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from apps.clients.models import ImportBatch, ImportState, Person
from apps.clients.services.imports import apply_batch, open_batch
from apps.clients.services.people import update_person
from tests.apps.money.readers import mt940_samples
from tests.factories import clients as people

TEXT = (
    "First name,Last name,Relationship,Email,SSN\nIo,Wolf,Head,io@example.com,536-90-4399\nMo,Wolf,Head,mo@example,\n"
)
GOOD = TEXT.replace("mo@example,", "mo@example.com,")


def upload(browser, text=GOOD, name="clients.csv"):
    file = SimpleUploadedFile(name, text.encode(), "text/csv")
    return browser.post(reverse("clients:import-new", args=["clients"]), {"file": file})


def brought(ada, text=GOOD):
    return open_batch(kind="clients", filename="clients.csv", content=text.encode(), by=ada.as_actor())


def test_an_uploaded_file_is_shown_row_by_row_with_its_questions(ada, sign_in):
    browser = sign_in(ada)
    answer = upload(browser)
    batch = ImportBatch.objects.get()
    assert answer["Location"] == reverse("clients:import-detail", args=[batch.public_id])
    text = browser.get(answer["Location"]).content.decode()
    assert "Io Wolf" in text
    assert "536-90-4399" not in text
    assert "Take the file in" in text
    assert 'name="column_0"' in text
    assert not Person.objects.exists()


def test_a_rows_error_stands_beside_the_row_and_the_file_cannot_be_taken_in(ada, sign_in):
    browser = sign_in(ada)
    batch = brought(ada, TEXT)
    text = browser.get(reverse("clients:import-detail", args=[batch.public_id])).content.decode()
    assert "mo@example" in text
    assert "is no e-mail address" in text
    assert "Take the file in" not in text
    browser.post(reverse("clients:import-apply", args=[batch.public_id]))
    batch.refresh_from_db()
    assert batch.state == ImportState.CHECKED


def test_a_file_that_is_none_is_refused_at_the_field_and_leaves_nothing(ada, sign_in):
    answer = upload(sign_in(ada), "\x00\x01\x02" * 30)
    assert answer.status_code == 422
    assert not ImportBatch.objects.exists()


def test_other_answers_read_the_file_anew(ada, sign_in):
    batch = brought(ada)
    address = reverse("clients:import-detail", args=[batch.public_id])
    sign_in(ada).post(address, {**batch.answers, "column_3": ""})
    batch.refresh_from_db()
    assert batch.answers["column_3"] == ""
    assert "email" not in batch.rows.first().said


def test_asking_to_take_it_in_queues_the_job_and_the_page_shows_progress(ada, sign_in):
    browser = sign_in(ada)
    batch = brought(ada)
    address = browser.post(reverse("clients:import-apply", args=[batch.public_id]))["Location"]
    batch.refresh_from_db()
    assert batch.state == ImportState.APPLYING
    assert "data-progress" in browser.get(address).content.decode()


def test_undo_lists_what_is_in_the_way(ada, sign_in):
    browser = sign_in(ada)
    batch = apply_batch(batch=brought(ada), by=ada.as_actor())
    update_person(person=Person.objects.get(first_name="Io"), fields={"phone": "+16175550100"}, by=ada.as_actor())
    address = browser.post(reverse("clients:import-undo", args=[batch.public_id]))["Location"]
    assert "Io Wolf" in browser.get(address).content.decode().split("This depends on the import")[1]
    assert Person.objects.count() == 2


def test_undo_takes_it_back(ada, sign_in):
    batch = apply_batch(batch=brought(ada), by=ada.as_actor())
    sign_in(ada).post(reverse("clients:import-undo", args=[batch.public_id]))
    assert not Person.objects.exists()


@pytest.mark.parametrize(("role", "status"), [("sue", 403), ("connie", 403), ("mallory", 404)])
def test_who_may_not_import_and_who_did_not_bring_the_file_is_kept_out(role, status, request, ada, sign_in):
    batch = brought(ada)
    browser = sign_in(request.getfixturevalue(role))
    assert browser.get(reverse("clients:import-detail", args=[batch.public_id])).status_code == status
    assert browser.get(reverse("clients:import-list")).status_code == (403 if status == 403 else 200)


def test_a_stranger_is_sent_to_sign_in(ada, sign_in):
    assert sign_in().get(reverse("clients:import-list")).status_code == 302
    assert sign_in().get(reverse("clients:import-new", args=["clients"])).status_code == 302


def test_the_page_costs_the_same_for_few_and_for_many_rows(ada, sign_in, django_assert_max_num_queries):
    browser = sign_in(ada)
    address = reverse("clients:import-detail", args=[brought(ada).public_id])
    browser.get(address)
    with django_assert_max_num_queries(20) as few:
        browser.get(address)
    many = GOOD + "".join(f"P{n},Lone{n},Head,p{n}@example.com,\n" for n in range(60))
    address = reverse("clients:import-detail", args=[brought(ada, many).public_id])
    with django_assert_max_num_queries(len(few.captured_queries)):
        browser.get(address)


def test_what_a_file_holds_is_shown_as_text_and_never_as_markup(ada, sign_in):
    # htmx sends whatever hx-post the page holds, with the reader's own rights
    markup = "<b hx-post=/settings/team/invite/ hx-trigger=load>"
    batch = brought(ada, f"First name,Last name,Relationship,City\nIo,Wolf,Head,{markup}\n")
    text = sign_in(ada).get(reverse("clients:import-detail", args=[batch.public_id])).content.decode()
    assert "hx-post=/settings" in text
    assert markup not in text


def test_a_bank_statement_says_which_files_are_taken_and_is_known_by_its_content(ada, sign_in):
    browser, household = sign_in(ada), people.household(ada)
    address = reverse("clients:import-new", args=["bank_statement"])
    assert "OFX, QFX, MT940, camt.053" in browser.get(address).content.decode()
    file = SimpleUploadedFile("may.txt", mt940_samples.SOUND.encode("cp1252"), "text/plain")
    answer = browser.post(address, {"file": file, "household": str(household.public_id)})
    text = browser.get(answer["Location"]).content.decode()
    assert "MUELLER" in text
    assert "Take the file in" in text
    assert "0194787400888" not in text


def test_a_bank_statement_that_does_not_add_up_says_so_on_its_page(ada, sign_in):
    browser, household = sign_in(ada), people.household(ada)
    wrong = mt940_samples.SOUND.replace("EUR3200,00", "EUR3250,00").encode()
    answer = browser.post(
        reverse("clients:import-new", args=["bank_statement"]),
        {"file": SimpleUploadedFile("may.sta", wrong), "household": str(household.public_id)},
    )
    text = browser.get(answer["Location"]).content.decode()
    assert "50.00 EUR is unexplained" in text
    assert "Take the file in" not in text
