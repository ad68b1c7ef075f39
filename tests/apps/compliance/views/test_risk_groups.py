import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django_tenants.utils import tenant_context

from apps.compliance.models import RiskGroup, RiskGroupFit, RiskMembership
from apps.compliance.selectors.risk_group_charts import groups_chart
from apps.compliance.selectors.risk_groups import group_page, groups_overview, household_groups
from apps.core.models import Job, JobState
from apps.kernel.errors import NotFoundError
from tests.cast import person
from tests.factories import risk_groups as make

OVERVIEW = reverse("compliance:risk-groups")


@pytest.fixture
def fit(ada) -> RiskGroupFit:
    make.book(ada)
    return make.fit()


@pytest.fixture
def shared(ada, mallory) -> RiskGroupFit:
    """Ada has 36 people, Mallory 3: one of each group."""
    make.book(ada)
    make.book(mallory, n=3, prefix="Marsh")
    return make.fit()


def page_of(group):
    return reverse("compliance:risk-group", kwargs={"group_id": group.public_id})


def passport_of(group):
    return reverse("compliance:risk-group-passport", kwargs={"group_id": group.public_id})


@pytest.mark.parametrize(("who", "status"), [("ada", 200), ("paul", 200), ("connie", 200), ("sue", 403), ("clay", 403)])
def test_pages_open_by_role(request, fit, sign_in, who, status):
    client = sign_in(request.getfixturevalue(who))
    member = RiskMembership.objects.first()
    told = reverse("compliance:risk-member-passport", kwargs={"membership_id": member.public_id})
    addresses = (OVERVIEW, page_of(fit.groups.first()), passport_of(fit.groups.first()), told)
    for address in (*addresses, reverse("compliance:risk-fit-passport")):
        assert client.get(address).status_code == status


@pytest.mark.parametrize(("who", "asked"), [("paul", 1), ("connie", 1), ("ada", 0), ("sue", 0), ("clay", 0)])
def test_only_who_runs_the_firm_or_its_compliance_refreshes(request, in_alpha, sign_in, who, asked):
    sign_in(request.getfixturevalue(who)).post(reverse("compliance:risk-groups-refresh"))
    assert Job.objects.filter(name="compliance.keep_risk_groups").count() == asked


def test_while_people_are_grouped_the_page_says_so(paul, sign_in):
    client, busy = sign_in(paul), "The people are being grouped. The groups appear"
    assert busy not in client.get(OVERVIEW).content.decode()
    client.post(reverse("compliance:risk-groups-refresh"))
    assert busy in client.get(OVERVIEW).content.decode()
    Job.objects.filter(name="compliance.keep_risk_groups").update(state=JobState.DONE)
    assert busy not in client.get(OVERVIEW).content.decode()


def test_before_the_first_fit_the_page_says_how_to_begin(paul, ada, sign_in):
    text = sign_in(paul).get(OVERVIEW).content.decode()
    assert "No groups yet" in text
    assert "Refresh now" in text
    assert "Refresh now" not in sign_in(ada).get(OVERVIEW).content.decode()


def test_with_too_few_people_the_page_says_how_many_are_needed(ada, paul, sign_in):
    make.book(ada, n=9)
    make.fit()
    text = sign_in(paul).get(OVERVIEW).content.decode()
    assert "Groups need 30 people with a risk profile and enough known facts. There are 9." in text


def test_groups_that_do_not_last_are_not_shown(ada, paul, sign_in):
    make.fit()
    RiskGroupFit.objects.update(trouble="unstable")
    assert "No groups that last" in sign_in(paul).get(OVERVIEW).content.decode()


def test_the_page_names_groups_and_says_that_it_decides_nothing(fit, paul, sign_in):
    text = sign_in(paul).get(OVERVIEW).content.decode()
    for name in ("Cautious clients in retirement", "Balanced savers in mid-career", "Bold savers with decades to go"):
        assert name in text
    assert "it decides nothing and changes no profile" in text
    assert "Everybody fits" in text


def test_a_group_page_shows_its_people_with_their_reasons(fit, paul, sign_in):
    group = next(g for g in fit.groups.all() if "stage:retired" in g.traits)
    text = sign_in(paul).get(page_of(group)).content.decode()
    assert "P Kind00" in text
    assert "P Kind01" not in text
    assert "the group&#x27;s middle:" in text or "the group's middle:" in text


def test_the_clients_page_says_the_group_and_why(fit, ada, sign_in):
    row = RiskMembership.objects.select_related("household").first()
    told = reverse("compliance:household-compliance", kwargs={"household_id": row.household.public_id})
    text = sign_in(ada).get(told).content.decode()
    assert "Cautious clients in retirement" in text
    assert "because" in text
    assert "Next nearest: Balanced savers in mid-career." in text


def test_an_advisor_sees_only_the_own_people(shared, mallory, sign_in):
    overview = groups_overview(mallory.as_actor())
    assert {line.household for line in overview.members} == {"Marsh00", "Marsh01", "Marsh02"}
    text = sign_in(mallory).get(OVERVIEW).content.decode()
    assert "Kind" not in text
    group = shared.groups.first()
    assert "Kind" not in sign_in(mallory).get(page_of(group)).content.decode()
    chart = groups_chart(mallory.as_actor())
    assert chart is not None
    assert {point["label"] for point in chart["points"]} == {"P Marsh00", "P Marsh01", "P Marsh02"}


def test_the_facts_of_anothers_client_are_not_found(shared, mallory, sign_in):
    row = RiskMembership.objects.filter(household__name="Kind00").get()
    told = reverse("compliance:risk-member-passport", kwargs={"membership_id": row.public_id})
    assert sign_in(mallory).get(told).status_code == 404


def test_figures_of_a_group_are_not_told_where_few_others_could_be_worked_out(shared, ada, mallory, paul, sign_in):
    """Each group holds twelve of Ada's people and one of Mallory's: to Ada its median would tell of that one."""
    group = shared.groups.first()
    assert not group_page(group.public_id, ada.as_actor()).card.is_told
    assert sign_in(ada).get(passport_of(group)).status_code == 404
    assert all(line.reasons[0].median is None for line in groups_overview(ada.as_actor()).members)
    # twelve stand behind what Mallory reads, and the principal sees all
    assert group_page(group.public_id, mallory.as_actor()).card.is_told
    assert group_page(group.public_id, paul.as_actor()).card.is_told
    assert "too few people would stand behind" in sign_in(ada).get(OVERVIEW).content.decode()


def test_a_group_below_the_floor_is_told_to_nobody(fit, paul):
    group = fit.groups.first()
    RiskGroup.objects.filter(pk=group.pk).update(size=4)
    assert not group_page(group.public_id, paul.as_actor()).card.is_told


def test_who_does_not_fit_is_a_list_that_leads_to_the_client(fit, paul, sign_in):
    row = RiskMembership.objects.select_related("household").first()
    facts = row.facts | {"equity_share": 0.85}
    RiskMembership.objects.filter(pk=row.pk).update(misfits=["holds_unlike"], facts=facts)
    middles = row.group.middles | {"equity_share": [0.3, 0.4, 0.5, 12]}
    RiskGroup.objects.filter(pk=row.group_id).update(middles=middles)
    text = " ".join(sign_in(paul).get(OVERVIEW).content.decode().split())
    assert "Holds far more or less in stocks than the group does" in text
    assert ">85%</a>" in text
    assert ">30%</a>–" in text
    told = reverse("compliance:household-compliance", kwargs={"household_id": row.household.public_id})
    assert told in text
    assert groups_overview(paul.as_actor()).n_unlike == 1


def test_who_changed_is_told_with_the_group_before(fit, ada, paul, sign_in):
    member = RiskMembership.objects.filter(household__name="Kind02").get().person
    make.live_anew(member, "retired")
    make.fit()
    text = sign_in(paul).get(OVERVIEW).content.decode()
    assert "What moved" in text
    line = groups_overview(paul.as_actor()).changed[0]
    assert (line.came_from, line.group) == ("Bold savers with decades to go", "Cautious clients in retirement")
    assert "Tolerance score" in line.moved_by


def test_a_group_of_another_firm_is_not_found(fit, firm_b, sign_in):
    group = fit.groups.first()
    with tenant_context(firm_b):
        bea = person("principal", "Bea", host="beta.test")
        client = sign_in(bea, host="beta.localhost")
        assert client.get(page_of(group)).status_code == 404
        assert client.get(passport_of(group)).status_code == 404
        assert "No groups yet" in client.get(OVERVIEW).content.decode()
        with pytest.raises(NotFoundError):
            group_page(group.public_id, bea.as_actor())


def queries_of_the_pages(actor):
    household = RiskMembership.objects.first().household
    asked = []
    for page in (lambda: groups_overview(actor), lambda: household_groups(household, actor)):
        page()
        with CaptureQueriesContext(connection) as queries:
            page()
        asked.append(len(queries))
    return asked


def test_the_queries_of_the_pages_do_not_grow_with_the_people(fit, ada, paul):
    few = queries_of_the_pages(paul.as_actor())
    RiskGroupFit.objects.all().delete()
    make.book(ada, prefix="More")
    assert make.fit().n_people == 2 * fit.n_people
    assert queries_of_the_pages(paul.as_actor()) == few


def test_a_fact_that_few_of_a_group_are_known_by_is_told_only_to_who_sees_them_all(ada, paul, mallory):
    make.book(ada)
    make.book(mallory, prefix="Marsh")
    group = max(make.fit().groups.all(), key=lambda each: each.size)
    assert group.size >= 10
    code = next(iter(group.telling))[0]
    low, median, high, _known = group.middles[code]
    # as if one person alone of the group were known by it: the median is that person's
    RiskGroup.objects.filter(pk=group.pk).update(middles={**group.middles, code: [low, median, high, 1]})
    told = {fact.code: fact.median for fact in group_page(group.public_id, ada.as_actor()).facts}
    assert told[code] is None
    assert any(value is not None for value in told.values())
    whole = {fact.code: fact.median for fact in group_page(group.public_id, paul.as_actor()).facts}
    assert whole[code] == median
