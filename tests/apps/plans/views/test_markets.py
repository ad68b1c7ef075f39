"""The page of the firm's markets, and the file of history."""

from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from apps.plans.models import AssumptionTable, MarketChoice, MarketHistory
from tests.apps.plans.services.test_markets import table


def test_who_manages_the_firm_chooses_and_nobody_else(sign_in, ada, sue, clay, paul):
    address = reverse("plans:market-models")
    for other in (ada, sue, clay):
        client = sign_in(other)
        assert client.get(address).status_code == 403
        assert client.get(reverse("plans:market-history")).status_code == 403
        assert client.post(reverse("plans:market-history"), {}).status_code == 403
    client = sign_in(paul)
    assert "No history is loaded" in client.get(address).content.decode()
    refused = client.post(address, {"kind": "bootstrap", "mean_block": "12", "is_recentred": "on"})
    assert refused.status_code == 422
    assert "Load the monthly history first" in refused.content.decode()
    client.post(address, {"kind": "fat_tailed", "mean_block": "12", "is_recentred": "on"})
    assert MarketChoice.objects.get().kind == "fat_tailed"
    assert 'value="fat_tailed" selected' in client.get(address).content.decode()
    assert address in client.get(reverse("plans:plan-list")).content.decode()


def test_a_history_is_loaded_and_shown_with_its_span(sign_in, paul):
    client, address = sign_in(paul), reverse("plans:market-history")
    broken = client.post(address, {"file": SimpleUploadedFile("h.csv", b"month,x\n"), "source": "Made up"})
    assert broken.status_code == 422
    client.post(address, {"file": SimpleUploadedFile("h.csv", table(240)), "source": "Made up"})
    assert MarketHistory.objects.get().source == "Made up"
    page = client.get(reverse("plans:market-models")).content.decode()
    assert "1930-01" in page
    assert "1949-12" in page


def test_the_firms_view_becomes_a_version_and_half_a_view_is_refused(sign_in, ada, paul):
    address = reverse("plans:market-view")
    assert sign_in(ada).get(address).status_code == 403
    client = sign_in(paul)
    assert 'name="confidence[us_equity]"' in client.get(address).content.decode()
    half = client.post(address, {"means[us_equity]": "7", "reason": "Valuations"})
    assert half.status_code == 422
    assert "Say both" in half.content.decode()
    whole = {"means[us_equity]": "7", "confidence[us_equity]": "40", "reason": "Valuations"}
    assert client.post(address, whole).status_code == 302
    assert AssumptionTable.objects.exclude(based_on=None).get().reason == "Valuations"
