"""What a death does to the cost of what a couple holds, laid out for the walk (IRC 1014(a), (b)(6), (b)(9), 2040(b)).

What the deceased owned alone has the value of the day of the death as its cost, below the old cost as well as above it;
of what both own jointly its half, of community property all of it. Cash has no gain, and what is in retirement accounts
is income of the deceased (IRC 1014(c)); accounts for education have their own rules.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from apps.plans.engine.horizon import last_month_of
from apps.plans.engine.inputs import Account, Adult, ProjectionInputs, TaxTreatment

OF_BOTH = 0.5


# Columns of an opening: balance and cost; what of the account has a new cost as the first adult dies and the second
# lives, and the other way round; from which month one of two known lives is over, or NO_MONTH, in each row the same.
BALANCE, COST, FIRST_DIES, SECOND_DIES, FROM = range(5)
NO_MONTH = -1


def opening_of(inputs: ProjectionInputs, *, drawn: bool) -> NDArray[np.float64]:
    """Return (n_accounts, 5), the columns above. Of one adult, and of two who die together, nobody is left to sell; of
    known lives the share is that of who dies first, in both columns."""
    told = np.zeros((len(inputs.accounts), FROM + 1))
    told[:, BALANCE] = [account.balance for account in inputs.accounts]
    told[:, COST] = [account.cost_basis for account in inputs.accounts]
    told[:, FROM] = NO_MONTH
    if len(inputs.adults) < 2:
        return told
    for column, adult in zip((FIRST_DIES, SECOND_DIES), inputs.adults, strict=True):
        told[:, column] = [share_of(account, adult, inputs) for account in inputs.accounts]
    ends = [last_month_of(adult, inputs.start_date) for adult in inputs.adults]
    if not drawn and ends[0] != ends[1] and told[:, FIRST_DIES:FROM].any():
        dying = FIRST_DIES if ends[0] < ends[1] else SECOND_DIES
        told[:, FIRST_DIES:FROM] = told[:, [dying]]
        told[:, FROM] = min(ends)
    return told


def share_of(account: Account, deceased: Adult, inputs: ProjectionInputs) -> float:
    """Return what part of an account has the value of the day as its cost when one of two adults dies."""
    if account.treatment is not TaxTreatment.TAXABLE or account.key in inputs.ownership.of_others:
        return 0.0
    if inputs.ownership.is_community:
        return 1.0
    return float(account.owner == deceased.key) if account.owner else OF_BOTH


def share_of_things(inputs: ProjectionInputs) -> float:
    """Return the same of a home or another thing, which a couple is taken to own jointly."""
    return 1.0 if inputs.ownership.is_community else OF_BOTH
