"""Corporate actions of a custodian's file: booked by what the file says, or refused beside their line."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from apps.accounts.models import User
from apps.clients.models import Household, ImportBatch
from apps.clients.services.imports import apply_batch, check_batch, questions_for, undo_batch
from apps.portfolios.models import Account, Transaction
from apps.portfolios.selectors.accounts import account_page
from apps.portfolios.selectors.market_actions import action_lines
from apps.portfolios.services.market_actions import enter_market_action
from apps.portfolios.services.transactions import reverse_transaction
from tests.apps.portfolios.services.test_custodian_checks import refused, told
from tests.apps.portfolios.services.test_custodian_importer import LAST, TRANSACTIONS, brought, taken
from tests.depth import examples
from tests.factories import clients as people
from tests.factories import market

ACTION_DAY = dt.date(2025, 3, 7)
ONE, FORTY = Decimal(1), Decimal(40)


@pytest.fixture
def household(ada: User) -> Household:
    market.security("AAA", {dt.date(2025, 3, 3): "50", LAST: "55"})
    return people.household(ada)


DIVIDEND = "03/06/2025,03/06/2025,1234-5678,Stock Dividend,AAA,AAA Fund,10,,,"
MERGER = '03/07/2025,03/07/2025,1234-5678,Cash Merger,AAA,AAA Fund,100,,,"6,000.00"'


def line(action: str, symbol: str, quantity: str = "", amount: str = "", day: str = "03/07/2025") -> str:
    return f"{day},{day},1234-5678,{action},{symbol},{symbol} INC,{quantity},,,{amount}"


def lots(day: dt.date = LAST) -> list[tuple[str, Decimal, Decimal | None, dt.date]]:
    page = account_page(Account.objects.get(), day)
    return [(lot.symbol, lot.quantity, lot.cost, lot.acquired_on) for lot in page.lots]


def realised(day: dt.date = LAST) -> Decimal | None:
    return account_page(Account.objects.get(), day).realised


def answered(batch: ImportBatch, by: User, **answers: str) -> ImportBatch:
    """Answer the questions about the actions of a file, each by the end of its name."""
    asked = {
        question.name: next(
            (text for end, text in answers.items() if question.name.endswith(f"_{end}")), question.value
        )
        for question in questions_for(batch, by.as_actor())
    }
    return check_batch(batch=batch, answers=asked, by=by.as_actor())


BOUGHT = dt.date(2025, 3, 4)


def test_a_dividend_in_shares_spreads_the_cost_over_more_of_them(ada: User, household: Household) -> None:
    taken(household, ada, TRANSACTIONS)
    taken(household, ada, told(DIVIDEND))
    entry = Transaction.objects.get(kind="stock_dividend")
    assert (entry.units, entry.split_new, entry.split_old) == (10, 10, 100)
    page = account_page(Account.objects.get(), LAST)
    assert [(lot.quantity, lot.cost) for lot in page.lots] == [(110, 5000)]


def test_a_merger_for_cash_sells_what_was_held(ada: User, household: Household) -> None:
    taken(household, ada, TRANSACTIONS)
    taken(household, ada, told(MERGER))
    entry = Transaction.objects.get(kind="sell")
    assert (entry.units, entry.cash) == (-100, 6000)
    page = account_page(Account.objects.get(), LAST)
    assert (page.lots, page.realised) == ((), 1000)


def test_a_merger_for_cash_in_two_lines_is_one_sale(ada: User, household: Household) -> None:
    taken(household, ada, TRANSACTIONS)
    taken(household, ada, told(line("Cash Merger", "AAA", amount="6000.00"), line("Cash Merger Adj", "AAA", "-100")))
    assert [(e.units, e.cash) for e in Transaction.objects.filter(kind="sell")] == [(-100, 6000)]
    assert realised() == 1000


def test_an_action_on_what_nobody_holds_is_refused_beside_its_line(ada: User, household: Household) -> None:
    early = DIVIDEND.replace("03/06", "03/04")
    split = early.replace("Stock Dividend", "Stock Split")
    assert refused(household, ada, TRANSACTIONS + early + "\n") == [(5, "nothing_held")]
    taken(household, ada, TRANSACTIONS)
    assert refused(household, ada, told(split)) == [(2, "nothing_held")]
    taken(household, ada, told(DIVIDEND.replace("Stock Dividend", "Stock Split")))
    assert Transaction.objects.get(kind="split").units == 10


SWAP = (line("Stock Merger", "BBB", "40"), line("Stock Merger", "AAA", "-100"))


def test_shares_for_shares_carry_cost_and_day_and_a_second_file_changes_nothing(
    ada: User, household: Household
) -> None:
    taken(household, ada, TRANSACTIONS)
    batch = taken(household, ada, told(*SWAP))
    assert batch.counts["create"] == 1
    assert [each["reason"] for each in batch.ignored] == ["part"]
    assert lots() == [("BBB", 40, 5000, BOUGHT)]
    assert realised() == 0
    again = taken(household, ada, told(*SWAP), "again.csv")
    assert (again.counts["create"], again.counts["update"], again.counts["unchanged"]) == (0, 0, 1)
    assert lots() == [("BBB", 40, 5000, BOUGHT)]
    undo_batch(batch=batch, by=ada.as_actor())
    assert lots() == [("AAA", 100, 5000, BOUGHT)]


def test_one_file_may_tell_purchase_merger_and_sale_of_what_came(ada: User, household: Household) -> None:
    sale = '03/10/2025,03/11/2025,1234-5678,Sell,BBB,BBB INC,-15,150.00,,"2,250.00"'
    taken(household, ada, TRANSACTIONS + "\n".join((*SWAP, sale)) + "\n")
    assert lots() == [("BBB", 25, 3125, BOUGHT)]
    assert realised() == 375


def test_cash_besides_shares_is_a_gain_up_to_what_was_gained(ada: User, household: Household) -> None:
    """IRC 356(a), 358(a): the gain of 40 × 110 + 1,000 − 5,000 = 400 is recognised; 5,000 − 1,000 + 400 is left."""
    market.security("BBB", {ACTION_DAY: "110"})
    taken(household, ada, TRANSACTIONS)
    taken(household, ada, told(SWAP[0], line("Cash/Stock Merger", "AAA", "-100", "1000.00")))
    entry = Transaction.objects.get(kind="merger")
    assert (entry.cash, entry.fair_new) == (1000, 110)
    assert lots() == [("BBB", 40, 4400, BOUGHT)]
    assert realised() == 400


def test_cash_besides_shares_of_unknown_value_is_asked_for(ada: User, household: Household) -> None:
    taken(household, ada, TRANSACTIONS)
    file = told(SWAP[0], line("Cash Merger", "AAA", "-100", "1000.00"))
    assert refused(household, ada, file) == [(3, "value_missing")]
    batch = answered(brought(household, ada, file), ada, value="109,50")
    apply_batch(batch=batch, by=ada.as_actor())
    assert Transaction.objects.get(kind="merger").fair_new == Decimal("109.5")
    assert (lots(), realised()) == ([("BBB", 40, 4380, BOUGHT)], 380)


REVERSE = (line("Reverse Split", "AAA", "33"), line("Reverse Split", "74346N701", "-100"))
LIEU = line("Cash In Lieu", "AAA", amount="55.00", day="03/10/2025")


def test_a_reverse_split_pays_its_fraction_by_the_ratio_that_is_answered(ada: User, household: Household) -> None:
    """100 shares one for three: 33 and a third, of which the third costs 5,000 / 100."""
    taken(household, ada, TRANSACTIONS)
    file = told(*REVERSE, LIEU)
    assert refused(household, ada, file) == [(3, "ratio_missing"), (4, "fraction_unknown")]
    assert refused_answer(household, ada, file, "1 for 4") == [(3, "ratio_differs"), (4, "fraction_unknown")]
    assert refused_answer(household, ada, file, "a third") == [(3, "unreadable_answer"), (4, "fraction_unknown")]
    batch = answered(brought(household, ada, file), ada, ratio="1 for 3")
    apply_batch(batch=batch, by=ada.as_actor())
    kinds = {entry.kind: entry.units for entry in Transaction.objects.filter(kind__in=["split", "cash_in_lieu"])}
    assert kinds == {"split": Decimal("-66.66666667"), "cash_in_lieu": Decimal("-0.33333333")}
    [(symbol, quantity, cost, day)] = lots()
    assert (symbol, quantity, day) == ("AAA", 33, BOUGHT)
    assert cost is not None
    assert abs(cost - 4950) < Decimal("0.01")
    assert abs((realised() or Decimal(0)) - 5) < Decimal("0.01")


def refused_answer(household: Household, ada: User, file: str, ratio: str) -> list[tuple[int, str]]:
    batch = answered(brought(household, ada, file), ada, ratio=ratio)
    return [(row.line, each["code"]) for row in batch.rows.order_by("line") for each in row.problems]


def test_a_printed_ratio_needs_no_answer_and_the_cash_may_come_later(ada: User, household: Household) -> None:
    taken(household, ada, TRANSACTIONS)
    taken(household, ada, told(REVERSE[0], REVERSE[1].replace("74346N701 INC", "AAA 1 FOR 3 R/S INTO AAA")))
    assert [lot[:2] for lot in lots()] == [("AAA", Decimal("33.33333333"))]
    taken(household, ada, told(LIEU))
    assert [lot[:2] for lot in lots()] == [("AAA", 33)]


def test_cash_of_a_later_file_takes_the_fraction_that_the_ratio_left(ada: User, household: Household) -> None:
    """Booked as it stood, 100 for 38; by 0.38605 a fraction of 0.605 shares was left, and its cost with it."""
    swap, lieu = (SWAP[0].replace(",40,", ",38,"), SWAP[1]), LIEU.replace("AAA", "BBB")
    taken(household, ada, TRANSACTIONS)
    taken(household, ada, told(*swap))
    assert lots() == [("BBB", 38, 5000, BOUGHT)]
    assert refused(household, ada, told(lieu)) == [(2, "fraction_unknown")]
    assert refused_answer(household, ada, told(lieu), "0.5") == [(2, "ratio_differs")]
    batch = apply_batch(batch=answered(brought(household, ada, told(lieu)), ada, ratio="0.38605"), by=ada.as_actor())
    [(symbol, quantity, cost, day)] = lots()
    assert (symbol, quantity, day) == ("BBB", 38, BOUGHT)
    whole = Decimal(5000) * 38 / Decimal("38.605")
    assert abs((cost or Decimal(0)) - whole) < Decimal("0.01")
    assert abs((realised() or Decimal(0)) - (55 - (5000 - whole))) < Decimal("0.01")
    assert taken(household, ada, told(lieu), "again.csv").counts["unchanged"] == 1
    undo_batch(batch=batch, by=ada.as_actor())
    assert lots() == [("BBB", 38, 5000, BOUGHT)]


def test_a_new_name_moves_lots_and_a_new_cusip_of_the_same_name_changes_nothing(
    ada: User, household: Household
) -> None:
    taken(household, ada, TRANSACTIONS)
    batch = taken(household, ada, told(line("Name Change", "AAA", "100"), line("Name Change", "73935A104", "-100")))
    assert (batch.counts["rows"], len(batch.ignored)) == (0, 2)
    assert lots() == [("AAA", 100, 5000, BOUGHT)]
    taken(household, ada, told(line("Name Change", "CCC", "100"), line("Name Change", "AAA", "-100")))
    assert Transaction.objects.get(kind="symbol_change").units == -100
    assert lots() == [("CCC", 100, 5000, BOUGHT)]


SPIN = line("Spin-off", "NEW", "25")


def test_a_spin_off_shares_the_cost_by_the_percentage_of_form_8937(ada: User, household: Household) -> None:
    """IRC 358(b), (c): 23.84 per cent of 5,000 goes along."""
    taken(household, ada, TRANSACTIONS)
    assert refused(household, ada, told(SPIN)) == [(2, "parent_missing")]
    batch = answered(brought(household, ada, told(SPIN)), ada, parent="aaa")
    assert [each["code"] for row in batch.rows.all() for each in row.problems] == ["basis_missing"]
    apply_batch(batch=answered(batch, ada, parent="aaa", basis="23.84"), by=ada.as_actor())
    assert lots() == [("AAA", 100, 3808, BOUGHT), ("NEW", 25, 1192, BOUGHT)]
    assert realised() == 0
    assert taken(household, ada, told(SPIN), "again.csv").counts["unchanged"] == 1


def test_an_announced_spin_off_needs_no_answer(ada: User, household: Household) -> None:
    market.security("NEW", {ACTION_DAY: "40"})
    day = ACTION_DAY - dt.timedelta(days=2)
    market.action(
        "AAA", day, "spin_off", into="NEW", new_shares=ONE, old_shares=4 * ONE, fair_old=FORTY, fair_new=FORTY
    )
    taken(household, ada, TRANSACTIONS)
    taken(household, ada, told(SPIN))
    assert lots() == [("AAA", 100, 4000, BOUGHT), ("NEW", 25, 1000, BOUGHT)]


def test_what_was_entered_as_announced_is_known_and_other_shares_are_told(ada: User, household: Household) -> None:
    market.security("BBB", {})
    market.action("AAA", ACTION_DAY, "merger", into="BBB", new_shares=2 * ONE, old_shares=5 * ONE)
    taken(household, ada, TRANSACTIONS)
    [announced] = action_lines(ada.as_actor(), LAST)
    enter_market_action(line=announced, by=ada.as_actor())
    assert taken(household, ada, told(*SWAP)).counts["unchanged"] == 1
    assert lots() == [("BBB", 40, 5000, BOUGHT)]
    other = (SWAP[0].replace(",40,", ",60,"), SWAP[1])
    assert refused(household, ada, told(*other)) == [(3, "differs_from_book")]


@pytest.mark.parametrize(
    ("rows", "errors"),
    [
        ([SWAP[1]], [(2, "part_alone")]),
        ([SWAP[0]], [(2, "part_alone")]),
        ([*SWAP, line("Stock Merger", "CCC", "5")], [(2, "part_alone"), (3, "part_alone"), (4, "part_alone")]),
        ([SWAP[0], SWAP[1].replace("-100", "-90")], [(3, "not_all_held")]),
        ([line("Cash In Lieu", "AAA", amount="5.00")], [(2, "fraction_unknown")]),
        ([line("Reverse Split", "AAA", "-100")], [(2, "part_alone")]),
    ],
)
def test_half_an_action_is_refused_and_may_be_left_to_a_person(
    ada: User, household: Household, rows: list[str], errors: list[tuple[int, str]]
) -> None:
    taken(household, ada, TRANSACTIONS)
    assert refused(household, ada, told(*rows)) == errors
    if rows[0] == line("Reverse Split", "AAA", "-100"):
        return
    batch = apply_batch(batch=answered(brought(household, ada, told(*rows)), ada, leave="leave"), by=ada.as_actor())
    assert (batch.counts["rows"], lots()) == (0, [("AAA", 100, 5000, BOUGHT)])


def test_what_came_of_an_action_keeps_it_from_being_reversed(ada: User, household: Household) -> None:
    taken(household, ada, TRANSACTIONS)
    taken(household, ada, told(*SWAP))
    entry = Transaction.objects.get(kind="merger")
    reverse_transaction(transaction=entry, reason="Not ours.", by=ada.as_actor())
    assert lots() == [("AAA", 100, 5000, BOUGHT)]


def test_a_payment_that_the_terms_announce_and_the_file_lacks_is_told(ada: User, household: Household) -> None:
    market.security("BBB", {})
    terms = {"new_shares": 2 * ONE, "old_shares": 5 * ONE, "cash_per_share": 3 * ONE}
    market.action("AAA", ACTION_DAY, "merger", into="BBB", **terms)
    taken(household, ada, TRANSACTIONS)
    assert refused(household, ada, told(*SWAP)) == [(3, "boot_missing")]


@settings(
    max_examples=examples(12),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    phases=[Phase.explicit, Phase.generate],
)
@given(
    bought=st.lists(st.tuples(st.integers(1, 900), st.integers(1, 90_000)), min_size=1, max_size=4),
    came=st.integers(1, 2_000),
    kind=st.sampled_from(["Stock Merger", "Spin-off", "Reverse Split", "Name Change", "Stock Split"]),
    share=st.integers(1, 9_999),
)
def test_shares_and_cost_are_conserved_from_file_to_lots(
    ada: User, bought: list[tuple[int, int]], came: int, kind: str, share: int
) -> None:
    """Shares afterwards are those of the file, the cost is what was paid, nothing is realised."""
    household = people.household(ada)
    head, number = household.public_id.hex[:8].upper(), f"9{household.pk:07}"
    held, paid = sum(units for units, _ in bought), sum(cents for _, cents in bought)
    rows = ['03/03/2025,03/03/2025,1234-5678,Deposit,,Wire,,,,"10,000.00"']
    for n, (units, cents) in enumerate(bought):
        day = f"03/0{n + 1}/2025" if n else "03/03/2025"
        rows.append(f"{day},{day},1234-5678,Buy,A{head},A INC,{units},,,-{cents // 100}.{cents % 100:02}")
    came = held if kind == "Name Change" else came
    rows.append(line(kind, f"B{head}" if kind != "Stock Split" else f"A{head}", str(came)))
    if kind in {"Stock Merger", "Name Change", "Reverse Split"}:
        rows.append(line(kind, f"A{head}", str(-held)))
    text = told(*rows).replace("1234-5678", number)
    batch = answered(brought(household, ada, text), ada, parent=f"A{head}", basis=f"{share / 100:.2f}")
    apply_batch(batch=batch, by=ada.as_actor())
    page = account_page(Account.objects.get(household=household), LAST)
    shares: dict[str, Decimal] = {}
    for lot in page.lots:
        shares[lot.symbol[0]] = shares.get(lot.symbol[0], Decimal(0)) + lot.quantity
    left = (
        {"A": held, "B": came} if kind == "Spin-off" else {"A": held + came} if kind == "Stock Split" else {"B": came}
    )
    assert shares == left
    assert sum(lot.cost or 0 for lot in page.lots) == Decimal(paid) / 100
    assert len(page.lots) == len(bought) * (2 if kind == "Spin-off" else 1)
    assert not page.realised
    counts = taken(household, ada, text, "again.csv").counts
    assert (counts["create"], counts["update"]) == (0, 0)
    undo_batch(batch=batch, by=ada.as_actor())
    assert not Account.objects.filter(household=household).exists()
