"""Where the figures of portfolio pages come from: method, inputs line by line, day and source."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from decimal import Decimal

from django.urls import reverse
from django.utils.translation import gettext

from apps.clients.models import Household
from apps.core.passports import Amount, Passport, PassportLine
from apps.core.templatetags.formats import date_text, moment_text
from apps.kernel.errors import NotFoundError, gettext_noop
from apps.portfolios.models import Account, ReconciliationBreak, Transaction
from apps.portfolios.selectors.breaks import MONEY_KINDS, proposed_amount
from apps.portfolios.selectors.distribution_pages import DISTRIBUTION_FIGURES, distribution_passport
from apps.portfolios.selectors.gain_lines import GainLine
from apps.portfolios.selectors.lot_pages import LotsPage, lots_page
from apps.portfolios.selectors.lot_rules import method_text
from apps.portfolios.selectors.lots import LotLine, sum_of
from apps.portfolios.selectors.portfolios import (
    AccountLine,
    AllocationLine,
    HouseholdPortfolio,
    household_portfolio,
    simulation_of,
)
from apps.portfolios.selectors.prices import SimulationNotice
from apps.portfolios.selectors.valuations import AccountHoldings, Holding, holdings_at
from apps.portfolios.selectors.wash_sales import household_wash_sales

_TITLES = {
    "total": gettext_noop("Portfolio"),
    "managed": gettext_noop("Managed by the firm"),
    "held_away": gettext_noop("Held away"),
    "cash": gettext_noop("Cash in the accounts"),
}
# title, what is summed, over the lots of which terms (long or not)
LOT_FIGURES = {
    "gain": (gettext_noop("Unrealised gain"), "gain", (True, False)),
    "gain-short": (gettext_noop("Short-term gain, not realised"), "gain", (False,)),
    "gain-long": (gettext_noop("Long-term gain, not realised"), "gain", (True,)),
    "lots-cost": (gettext_noop("Cost basis"), "cost", (True, False)),
    "lots-value": (gettext_noop("Value"), "value", (True, False)),
}


def household_passport(
    household: Household, figure: str, day: dt.date, known_at: dt.datetime | None = None
) -> Passport:
    """Return the passport of total, managed, held_away, cash or old, or of a holding by its public id.

    With `known_at` it is of the ledger as it stood at that moment. Raises NotFoundError for another figure.
    """
    sheet = household_portfolio(household, day, known_at)
    if figure == "old":
        return _old_passport(sheet)
    if figure not in _TITLES:
        return _holding_passport(sheet, household, figure)
    accounts = [
        line for line in sheet.accounts if figure in {"total", "cash"} or line.is_held_away == (figure == "held_away")
    ]
    method = gettext("Sum over the accounts, each at the last closing prices on or before the day, brought into %(c)s.")
    return Passport(
        title=gettext(_TITLES[figure]),
        value=Amount.of_money(getattr(sheet, figure), sheet.currency),
        method=method % {"c": sheet.currency},
        as_of=day,
        source=gettext("The firm's own ledger and the closing prices of the securities master or of custodians' files"),
        lines=(
            *(_account_line(line, cash=figure == "cash") for line in accounts),
            *(_class_line(line, sheet) for line in sheet.allocation if figure == "total"),
        ),
        basis=gettext("All that is held, before taxes; fees that were taken are out of it."),
        notes=_notes(sheet.unpriced, sheet.simulation),
    )


def _old_passport(sheet: HouseholdPortfolio) -> Passport:
    return Passport(
        title=gettext("Rests on old values"),
        value=Amount.of_money(sheet.old_value, sheet.currency),
        method=gettext("Sum of what was last valued longer ago than the firm's limit for its kind."),
        as_of=sheet.as_of,
        source=gettext("The firm's own ledger, and the days of prices, statements and appraisals"),
        lines=tuple(
            PassportLine(
                line.symbol or line.name,
                gettext("last valued on %(day)s") % {"day": date_text(line.valued_on)} if line.valued_on else "",
                Amount.of_money(line.value, sheet.currency, line.valued_on),
            )
            for line in sheet.old_holdings
        ),
    )


def _account_line(line: AccountLine, *, cash: bool) -> PassportLine:
    how = gettext("prices of %(day)s") % {"day": date_text(line.priced_on)} if line.priced_on else gettext("cash only")
    amount = line.cash if cash else line.total
    label = f"{line.name} {line.masked_number}".strip()
    beside = (gettext("Cash"), Amount.of_money(line.cash, line.currency)), (gettext("Share"), _share(line.share))
    parts = () if cash else beside
    shown = Amount.of_money(amount, line.currency, line.priced_on)
    return PassportLine(label, "" if cash else how, shown, parts, url=_page_of_account(line.public_id))


def _class_line(line: AllocationLine, sheet: HouseholdPortfolio) -> PassportLine:
    how = gettext("of all accounts together")
    return PassportLine(
        line.label, how, Amount.of_money(line.value, sheet.currency), ((gettext("Share"), _share(line.share)),)
    )


def _share(share: Decimal | None) -> Amount:
    return Amount(share, "percent", "1")


def _page_of_account(public_id: uuid.UUID) -> str:
    return reverse("portfolios:account-detail", kwargs={"account_id": public_id})


def _holding_passport(sheet: HouseholdPortfolio, household: Household, public_id: str) -> Passport:
    line = next((holding for holding in sheet.holdings if str(holding.public_id) == public_id), None)
    if line is None:
        raise NotFoundError(gettext_noop("There is no such figure."))
    accounts = list(Account.objects.filter(household=household))
    at = holdings_at(accounts, sheet.as_of, sheet.known_at)
    lines = [
        _trail(holding, account.name, account.currency, _page_of_account(account.public_id))
        for account in accounts
        for holding in at[account.pk].holdings
        if str(holding.public_id) == public_id
    ]
    return Passport(
        title=line.symbol or line.name,
        value=Amount.of_money(line.value, sheet.currency),
        method=gettext("Quantity of all entries up to the day, times the last closing price on or before it."),
        as_of=sheet.as_of,
        source=gettext("The firm's own ledger and the closing prices of the securities master or of custodians' files"),
        lines=(
            PassportLine(
                gettext("All accounts"),
                "",
                Amount.of_money(line.value, sheet.currency, line.priced_on),
                (
                    (gettext("Quantity"), Amount(line.quantity, "quantity")),
                    (gettext("Price"), Amount.of_money(line.price, line.price_currency, line.priced_on)),
                    (gettext("Share"), _share(line.share)),
                ),
            ),
            *lines,
        ),
        notes=_notes((), sheet.simulation if line.is_simulated else None),
        basis=gettext("Before fees and taxes."),
    )


def account_passport(account: Account, figure: str, day: dt.date, known_at: dt.datetime | None = None) -> Passport:
    """Return the passport of an account's total, cash, gain or realised gain, of a holding or of a distribution.

    With `known_at` it is of the ledger as it stood at that moment. Raises NotFoundError for another figure.
    """
    if figure == "realised":
        return _realised_passport(account, day, known_at)
    if figure.startswith(DISTRIBUTION_FIGURES):
        return distribution_passport(account, figure, day)
    name, _, of = figure.partition("-of-")
    if name in LOT_FIGURES:
        return _lots_passport(lots_page(account, day, known_at), name, of)
    at = holdings_at([account], day, known_at)[account.pk]
    chosen = [h for h in at.holdings if figure == "total" or str(h.public_id) == figure]
    if figure not in {"total", "cash"} and not chosen:
        raise NotFoundError(gettext_noop("There is no such figure."))
    cash = PassportLine(gettext("Cash"), gettext("sum of all entries"), Amount.of_money(at.cash, at.currency))
    lines = [_trail(holding, holding.symbol or holding.name, at.currency) for holding in chosen]
    return Passport(
        title=account.name,
        value=Amount.of_money(_value(at, figure, chosen), at.currency),
        method=gettext(
            "Quantity of all entries up to the day, times the last closing price on or before it, plus cash."
        ),
        as_of=day,
        source=gettext("The firm's own ledger and the closing prices of the securities master or of custodians' files"),
        lines=(*lines, cash if figure in {"total", "cash"} else _share_line(at, chosen)),
        basis=gettext("All that is held, before taxes; fees that were taken are out of it."),
        notes=_notes(at.unpriced if figure == "total" else (), simulation_of([at], day) if lines else None),
    )


def _share_line(at: AccountHoldings, chosen: Sequence[Holding]) -> PassportLine:
    worth = sum((holding.value for holding in chosen if holding.value is not None), Decimal(0))
    return PassportLine(gettext("Share of the account"), "", _share(worth / at.total if at.total > 0 else None))


def _lots_passport(page: LotsPage, figure: str, of: str = "") -> Passport:
    """Of all lots, or of those of one holding by its public id."""
    account, day, (title, name, terms) = page.account, page.as_of, LOT_FIGURES[figure]
    lots = [lot for lot in page.lots if lot.is_long_term in terms and (not of or str(lot.instrument) == of)]
    if of and not lots:
        raise NotFoundError(gettext_noop("There is no such figure."))
    method = {
        "gain": gettext("Value of each open lot less its basis. Lots leave: %(method)s."),
        "cost": gettext("Basis of each open lot: what was paid, and what wash sales added. Lots leave: %(method)s."),
        "value": gettext("Value of each open lot: its share of the holding's. Lots leave: %(method)s."),
    }[name] % {"method": page.method}
    whole = sum_of(getattr(lot, name) for lot in lots)
    lines = tuple(_lot_line(lot, name, account.currency) for lot in lots)
    return _of_lots(account, gettext(title), (whole, day, method), lines)


def _realised_passport(account: Account, day: dt.date, known_at: dt.datetime | None) -> Passport:
    sold = household_wash_sales(account.household, day, known_at).of_account(account, day.year)
    method = gettext(
        "Proceeds of each lot sold this year less its basis, plus what wash sales disallow. Lots leave: %(method)s."
    ) % {"method": method_text(account, day)}
    whole = sum_of(line.recognised for line in sold)
    lines = tuple(_sold_line(line) for line in sold)
    return _of_lots(account, gettext("Realised this year"), (whole, day, method), lines)


def _of_lots(
    account: Account, title: str, told: tuple[Decimal | None, dt.date, str], lines: tuple[PassportLine, ...]
) -> Passport:
    value, day, method = told
    return Passport(
        title=title,
        value=Amount.of_money(value, account.currency),
        method=method,
        as_of=day,
        source=gettext("The firm's own ledger of all accounts of the household, lot by lot"),
        basis=gettext(
            "Before taxes; fees of the trades are in cost and proceeds; what was paid or received in another currency "
            "counts at the rate of its day."
        ),
        lines=lines,
        notes=() if value is not None else (gettext("The cost of some lots is not known, so the sum is not either."),),
    )


def _lot_line(lot: LotLine, name: str, currency: str) -> PassportLine:
    how = gettext("acquired %(day)s") % {"day": date_text(lot.acquired_on)}
    if lot.held_since != lot.acquired_on:
        how = gettext("%(how)s, held since %(day)s by a wash sale") % {"how": how, "day": date_text(lot.held_since)}
    parts = (
        (gettext("Quantity"), Amount(lot.quantity, "quantity")),
        (gettext("Cost basis"), Amount.of_money(lot.cost, currency)),
        (gettext("Added by a wash sale"), Amount.of_money(lot.added, currency)),
        (gettext("Value"), Amount.of_money(lot.value, currency)),
    )
    return PassportLine(lot.symbol, how, Amount.of_money(getattr(lot, name), currency), parts)


def _sold_line(line: GainLine) -> PassportLine:
    currency = line.currency
    parts = (
        (gettext("Quantity"), Amount(line.quantity, "quantity")),
        (gettext("Proceeds"), Amount.of_money(line.proceeds, currency)),
        (gettext("Cost basis"), Amount.of_money(line.basis, currency)),
        (gettext("Disallowed"), Amount.of_money(line.disallowed, currency)),
    )
    how = gettext("acquired %(day)s") % {"day": date_text(line.acquired_on)}
    return PassportLine(str(line.instrument), how, Amount.of_money(line.recognised, currency), parts)


def entry_passport(entry: Transaction) -> Passport:
    """Return where an entry of the ledger comes from: who recorded it, when, out of which file."""
    days = [
        PassportLine(gettext("Trade date"), date_text(entry.trade_date), None),
        PassportLine(gettext("Settlement date"), date_text(entry.settle_date) if entry.settle_date else "–", None),
    ]
    told = [
        (gettext("Quantity"), Amount(entry.units, "quantity")),
        (gettext("Price"), Amount.of_money(entry.price, entry.currency)),
        (gettext("Fees"), Amount.of_money(entry.fees, entry.currency)),
        (gettext("Cost that came along"), Amount.of_money(entry.cost, entry.currency)),
    ]
    if entry.split_new and entry.split_old:
        told += [
            (gettext("New shares"), Amount(entry.split_new, "quantity")),
            (gettext("For old shares"), Amount(entry.split_old, "quantity")),
        ]
    if entry.fair_new is not None:
        told += [
            (gettext("Value of an old share afterwards"), Amount.of_money(entry.fair_old, entry.currency)),
            (gettext("Value of a new share"), Amount.of_money(entry.fair_new, entry.currency)),
        ]
    recorded = gettext("Recorded on %(day)s") % {"day": moment_text(entry.recorded_at)}
    return Passport(
        title=f"{entry.get_kind_display()} {entry.instrument or ''}".strip(),
        value=Amount.of_money(entry.cash, entry.currency),
        method=gettext("As recorded: positive adds to the account, negative leaves it; fees are included."),
        as_of=entry.trade_date,
        source=f"{entry.source or gettext('Recorded by hand')}. {recorded}",
        lines=(*days, *(PassportLine(label, "", amount) for label, amount in told)),
    )


def break_passport(row: ReconciliationBreak) -> Passport:
    """Return where the two sides of a break come from."""
    is_money = row.kind in MONEY_KINDS
    currency = row.account.currency

    def written(amount: Decimal | None) -> Amount:
        return Amount.of_money(amount, currency) if is_money else Amount(amount, "quantity")

    difference = (row.theirs or Decimal(0)) - (row.ours or Decimal(0))
    return Passport(
        title=gettext("Difference"),
        value=written(difference),
        method=gettext("What the custodian states less what our book says at the close of the day."),
        as_of=row.statement.as_of,
        source=row.statement.source,
        lines=(
            PassportLine(gettext("Custodian"), row.statement.source, written(row.theirs)),
            PassportLine(gettext("Our book"), gettext("sum of all entries"), written(row.ours)),
            *_proposal_lines(row),
        ),
    )


def _proposal_lines(row: ReconciliationBreak) -> tuple[PassportLine, ...]:
    amount = proposed_amount(row)
    how = gettext("recorded only when a person accepts it")
    return () if amount is None else (PassportLine(gettext("Entry that would mend it"), how, amount),)


def _value(at: AccountHoldings, figure: str, chosen: list[Holding]) -> Decimal | None:
    if figure == "total":
        return at.total
    return at.cash if figure == "cash" else chosen[0].value


def _trail(holding: Holding, label: str, currency: str, url: str = "") -> PassportLine:
    if holding.price is None or holding.priced_on is None or holding.value is None:
        held = ((gettext("Quantity"), Amount(holding.quantity, "quantity")),)
        return PassportLine(label, gettext("no price is known"), None, held, url)
    how = gettext("quantity × price of %(day)s") % {"day": date_text(holding.priced_on)}
    if holding.is_simulated:
        how = gettext("%(how)s, simulated") % {"how": how}
    parts = (
        (gettext("Quantity"), Amount(holding.quantity, "quantity")),
        (gettext("Price"), Amount.of_money(holding.price, holding.currency, holding.priced_on)),
    )
    return PassportLine(label, how, Amount.of_money(holding.value, currency, holding.priced_on), parts, url)


def _notes(unpriced: tuple[str, ...], simulation: SimulationNotice | None) -> tuple[str, ...]:
    notes = []
    if unpriced:
        notes.append(gettext("Without a price and not counted: %(names)s.") % {"names": ", ".join(unpriced)})
    if simulation:
        day = date_text(simulation.simulated_from)
        notes.append(gettext("Prices after %(day)s are simulated.") % {"day": day})
    return tuple(notes)
