"""The pages of the firm's markets: read by who reads plans, changed by who manages the firm."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from apps.plans.models import AssumptionTable, MarketChoice, MarketHistory
from tests.apps.plans.services.test_markets import load, table

PAGE = "plans:market-models"
FORMS = ("plans:market-choice", "plans:market-history", "plans:market-view")


@pytest.mark.parametrize("name", FORMS)
def test_only_who_manages_the_firm_changes_its_markets(sign_in, ada, sue, clay, name):
    for other in (ada, sue, clay):
        client = sign_in(other)
        assert client.get(reverse(name)).status_code == 403
        assert client.post(reverse(name), {}).status_code == 403


def test_who_reads_plans_reads_the_markets_and_is_offered_no_change(sign_in, ada, sue, clay, paul):
    for other in (sue, clay):
        assert sign_in(other).get(reverse(PAGE)).status_code == 403
    told = sign_in(ada).get(reverse(PAGE)).content.decode()
    assert "No history is loaded" in told
    assert "taken in with the firm" in told
    links = [reverse(name) for name in FORMS]
    assert not any(link in told for link in links)
    whole = sign_in(paul).get(reverse(PAGE)).content.decode()
    assert all(link in whole for link in links)
    assert reverse(PAGE) in sign_in(ada).get(reverse("plans:plan-list")).content.decode()


def test_markets_are_chosen_and_a_refusal_stands_at_the_field(sign_in, paul):
    client, address = sign_in(paul), reverse("plans:market-choice")
    refused = client.post(address, {"kind": "bootstrap", "mean_block": "12", "is_recentred": "on"})
    assert refused.status_code == 422
    assert "Load the monthly history first" in refused.content.decode()
    assert client.post(address, {"kind": "fat_tailed", "mean_block": "12", "is_recentred": "on"}).status_code == 302
    assert MarketChoice.objects.get().kind == "fat_tailed"
    (chosen,) = re.findall(r'<input[^>]*value="(\w+)"[^>]* checked>', client.get(address).content.decode())
    assert chosen == "fat_tailed"
    assert "Chosen on" in client.get(reverse(PAGE)).content.decode()


def test_a_history_is_loaded_and_shown_with_what_each_class_did(sign_in, paul):
    client, address = sign_in(paul), reverse("plans:market-history")
    assert "month,us_equity,us_small_equity" in client.get(address).content.decode()
    broken = client.post(address, {"file": SimpleUploadedFile("h.csv", b"month,x\n"), "source": "Made up"})
    assert broken.status_code == 422
    assert "The head of the file is: month,us_equity" in broken.content.decode()
    large = client.post(address, {"file": SimpleUploadedFile("h.csv", b"x" * 2_000_001), "source": "Made up"})
    assert "2 MB" in large.content.decode()
    assert not MarketHistory.objects.exists()
    client.post(address, {"file": SimpleUploadedFile("h.csv", table(240)), "source": "Made up"})
    assert MarketHistory.objects.get().source == "Made up"
    page = client.get(reverse(PAGE)).content.decode()
    assert "1930-01 to 1949-12" in page
    assert reverse("plans:market-figure", kwargs={"key": "history:us_equity:worst"}) in page


def test_the_firms_view_is_tried_first_and_nothing_is_kept_by_that(sign_in, paul):
    client, address = sign_in(paul), reverse("plans:market-view")
    views = {"means[us_equity]": "7", "confidence[us_equity]": "40"}
    tried = client.post(address, {**views, "try": "1"})
    assert tried.status_code == 200
    told = tried.content.decode()
    # 9.25 % and two fifths of the way to 7 %
    assert "8.35%" in told.replace("\xa0", "")
    assert "Only tried" in told
    assert not AssumptionTable.objects.exclude(based_on=None).exists()
    refused = client.post(address, {"means[us_equity]": "70", "confidence[us_equity]": "40", "try": "1"})
    assert refused.status_code == 422


def test_the_firms_view_becomes_a_version_half_a_view_is_refused_and_views_are_given_up(sign_in, paul):
    client, address = sign_in(paul), reverse("plans:market-view")
    half = client.post(address, {"means[us_equity]": "7", "reason": "Valuations"})
    assert half.status_code == 422
    assert "Say both" in half.content.decode()
    views = {"means[us_equity]": "7", "confidence[us_equity]": "40"}
    assert client.post(address, views).status_code == 422  # a reason is needed
    assert client.post(address, {**views, "reason": "Valuations"}).status_code == 302
    assert AssumptionTable.objects.exclude(based_on=None).get().reason == "Valuations"
    # the form begins with what holds, so that saying more does not lose it
    again = client.get(address).content.decode()
    assert 'name="means[us_equity]" value="7"' in again
    assert 'name="confidence[us_equity]" value="40"' in again
    assert client.post(address, {"reason": "Back to history"}).status_code == 302
    assert "As published" in client.get(reverse(PAGE)).content.decode()


def test_each_figure_has_its_passport_and_another_key_has_none(sign_in, ada, paul):
    load(paul)
    client = sign_in(paul)
    client.post(
        reverse("plans:market-view"), {"means[us_equity]": "7", "confidence[us_equity]": "40", "reason": "Valuations"}
    )
    reader = sign_in(ada)
    for key, words in (
        ("set:us_equity:expected", "Valuations"),
        ("set:us_equity:published", "published set"),
        ("history:us_equity:worst", "lowest month"),
        ("history:months", "rows of the file"),
    ):
        told = reader.get(reverse("plans:market-figure", kwargs={"key": key}))
        assert told.status_code == 200
        assert words in told.content.decode()
    for key in ("set:gold:expected", "history:us_equity:best", "x"):
        assert reader.get(reverse("plans:market-figure", kwargs={"key": key})).status_code == 404
