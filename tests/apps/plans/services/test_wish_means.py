"""Means that were told in words: against the household's accounts, confirmed, carried into the goal."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.utils import translation

from apps.core.models import AuditEvent
from apps.kernel.errors import InvalidInputError
from apps.plans.selectors.wishes import told_texts
from apps.plans.services.goal_means import MeansDetails
from apps.plans.services.wishes import keep_wish, take_wish, tell_goals
from tests.apps.plans.services.test_wishes import details, doubts, only
from tests.factories import assets, clients, plans, portfolios

CABIN = "We want a cabin in 2040 for $200,000"


@pytest.fixture
def plan(ada):
    return plans.drafted(ada)


@pytest.fixture
def head(plan):
    return plan.household.people.get(relationship="head")


@pytest.fixture
def bank(plan):
    return str(plan.household.bank_accounts.get().public_id)


def means(wish):
    return (wish.funded_by, wish.funded_only, wish.wait_years, wish.least_share)


def test_what_the_words_say_of_means_is_kept_with_its_words_and_enters_the_plan(head, ada, bank):
    text = f"{CABIN} from the savings account only, it could wait three years, half would be enough."
    wish = only(head, ada, text)
    assert means(wish) == ([bank], True, 3, Decimal("0.5"))
    assert {name: text[first:last] for name, (first, last) in wish.heard.items()} == {
        "funded_by": "from the savings account only",
        "wait_years": "could wait three years",
        "least_share": "half would be enough",
    }
    assert all(span in wish.marks for span in wish.heard.values())
    assert not wish.doubts
    goal = take_wish(wish=wish, details=details(wish), by=ada.as_actor()).goal
    goal.refresh_from_db()
    assert means(goal) == ([bank], True, 3, Decimal("0.5"))


def test_what_was_corrected_counts(head, ada):
    wish = only(head, ada, f"{CABIN}, it could wait three years.")
    means_said = MeansDetails(wait_years=5, least_share=Decimal("0.8"))
    goal = take_wish(wish=wish, details=details(wish, means=means_said), by=ada.as_actor()).goal
    assert means(goal) == ([], False, 5, Decimal("0.8"))


@pytest.mark.parametrize(
    ("words", "doubt"),
    [
        ("no rush", ("wait_open", "no rush")),
        ("it can wait until 2035", ("wait_impossible", "can wait until 2035")),
        ("it could wait 50 years", ("wait_impossible", "could wait 50 years")),
        ("a smaller one would do", ("least_open", "a smaller one would do")),
        ("at least $300,000", ("least_impossible", "at least $300,000")),
        ("at least €90,000", ("least_currency", "at least €90,000")),
        ("from my Roth IRA", ("account_none", "from my Roth IRA")),
        ("from the 529", ("account_studies", "College")),
        ("from our IRA", ("account_several", "from our IRA")),
    ],
)
def test_what_is_not_clear_is_asked_not_guessed(head, ada, words, doubt):
    partner = head.household.people.get(relationship="partner")
    portfolios.account(head.household, ada, name="College", registration="education_529", number="529-1")
    for owner in (head, partner):
        share = portfolios.OwnerShare(owner)
        portfolios.account(
            head.household,
            ada,
            name=f"IRA {owner.first_name}",
            registration="traditional_ira",
            owners=(share,),
            number=f"1-{owner.pk}",
        )
    wish = only(head, ada, f"{CABIN}, {words}.")
    assert doubts(wish) == [doubt]
    assert means(wish) == ([], False, None, None)


@pytest.mark.parametrize(
    ("words", "doubt"),
    [
        (", not from my savings account.", ("account_denied", "not from my savings account")),
        (". Please do not use our savings account.", ("account_denied", "do not use our savings account")),
        (". I don't think we can wait three years.", ("wait_denied", "don't think we can wait three years")),
        (". I don't think half would be enough.", ("least_denied", "don't think half would be enough")),
    ],
)
def test_what_is_denied_is_asked_and_never_taken(head, ada, words, doubt):
    wish = only(head, ada, CABIN + words)
    assert means(wish) == ([], False, None, None)
    assert doubts(wish) == [doubt]
    (span,) = wish.heard.values()
    assert wish.text.text[slice(*span)] == doubt[1]
    assert span in wish.marks
    (line,) = told_texts(head.household, ada.as_actor())[0].lines
    assert any(ask.startswith(f"“{doubt[1]}”: say") for ask in line.asks)


def test_what_is_denied_is_asked_in_portuguese(head, ada):
    text = "Queremos uma casa na praia em 2040 por $200.000, não da poupança."
    row = tell_goals(household=head.household, person=head, text=text, language="pt", by=ada.as_actor())
    wish = row.wishes.get()
    assert (means(wish), doubts(wish)) == (([], False, None, None), [("account_denied", "não da poupança")])
    with translation.override("pt-br"):
        (line,) = told_texts(head.household, ada.as_actor())[0].lines
        assert "“não da poupança”: diga de quais contas sai o dinheiro." in line.asks


def test_somebody_elses_account_is_not_mine(head, ada):
    partner = head.household.people.get(relationship="partner")
    portfolios.account(
        head.household,
        ada,
        name="IRA of the partner",
        registration="traditional_ira",
        owners=(portfolios.OwnerShare(partner),),
        number="1-1",
    )
    wish = only(head, ada, f"{CABIN}, from my IRA.")
    assert (means(wish), doubts(wish)) == (([], False, None, None), [("account_none", "from my IRA")])
    assert len(only(head, ada, f"{CABIN}, from our IRA.").funded_by) == 1


def test_a_joint_account_is_mine_too(head, ada):
    partner = head.household.people.get(relationship="partner")
    half = [portfolios.OwnerShare(person, Decimal("0.5")) for person in (head, partner)]
    joint = portfolios.account(head.household, ada, name="Joint", registration="joint", owners=tuple(half))
    assert only(head, ada, f"{CABIN}, from my brokerage account.").funded_by == [str(joint.public_id)]


def test_what_is_held_outright_is_no_brokerage_account(head, ada):
    portfolios.account(head.household, ada)
    assets.house(head.household, ada)
    wish = only(head, ada, f"{CABIN}, from my brokerage account.")
    assert (len(wish.funded_by), doubts(wish)) == (1, [])


def test_my_account_is_that_of_who_speaks(head, ada):
    partner = head.household.people.get(relationship="partner")
    ids = {}
    for owner in (head, partner):
        share = portfolios.OwnerShare(owner)
        ids[owner.pk] = portfolios.account(
            head.household,
            ada,
            name=f"IRA {owner.first_name}",
            registration="traditional_ira",
            owners=(share,),
            number=f"1-{owner.pk}",
        ).public_id
    assert only(head, ada, f"{CABIN}, from my IRA.").funded_by == [str(ids[head.pk])]


def test_until_when_it_can_wait_is_counted_from_its_day(head, ada):
    assert only(head, ada, f"{CABIN}, no later than 2043.").wait_years == 3
    wish = only(head, ada, "We want a boat for $60,000, it can wait until 2043.")
    assert (wish.wait_years, doubts(wish)) == (None, [("wait_start", "can wait until 2043")])


def test_a_least_amount_is_a_share_of_the_goals(head, ada):
    wish = only(head, ada, "I want to travel from 2040 for ten years, $2,000 a month, at least $15,000 a year.")
    assert (wish.annual_amount, wish.least_share) == (Decimal(24_000), Decimal("0.625"))


def test_the_time_after_work_neither_waits_nor_is_cut(head, ada, bank):
    wish = only(
        head, ada, "I want to retire at 62 on $60,000 a year, it could wait two years, from the savings account."
    )
    assert means(wish) == ([bank], False, None, None)
    assert doubts(wish) == [("means_retirement", "could wait two years")]
    assert set(wish.heard) == {"funded_by"}
    with pytest.raises(InvalidInputError) as refused:
        take_wish(wish=wish, details=details(wish, means=MeansDetails(wait_years=2)), by=ada.as_actor())
    assert refused.value.field == "wait_years"


def test_a_client_confirms_means_of_their_own_household_only(head, ada, bank):
    ana = clients.portal_user(head)
    wish = only(head, ana, f"{CABIN} from the savings account.")
    elsewhere = plans.household_with_facts(ada, name="Other").bank_accounts.get().public_id
    with pytest.raises(InvalidInputError) as refused:
        keep_wish(wish=wish, details=details(wish, means=MeansDetails((str(elsewhere),))), by=ana.as_actor())
    assert refused.value.field == "funded_by"
    assert wish.funded_by == [bank]
    kept = keep_wish(wish=wish, details=details(wish, means=MeansDetails(wait_years=2)), by=ana.as_actor())
    assert means(kept) == ([], False, 2, None)
    trail = AuditEvent.objects.get(action="plans.keep_wish")
    assert (trail.before["funded_by"], trail.after["funded_by"]) == (["Savings"], [])
