import pytest
from django.urls import reverse

from apps.clients.models import ImportBatch
from apps.clients.services.people import update_person
from tests.factories.clients import household

MODELS = ["household", "person", "document", "agreement", "importbatch"]


@pytest.mark.parametrize("model", MODELS)
def test_a_principal_looks_rows_up_and_changes_none(model, ada, paul, sign_in):
    household(ada)
    browser = sign_in(paul)
    assert browser.get(reverse(f"admin:clients_{model}_changelist")).status_code == 200
    assert browser.get(reverse(f"admin:clients_{model}_add")).status_code == 403


def test_a_person_is_shown_without_the_tax_number(ada, paul, sign_in):
    person = household(ada).people.get(relationship="head")
    update_person(person=person, fields={"tax_id": "536-90-4399"}, by=ada.as_actor())
    person.refresh_from_db()
    text = sign_in(paul).get(reverse("admin:clients_person_change", args=[person.pk])).content.decode()
    assert "Ana" in text
    assert person.tax_id not in text
    assert "4399" not in text


def test_an_import_is_shown_without_its_keys(ada, paul, sign_in):
    batch = ImportBatch.objects.create(
        kind="custodian_firm",
        filename="all.csv",
        size=1,
        stored_name="imports/lies-here",
        wrapped_key="key-of-the-file",
        plain_name="imports/lies-there",
        plain_key="key-of-its-rows",
        basis="digest-of-the-books",
    )
    text = sign_in(paul).get(reverse("admin:clients_importbatch_change", args=[batch.pk])).content.decode()
    assert "all.csv" in text
    for kept in (batch.stored_name, batch.wrapped_key, batch.plain_name, batch.plain_key, batch.basis):
        assert kept not in text


def test_an_advisor_does_not_open_the_admin(ada, sign_in):
    assert sign_in(ada).get(reverse("admin:clients_household_changelist")).status_code in {302, 403}
