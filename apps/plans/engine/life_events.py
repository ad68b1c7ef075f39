"""What a household knows will happen: phases of spending, money that comes once, things it owns and may sell.

"Real" amounts are in money of the start and rise with the inflation of each path; "nominal" ones do not.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TYPE_CHECKING

from apps.kernel.errors import InvalidInputError, gettext_noop
from apps.plans.engine.checks import annual_rate, finite, known, not_negative, same_currency, unique, within
from apps.plans.engine.digest import UNTOLD
from apps.plans.engine.grants import EquityGrant, check_grants
from apps.plans.engine.life_policies import LifePolicy, check_policies
from apps.plans.engine.yearly_payments import YearlyPayment

if TYPE_CHECKING:
    from apps.plans.engine.inputs import ProjectionInputs

# how the accounts are taxed that take money in any amount
OPEN = ("taxable", "cash")
MAX_INSTALMENTS = 30


@dataclass(frozen=True, slots=True)
class SpendingPhase:
    """Living costs that change for a time: by ``share`` of themselves (-0.2 is a fifth less), and by
    ``monthly_amount``, real, which is taken off where it is negative.

    It begins with ``start``, with the household's retirement, or with the plan; and ends with ``end``, after ``years``
    from its beginning, or never (None and 0). ``years`` need a beginning of their own, since a plan's moves on.
    """

    key: str
    monthly_amount: float
    share: float
    start: date | None
    from_retirement: bool
    end: date | None
    years: int
    is_essential: bool
    currency: str

    def __post_init__(self) -> None:
        name = f"phases[{self.key}]"
        finite(self.monthly_amount, f"{name}.monthly_amount")
        within(self.share, -1.0, 10.0, f"{name}.share")
        within(self.years, 0, 120, f"{name}.years")
        has_beginning = self.start is not None or self.from_retirement
        ends_first = self.start is not None and self.end is not None and self.end <= self.start
        if ends_first or (self.years and (self.end is not None or not has_beginning)):
            raise InvalidInputError(
                gettext_noop(
                    "The phase “%(key)s” ends before it begins, or has two ends, or no beginning to count from."
                ),
                mend=gettext_noop("Give it a first day and either a last day or a number of years."),
                field=f"{name}.end",
                key=self.key,
            )


@dataclass(frozen=True, slots=True)
class Windfall:
    """Money that comes once: an inheritance, a gift. ``owner`` is the adult who must live then, or ``""``.

    It is taken as certain; ``is_taxable`` makes it ordinary income. It goes to ``account``, which must be taxable or
    cash, or to that of the surplus where it is ``""``. One whose day lies before the plan has come.
    """

    key: str
    owner: str
    amount: float
    is_real: bool
    day: date
    is_taxable: bool
    account: str
    currency: str

    def __post_init__(self) -> None:
        not_negative(self.amount, f"windfalls[{self.key}].amount")


@dataclass(frozen=True, slots=True)
class Thing:
    """Something of value besides accounts: part of net worth, and no money to live on before it is sold.

    ``value`` is that of the start and grows by ``annual_growth``, nominal. Where it is sold on ``sale_day``,
    ``selling_cost`` is the fraction of the price that the sale costs, ``debt`` the key of what is paid off by it, and
    what is left goes to ``account`` (as of `Windfall`). The gain over ``cost`` less ``exclusion`` (of who is alone, of
    a couple; IRC 121) is taxed as a long-term gain; a loss counts where ``is_investment``.

    ``sold_share`` is the part that is sold, the rest is kept. The price comes in ``instalments`` equal yearly parts,
    from the sale on, each with its part of costs and gain (IRC 453); a loss counts at once. On what is still to be paid
    the buyer pays ``note_rate`` a year with each part, taxed as interest. One before the plan brings what is to come.
    Where the owner works in it, ``is_active``, the gain is no net investment income (IRC 1411(c)(4)). ``property_tax``
    a year, real, is part of the living costs and may be deducted while the thing is owned.
    """

    key: str
    value: float
    annual_growth: float
    cost: float
    sale_day: date | None
    selling_cost: float
    exclusion: tuple[float, float]
    is_investment: bool
    debt: str
    account: str
    currency: str
    sold_share: float = field(default=1.0, metadata=UNTOLD)
    instalments: int = field(default=1, metadata=UNTOLD)
    is_active: bool = field(default=False, metadata=UNTOLD)
    note_rate: float = field(default=0.0, metadata=UNTOLD)
    property_tax: float = field(default=0.0, metadata=UNTOLD)

    def __post_init__(self) -> None:
        name = f"things[{self.key}]"
        within(self.sold_share, 0.0, 1.0, f"{name}.sold_share")
        within(self.instalments, 1, MAX_INSTALMENTS, f"{name}.instalments")
        not_negative(self.value, f"{name}.value")
        not_negative(self.cost, f"{name}.cost")
        not_negative(self.property_tax, f"{name}.property_tax")
        annual_rate(self.annual_growth, f"{name}.annual_growth")
        within(self.selling_cost, 0.0, 0.5, f"{name}.selling_cost")
        within(self.note_rate, 0.0, 1.0, f"{name}.note_rate")
        for amount in self.exclusion:
            not_negative(amount, f"{name}.exclusion")


@dataclass(frozen=True, slots=True)
class LifeEvents:
    """All of them; none by default."""

    phases: tuple[SpendingPhase, ...] = ()
    windfalls: tuple[Windfall, ...] = ()
    things: tuple[Thing, ...] = ()
    policies: tuple[LifePolicy, ...] = field(default=(), metadata=UNTOLD)
    grants: tuple[EquityGrant, ...] = field(default=(), metadata=UNTOLD)
    payments: tuple[YearlyPayment, ...] = field(default=(), metadata=UNTOLD)


NO_EVENTS = LifeEvents()


def hung_on(
    events: LifeEvents, adults: Collection[str], accounts: Collection[str], debts: Collection[str]
) -> LifeEvents:
    """Return the events without what comes to people who are not there and their cover; what names an account or a debt
    that is not there goes to the account of the surplus, and pays off nothing. ``accounts`` are the open ones.
    """
    windfalls = (event for event in events.windfalls if not event.owner or event.owner in adults)
    return replace(
        events,
        windfalls=tuple(event if event.account in accounts else replace(event, account="") for event in windfalls),
        policies=tuple(policy for policy in events.policies if policy.insured in adults),
        grants=tuple(_held_where_open(grant, accounts) for grant in events.grants if grant.owner in adults),
        things=tuple(
            replace(
                thing,
                account=thing.account if thing.account in accounts else "",
                debt=thing.debt if thing.debt in debts else "",
            )
            for thing in events.things
        ),
    )


def _held_where_open(grant: EquityGrant, accounts: Collection[str]) -> EquityGrant:
    if grant.held is not None and grant.held.account not in accounts:
        grant = replace(grant, held=None)
    return grant if grant.account in accounts else replace(grant, account="")


def check_events(inputs: ProjectionInputs) -> None:
    """Refuse repeated keys, what refers to nothing, a second currency, and a debt paid off by two sales."""
    events, adults = inputs.events, [adult.key for adult in inputs.adults]
    open_accounts = [account.key for account in inputs.accounts if account.treatment in OPEN]
    for name in ("phases", "windfalls", "things", "policies", "grants", "payments"):
        items = getattr(events, name)
        unique([item.key for item in items], name)
        for item in items:
            same_currency(item.currency, inputs.currency, f"{name}[{item.key}].currency")
    unique([*(goal.key for goal in inputs.goals), *(phase.key for phase in events.phases)], "phases")
    for windfall in events.windfalls:
        known(windfall.owner, ["", *adults], f"windfalls[{windfall.key}].owner")
        known(windfall.account, ["", *open_accounts], f"windfalls[{windfall.key}].account")
    for thing in events.things:
        known(thing.debt, ["", *(debt.key for debt in inputs.debts)], f"things[{thing.key}].debt")
        known(thing.account, ["", *open_accounts], f"things[{thing.key}].account")
    check_policies(inputs, adults)
    check_grants(inputs, adults, open_accounts)
    unique([thing.debt for thing in events.things if thing.debt and thing.sale_day is not None], "things.debt")
