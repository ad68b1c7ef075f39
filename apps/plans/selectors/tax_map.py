"""The tax map by year: what each year is taxed on, and where its income stands in the law."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from apps.core.templatetags import formats
from apps.core.templatetags.charts import ChartSpec, Series
from apps.plans.engine.tax_map import TaxYear
from apps.plans.engine.tax_tables import FilingStatus
from apps.plans.selectors.explorers import Origin
from apps.plans.selectors.figures import Figure, money_figure
from apps.plans.selectors.what_if import Asked

# the brackets drawn as lines: those that the incomes of the plan come near, the highest of them
_NEAR, _WHOLE = 1.15, 12
_LINES = ("cash", "target", "tax")


@dataclass(frozen=True, slots=True)
class TaxLine:
    """One calendar year. `heat` is the place of its bracket, 0 where no ordinary income is taxed."""

    calendar_year: int
    months: int
    ages: tuple[int, ...]
    status: str
    heat: int
    wages: Figure
    pensions: Figure
    withdrawn: Figure
    required: Figure
    recovered: Figure
    given: Figure
    roth: Figure
    equity: Figure
    benefits: Figure
    taxable_benefits: Figure
    investment: Figure
    gains: Figure
    agi: Figure
    deducted_as: str
    deduction: Figure
    state_and_local: Figure
    mortgage_interest: Figure
    charity: Figure
    charity_carried: Figure
    medical: Figure
    bracket: Figure
    room: Figure
    marginal: Figure
    effective: Figure
    gains_rate: Figure
    federal: Figure
    niit: Figure
    early: Figure
    minimum: Figure
    minimum_credit: Figure
    state: Figure
    medicare: Figure
    step: Figure
    next_step: Figure
    step_room: Figure


@dataclass(frozen=True, slots=True)
class TaxMapPage:
    """The map of a plan, in money of today or of each year."""

    in_today: bool
    currency: str
    n_years: int
    total: Figure
    highest: Figure
    highest_year: Figure
    first_required: Figure
    surcharged: Figure
    lines: tuple[TaxLine, ...]
    chart: ChartSpec


def tax_map_page(asked: Asked, years: Sequence[TaxYear], *, in_today: bool) -> TaxMapPage:
    """Return the map as the page shows it."""
    rates = [0.0, *(float(rate) for rate in asked.question.inputs.tax_table.ordinary_rates)]
    lines = tuple(_line(asked, each, rates, 1.0 / each.price if in_today else 1.0) for each in years)
    peak = max(years, key=lambda each: each.standing.bracket)
    required = next((each.calendar_year for each in years if each.income.required >= 0.5), None)
    total = sum((each.taxes.federal + each.taxes.state) / (each.price if in_today else 1.0) for each in years)
    return TaxMapPage(
        in_today=in_today,
        currency=asked.currency,
        n_years=len(years),
        total=money_figure(total, asked.currency, "total", _("Federal and state taxes over the plan")),
        highest=Figure(peak.standing.bracket, "percent", "highest", _("Highest bracket"), "0"),
        highest_year=Figure(peak.calendar_year, "year", "highest_year", _("first in")),
        first_required=Figure(required, "year", "first_required", _("Required distributions beyond need from")),
        surcharged=Figure(
            sum(bool(each.standing.step) for each in years), "count", "surcharged", _("Years with more for Medicare")
        ),
        lines=lines,
        chart=_chart(asked, years, peak, in_today=in_today),
    )


def _money_of(currency: str, key: int, scale: float) -> Callable[[str, float | None, str], Figure]:
    """Figures of a year, in the money that is asked for."""

    def money(name: str, value: float | None, label: str) -> Figure:
        return money_figure(None if value is None else scale * value, currency, f"{key}:{name}", label)

    return money


def _line(asked: Asked, year: TaxYear, rates: list[float], scale: float) -> TaxLine:
    key, of, at, of_law = year.calendar_year, year.income, year.standing, year.deductions
    money = _money_of(asked.currency, key, scale)

    def rate(name: str, value: float, label: str, digits: str = "1") -> Figure:
        return Figure(value, "percent", f"{key}:{name}", label, digits)

    return TaxLine(
        calendar_year=key,
        months=year.months,
        ages=year.ages,
        status=status_label(year.status),
        heat=rates.index(at.bracket),
        wages=money("wages", of.wages, _("Salaries")),
        pensions=money("pensions", of.pensions, _("Pensions and other income")),
        withdrawn=money("withdrawn", of.withdrawn, _("Taken from tax-deferred accounts")),
        required=money("required", of.required, _("Required beyond need")),
        recovered=money("recovered", of.recovered, _("Not taxed: after-tax money back")),
        given=money("given", of.given, _("Given to charity from IRAs")),
        roth=money("roth", of.roth, _("Earnings from Roth accounts")),
        equity=money("equity", of.equity, _("Equity from employers, besides salaries")),
        benefits=money("benefits", of.benefits, _("Social Security")),
        taxable_benefits=money("taxable_benefits", of.taxable_benefits, _("Taxed part of Social Security")),
        investment=money("investment", of.investment, _("Interest and dividends")),
        gains=money("gains", of.gains, _("Gains on sales")),
        agi=money("agi", year.agi, _("Adjusted gross income")),
        deducted_as=_("itemised") if of_law.is_itemised else _("standard"),
        deduction=money("deduction", year.deduction, _("Deductions")),
        state_and_local=money("state_and_local", of_law.state_and_local, _("Itemised: state and local taxes")),
        mortgage_interest=money("mortgage_interest", of_law.mortgage_interest, _("Itemised: interest on the home")),
        charity=money("charity", of_law.charity or of_law.given, _("Deducted: gifts to charity")),
        charity_carried=money("charity_carried", of_law.carried, _("Gifts carried on from earlier years")),
        medical=money("medical", of_law.medical, _("Itemised: medical costs")),
        bracket=rate("bracket", at.bracket, _("Bracket"), "0"),
        room=money("room", at.room, _("Room left in the bracket")),
        marginal=rate("marginal", at.marginal, _("Tax on the next hundred dollars")),
        effective=rate("effective", at.effective, _("Effective rate")),
        gains_rate=rate("gains_rate", at.gains_rate, _("Rate on gains"), "0"),
        federal=money("federal", year.taxes.federal, _("Federal tax")),
        niit=money("niit", year.taxes.niit, _("Surtax on investment income")),
        early=money("early", year.taxes.early, _("Additional tax on early withdrawals")),
        minimum=money("minimum", year.taxes.minimum, _("Alternative minimum tax")),
        minimum_credit=money("minimum_credit", year.taxes.minimum_credit, _("Minimum tax of earlier years given back")),
        state=money("state", year.taxes.state, _("State tax")),
        medicare=money("medicare", year.taxes.medicare, _("Medicare by income")),
        step=Figure(at.step, "count", f"{key}:step", _("Medicare step paid")),
        next_step=Figure(at.next_step, "count", f"{key}:next_step", _("Step this income leads to")),
        step_room=money("step_room", at.step_room, _("Income left below the next step")),
    )


def status_label(status: str) -> str:
    """Name a filing status."""
    return {
        FilingStatus.SINGLE: _("single"),
        FilingStatus.MARRIED_JOINT: _("married, jointly"),
        FilingStatus.MARRIED_SEPARATE: _("married, apart"),
        FilingStatus.HEAD_OF_HOUSEHOLD: _("head of household"),
        FilingStatus.SURVIVING_SPOUSE: _("surviving spouse"),
    }[FilingStatus(status)]


def _chart(asked: Asked, years: Sequence[TaxYear], peak: TaxYear, *, in_today: bool) -> ChartSpec:
    scales = [1.0 / each.price if in_today else 1.0 for each in years]

    def stacked(name: str, values: list[float], meaning: str) -> Series:
        told: list[float | None] = [scale * value for scale, value in zip(scales, values, strict=True)]
        return Series(name=name, values=told, meaning=meaning, style="bar", stack="income")

    series = [
        stacked(_("Salaries"), [each.income.wages - each.income.pre_tax for each in years], "wages"),
        stacked(_("Equity from employers, besides salaries"), [each.income.equity for each in years], "grant"),
        stacked(_("Pensions and other income"), [each.income.pensions for each in years], "pension"),
        stacked(
            _("Taxed part of Social Security"), [each.income.taxable_benefits for each in years], "social_security"
        ),
        stacked(_("Taken from tax-deferred accounts"), [_taxed_part(each) for each in years], "withdrawal"),
        stacked(_("Earnings from Roth accounts"), [each.income.roth for each in years], "real_estate"),
        stacked(
            _("Interest, dividends and gains"),
            [each.income.investment + each.income.gains for each in years],
            "contribution",
        ),
    ]
    shown = [one for one in series if any((value or 0.0) >= 0.5 for value in one["values"])]
    currency = asked.currency
    return ChartSpec(
        kind="lines",
        title=_("Taxed highest from %(year)s on, in the bracket of %(rate)s")
        % {"year": peak.calendar_year, "rate": formats.percent_text(peak.standing.bracket, 0)},
        unit=_("Taxable incomes in %(currency)s of today, steady returns") % {"currency": currency}
        if in_today
        else _("Taxable incomes in %(currency)s of each year, steady returns") % {"currency": currency},
        format="money",
        currency=currency,
        as_of=asked.run.facts_as_of.isoformat(),
        x={"label": _("Year"), "values": [each.calendar_year for each in years]},
        series=[*shown, *_brackets(years, scales)],
    )


def _taxed_part(year: TaxYear) -> float:
    return max(0.0, year.income.withdrawn - year.income.recovered)


def _brackets(years: Sequence[TaxYear], scales: Sequence[float]) -> list[Series]:
    """Where brackets begin, above the deductions; of those that a year's income comes near, the highest.

    A first year of some months has brackets of some months, which no line of whole years should dip to.
    """
    found: list[tuple[float, list[float | None]]] = []
    for place, (rate, _start) in enumerate(years[0].standing.starts):
        if any(each.standing.starts[place][1] <= _NEAR * each.agi for each in years):
            starts: list[float | None] = [
                scale * each.standing.starts[place][1] if each.months == _WHOLE else None
                for scale, each in zip(scales, years, strict=True)
            ]
            found.append((rate, starts))
    shown = found[-len(_LINES) :]
    return [
        Series(
            name=_("%(rate)s begins") % {"rate": formats.percent_text(rate, 0)},
            values=starts,
            meaning=meaning,
            style="dashed",
        )
        for (rate, starts), meaning in zip(shown, _LINES[-len(shown) :], strict=True)
    ]


def tax_rows(page: TaxMapPage) -> tuple[list[str], list[list[object]]]:
    """Return head and rows of the map as a file; rates are fractions."""
    names = [name for name in TaxLine.__dataclass_fields__ if name not in {"heat", "calendar_year", "ages", "months"}]
    first = page.lines[0]
    unit = _("%(currency)s of today") if page.in_today else _("%(currency)s of each year")
    money = unit % {"currency": page.currency}

    def head(name: str) -> str:
        figure = getattr(first, name)
        if not isinstance(figure, Figure):
            return _("Filing status") if name == "status" else _("Deduction taken")
        return f"{figure.label} ({money})" if figure.kind == "money" else figure.label

    heads = [_("Year"), _("Months"), _("Ages"), *(head(name) for name in names)]
    rows: list[list[object]] = []
    for line in page.lines:
        told = [getattr(line, name) for name in names]
        values = [_plain(each) if isinstance(each, Figure) else each for each in told]
        rows.append([line.calendar_year, line.months, ", ".join(map(str, line.ages)), *values])
    return heads, rows


def _plain(figure: Figure) -> object:
    number = figure.number
    if number is None:
        return ""
    return f"{number:.2f}" if figure.kind == "money" else f"{number:.4f}" if figure.kind == "percent" else int(number)


def tax_origin(asked: Asked, *, in_today: bool) -> Origin:
    """Say where the figures of the map come from."""
    inputs = asked.question.inputs
    unit = _("money of today") if in_today else _("money of that year")
    chosen: tuple[tuple[str, str], ...] = ((_("Amounts"), unit), (_("Tax table"), inputs.tax_table.source))
    if inputs.state_table is not None:
        chosen += ((_("State"), f"{inputs.state_table.name} {inputs.state_table.year}"),)
    if inputs.medicare is not None:
        chosen += ((_("Medicare"), inputs.medicare.table.source),)
    basis = _(
        "One path on which every asset gives its median return and prices rise as assumed: not the middle of the "
        "futures. Amounts of the law rise with prices where the law says so."
    )
    return Origin(_method, basis, chosen)


def _method(key: str) -> str:
    name = key.rpartition(":")[2]
    return {
        "bracket": _("The rate of the last dollar of ordinary income that is taxed; none where deductions cover it."),
        "room": _(
            "How much more ordinary income stays in the bracket, with what it makes taxable of Social Security: found "
            "by computing the whole federal tax again."
        ),
        "marginal": _("Federal tax of the year with a hundred dollars more of ordinary income, less the tax without."),
        "effective": _("Federal income tax and surtaxes without payroll tax, over all income of the year."),
        "gains_rate": _("The rate at which the next dollar of a long-term gain is taxed (IRC 1(h))."),
        "niit": _("3.8 % of investment income above the threshold (IRC 1411)."),
        "taxable_benefits": _("By the two tiers of IRC 86."),
        "required": _("What the law made the household take out beyond what it needed (IRC 401(a)(9))."),
        "recovered": _(
            "Form 8606: what was paid into IRAs without deduction, over all that is and was in them this year, of what "
            "was taken out and converted (IRC 408(d)(2))."
        ),
        "given": _("Straight from IRAs from 70½ on, to the yearly limit: no income (IRC 408(d)(8))."),
        "roth": _(
            "What came out of Roth accounts beyond what was paid in and converted, before 59½ or in the first five tax "
            "years (IRC 408A(d))."
        ),
        "equity": _(
            "Income of incentive options sold at once and of purchases at a discount: taxed like a salary, without "
            "payroll tax (IRC 421(b)); other equity counts among the salaries."
        ),
        "early": _(
            "10 % of what came out before 59½ and was deferred, of earnings from Roth accounts and of conversions of "
            "the last five years (IRC 72(t), 408A(d)(3)(F))."
        ),
        "step": _("By the income of two years before; 0 pays no more than the standard premium."),
        "next_step": _("The step of Medicare's premiums that this year's income leads to two years later."),
        "step_room": _(
            "How much more income of this year stays below the next step two years later, at that year's prices."
        ),
        "state": _("By the table of the state, as the plan's walk charges it."),
        "medicare": _("What income adds to the premiums of Parts B and D, for all who are insured."),
        "total": _("The sum of federal and state taxes of all years of the plan."),
        "federal": _("Income tax, surtaxes and payroll tax, computed by the exact rules of the year."),
        "surcharged": _("Years in which somebody pays more than the standard premium of Medicare."),
        **_deducted(),
        **_least(),
    }.get(name, _("As the plan's walk brings it in that year, by month; taxes by the exact rules of the year."))


def _least() -> dict[str, str]:
    """How the minimum tax of a year is found."""
    return {
        "minimum": _(
            "What the alternative minimum tax adds to the usual income tax (IRC 55); the gain of incentive options "
            "that are exercised and held counts for it (IRC 56(b)(3))."
        ),
        "minimum_credit": _(
            "Minimum tax that held incentive options cost in earlier years and that comes off now, down to the "
            "tentative minimum tax (IRC 53, Form 8801)."
        ),
    }


def _deducted() -> dict[str, str]:
    """How the deductions of a year are found."""
    return {
        "deduction": _(
            "The standard deduction or what may be itemised, whichever leaves the smaller tax, and the deduction for "
            "people of 65 and more (IRC 63). State deductions: standard."
        ),
        "state_and_local": _(
            "The state's income tax of the year and property taxes, up to the cap of the year, which shrinks with high "
            "incomes and is 10,000 after 2029 (IRC 164(b)(6))."
        ),
        "mortgage_interest": _(
            "Interest of the year on loans on the home, on no more debt than the law allows (IRC 163(h)(3))."
        ),
        "charity": _(
            "Gifts of cash: up to 60 % of income less 0.5 % of it where itemised, up to 1,000, of a couple 2,000, "
            "beside the standard deduction (IRC 170)."
        ),
        "charity_carried": _(
            "Gifts above the limits of the five years before that no year has deducted yet: they count after the gifts "
            "of the year itself, the oldest first (IRC 170(d)(1))."
        ),
        "medical": _(
            "Medical costs and premiums of Medicare, as far as they exceed 7.5 % of adjusted gross income (IRC 213)."
        ),
    }
