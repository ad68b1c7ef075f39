"""Where the figures of the money tab come from."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal

from django.utils.formats import date_format
from django.utils.translation import gettext

from apps.clients.models import Household
from apps.core.passports import Amount, Passport, PassportLine
from apps.core.templatetags.formats import date_text
from apps.kernel.errors import NotFoundError, gettext_noop
from apps.money.models import BankTransaction, EquityGrant, FactOfHousehold
from apps.money.selectors.balance_sheets import SheetLine, balance_sheet
from apps.money.selectors.cash_flows import CashFlow, cash_flow

_OF_SHEET = {
    "net_worth": (gettext_noop("Net worth"), gettext_noop("All that is owned less all that is owed, each on its day.")),
    "assets": (gettext_noop("Owned"), gettext_noop("Accounts, cash and things, each at the value of its day.")),
    "debts": (gettext_noop("Owed"), gettext_noop("Loans and cards, each at the balance of its day.")),
}
_OF_FLOW = {
    "income": gettext_noop("Income a month"),
    "spending": gettext_noop("Spending a month"),
    "net": gettext_noop("Left of a month"),
}


def money_passport(household: Household, figure: str, day: dt.date) -> Passport:
    """Return the passport of net_worth, assets, debts, income, spending or net.

    Raises NotFoundError for another figure.
    """
    if figure in _OF_SHEET:
        return _sheet_passport(household, figure, day)
    if figure in _OF_FLOW:
        return _flow_passport(household, figure, day)
    raise NotFoundError(gettext_noop("There is no such figure."))


def _sheet_passport(household: Household, figure: str, day: dt.date) -> Passport:
    sheet = balance_sheet(household, day)
    shown: dict[str, tuple[Decimal, Sequence[SheetLine]]] = {
        "net_worth": (sheet.net_worth, (*sheet.assets, *sheet.debts)),
        "assets": (sheet.total_assets, sheet.assets),
        "debts": (sheet.total_debts, sheet.debts),
    }
    value, lines = shown[figure]
    title, method = _OF_SHEET[figure]
    left_out = gettext("Left out, in another currency or without a value: %(names)s.")
    return Passport(
        title=gettext(title),
        value=Amount.of_money(value, sheet.currency),
        method=gettext(method),
        as_of=day,
        source=gettext("Accounts of the firm's ledger, balances of banks, and what the household states"),
        basis=gettext("Before taxes that a sale would cost."),
        lines=tuple(
            PassportLine(line.name, _day(line.as_of), Amount.of_money(line.value, sheet.currency, line.as_of))
            for line in lines
        ),
        notes=(left_out % {"names": ", ".join(sheet.left_out)},) if sheet.left_out else (),
    )


def _day(day: dt.date | None) -> str:
    return gettext("as of %(day)s") % {"day": date_text(day)} if day else ""


def _flow_passport(household: Household, figure: str, day: dt.date) -> Passport:
    flow = cash_flow(household, day)
    values = {"income": flow.monthly_income, "spending": flow.monthly_spending, "net": flow.monthly_net}
    value = values[figure]
    lines = [
        PassportLine(
            date_format(month.first_day, "YEAR_MONTH_FORMAT"),
            "",
            Amount.of_money(getattr(month, figure), household.currency),
        )
        for month in flow.months
    ]
    guessed = gettext("%(n)s of %(all)s entries have a category that nobody has confirmed.")
    return Passport(
        title=gettext(_OF_FLOW[figure]),
        value=Amount.of_money(value, household.currency),
        method=gettext(
            "Mean of the whole months that have entries; transfers and savings are neither income nor spending."
        ),
        as_of=flow.last_entry_on or day,
        source=gettext("Entries of bank and card accounts"),
        lines=(*lines, *_category_lines(flow, household.currency)) if figure == "spending" else tuple(lines),
        basis=gettext("What came in and went out, after taxes that were withheld."),
        notes=(guessed % {"n": flow.n_guessed, "all": flow.n_entries},) if flow.n_guessed else (),
    )


def _category_lines(flow: CashFlow, currency: str) -> list[PassportLine]:
    return [
        PassportLine(
            line.label,
            gettext("a month"),
            Amount.of_money(line.monthly, currency),
            ((gettext("Share"), Amount(line.share, "percent", "1")),),
        )
        for line in flow.categories
    ]


_FACT_FIELDS = {
    "annual_amount": gettext_noop("Amount a year"),
    "monthly_amount": gettext_noop("Amount a month"),
    "amount": gettext_noop("Amount"),
    "contributions": gettext_noop("Paid in and not taken out"),
    "converted_0": gettext_noop("Converted in the year of the statement"),
    "converted_1": gettext_noop("Converted one year before"),
    "converted_2": gettext_noop("Converted two years before"),
    "converted_3": gettext_noop("Converted three years before"),
    "converted_4": gettext_noop("Converted four years before"),
    "balance": gettext_noop("Balance owed"),
    "monthly_payment": gettext_noop("Payment a month"),
    "value": gettext_noop("Value"),
    "coverage": gettext_noop("Coverage"),
    "annual_premium": gettext_noop("Premium a year"),
    "cost": gettext_noop("Bought for"),
    "property_tax": gettext_noop("Property tax a year"),
    "price": gettext_noop("Price of a share"),
    "strike": gettext_noop("Strike price"),
}
_RATES = {
    "annual_rate": gettext_noop("Interest a year"),
    "annual_growth": gettext_noop("Growth a year"),
    "share": gettext_noop("Share of living costs"),
    "sold_share": gettext_noop("Share sold"),
    "discount": gettext_noop("Discount"),
    "selling_cost": gettext_noop("Cost of the sale"),
    "instalment_rate": gettext_noop("Interest of the buyer a year"),
}


def fact_passport(fact: FactOfHousehold) -> Passport:
    """Return where a stated fact comes from."""
    lines = [
        PassportLine(gettext(label), "", Amount.of_money(getattr(fact, name), fact.currency))
        for name, label in _FACT_FIELDS.items()
        if getattr(fact, name, None) is not None
    ]
    lines += [
        PassportLine(gettext(label), "", Amount(getattr(fact, name), "percent", "2"))
        for name, label in _RATES.items()
        if getattr(fact, name, None) is not None
    ]
    if isinstance(fact, EquityGrant):
        lines += _grant_lines(fact)
    return Passport(
        title=fact.name,
        value=lines[0].amount if lines and lines[0].amount else Amount(None),
        method=gettext("As the household states it."),
        as_of=fact.as_of,
        source=gettext("Entered by the firm"),
        lines=tuple(lines),
    )


def _grant_lines(grant: EquityGrant) -> list[PassportLine]:
    counts = (
        (gettext("Shares or options granted"), grant.granted_on, grant.quantity),
        (gettext("Vested"), grant.as_of, grant.vested),
        (gettext("Still to vest"), grant.as_of, grant.quantity - grant.vested),
    )
    worth = Amount.of_money(grant.unvested_worth, grant.currency)
    priced = gettext("at the price of %(day)s, above what they cost, before taxes") % {"day": date_text(grant.as_of)}
    return [
        *(PassportLine(label, date_text(day), Amount(number, "quantity")) for label, day, number in counts),
        PassportLine(gettext("Worth of what is still to vest"), priced, worth),
        *_held_lines(grant),
    ]


def _held_lines(grant: EquityGrant) -> list[PassportLine]:
    """What is told of earlier exercises and of the minimum tax that they left."""
    lines = []
    if grant.held_shares and grant.exercised_on:
        day, each = date_text(grant.exercised_on), Amount.of_money(grant.exercise_worth, grant.currency)
        lines.append(
            PassportLine(gettext("Shares held from earlier exercises"), day, Amount(grant.held_shares, "quantity"))
        )
        lines.append(PassportLine(gettext("A share was worth when exercised"), day, each))
    if grant.minimum_tax_credit:
        credit = Amount.of_money(grant.minimum_tax_credit, grant.currency)
        lines.append(PassportLine(gettext("Minimum tax still to come back"), gettext("Form 8801, line 26"), credit))
    return lines


def bank_entry_passport(entry: BankTransaction) -> Passport:
    """Return where a posted entry comes from."""
    currency = entry.account.currency
    return Passport(
        title=entry.payee or gettext("Entry"),
        value=Amount.of_money(entry.amount, currency),
        method=gettext("As the bank posted it: positive came in, negative went out."),
        as_of=entry.posted_on,
        source=gettext("Statement of %(account)s") % {"account": str(entry.account)},
        lines=(PassportLine(gettext("Posted"), date_text(entry.posted_on), Amount.of_money(entry.amount, currency)),),
    )
