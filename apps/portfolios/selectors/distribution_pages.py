"""What must be taken out of a retirement account, as its page and the API show it, with its passports."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.utils.translation import gettext

from apps.core.passports import Amount, Passport, PassportLine
from apps.core.templatetags.formats import date_text
from apps.kernel.errors import NotFoundError, gettext_noop
from apps.portfolios.engine import ENGINE_VERSION
from apps.portfolios.engine.distributions import LifeTable, MissedDistribution, RequiredDistribution
from apps.portfolios.models import Account, DistributionTerms, Employment, SpouseHolds
from apps.portfolios.selectors.distributions import (
    INHERITED,
    OF_EMPLOYER,
    WITH_DISTRIBUTIONS,
    DistributionDue,
    distributions_required,
)
from apps.portfolios.selectors.missed_distributions import distributions_missed

_APRIL = 4
MISSED = {
    "missed": gettext_noop("Missed"),
    "made_up": gettext_noop("Made up since"),
    "excise": gettext_noop("Excise tax"),
    "reduced": gettext_noop("Excise tax, made up in time"),
}
DISTRIBUTION_FIGURES = ("required-", "owed-", "divisor-", "balance-", "taken-", *(f"{name}-" for name in MISSED))


@dataclass(frozen=True, slots=True)
class DistributionPage:
    """What an account must pay out for the years that are open, and on what that rests.

    `lacks` says why nothing, `asks` which facts nobody wrote down and how it is reckoned without them.
    """

    account: Account
    as_of: dt.date
    lines: tuple[DistributionDue, ...]
    terms: DistributionTerms | None
    lacks: str
    asks: tuple[str, ...] = ()
    missed: tuple[MissedDistribution, ...] = ()

    @property
    def is_inherited(self) -> bool:
        """Whether somebody left it."""
        return self.account.registration in INHERITED

    @property
    def wants_bequest(self) -> bool:
        """Whether nothing can be said before somebody writes down who left it."""
        return self.is_inherited and (self.terms is None or self.terms.died_on is None)

    @property
    def is_owed(self) -> bool:
        """Whether something of the open years is still to be taken."""
        return any(line.amount for line in self.lines)


def distribution_page(account: Account, day: dt.date) -> DistributionPage:
    """Return what the account's owner must take; the other accounts of the household count, since an excess does."""
    terms = DistributionTerms.objects.filter(account=account).select_related("spouse").first()
    siblings = Account.objects.filter(household=account.household_id, registration__in=WITH_DISTRIBUTIONS)
    found = distributions_required(siblings, day)
    lines = tuple(each for each in found if each.account.pk == account.pk)
    missed = tuple(distributions_missed(account, siblings, day)) if account.registration in WITH_DISTRIBUTIONS else ()
    return DistributionPage(
        account, day, lines, terms, "" if lines else _lacks(account, terms), _asks(account, terms), missed
    )


def _asks(account: Account, terms: DistributionTerms | None) -> tuple[str, ...]:
    if account.registration not in OF_EMPLOYER or (terms is not None and terms.employment):
        return ()
    return (
        gettext(
            "Nobody wrote down whether the owner still works for this employer: reckoned as if the owner had left."
        ),
    )


def _lacks(account: Account, terms: DistributionTerms | None) -> str:
    owners = list(account.owners.all())
    is_inherited = account.registration in INHERITED
    if account.registration not in WITH_DISTRIBUTIONS:
        return gettext("The law requires no distributions of an account of this registration.")
    if len(owners) != 1:
        return gettext("The account has no owner, or several: nobody's age can be taken.")
    if is_inherited and (terms is None or terms.died_on is None):
        return gettext("Nobody wrote down yet from whom it was inherited, and when.")
    if owners[0].person.date_of_birth is None and not (is_inherited and terms and terms.heir == "no_person"):
        return gettext("The owner's date of birth is not known.")
    if terms is not None and terms.employment == Employment.WORKING and not terms.is_five_percent_owner:
        return gettext("The owner still works for this employer: the first is for the year in which the owner leaves.")
    return gettext("The law asks for nothing this year.")


def table_text(table: str) -> str:
    """Say by which table an amount was found."""
    words = {
        LifeTable.UNIFORM: gettext("Uniform Lifetime Table"),
        LifeTable.JOINT: gettext("Joint and Last Survivor Table"),
        LifeTable.SINGLE: gettext("Single Life Table"),
        LifeTable.WHOLE: gettext("all that is left"),
        LifeTable.TOLD: gettext("left over from the deceased"),
    }
    return words[LifeTable(table)]


def distribution_passport(account: Account, figure: str, day: dt.date) -> Passport:
    """Return the passport of a figure of a year: `required-2026`, `owed-…`, `divisor-…`, `balance-…` or `taken-…`.

    Raises NotFoundError for another figure, or a year that asks for nothing.
    """
    name, _, year = figure.partition("-")
    page = distribution_page(account, day)
    if name in MISSED:
        return _missed_passport(page, name, year)
    line = next((each for each in page.lines if str(each.required.year) == year), None)
    if line is None:
        raise NotFoundError(gettext_noop("There is no such figure."))
    told, currency = line.required, account.currency
    title, value = {
        "required": (gettext("Required distribution"), Amount.of_money(told.amount, currency)),
        "owed": (gettext("Still to take"), Amount.of_money(line.amount, currency)),
        "divisor": (gettext("Divisor"), Amount(told.divisor, "quantity", "1")),
        "balance": (gettext("Value at the end of the year before"), Amount.of_money(told.balance, currency)),
        "taken": (gettext("Taken"), Amount.of_money(line.taken, currency)),
    }[name]
    return Passport(
        title=f"{title} {year}",
        value=value,
        method=_method(told),
        as_of=day,
        source=gettext("Treas. Reg. 1.401(a)(9)-5 and -9, in force since 2022; the firm's own ledger"),
        lines=tuple(_lines(line, currency)),
        notes=_notes(page, line),
        basis=gettext("Before taxes."),
        version=ENGINE_VERSION,
    )


def _missed_passport(page: DistributionPage, name: str, year: str) -> Passport:
    found = next((each for each in page.missed if str(each.required.year) == year), None)
    if found is None:
        raise NotFoundError(gettext_noop("There is no such figure."))
    currency = page.account.currency
    amounts = {each: Amount.of_money(getattr(found, each), currency) for each in MISSED}
    by = gettext("by %(day)s") % {"day": date_text(found.required.due_on)}
    return Passport(
        title=f"{gettext(MISSED[name])} {year}",
        value=amounts[name],
        method=gettext(
            "A quarter of what was missed, a tenth where it is made up within the window; what was taken since beyond "
            "the account's own later years counts as made up."
        ),
        as_of=page.as_of,
        source=gettext("IRC 4974(a) and (e), SECURE 2.0 s.302; the firm's own ledger"),
        lines=(
            PassportLine(gettext("Required distribution"), by, Amount.of_money(found.required.amount, currency)),
            *(PassportLine(gettext(label), "", amounts[each]) for each, label in MISSED.items()),
        ),
        notes=(
            gettext("To be made up by %(day)s, or before the IRS writes of it.") % {"day": date_text(found.cure_by)},
            gettext("It is told on Form 5329, which may also ask for the tax to be waived."),
        ),
        basis=gettext("Before taxes."),
        version=ENGINE_VERSION,
    )


def _method(told: RequiredDistribution) -> str:
    if told.table == LifeTable.WHOLE:
        return gettext("The last year of the rule, or of the life by the table: all that is left has to be taken.")
    if told.table == LifeTable.TOLD:
        return gettext("What the deceased had to take in the year of death and did not, as written down.")
    return gettext(
        "Value on 31 December of the year before, divided by the divisor of the table for the age reached in the year."
    )


def _bequest_notes(terms: DistributionTerms | None) -> list[str]:
    notes = []
    if terms is not None and terms.oldest_heir_born_on:
        notes.append(gettext("Several heirs share it: the life of the oldest counts."))
    if terms is not None and terms.heir_died_on:
        notes.append(gettext("The heir died: who follows has ten years from then, and never more than the heir had."))
    if terms is not None and terms.spouse_holds != SpouseHolds.HEIR:
        notes.append(gettext("The spouse holds it: %(how)s.") % {"how": terms.get_spouse_holds_display()})
    return notes


def _lines(line: DistributionDue, currency: str) -> list[PassportLine]:
    told = line.required
    before = date_text(dt.date(told.year - 1, 12, 31))
    age = gettext("%(table)s, age %(age)s in %(year)s") % {
        "table": table_text(told.table),
        "age": told.age,
        "year": told.year,
    }
    how_taken = gettext("withdrawals of the year, as far as they count for this one")
    return [
        PassportLine(gettext("Value"), before, Amount.of_money(told.balance, currency)),
        PassportLine(gettext("Divisor"), age, Amount(told.divisor, "quantity", "1")),
        PassportLine(gettext("Required distribution"), "", Amount.of_money(told.amount, currency)),
        PassportLine(gettext("Taken"), how_taken, Amount.of_money(line.taken, currency)),
        PassportLine(gettext("Still to take"), "", Amount.of_money(line.amount, currency)),
    ]


def _notes(page: DistributionPage, line: DistributionDue) -> tuple[str, ...]:
    notes = [gettext("To be taken by %(day)s.") % {"day": date_text(line.required.due_on)}]
    if line.required.table == LifeTable.JOINT:
        notes.append(gettext("The spouse is the only beneficiary and more than ten years younger."))
    if line.required.table == LifeTable.WHOLE:
        notes.append(gettext("What the account gains or loses until then is to be taken too."))
    if line.required.table == LifeTable.TOLD:
        notes.append(gettext("No excise tax is due where it is taken by the end of the year after the death."))
    if line.amount != max(line.required.amount - line.taken, 0):
        notes.append(gettext("Other accounts of the same owner paid more than they had to: that counts here."))
    if page.is_inherited:
        notes += _bequest_notes(page.terms)
    if line.required.due_on.month == _APRIL and line.required.due_on.year > line.required.year:
        notes.append(gettext("Taken after the end of its year, it falls into one year with the next one's."))
    return tuple(notes)
