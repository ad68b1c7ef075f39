import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from apps.compliance.models import MethodTable
from apps.compliance.selectors.dashboard import dashboard
from apps.core import audit
from tests.factories import compliance as make
from tests.factories.clients import household


@pytest.fixture
def ana(ada, clay):
    return make.adult(household(ada), clay)


def test_it_counts_what_waits(ana, ada, connie):
    today = timezone.localdate()
    assert dashboard(connie.as_actor(), today).without_profile == 2
    make.answered(ana, by=ada)
    board = dashboard(connie.as_actor(), today)
    assert (board.to_review, board.without_profile) == (1, 1)
    assert [row.what for row in board.attention] == ["Answers wait for a review", "No risk profile, and none asked for"]


def test_failed_sign_ins_of_the_week_are_counted(connie, system):
    audit.record("accounts.fail_sign_in", by=system, target=connie)
    assert dashboard(connie.as_actor(), timezone.localdate()).failed_sign_ins == 1


def test_a_profile_past_its_date_is_on_top(ana, ada, connie):
    profile = make.in_force(ana, ada)
    board = dashboard(connie.as_actor(), profile.valid_until + dt.timedelta(days=1))
    assert board.past_date == 1
    assert board.attention[0].what == "The profile is past its date"
    assert board.attention[0].since == profile.valid_until


def test_an_advisor_would_see_their_own_households_alone(ana, ada, mallory):
    assert dashboard(ada.as_actor(), timezone.localdate()).without_profile == 2
    assert dashboard(mallory.as_actor(), timezone.localdate()).without_profile == 0


def test_its_queries_are_constant(ana, ada, connie, django_assert_max_num_queries):
    make.in_force(ana, ada)
    for n in range(3):
        household(ada, name=f"House{n}")
    with django_assert_max_num_queries(10):
        dashboard(connie.as_actor(), timezone.localdate())


def test_a_method_is_read_and_adopted_on_its_page(ana, ada, connie, sign_in):
    make.opened(ana, ada)
    table = MethodTable.objects.get()
    client = sign_in(connie)
    assert table.version in client.get("/compliance/").content.decode()
    url = reverse("compliance:method-detail", kwargs={"table_id": table.public_id})
    text = client.get(url).content.decode()
    assert "Adopt this version" in text
    assert "self_view" in text
    client.post(reverse("compliance:method-adopt", kwargs={"table_id": table.public_id}))
    table.refresh_from_db()
    assert table.adopted_by == connie
    assert "Adopted" in client.get(url).content.decode()
