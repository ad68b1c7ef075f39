"""The book of many accounts as tables of whole numbers, in hundred-millionths (`SCALE`)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
SCALE = 100_000_000
NO_PRICE = -1


@dataclass(frozen=True, slots=True)
class BookState:
    """Accounts at the close before their first day: `first_days` (n_accounts,) as places in the table of days.

    `accounts`, `securities`, `units` (n_positions,) say what they held, `cash` (n_accounts,) their cash.
    """

    first_days: Ints
    accounts: Ints
    securities: Ints
    units: Ints
    cash: Ints


@dataclass(frozen=True, slots=True)
class BookEntries:
    """Entries (n_entries,): place of account, of security (−1 without one) and of day; units and cash, signed.

    `is_flow` marks what crosses the border of the account, `is_fee` the advisory fee; entries taken back are neither.
    """

    accounts: Ints
    securities: Ints
    days: Ints
    units: Ints
    cash: Ints
    is_flow: NDArray[np.bool_]
    is_fee: NDArray[np.bool_]
