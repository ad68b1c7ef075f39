"""What is substantially identical: proposed, approved by another, dated, never changed in place."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from apps.accounts.models import ApprovalRequest, User
from apps.accounts.services.approvals import OwnRequestError, decide_approval, withdraw_approval
from apps.core.models import AuditEvent
from apps.kernel.errors import InvalidInputError
from apps.portfolios.models import EquivalenceGroup
from apps.portfolios.selectors.equivalence import memberships
from apps.portfolios.services.equivalence import GroupTerms, NamedMember, TwoGroupsError, propose_equivalence
from tests.factories import portfolios as made

DAY = made.DAY
LATER = DAY + dt.timedelta(days=100)


@pytest.fixture(autouse=True)
def _securities(ada: User) -> None:
    for symbol in ("AAA", "BBB", "CCC"):
        made.instrument(ada, symbol, {DAY: "10"})


def proposed(ada: User, *symbols: str, **told: object) -> EquivalenceGroup:
    fields = {"name": "Alphabet", "basis": "Two classes of one company", "valid_from": DAY, **told}
    terms = GroupTerms(members=[NamedMember(symbol) for symbol in symbols], **fields)
    return propose_equivalence(terms=terms, by=ada.as_actor())


def decided(paul: User, decision: str = "approve") -> None:
    request = ApprovalRequest.objects.filter(state="pending").latest("pk")
    decide_approval(request=request, decision=decision, note="Read it.", by=paul.as_actor())


def test_a_group_counts_when_another_person_has_approved_it(ada: User, paul: User) -> None:
    group = proposed(ada, "AAA", "bbb")
    assert memberships() == []
    with pytest.raises(OwnRequestError):
        decide_approval(request=ApprovalRequest.objects.get(), decision="approve", by=ada.as_actor())
    decided(paul)
    first, second = memberships()
    assert (first.group_id, first.valid_from, first.valid_to) == (second.group_id, DAY, None)
    assert first.security_id != second.security_id
    group.refresh_from_db()
    assert group.state == "approved"
    actions = AuditEvent.objects.filter(action__endswith="equivalence").order_by("id").values_list("action", flat=True)
    assert list(actions) == ["portfolios.propose_equivalence", "portfolios.decide_equivalence"]


def test_a_declined_or_withdrawn_group_never_counts(ada: User, paul: User) -> None:
    proposed(ada, "AAA", "BBB")
    decided(paul, "decline")
    proposed(ada, "AAA", "BBB", valid_from=LATER)
    withdraw_approval(request=ApprovalRequest.objects.get(state="pending"), by=ada.as_actor())
    assert sorted(EquivalenceGroup.objects.values_list("state", flat=True)) == ["declined", "withdrawn"]
    assert memberships() == []


def test_a_new_version_takes_over_on_its_day_and_one_without_members_ends_the_group(ada: User, paul: User) -> None:
    first = proposed(ada, "AAA", "BBB")
    decided(paul)
    first.refresh_from_db()
    second = proposed(ada, "AAA", "CCC", valid_from=LATER, replaces=first)
    decided(paul)
    first.refresh_from_db()
    assert first.valid_to == LATER - dt.timedelta(days=1)
    second.refresh_from_db()
    proposed(ada, valid_from=LATER + dt.timedelta(days=1), replaces=second)
    decided(paul)
    assert [row.valid_to for row in memberships()] == [first.valid_to] * 2 + [LATER] * 2


def test_of_two_versions_that_wait_only_one_takes_the_place_of_the_group(ada: User, paul: User) -> None:
    first = proposed(ada, "AAA", "BBB")
    decided(paul)
    first.refresh_from_db()
    for day, symbols in ((LATER, ("AAA", "CCC")), (LATER + dt.timedelta(days=50), ())):
        proposed(ada, *symbols, valid_from=day, replaces=first)
    one, two = ApprovalRequest.objects.filter(state="pending").order_by("pk")
    decide_approval(request=one, decision="approve", by=paul.as_actor())
    with pytest.raises(InvalidInputError, match="not the one in force"):
        decide_approval(request=two, decision="approve", by=paul.as_actor())
    first.refresh_from_db()
    assert first.valid_to == LATER - dt.timedelta(days=1)
    two.refresh_from_db()
    assert two.state == "pending"


def test_a_security_is_in_one_group_a_day_even_when_both_wait(ada: User, paul: User) -> None:
    proposed(ada, "AAA", "BBB")
    proposed(ada, "BBB", "CCC", name="Other")
    one, two = ApprovalRequest.objects.order_by("pk")
    decide_approval(request=one, decision="approve", by=paul.as_actor())
    with pytest.raises(TwoGroupsError, match="BBB"):
        decide_approval(request=two, decision="approve", by=paul.as_actor())
    assert EquivalenceGroup.objects.get(name="Other").state == "waiting"
    with pytest.raises(TwoGroupsError):
        proposed(ada, "AAA", "CCC", name="Third")
    assert not EquivalenceGroup.objects.filter(name="Third").exists()


@pytest.mark.parametrize(
    ("symbols", "told", "field"),
    [
        (["AAA"], {}, "members"),
        ([], {}, "members"),
        (["AAA", "aaa"], {}, "members"),
        (["AAA", "ZZZ"], {}, "members"),
        (["AAA", "BBB"], {"basis": " "}, "basis"),
        (["AAA", "BBB"], {"name": ""}, "name"),
    ],
)
def test_a_group_that_makes_no_sense_is_refused(
    symbols: list[str], told: dict[str, object], field: str, ada: User
) -> None:
    with pytest.raises(InvalidInputError) as refused:
        proposed(ada, *symbols, **told)
    assert refused.value.field == field
    assert not EquivalenceGroup.objects.exists()
    assert not ApprovalRequest.objects.exists()


def test_shares_and_versions_are_checked(ada: User, paul: User) -> None:
    bad = GroupTerms("x", "y", DAY, [NamedMember("AAA"), NamedMember("BBB", shares=Decimal(0))])
    with pytest.raises(InvalidInputError, match="above zero"):
        propose_equivalence(terms=bad, by=ada.as_actor())
    first = proposed(ada, "AAA", "BBB")
    with pytest.raises(InvalidInputError, match="not the one in force"):
        proposed(ada, "AAA", "CCC", replaces=first, valid_from=LATER)
    decided(paul)
    first.refresh_from_db()
    with pytest.raises(InvalidInputError, match="begins after"):
        proposed(ada, "AAA", "CCC", replaces=first)
