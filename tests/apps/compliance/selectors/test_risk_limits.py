import datetime as dt

import pytest
from django.utils import timezone

from apps.compliance.selectors.risk_limits import risk_limit
from tests.cast import person
from tests.factories import compliance as make
from tests.factories.clients import household


@pytest.fixture
def ana(ada, clay):
    return make.adult(household(ada), clay)


def test_without_a_profile_there_is_no_limit(ada, ana):
    assert risk_limit(ana.household, timezone.localdate()) is None


def test_the_limit_is_read_from_the_governed_table(ada, ana):
    profile = make.in_force(ana, ada)
    limit = risk_limit(ana.household, timezone.localdate())
    assert (limit.level, limit.max_equity_share, limit.max_volatility) == (6, 0.8, 0.165)
    assert limit.sources == (profile.public_id,)
    assert limit.table_version == "2026.1"


def test_one_adult_of_two_makes_it_doubtful(ada, ana):
    make.in_force(ana, ada)
    limit = risk_limit(ana.household, timezone.localdate())
    assert limit.is_stale
    assert limit.reasons == ("Luis Rivera has no profile in force.",)


def test_joint_money_takes_the_lower_of_two(ada, ana):
    luis = make.adult(ana.household, person("client", "Luis"), relationship="partner")
    make.in_force(ana, ada, points=4)
    make.in_force(luis, ada, points=2)
    limit = risk_limit(ana.household, timezone.localdate())
    assert limit.level == 2
    assert len(limit.sources) == 2
    assert not limit.is_stale


def test_a_profile_past_its_date_is_stale(ada, ana):
    profile = make.in_force(ana, ada)
    limit = risk_limit(ana.household, profile.valid_until + dt.timedelta(days=1))
    assert limit.is_stale
    assert "Ana Rivera is past its date" in limit.reasons[0]


def test_a_fallen_capacity_makes_the_limit_doubtful(ada, ana):
    make.in_force(ana, ada)
    make.capacity(ana.household, ada, years_to_first_withdrawal="0")
    assert any("capacity has fallen" in reason for reason in risk_limit(ana.household, timezone.localdate()).reasons)


def test_selector_queries_are_constant(ada, ana, django_assert_max_num_queries):
    make.in_force(ana, ada)
    with django_assert_max_num_queries(3):
        risk_limit(ana.household, timezone.localdate())
