"""Gains and losses of a household in a year, after wash sales: the page, its file and its passports."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.urls import reverse
from django.utils.translation import gettext

from apps.clients.models import Household
from apps.core.passports import Amount, Passport, PassportLine
from apps.core.templatetags.formats import date_text
from apps.kernel.errors import NotFoundError, gettext_noop
from apps.portfolios.models import Account
from apps.portfolios.selectors.gain_lines import GainLine, brought_home
from apps.portfolios.selectors.wash_sales import HouseholdGains, WashLine, household_wash_sales

NOTHING = Decimal(0)
SHORT, LONG, DISALLOWED, LOST = "short", "long", "disallowed", "lost"
_TITLES = {
    SHORT: gettext_noop("Short-term gain of the year"),
    LONG: gettext_noop("Long-term gain of the year"),
    DISALLOWED: gettext_noop("Losses disallowed by wash sales"),
    LOST: gettext_noop("Losses gone for good"),
}


@dataclass(frozen=True, slots=True)
class GainsPage:
    """What a household realised in a year.

    What was sold for another currency is brought into the household's at the rates of the days of purchase and sale.
    Sums leave out lots of unknown cost, counted in `n_unknown`, and those in `unrated`: currencies of which a rate is
    missing. `unjudged` are currencies whose lots are not judged for wash sales.
    """

    household: Household
    year: int
    years: tuple[int, ...]
    as_of: dt.date
    currency: str
    short: Decimal
    long: Decimal
    disallowed: Decimal
    lost: Decimal
    n_unknown: int
    lines: tuple[GainLine, ...]
    washes: tuple[WashLine, ...]
    unjudged: tuple[str, ...]
    unrated: tuple[str, ...]

    @property
    def query(self) -> str:
        """What the addresses of its passports say."""
        return f"?year={self.year}"


def gains_page(household: Household, year: int, as_of: dt.date) -> GainsPage:
    """Return what was realised in a year, judged with what is known on the day."""
    found = household_wash_sales(household, as_of)
    sold = [line for line in found.gains if line.is_taxed and line.sold_on.year == year]
    lines = tuple(brought_home(sold, household.currency))
    here = [line for line in lines if line.currency == household.currency]
    washes = tuple(wash for wash in found.washes if wash.sold_on.year == year)
    return GainsPage(
        household=household,
        year=year,
        years=_years(found, year),
        as_of=as_of,
        currency=household.currency,
        short=_sum(line.recognised for line in here if not line.is_long_term),
        long=_sum(line.recognised for line in here if line.is_long_term),
        disallowed=_sum(wash.disallowed for wash in washes),
        lost=_sum(wash.lost for wash in washes),
        n_unknown=sum(line.basis is None for line in lines),
        lines=lines,
        washes=washes,
        unjudged=tuple(sorted({*found.unjudged, *(line.currency for line in sold)} - {household.currency})),
        unrated=tuple(sorted({line.currency for line in lines} - {household.currency})),
    )


def _years(found: HouseholdGains, year: int) -> tuple[int, ...]:
    return tuple(
        sorted({line.sold_on.year for line in found.gains if line.is_taxed} | {year, found.as_of.year}, reverse=True)
    )


def _sum(amounts: Iterable[Decimal | None]) -> Decimal:
    return sum((amount for amount in amounts if amount is not None), NOTHING)


def gains_rows(page: GainsPage) -> tuple[list[str], list[list[object]]]:
    """Return the header and rows of the file, as Form 8949 asks for them."""
    header = [
        gettext("Description"),
        gettext("Account"),
        gettext("Acquired"),
        gettext("Sold"),
        gettext("Proceeds"),
        gettext("Cost basis"),
        gettext("Code"),
        gettext("Adjustment"),
        gettext("Gain or loss"),
        gettext("Term"),
        gettext("Currency"),
    ]
    return header, [_row(line) for line in page.lines]


def _row(line: GainLine) -> list[object]:
    return [
        f"{line.quantity.normalize():f} {line.instrument}",
        f"{line.account.name} {line.account.masked_number}".strip(),
        line.held_since.isoformat(),
        line.sold_on.isoformat(),
        _cents(line.proceeds),
        _cents(line.basis),
        "W" if line.disallowed else "",
        _cents(line.disallowed) if line.disallowed else "",
        _cents(line.recognised),
        gettext("Long") if line.is_long_term else gettext("Short"),
        line.currency,
    ]


def _cents(amount: Decimal | None) -> str:
    return "" if amount is None else f"{amount.quantize(Decimal('0.01')):f}"


def gains_passport(page: GainsPage, figure: str) -> Passport:
    """Return the passport of a sum of the page, or of a sale by `sale-` and its public id.

    Raises NotFoundError for another figure.
    """
    if figure.startswith("sale-"):
        return _sale_passport(page, figure.removeprefix("sale-"))
    if figure not in _TITLES:
        raise NotFoundError(gettext_noop("There is no such figure."))
    value: Decimal = getattr(page, figure)
    if figure in {DISALLOWED, LOST}:
        lines = tuple(_wash_line(page, wash) for wash in page.washes if figure == DISALLOWED or wash.lost)
    else:
        own = [line for line in page.lines if line.currency == page.currency]
        lines = tuple(_gain_line(line) for line in own if line.is_long_term == (figure == LONG))
    return Passport(
        title=gettext(_TITLES[figure]),
        value=Amount.of_money(value, page.currency),
        method=_method(figure),
        as_of=page.as_of,
        source=gettext("The firm's own ledger of all accounts of the household, lot by lot"),
        lines=lines,
        basis=gettext("Taxed accounts alone, before tax; fees of the trades are in cost and proceeds."),
        notes=_notes(page),
        version="find_wash_sales",
    )


def _method(figure: str) -> str:
    if figure in {DISALLOWED, LOST}:
        return gettext(
            "A loss counts for nothing as far as identical shares were acquired from 30 days before to 30 days after "
            "the sale, in any account of the couple, share for share, earliest first (IRC 1091; Reg. 1.1091-1)."
        )
    return gettext("Proceeds less basis of each lot that was sold in the year, plus what wash sales disallow.")


def _notes(page: GainsPage) -> tuple[str, ...]:
    notes = []
    if page.n_unknown:
        notes.append(gettext("Lots of unknown cost are not in the sum."))
    if page.unjudged:
        names = ", ".join(page.unjudged)
        notes.append(gettext("Not judged for wash sales: lots in %(names)s.") % {"names": names})
    if any(line.rates for line in page.lines):
        notes.append(gettext("Amounts of other currencies count at the rates of the days of purchase and sale."))
    if page.unrated:
        names = ", ".join(page.unrated)
        notes.append(
            gettext("Not in the sums, since a rate of exchange is missing: sales for %(names)s.") % {"names": names}
        )
    return tuple(notes)


def _sale_passport(page: GainsPage, transaction_id: str) -> Passport:
    lines = [line for line in page.lines if line.transaction_id == transaction_id]
    if not lines:
        raise NotFoundError(gettext_noop("There is no such figure."))
    known = [line.recognised for line in lines]
    whole = None if None in known else _sum(known)
    washes = [wash for wash in page.washes if wash.transaction_id == transaction_id]
    return Passport(
        title=gettext("Sale of %(security)s on %(day)s")
        % {"security": lines[0].instrument, "day": date_text(lines[0].sold_on)},
        value=Amount.of_money(whole, lines[0].currency),
        method=_method(SHORT),
        as_of=page.as_of,
        source=gettext("The firm's own ledger of all accounts of the household, lot by lot"),
        lines=(*(_gain_line(line) for line in lines), *(_wash_line(page, wash) for wash in washes)),
        basis=gettext("Taxed accounts alone, before tax; fees of the trades are in cost and proceeds."),
        notes=(*_notes(page), *(reason_of(wash) for wash in washes)),
        version="find_wash_sales",
    )


def _gain_line(line: GainLine) -> PassportLine:
    held = gettext("held since %(day)s") % {"day": date_text(line.held_since)}
    parts = (
        (gettext("Quantity"), Amount(line.quantity, "quantity")),
        (gettext("Proceeds"), Amount.of_money(line.proceeds, line.currency)),
        (gettext("Cost basis"), Amount.of_money(line.basis, line.currency)),
        (gettext("Added by earlier wash sales"), Amount.of_money(line.added, line.currency)),
        (gettext("Disallowed"), Amount.of_money(line.disallowed, line.currency)),
        *(
            (
                gettext("%(currency)s in %(into)s on %(day)s")
                % {"currency": currency, "into": line.currency, "day": date_text(day)},
                Amount(rate, "quantity", "4"),
            )
            for currency, day, rate in line.rates
        ),
    )
    label = f"{line.instrument} · {date_text(line.sold_on)} · {line.account.name}"
    return PassportLine(label, held, Amount.of_money(line.recognised, line.currency), parts, _page_of(line.account))


def _wash_line(page: GainsPage, wash: WashLine) -> PassportLine:
    parts = (
        (gettext("Sold"), Amount(wash.quantity, "quantity")),
        (gettext("Bought"), Amount(wash.bought_quantity, "quantity")),
        (gettext("Added to the basis"), Amount.of_money(wash.added, page.currency)),
        (gettext("Gone for good"), Amount.of_money(wash.lost, page.currency)),
    )
    label = f"{wash.bought} · {date_text(wash.bought_on)} · {wash.bought_in.name}"
    amount = Amount.of_money(wash.disallowed, page.currency)
    return PassportLine(label, short_reason(wash), amount, parts, _page_of(wash.bought_in))


def short_reason(wash: WashLine) -> str:
    """Say in a sentence why the loss is disallowed."""
    if wash.is_lost:
        return gettext("Bought in an account that is not taxed: the loss is gone for good.")
    return gettext("Bought within the window: the loss goes into the basis of the new shares.")


def reason_of(wash: WashLine) -> str:
    """Say the engine's own reason in the names of the page."""
    return gettext(wash.message) % {
        "quantity": f"{wash.quantity.normalize():f}",
        "sold_lot": wash.instrument,
        "sold_on": date_text(wash.sold_on),
        "bought_on": date_text(wash.bought_on),
        "new_lot": wash.bought,
        "account": wash.bought_in.name,
        "days": wash.days,
        "loss": f"{wash.disallowed:f}",
    }


def _page_of(account: Account) -> str:
    return reverse("portfolios:account-detail", kwargs={"account_id": account.public_id})


def washes_of(page: GainsPage) -> Sequence[tuple[WashLine, str]]:
    """Return the matches with their reasons, for a table."""
    return [(wash, short_reason(wash)) for wash in page.washes]
