"""The life of an account: the step it is at, those that may follow, and what each of them needs."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext

from apps.clients.models import Agreement
from apps.compliance.selectors.risk_limits import risk_limit
from apps.portfolios.models import (
    OPEN_TRADE_STATES,
    Account,
    AccountStatus,
    ProposedTrade,
    TransactionKind,
)
from apps.portfolios.policies import TRANSITIONS

_IN = {TransactionKind.DEPOSIT, TransactionKind.TRANSFER_IN, TransactionKind.JOURNAL}
# the way that an account goes when nothing comes between
STAGES = (
    AccountStatus.PROPOSED,
    AccountStatus.APPROVED,
    AccountStatus.FUNDING,
    AccountStatus.ACTIVE,
    AccountStatus.CLOSING,
    AccountStatus.CLOSED,
)


@dataclass(frozen=True, slots=True)
class Requirement:
    """What a step needs. `mend` says how it is met, `url` where."""

    code: str
    label: str
    is_met: bool
    mend: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """A step that may be taken from where the account is."""

    status: str
    label: str
    requirements: tuple[Requirement, ...]

    @property
    def missing(self) -> tuple[Requirement, ...]:
        """What it still lacks."""
        return tuple(each for each in self.requirements if not each.is_met)

    @property
    def is_open(self) -> bool:
        """Whether it may be taken now."""
        return not self.missing


@dataclass(frozen=True, slots=True)
class AccountLife:
    """Where an account is, as a stepper draws it, and what may follow."""

    stages: tuple[dict[str, str], ...]
    steps: tuple[Step, ...]


def account_life(account: Account, day: dt.date) -> AccountLife:
    """Return the life of an account on a day."""
    steps = [
        Step(status, str(AccountStatus(status).label), requirements(account, status, day))
        for status in sorted(TRANSITIONS[account.status], key=lambda each: list(AccountStatus.values).index(each))
    ]
    at = AccountStatus.ACTIVE if account.status == AccountStatus.RESTRICTED else AccountStatus(account.status)
    here = STAGES.index(at)
    stages = tuple(
        {
            "name": account.get_status_display() if n == here else str(stage.label),
            "state": "done" if n < here else "now" if n == here else "next",
            "who": "",
            "url": "",
        }
        for n, stage in enumerate(STAGES)
    )
    return AccountLife(stages, tuple(steps))


def requirements(account: Account, status: str, day: dt.date) -> tuple[Requirement, ...]:
    """Return what an account needs to become `status`; what the firm only sees needs no agreement and no profile."""
    if status == AccountStatus.APPROVED:
        return (_owned(account), *(() if account.is_held_away else (_agreed(account, day), _suitable(account, day))))
    if status == AccountStatus.FUNDING and not account.is_held_away:
        return (_numbered(account),)
    if status == AccountStatus.ACTIVE and account.status == AccountStatus.FUNDING:
        return (_funded(account),)
    if status == AccountStatus.CLOSING:
        return (_quiet(account),)
    if status == AccountStatus.CLOSED:
        return (_empty(account),)
    return ()


def _owned(account: Account) -> Requirement:
    return Requirement(
        "owners", gettext("Its owners are named"), account.owners.exists(), gettext("Name who owns the account.")
    )


def _agreed(account: Account, day: dt.date) -> Requirement:
    signed = Agreement.objects.filter(household=account.household).signed().filter(effective_on__lte=day).exists()
    return Requirement(
        "agreement",
        gettext("An agreement is signed and in effect"),
        signed,
        gettext("Send the household its agreement and have it signed."),
        reverse("clients:household-documents", kwargs={"household_id": account.household.public_id}),
    )


def _suitable(account: Account, day: dt.date) -> Requirement:
    limit = risk_limit(account.household, day)
    return Requirement(
        "suitability",
        gettext("The risk profile is current"),
        limit is not None and not limit.is_stale,
        gettext("Have the household's risk profile answered and reviewed."),
        reverse("compliance:household-compliance", kwargs={"household_id": account.household.public_id}),
    )


def _numbered(account: Account) -> Requirement:
    return Requirement(
        "custodian",
        gettext("Custodian and number are known"),
        bool(account.custodian and account.last_four),
        gettext("Write down where the account was opened and its number."),
        reverse("portfolios:account-number", kwargs={"account_id": account.public_id}),
    )


def _funded(account: Account) -> Requirement:
    came = account.transactions.filter(kind__in=_IN).filter(Q(cash__gt=0) | Q(units__gt=0)).exists()
    return Requirement(
        "funding",
        gettext("Money or securities have come in"),
        came,
        gettext("Import the custodian's file, or record what came in."),
    )


def _quiet(account: Account) -> Requirement:
    waiting = ProposedTrade.objects.filter(account=account, proposal__state__in=OPEN_TRADE_STATES).exists()
    return Requirement(
        "trades",
        gettext("No trade is on its way"),
        not waiting,
        gettext("Withdraw the proposals that name the account, or wait for them."),
    )


def _empty(account: Account) -> Requirement:
    return Requirement(
        "empty",
        gettext("Nothing is left in it"),
        holds_nothing(account),
        gettext("Record how securities and cash left, then close it."),
    )


def holds_nothing(account: Account) -> bool:
    """Say whether no security and no currency is left."""
    left: dict[object, Decimal] = {}
    for instrument, units, currency, cash in account.transactions.values_list(
        "instrument_id", "units", "currency", "cash"
    ):
        left[instrument] = left.get(instrument, Decimal(0)) + units
        left[currency] = left.get(currency, Decimal(0)) + cash
    return not any(left.values())
