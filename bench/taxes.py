"""Federal tax of 10,000 drawn households: ours in float64 against `calc_all` of Tax-Calculator, in one run.

Twice: with every rule (both deductions, minimum tax, credits for dependants), a household at a time; and with the
standard deduction alone, as most years of most plans are, the households of one status and age beside each other,
blocks of them at a time as in the simulation. The
oracle computes the whole federal code each time, also what no household of these has: the ratio is a budget, not like
for like. Before anything is timed, ours is held against the exact rules, which tests hold against the oracle.

Needs `make tax-oracle`; STEWARD_TAX_ORACLE_PYTHON names another interpreter that has taxcalc.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from apps.plans.engine import tax_law
from apps.plans.engine.compiled import LANES, compiled, compiled_with_arrays
from apps.plans.engine.tax_credits import NOBODY
from apps.plans.engine.tax_deductions import Payments
from apps.plans.engine.tax_kernel import federal_taxes
from apps.plans.engine.tax_lanes import lane_tax, net_gains
from apps.plans.engine.taxes import TaxFacts, federal_tax
from tests.tax_oracle.asking import seconds_of
from tests.tax_oracle.households import Household, draw
from tests.tax_oracle.ours import facts_of, table_of

NUMBER, SEED, REPEATS, YEAR = 10_000, 1, 25, 2026
Floats, Whole = NDArray[np.float64], NDArray[np.int64]


def drawn() -> list[Household]:
    """Return households of 2026 whose gains are all long-term, as those of plans are."""
    told = draw(NUMBER, SEED)
    return [{**each, "year": YEAR, "short_term_gain": 0, "tax_exempt_interest": 0} for each in told]


def arrays(facts: list[TaxFacts]) -> tuple[Whole, Floats]:
    """Return facts (n, N_FACTS) and ledgers (N_SLOTS, n) of the households."""
    rows, columns = [], []
    for each in facts:
        paid = each.payments or Payments()
        told = [tax_law.STATUSES.index(each.status), each.seniors, 1, 0]
        told += [each.dependants.children, each.dependants.others]
        told += map(int, (paid.state_and_local, paid.charity, paid.medical, paid.mortgage_interest))
        rows.append(told)
        amounts = (*each.wages, each.pre_tax, each.ordinary, each.interest, each.qualified_dividends)
        columns.append([float(amount) for amount in (*amounts, each.long_term_gain, each.benefits, 0, 0)])
    return np.array(rows, dtype=np.int64), np.array(columns).T.copy()


@compiled
def one_by_one(law: Floats, facts: Whole, ledger: Floats, due: Floats) -> None:
    """Every rule, a household at a time."""
    for lane in range(due.size):
        row = law[facts[lane, 0]]
        net_gains(row, ledger[:, lane : lane + 1])
        due[lane] = lane_tax(row, facts[lane], 1.0, ledger, lane)


@compiled_with_arrays
def side_by_side(law: Floats, facts: Whole, blocks: Floats, due: Floats) -> None:
    """The standard deduction: a block (N_SLOTS, LANES) at a time, all of its households with the facts of its row."""
    index, scratch = np.ones(LANES), np.empty((2, LANES))
    for block in range(blocks.shape[0]):
        row = law[facts[block, 0]]
        net_gains(row, blocks[block])
        federal_taxes(row, facts[block], index, blocks[block], scratch)
        due[block] = scratch[0]


def blocks_of(facts: Whole, ledger: Floats) -> tuple[Whole, Floats, Whole]:
    """Return the facts of each block, the blocks, and the place of each household in them; the last ones are padded."""
    rows, blocks, places = [], [], np.empty(len(facts), dtype=np.int64)
    for kind in np.unique(facts, axis=0):
        alike = np.flatnonzero((facts == kind).all(axis=1))
        for first in range(0, alike.size, LANES):
            chosen = alike[first : first + LANES]
            block = np.zeros((tax_law.N_SLOTS, LANES))
            block[:, : chosen.size] = ledger[:, chosen]
            places[chosen] = len(blocks) * LANES + np.arange(chosen.size)
            rows.append(kind)
            blocks.append(block)
    return np.array(rows), np.array(blocks), places


def timed(ledger: Floats, work: Callable[[Floats], None]) -> float:
    """Return the median seconds of a processor; netting changes the ledger, so that each run has its own copy."""
    times = []
    for _ in range(REPEATS):
        copy = ledger.copy()
        start = time.process_time()
        work(copy)
        times.append(time.process_time() - start)
    return statistics.median(times)


def main() -> None:
    """Print medians and ratios."""
    households = drawn()
    table = table_of(YEAR)
    law = tax_law.law_arrays(table)
    facts_given = [replace(facts_of(each), lives_with_spouse=True) for each in households]
    facts, ledger = arrays(facts_given)
    due, exact = np.empty(NUMBER), [federal_tax(table, each) for each in facts_given]
    one_by_one(law, facts, ledger.copy(), due)
    assert np.allclose(due, [float(tax.total) for tax in exact], atol=0.001)

    plain = [replace(each, payments=None, dependants=NOBODY) for each in facts_given]
    kinds, blocks, places = blocks_of(*arrays(plain))
    taxes = np.empty((len(blocks), LANES))
    side_by_side(law, kinds, blocks.copy(), taxes)
    assert np.allclose(taxes.ravel()[places], [float(federal_tax(table, each).total) for each in plain], atol=0.001)

    every = timed(ledger, lambda copy: one_by_one(law, facts, copy, due))
    usual = timed(blocks, lambda copy: side_by_side(law, kinds, copy, taxes))
    peer = seconds_of(households, REPEATS)
    for name, seconds in (("every rule", every), ("standard deduction", usual), ("taxcalc calc_all", peer)):
        print(f"{name:20s} {seconds * 1e3:9.3f} ms {seconds / NUMBER * 1e9:9.0f} ns a household")
    print(f"ratio taxcalc calc_all / every rule: {peer / every:.0f}x")
    print(f"ratio taxcalc calc_all / standard deduction: {peer / usual:.0f}x")


if __name__ == "__main__":
    main()
