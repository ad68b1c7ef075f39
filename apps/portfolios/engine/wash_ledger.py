"""What the search for wash sales takes and gives: a household's lots and sales in, matches and adjusted lots out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum

from apps.kernel.errors import gettext_noop
from apps.portfolios.engine.equivalence import Membership, Split
from apps.portfolios.engine.errors import BookRefusedError
from apps.portfolios.engine.lots import Term


class Relation(StrEnum):
    """Who owns an account, seen from the taxpayer."""

    TAXPAYER = "taxpayer"  # alone or jointly
    SPOUSE = "spouse"
    CONTROLLED = "controlled"  # a corporation that the taxpayer or spouse controls
    OTHER = "other"  # a taxpayer apart: an adult child, a minor's account, an unrelated trust


class TaxTreatment(StrEnum):
    """How the law taxes what happens in an account."""

    TAXABLE = "taxable"
    TAX_DEFERRED = "tax_deferred"
    TAX_FREE = "tax_free"
    EDUCATION = "education"


class AcquisitionKind(StrEnum):
    """How a lot came into its account."""

    PURCHASE = "purchase"
    REINVESTMENT = "reinvestment"
    CONTRACT = "contract"  # an option or contract to acquire that was entered into
    TAXABLE_EXCHANGE = "taxable_exchange"  # the whole gain or loss was recognised
    TRANSFER = "transfer"  # in kind
    GIFT = "gift"
    INHERITANCE = "inheritance"
    EXCHANGE = "exchange"  # a reorganisation, spin-off or other exchange without recognition


# Reg. 1.1091-1(f): by purchase, by an exchange on which all gain or loss is recognised, by contract or option.
ACQUIRES = frozenset(
    {
        AcquisitionKind.PURCHASE,
        AcquisitionKind.REINVESTMENT,
        AcquisitionKind.CONTRACT,
        AcquisitionKind.TAXABLE_EXCHANGE,
    }
)


@dataclass(frozen=True, slots=True)
class HouseholdAccount:
    """An account of the household. `owner_id` tells apart the taxpayers of relation OTHER."""

    account_id: str
    owner_id: str
    relation: Relation
    treatment: TaxTreatment


@dataclass(frozen=True, slots=True)
class TaxLot:
    """Shares that were acquired together, in the units of their day. `cost` None is not known.

    `purchase_id` is shared by lots that one order bought; empty, the lot is its own purchase. `held_since` is where the
    holding period begins when that is not the day of acquisition.
    """

    lot_id: str
    account_id: str
    security_id: str
    acquired_on: date
    quantity: Decimal
    cost: Decimal | None
    kind: AcquisitionKind
    purchase_id: str = ""
    held_since: date | None = None

    @property
    def purchase(self) -> str:
        """The purchase that the lot is of."""
        return self.purchase_id or self.lot_id


@dataclass(frozen=True, slots=True)
class Disposal:
    """Shares of one lot that left, in the units of the day; `proceeds` None when they left without a sale."""

    disposal_id: str
    lot_id: str
    day: date
    quantity: Decimal
    proceeds: Decimal | None


@dataclass(frozen=True, slots=True)
class HouseholdLedger:
    """All that the household held and sold, in one currency."""

    accounts: tuple[HouseholdAccount, ...]
    lots: tuple[TaxLot, ...]
    disposals: tuple[Disposal, ...]
    memberships: tuple[Membership, ...] = ()
    splits: tuple[Split, ...] = ()
    currency: str = "USD"

    def __post_init__(self) -> None:
        _check_once(account.account_id for account in self.accounts)
        _check_once(lot.lot_id for lot in self.lots)
        _check_once(disposal.disposal_id for disposal in self.disposals)
        known = {account.account_id for account in self.accounts}
        for lot in self.lots:
            if lot.account_id not in known:
                raise BookRefusedError(
                    gettext_noop("Lot %(lot)s lies in account %(account)s, which is not one of the household's."),
                    mend=gettext_noop("Hand in every account whose lots are handed in."),
                    lot=lot.lot_id,
                    account=lot.account_id,
                )


def _check_once(ids: Iterable[str]) -> None:
    seen: set[str] = set()
    for each in ids:
        if each in seen:
            raise BookRefusedError(
                gettext_noop("Transaction %(id)s stands twice in the book."),
                mend=gettext_noop("Remove the duplicate."),
                id=each,
            )
        seen.add(each)


@dataclass(frozen=True, slots=True)
class WashRules:
    """The rule: the days on either side, who counts as one taxpayer, and in which accounts a loss is lost for good."""

    days: int
    circle: frozenset[Relation]
    forfeits: frozenset[TaxTreatment]


# IRC 1091(a); Pub. 550 for spouse and controlled corporation; Rev. Rul. 2008-5 for retirement accounts.
SECTION_1091 = WashRules(
    days=30,
    circle=frozenset({Relation.TAXPAYER, Relation.SPOUSE, Relation.CONTROLLED}),
    forfeits=frozenset({TaxTreatment.TAX_DEFERRED, TaxTreatment.TAX_FREE, TaxTreatment.EDUCATION}),
)


@dataclass(frozen=True, slots=True)
class Reason:
    """Why, for the passport of the figure: an English message id and what fills it."""

    message: str
    params: dict[str, object] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.message % self.params


MOVED = gettext_noop(
    "%(quantity)s shares of lot %(sold_lot)s, sold at a loss on %(sold_on)s, were replaced on %(bought_on)s by lot "
    "%(new_lot)s in account %(account)s, within %(days)s days: %(loss)s is added to the basis of the new shares."
)
LOST = gettext_noop(
    "%(quantity)s shares of lot %(sold_lot)s, sold at a loss on %(sold_on)s, were replaced on %(bought_on)s by lot "
    "%(new_lot)s in account %(account)s, which is not taxed, within %(days)s days: %(loss)s is lost for good."
)


@dataclass(frozen=True, slots=True)
class WashMatch:
    """Shares sold at a loss and the shares that replace them. `disallowed` = `added_to_basis` + `lost`."""

    disposal_id: str
    sold_lot_id: str
    replacement_lot_id: str
    replacement_account_id: str
    quantity: Decimal  # of what was sold, in units of the day of sale
    replacement_quantity: Decimal  # in units of the day of its acquisition
    disallowed: Decimal
    added_to_basis: Decimal
    lost: Decimal
    held_since: date | None  # of the replacement, tacked; None where nothing is carried
    reason: Reason


@dataclass(frozen=True, slots=True)
class SaleResult:
    """A sale from one lot. `gain` is before section 1091, `recognised` = `gain` + `disallowed`; None: cost unknown."""

    disposal_id: str
    lot_id: str
    account_id: str
    security_id: str
    day: date
    proceeds: Decimal
    basis: Decimal | None
    gain: Decimal | None
    disallowed: Decimal | None
    recognised: Decimal | None
    matches: tuple[WashMatch, ...]


@dataclass(frozen=True, slots=True)
class LotPiece:
    """A part of a lot with one basis, holding period and fate. `basis` = `cost` + `added`; open without a disposal."""

    lot_id: str
    account_id: str
    security_id: str
    quantity: Decimal  # in units of the day of acquisition
    acquired_on: date
    held_since: date
    cost: Decimal | None
    added: Decimal
    basis: Decimal | None
    replaces: str  # the disposal whose shares it replaced, or empty
    disposal_id: str
    disposed_on: date | None
    proceeds: Decimal | None
    disallowed: Decimal
    term: Term | None


@dataclass(frozen=True, slots=True)
class WashReport:
    """Sales of taxed accounts in the order of the law; the pieces of every lot, in the order in which lots came in."""

    sales: tuple[SaleResult, ...]
    pieces: tuple[LotPiece, ...]

    @property
    def matches(self) -> tuple[WashMatch, ...]:
        """Every match, in the order in which they were made."""
        return tuple(match for sale in self.sales for match in sale.matches)
