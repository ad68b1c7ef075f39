import pytest
from django.urls import reverse

from apps.clients.models import Household, Person
from apps.clients.services.households import assign_household, onboard_household, update_household
from apps.core.secrets import decrypted
from tests.factories.clients import household, portal_user


@pytest.fixture
def rivera(ada):
    return household(ada)


def pages(rivera):
    person = rivera.people.get(relationship="head")
    return [
        reverse("clients:household-list"),
        reverse("clients:household-new"),
        reverse("clients:household-people", args=[rivera.public_id]),
        reverse("clients:household-edit", args=[rivera.public_id]),
        reverse("clients:person-new", args=[rivera.public_id]),
        reverse("clients:person-edit", args=[rivera.public_id, person.public_id]),
    ]


def test_every_page_opens_for_the_advisor(rivera, ada, sign_in):
    browser = sign_in(ada)
    for page in pages(rivera):
        assert browser.get(page).status_code == 200, page


def test_a_stranger_is_sent_to_sign_in(rivera, sign_in):
    for page in pages(rivera):
        answer = sign_in().get(page)
        assert answer.status_code == 302, page
        assert "login" in answer["Location"]


def test_another_advisors_household_is_not_found(rivera, mallory, sign_in):
    browser = sign_in(mallory)
    for page in pages(rivera)[2:]:
        assert browser.get(page).status_code == 404, page


def test_a_client_opens_no_staff_page(rivera, sign_in):
    browser = sign_in(portal_user(rivera.people.get(relationship="head")))
    for page in pages(rivera):
        assert browser.get(page).status_code == 403, page


def test_compliance_reads_and_changes_nothing(rivera, connie, sign_in):
    browser = sign_in(connie)
    assert browser.get(pages(rivera)[2]).status_code == 200
    assert browser.get(pages(rivera)[3]).status_code == 403
    assert browser.post(reverse("clients:household-status", args=[rivera.public_id])).status_code == 403


def test_the_list_narrows_by_words_status_and_advisor_and_keeps_them_in_the_address(ada, paul, sign_in):
    for name in ("Rivera", "Stone", "Okafor"):
        household(ada, name=name)
    browser = sign_in(paul)
    found = browser.get(reverse("clients:household-list"), {"q": "ana stone", "sort": "-name"})
    text = found.content.decode()
    assert "Stone" in text
    assert "Okafor" not in text
    assert 'value="ana stone"' in text
    assert (
        browser.get(reverse("clients:household-list"), {"status": "active"}).context["list"].page.paginator.count == 0
    )
    by_advisor = browser.get(reverse("clients:household-list"), {"advisor": str(ada.public_id)})
    assert by_advisor.context["list"].page.paginator.count == 3
    assert browser.get(reverse("clients:household-list"), {"advisor": "nonsense"}).status_code == 200


def test_the_list_costs_the_same_for_one_and_for_fifty(ada, paul, sign_in, django_assert_max_num_queries):
    household(ada)
    browser, address = sign_in(paul), reverse("clients:household-list")
    browser.get(address)
    with django_assert_max_num_queries(20) as few:
        browser.get(address)
    for n in range(12):
        household(ada, name=f"House{n}")
    with django_assert_max_num_queries(len(few.captured_queries)):
        browser.get(address)


def typed(ada, **changes):
    fields = {
        "name": "Okafor-Reyes", "advisor": ada.pk, "filing_status": "joint", "city": "Boston", "state": "MA",
        "head-first_name": "Clay", "head-last_name": "Okafor", "head-date_of_birth": "1980-02-03",
        "head-email": "clay@example.com", "head-tax_id": "536-90-4399", "head-annual_income": "120000",
        "partner-first_name": "Tomás", "partner-last_name": "Reyes", "partner-date_of_birth": "1981-05-06",
        "child_1-first_name": "Bo", "child_1-last_name": "Okafor", "child_1-date_of_birth": "2015-07-08",
        "child_2-first_name": "Mia", "child_2-last_name": "Okafor", "child_2-date_of_birth": "2018-09-10",
    }  # fmt: skip
    return fields | changes


def test_a_household_of_four_is_taken_on_by_one_form(ada, sign_in):
    answer = sign_in(ada).post(reverse("clients:household-new"), typed(ada))
    taken = Household.objects.get(name="Okafor-Reyes")
    assert answer["Location"] == reverse("clients:household-people", args=[taken.public_id])
    assert list(taken.people.order_by("id").values_list("relationship", flat=True)) == [
        "head", "partner", "child", "child",
    ]  # fmt: skip
    assert decrypted(taken.people.get(relationship="head").tax_id) == "536904399"
    assert (taken.city, taken.state, taken.filing_status) == ("Boston", "MA", "joint")


@pytest.mark.parametrize(
    "changes",
    [{"head-tax_id": "000-12-3456"}, {"head-first_name": ""}, {"head-email": "nobody"}, {"child_1-last_name": ""}],
)
def test_a_wrong_field_keeps_what_was_typed_and_writes_nothing(ada, sign_in, changes):
    answer = sign_in(ada).post(reverse("clients:household-new"), typed(ada, **changes))
    assert answer.status_code == 422
    assert "Okafor-Reyes" in answer.content.decode()
    assert not Household.objects.exists()


def test_a_household_without_partner_and_children_is_one_person(ada, sign_in):
    fields = {name: value for name, value in typed(ada).items() if not name.startswith(("partner", "child"))}
    sign_in(ada).post(reverse("clients:household-new"), fields)
    assert Person.objects.count() == 1


def test_an_edit_meanwhile_is_noticed_and_nothing_is_overwritten(rivera, ada, sign_in):
    browser, address = sign_in(ada), reverse("clients:household-edit", args=[rivera.public_id])
    form = browser.get(address).context["form"]
    seen = form["seen_at"].value()
    update_household(household=rivera, fields={"city": "Salem"}, by=ada.as_actor())
    fields = {"name": "Rivera", "advisor": ada.pk, "country": "US", "city": "Boston", "seen_at": seen}
    answer = browser.post(address, fields)
    assert answer.status_code == 409
    assert "Somebody changed this" in answer.content.decode()
    rivera.refresh_from_db()
    assert rivera.city == "Salem"


def test_only_who_assigns_households_lets_somebody_else_into_one(rivera, ada, mallory, paul, sign_in):
    """Whoever advises a household sees all of it: the forms grant what the importer and the role refuse."""
    edit, new = reverse("clients:household-edit", args=[rivera.public_id]), reverse("clients:household-new")
    fields = {"name": "Rivera", "advisor": mallory.pk, "country": "US"}
    assert sign_in(ada).post(edit, fields).status_code == 422
    assert sign_in(ada).post(new, typed(ada, advisor=mallory.pk)).status_code == 422
    assert not Household.objects.visible_to(mallory.as_actor()).exists()
    assert sign_in(ada).post(edit, fields | {"advisor": ada.pk, "city": "Salem"}).status_code == 302
    assert sign_in(paul).post(edit, fields).status_code == 302
    assert list(Household.objects.visible_to(mallory.as_actor())) == [rivera]


def test_a_person_keeps_their_tax_number_when_the_field_is_left_empty(rivera, ada, sign_in):
    person = rivera.people.get(relationship="head")
    browser, address = sign_in(ada), reverse("clients:person-edit", args=[rivera.public_id, person.public_id])
    base = {"relationship": "head", "first_name": "Ana", "last_name": "Rivera"}
    browser.post(address, base | {"tax_id": "536-90-4399"})
    text = browser.get(address).content.decode()
    assert "•••• 4399" in text
    assert "536904399" not in text
    browser.post(address, base | {"tax_id": "", "city": "x"})
    person.refresh_from_db()
    assert decrypted(person.tax_id) == "536904399"


def test_support_sees_contacts_but_no_tax_number_and_no_income(rivera, ada, sue, sign_in):
    assign_household(household=rivera, user=sue, by=ada.as_actor())
    address = reverse("clients:household-people", args=[rivera.public_id])
    seen_by_sue = sign_in(sue).get(address).content.decode()
    assert "ana.rivera@example.com" in seen_by_sue
    assert "140,000" not in seen_by_sue
    assert "140,000" in sign_in(ada).get(address).content.decode()


def test_a_step_that_the_relationship_cannot_take_is_refused_with_a_message(rivera, ada, sign_in):
    browser = sign_in(ada)
    address = reverse("clients:household-status", args=[rivera.public_id])
    browser.post(address, {"status": "leaving"})
    rivera.refresh_from_db()
    assert rivera.status == "onboarding"
    browser.post(address, {"status": "active"})
    rivera.refresh_from_db()
    assert (rivera.status, rivera.client_since is not None) == ("active", True)


def test_fifty_households_fill_one_page(ada, sign_in):
    people = [{"relationship": "head", "first_name": "A", "last_name": "B"}]
    for n in range(51):
        onboard_household(name=f"House {n:02}", advisor=ada, people=people, by=ada.as_actor())
    page = sign_in(ada).get(reverse("clients:household-list")).context["list"].page
    assert (len(page.object_list), page.paginator.count) == (50, 51)


def test_the_list_names_its_people_their_state_and_their_place(ada, sign_in):
    made = household(ada)
    made.city, made.state = "Denver", ""
    made.save()
    page = sign_in(ada).get("/households/").content.decode()
    assert "Denver</td>" in page
    assert made.get_status_display() in page
    head = made.people.get(relationship="head")
    assert f"{head.first_name} {head.last_name}" in page


@pytest.mark.parametrize(
    ("row", "day", "says"),
    [("head", "1890-02-03", "years old"), ("head", "2999-01-01", "check the year"), ("partner", "2999-01-01", "check")],
)
def test_an_impossible_birth_is_refused_at_the_field_of_its_row(ada, sign_in, row, day, says):
    answer = sign_in(ada).post(reverse("clients:household-new"), typed(ada, **{f"{row}-date_of_birth": day}))
    assert answer.status_code == 422
    assert says in getattr(answer.context["form"], row).errors["date_of_birth"][0]
    assert not Household.objects.exists()
