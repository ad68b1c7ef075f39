"""Opening accounts and moving them through their life."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from apps.accounts.selectors.firm_days import firm_today
from apps.clients.models import Household, Person
from apps.core import audit, realtime
from apps.core.actors import Actor
from apps.core.secrets import decrypted, encrypted, number_digest
from apps.core.services import service
from apps.kernel.errors import DomainError, InvalidInputError, gettext_noop
from apps.portfolios.models import Account, AccountOwner, AccountStatus
from apps.portfolios.policies import TAX_TREATMENTS, can_become
from apps.portfolios.selectors.account_life import requirements
from apps.portfolios.services._checks import checked

HALF = Decimal("0.5")
# what digests of account numbers are kept for
NUMBERS = "portfolios.account_number"


class AccountStepError(DomainError):
    """The account cannot go from its state to the one asked for."""

    code = "account_step"


@dataclass(frozen=True, slots=True)
class OwnerShare:
    """A person's share of an account, as a fraction of the whole."""

    person: Person
    share: Decimal = Decimal(1)


@dataclass(frozen=True, slots=True)
class AccountDetails:
    """What is known of an account when it is opened. `number` is in clear here and nowhere else."""

    name: str
    registration: str
    owners: Sequence[OwnerShare] = ()
    custodian: str = ""
    number: str = field(default="", repr=False)
    currency: str = "USD"
    opened_on: dt.date | None = None
    is_held_away: bool = False
    status: str = AccountStatus.PROPOSED


def owners_by_halves(owner: Person, other: Person | None) -> tuple[OwnerShare, ...]:
    """Return one owner of the whole, or two of a half each."""
    if other is None or other == owner:
        return (OwnerShare(owner),)
    return (OwnerShare(owner, HALF), OwnerShare(other, HALF))


@service
def open_account(*, household: Household, details: AccountDetails, by: Actor) -> Account:
    """Open an account of the household with its owners.

    Raises InvalidInputError for a wrong field, an owner of another household, or shares that do not add up to one.
    """
    _check_owners(household, details.owners)
    account = Account(
        household=household,
        name=details.name,
        registration=details.registration,
        tax_treatment=TAX_TREATMENTS.get(details.registration, ""),
        custodian=details.custodian,
        **_number_fields(details.number),
        currency=details.currency,
        opened_on=details.opened_on,
        is_held_away=details.is_held_away,
        status=details.status,
    )
    checked(account, exclude=["household"])
    account.save()
    for owner in details.owners:
        AccountOwner.objects.create(account=account, person=owner.person, share=owner.share)
    owners = [{"person": str(owner.person.public_id), "share": owner.share} for owner in details.owners]
    audit.record(
        "portfolios.open_account", by=by, target=account, after=audit.snapshot(account), facts={"owners": owners}
    )
    _tell(account)
    return account


def _number_fields(number: str) -> dict[str, str]:
    number = number.strip()
    return {
        "number": encrypted(number),
        "last_four": "".join(c for c in number if c.isalnum())[-4:],
        "number_digest": number_digest(NUMBERS, number),
    }


@service
def number_account(*, account: Account, custodian: str, number: str, by: Actor) -> Account:
    """Write down at which custodian an account was opened and its number there.

    Raises InvalidInputError where one of them lacks, or for the number of another account.
    """
    for name, told in (("custodian", custodian), ("number", number)):
        if not any(c.isalnum() for c in told):
            raise InvalidInputError(gettext_noop("Give both, the custodian and the account's number."), field=name)
    locked = Account.objects.select_for_update().get(pk=account.pk)
    before, fields = audit.snapshot(locked), {"custodian": custodian.strip(), **_number_fields(number)}
    for name, value in fields.items():
        setattr(locked, name, value)
    checked(locked, exclude=["household"])
    locked.save(update_fields=[*fields, "updated_at"])
    audit.record("portfolios.number_account", by=by, target=locked, before=before, after=audit.snapshot(locked))
    _tell(locked)
    return locked


@service
def reveal_number(*, account: Account, by: Actor) -> str:
    """Return an account's number in full, and keep on the trail who read it; nothing where it has none."""
    if not account.number:
        return ""
    audit.record("portfolios.reveal_number", by=by, target=account)
    return decrypted(account.number)


@service
def change_account(*, account: Account, changes: dict[str, Any], by: Actor) -> Account:
    """Change what is said of an account (`name`, `custodian`, `is_held_away`, `opened_on`).

    Raises InvalidInputError for another field or a wrong value.
    """
    unknown = set(changes) - {"name", "custodian", "is_held_away", "opened_on"}
    if unknown:
        raise InvalidInputError(
            gettext_noop("“%(name)s” of an account cannot be changed this way."), field=min(unknown), name=min(unknown)
        )
    locked = Account.objects.select_for_update().get(pk=account.pk)
    before = audit.snapshot(locked)
    for name, value in changes.items():
        setattr(locked, name, value)
    checked(locked, exclude=["household"])
    locked.save(update_fields=[*changes, "updated_at"])
    audit.record("portfolios.change_account", by=by, target=locked, before=before, after=audit.snapshot(locked))
    _tell(locked)
    return locked


@service
def move_account(*, account: Account, status: str, by: Actor, on: dt.date | None = None, reason: str = "") -> Account:
    """Take an account one step along its life.

    Raises AccountStepError when its state does not lead there, when the step lacks something that it needs
    (`selectors.account_life.requirements`: agreement and profile to be approved, funding seen to be active, nothing
    left to be closed), or without a reason for a restriction.
    """
    locked = Account.objects.select_for_update().get(pk=account.pk)
    if not can_become(locked.status, status):
        raise AccountStepError(
            gettext_noop("An account that is “%(now)s” cannot become “%(next)s”."),
            mend=gettext_noop("Take the steps between, or choose another."),
            field="status",
            now=locked.status,
            next=status,
        )
    _check_step(locked, status, reason)
    before = audit.snapshot(locked)
    locked.status = status
    if status == AccountStatus.CLOSED:
        locked.closed_on = on
    if status == AccountStatus.FUNDING and locked.opened_on is None:
        locked.opened_on = on
    checked(locked, exclude=["household"])
    locked.save(update_fields=["status", "closed_on", "opened_on", "updated_at"])
    after = audit.snapshot(locked)
    audit.record("portfolios.move_account", by=by, target=locked, before=before, after=after, reason=reason)
    _tell(locked)
    return locked


def _check_step(account: Account, status: str, reason: str) -> None:
    """Refuse a step that lacks something, with the first thing it lacks."""
    if status == AccountStatus.RESTRICTED and not reason.strip():
        raise AccountStepError(gettext_noop("Say why the account is restricted."), field="reason")
    for each in requirements(account, status, firm_today()):
        if not each.is_met:
            # the words are of the reader's language already
            raise AccountStepError(
                gettext_noop("Not yet “%(next)s”: “%(missing)s” does not hold."),
                mend=each.mend,
                field="status",
                next=str(AccountStatus(status).label),
                missing=each.label,
            )


def _check_owners(household: Household, owners: Sequence[OwnerShare]) -> None:
    if any(owner.person.household_id != household.pk for owner in owners):
        raise InvalidInputError(
            gettext_noop("An owner belongs to another household."),
            mend=gettext_noop("Choose people of this household."),
            field="owners",
        )
    if owners and sum(owner.share for owner in owners) != 1:
        raise InvalidInputError(
            gettext_noop("The shares of the owners do not add up to the whole account."),
            mend=gettext_noop("Make them add up to 100 %."),
            field="owners",
        )


def _tell(account: Account) -> None:
    topic = f"household:{account.household.public_id}"
    realtime.publish(topic, "portfolio.changed", account=str(account.public_id))
