"""Which steps make a piece of advice happen: by its kind, with their owner and the day they are due."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from apps.kernel.errors import gettext_noop
from apps.plans.engine.advice_facts import PlanKind
from apps.plans.models import StepOwner


class Anchor(StrEnum):
    """What a step's day is counted from."""

    START = "start"
    RETIREMENT = "retirement"
    FILLED = "filled"
    CLAIM = "claim"
    YEAR_END = "year_end"


@dataclass(frozen=True, slots=True)
class StepTemplate:
    """One step: its words as a message id, who does it, and how many days from the anchor it is due."""

    code: str
    title: str
    owner: StepOwner
    days: int
    anchor: Anchor = Anchor.START


@dataclass(frozen=True, slots=True)
class Anchors:
    """The days of one plan that steps are counted from; None where the plan has no such day."""

    start: dt.date
    retirement: dt.date | None
    facts: Mapping[str, float]

    def day(self, template: StepTemplate) -> dt.date:
        """Return when the step is due: never before the day after the start."""
        due = self._anchor(template.anchor) + dt.timedelta(days=template.days)
        return max(due, self.start + dt.timedelta(days=1))

    def _anchor(self, anchor: Anchor) -> dt.date:
        if anchor is Anchor.RETIREMENT and self.retirement is not None:
            return self.retirement
        if anchor is Anchor.FILLED:
            return self._months_on(int(self.facts.get("fill_months", 12)))
        if anchor is Anchor.CLAIM and "claim_in_months" in self.facts:
            return self._months_on(int(self.facts["claim_in_months"]))
        if anchor is Anchor.YEAR_END:
            return dt.date(self.start.year, 12, 31)
        return self.start

    def _months_on(self, months: int) -> dt.date:
        total = self.start.year * 12 + self.start.month - 1 + months
        return dt.date(total // 12, total % 12 + 1, 1)


_ADVISOR, _CLIENT = StepOwner.ADVISOR, StepOwner.CLIENT
_FIRST_ARRIVAL = StepTemplate("first_arrival", gettext_noop("Check that the first contribution arrived"), _ADVISOR, 65)
TEMPLATES: dict[str, tuple[StepTemplate, ...]] = {
    "savings": (
        StepTemplate("transfer", gettext_noop("Set up the monthly transfer at the custodian"), _CLIENT, 30),
        StepTemplate("first_arrival", gettext_noop("Check that the first contribution arrived"), _ADVISOR, 65),
        StepTemplate("raise", gettext_noop("Raise the transfer with the rise in salary"), _CLIENT, 365),
    ),
    "spending": (
        StepTemplate("sort_costs", gettext_noop("Sort the costs of retirement into needs and wishes"), _CLIENT, 60),
        StepTemplate("agree_wishes", gettext_noop("Agree which wishes wait when markets are poor"), _ADVISOR, 90),
    ),
    "wish": (
        StepTemplate("agree_wish", gettext_noop("Agree how large the wish may be, and when"), _CLIENT, 60),
        StepTemplate("change_wish", gettext_noop("Change the wish in the plan and compute it again"), _ADVISOR, 75),
    ),
    "retirement_date": (
        StepTemplate("employer", gettext_noop("Talk to the employer about the date"), _CLIENT, -540, Anchor.RETIREMENT),
        StepTemplate(
            "benefits",
            gettext_noop("Check what the later date does to pension and Social Security"),
            _ADVISOR,
            -365,
            Anchor.RETIREMENT,
        ),
    ),
    "allocation": (
        StepTemplate("propose", gettext_noop("Propose the trades that lead to the allocation"), _ADVISOR, 14),
        StepTemplate("approve", gettext_noop("Read and approve the trades"), _CLIENT, 30),
        StepTemplate("check_mix", gettext_noop("Check that the accounts hold the advised mix"), _ADVISOR, 60),
    ),
    "debt": (
        StepTemplate("lender", gettext_noop("Have the lender book the extra payment against the balance"), _CLIENT, 30),
        StepTemplate("check_balance", gettext_noop("Check the balance against the plan"), _ADVISOR, 120),
    ),
    "emergency_fund": (
        StepTemplate("transfer", gettext_noop("Set up the monthly transfer into savings"), _CLIENT, 30),
        StepTemplate("filled", gettext_noop("Check that the emergency fund is full"), _ADVISOR, 0, Anchor.FILLED),
    ),
    "social_security": (
        StepTemplate("statement", gettext_noop("Send the earnings record of Social Security"), _CLIENT, 30),
        StepTemplate(
            "claim",
            gettext_noop("Apply for the benefit at ssa.gov, four months before it begins"),
            _CLIENT,
            -122,
            Anchor.CLAIM,
        ),
        StepTemplate("award", gettext_noop("Hold the award letter against the plan"), _ADVISOR, 30, Anchor.CLAIM),
    ),
    "roth_conversion": (
        StepTemplate(
            "income",
            gettext_noop("Check the year's income and the room in the bracket"),
            _ADVISOR,
            -45,
            Anchor.YEAR_END,
        ),
        StepTemplate("convert", gettext_noop("Have the custodian convert"), _ADVISOR, -15, Anchor.YEAR_END),
        StepTemplate(
            "form_8606", gettext_noop("Give Form 1099-R to whoever files the return"), _CLIENT, 59, Anchor.YEAR_END
        ),
    ),
    "ira_gifts": (
        StepTemplate("charities", gettext_noop("Name the charities and the amounts of the year"), _CLIENT, 30),
        StepTemplate(
            "transfer",
            gettext_noop("Have the custodian pay the charities from the IRA"),
            _ADVISOR,
            -30,
            Anchor.YEAR_END,
        ),
        StepTemplate(
            "letters",
            gettext_noop("Give the letters of the charities to whoever files the return"),
            _CLIENT,
            59,
            Anchor.YEAR_END,
        ),
    ),
    "contribution_room": (
        StepTemplate("transfer", gettext_noop("Set up the monthly transfer at the custodian"), _CLIENT, 30),
        _FIRST_ARRIVAL,
    ),
    "withdrawal_order": (
        StepTemplate(
            "standing",
            gettext_noop("Write the order down for the custodian's standing withdrawals"),
            _ADVISOR,
            -60,
            Anchor.RETIREMENT,
        ),
        StepTemplate(
            "yearly",
            gettext_noop("Go through the order once a year, before the withdrawals of the next"),
            _ADVISOR,
            -30,
            Anchor.YEAR_END,
        ),
    ),
    "insurance": (
        StepTemplate("quotes", gettext_noop("Ask for quotes"), _ADVISOR, 30),
        StepTemplate("apply", gettext_noop("Choose an offer and apply"), _CLIENT, 60),
        StepTemplate("policy", gettext_noop("File a copy of the policy"), _CLIENT, 120),
    ),
    "estate": (
        StepTemplate("attorney", gettext_noop("Choose an attorney and agree a day"), _CLIENT, 30),
        StepTemplate("drafts", gettext_noop("Go through the drafts together"), _ADVISOR, 75),
        StepTemplate("signed", gettext_noop("Sign the papers and file a copy"), _CLIENT, 120),
    ),
}
_INTO_IRA = StepTemplate(
    "ira_transfer",
    gettext_noop("Set up the monthly payment into the IRA at its custodian, marked for its tax year"),
    _CLIENT,
    30,
)
# how more is paid in hangs on the kind of account; without one it is a transfer to the custodian
BY_ACCOUNT: dict[PlanKind, tuple[StepTemplate, ...]] = {
    PlanKind.WORKPLACE: (
        StepTemplate("deferral", gettext_noop("Raise the deferral with the employer"), _CLIENT, 30),
        _FIRST_ARRIVAL,
    ),
    PlanKind.TRADITIONAL_IRA: (_INTO_IRA, _FIRST_ARRIVAL),
    PlanKind.ROTH_IRA: (
        _INTO_IRA,
        _FIRST_ARRIVAL,
        StepTemplate(
            "roth_income",
            gettext_noop("Check that the year's income still allows what went into the Roth IRA"),
            _ADVISOR,
            45,
            Anchor.YEAR_END,
        ),
    ),
    PlanKind.HEALTH: (
        StepTemplate(
            "health_payroll",
            gettext_noop("Have the employer pay more of the salary into the health savings account, or transfer it"),
            _CLIENT,
            30,
        ),
        _FIRST_ARRIVAL,
    ),
}
_OPEN_ACCOUNT = StepTemplate("open_account", gettext_noop("Open the taxable brokerage account"), _ADVISOR, 21)
MISSED = gettext_noop("Find out why the contribution did not arrive")


def templates_of(
    kind: str, accounts: Sequence[PlanKind | None] = (), *, opens_account: bool = False
) -> tuple[StepTemplate, ...]:
    """Return the steps of a piece of advice, by the kinds of the accounts that it pays into.

    ``opens_account`` says that one of them has to be opened first.
    """
    kinds = [account for account in dict.fromkeys(accounts) if account is not None]
    if kind == "contribution_room" and kinds:
        return BY_ACCOUNT[kinds[0]]
    told = TEMPLATES.get(kind, ())
    if kind != "savings" or (not kinds and not opens_account):
        return told
    first = {each.code: each for each in (BY_ACCOUNT[account][0] for account in kinds)}
    # where all of it goes into accounts with a limit, no transfer to a custodian is left to set up
    rest = told if opens_account or None in accounts else told[1:]
    return (*first.values(), *((_OPEN_ACCOUNT,) if opens_account else ()), *rest)


def is_of_another_account(code: str, kind: str, templates: tuple[StepTemplate, ...]) -> bool:
    """Say whether a step was laid out for an account of another kind than the one that ``templates`` are for."""
    if kind not in {"contribution_room", "savings"}:
        return False
    laid_out = {each.code for each in TEMPLATES[kind]} | {each.code for told in BY_ACCOUNT.values() for each in told}
    return code in laid_out - {each.code for each in templates}
