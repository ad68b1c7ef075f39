"""A corporate action of a custodian's file, answered and taken in on the page of the import."""

from __future__ import annotations

from collections.abc import Callable

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from apps.accounts.models import User
from apps.clients.models import ImportBatch
from apps.clients.services.imports import apply_batch
from apps.portfolios.models import Transaction
from tests.apps.portfolios.services.test_custodian_importer import TRANSACTIONS
from tests.factories import clients as people
from tests.factories import market

SPIN = "03/07/2025,03/07/2025,1234-5678,Spin-off,NEW,NEW CO SPINOFF FROM:(AAA ),25,,,\n"


def test_the_page_asks_for_the_basis_and_takes_the_answer(ada: User, sign_in: Callable[[User], Client]) -> None:
    market.security("AAA", {})
    household, browser = people.household(ada), sign_in(ada)
    upload = reverse("clients:import-new", kwargs={"kind": "custodian_file"})
    file = SimpleUploadedFile("file.csv", (TRANSACTIONS + SPIN).encode())
    browser.post(upload, {"file": file, "household": household.public_id})
    batch = ImportBatch.objects.get()
    address = reverse("clients:import-detail", args=[batch.public_id])
    page = browser.get(address).content.decode()
    assert "percentage of the cost that goes to the new shares" in page
    assert "Nothing says which part of the cost goes to the shares that were spun off." in page
    [name] = [name for name in batch.answers if name.endswith("_basis")]
    assert f'name="{name}"' in page
    assert "cannot be read" in browser.post(address, {**batch.answers, name: "a lot"}, follow=True).content.decode()
    answered = browser.post(address, {**batch.answers, name: "23,84"}, follow=True).content.decode()
    assert 'value="23,84"' in answered
    assert "Nothing says" not in answered
    batch.refresh_from_db()
    assert batch.counts["errors"] == 0
    apply_batch(batch=batch, by=ada.as_actor())
    assert Transaction.objects.get(kind="spin_off").into.symbol == "NEW"
