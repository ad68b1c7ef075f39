"""The sentences of advice: message ids with named places. A place's suffix tells the caller how to format it."""

from __future__ import annotations

from collections.abc import Mapping

from apps.kernel.errors import gettext_noop
from apps.plans.engine.results import Text

# Title, reason, actions.
Texts = tuple[Text, Text, tuple[Text, ...]]

Facts = Mapping[str, float]


def text(message: str, **params: float | str) -> Text:
    """Return a sentence with what fills its places."""
    return Text(message, tuple(sorted(params.items())))


def savings_texts(facts: Facts) -> Texts:
    """Save more: the target is reached by it."""
    return (
        text(gettext_noop("Save %(extra__money)s more each month"), extra__money=facts["monthly_extra"]),
        text(
            gettext_noop(
                "You save %(now__percent)s of your salaries. The plan succeeds in %(success__percent)s of the markets "
                "we tried; at %(needed__percent)s it reaches %(target__percent)s."
            ),
            now__percent=facts["rate_now"],
            needed__percent=facts["rate_needed"],
            success__percent=facts["success_now"],
            target__percent=facts["target"],
        ),
        (
            text(gettext_noop("Set up a monthly transfer for the day after payday.")),
            text(gettext_noop("Raise it with each rise in salary.")),
        ),
    )


def savings_out_of_reach_texts(facts: Facts) -> Texts:
    """Save more: it helps, but saving alone does not reach the target."""
    title, _, actions = savings_texts(facts)
    return (
        title,
        text(
            gettext_noop(
                "Saving alone does not bring the plan to %(target__percent)s: even at %(needed__percent)s of your "
                "salaries it falls short. It helps together with other steps."
            ),
            needed__percent=facts["rate_needed"],
            target__percent=facts["target"],
        ),
        actions,
    )


def spending_texts(facts: Facts) -> Texts:
    """Spend less in retirement."""
    return (
        text(
            gettext_noop("Plan to spend %(amount__money)s a month in retirement"),
            amount__money=facts["sustainable_monthly"],
        ),
        text(
            gettext_noop(
                "The plan counts on %(planned__money)s a month, in money of today, and succeeds in "
                "%(success__percent)s of the markets we tried. %(amount__money)s a month reaches %(target__percent)s."
            ),
            planned__money=facts["planned_monthly"],
            amount__money=facts["sustainable_monthly"],
            success__percent=facts["success_now"],
            target__percent=facts["target"],
        ),
        (
            text(gettext_noop("Sort the costs of retirement into needs and wishes.")),
            text(gettext_noop("Agree which wishes wait when markets are poor.")),
        ),
    )


def spending_out_of_reach_texts(facts: Facts) -> Texts:
    """Spend less in retirement: it helps, but spending less alone does not reach the target."""
    title, _, actions = spending_texts(facts)
    return (
        title,
        text(
            gettext_noop(
                "Spending less alone does not make the plan work: even if nothing at all were spent on living in "
                "retirement, it would succeed in %(nothing__percent)s of the markets we tried; the target is "
                "%(target__percent)s. The plan counts on %(planned__money)s a month, in money of today: spending a "
                "little less helps together with other steps."
            ),
            nothing__percent=facts["success_with_nothing"],
            target__percent=facts["target"],
            planned__money=facts["planned_monthly"],
        ),
        actions,
    )


def room_texts(facts: Facts) -> Texts:
    """There is room to spend more."""
    return (
        text(
            gettext_noop("You have room to spend up to %(amount__money)s a month in retirement"),
            amount__money=facts["sustainable_monthly"],
        ),
        text(
            gettext_noop(
                "The plan succeeds in %(success__percent)s of the markets we tried with %(planned__money)s a month. "
                "At %(amount__money)s it still reaches %(target__percent)s."
            ),
            planned__money=facts["planned_monthly"],
            amount__money=facts["sustainable_monthly"],
            success__percent=facts["success_now"],
            target__percent=facts["target"],
        ),
        (text(gettext_noop("Decide what the room is for: living better, giving, or stopping work earlier.")),),
    )


def delay_texts(facts: Facts) -> Texts:
    """Retire later."""
    return (
        text(gettext_noop("Work %(months__count)s months longer"), months__count=facts["delay_months"]),
        text(
            gettext_noop(
                "Retiring later raises the success of the plan from %(success__percent)s to %(then__percent)s: you "
                "save longer and draw for a shorter time."
            ),
            success__percent=facts["success_now"],
            then__percent=facts["success_then"],
        ),
        (
            text(gettext_noop("Talk to your employer about the date, or about working part-time.")),
            text(gettext_noop("Check how the later date changes your pension and Social Security.")),
        ),
    )


def delay_out_of_reach_texts(facts: Facts) -> Texts:
    """Retire later: it helps, but working longer alone does not reach the target."""
    title, _, actions = delay_texts(facts)
    return (
        title,
        text(
            gettext_noop(
                "Working longer alone does not bring the plan to %(target__percent)s: %(months__count)s months are the "
                "most that the plan lets you work longer, and with them it succeeds in %(then__percent)s of the "
                "markets we tried instead of %(success__percent)s. It helps together with other steps."
            ),
            target__percent=facts["target"],
            months__count=facts["delay_months"],
            then__percent=facts["success_then"],
            success__percent=facts["success_now"],
        ),
        actions,
    )


def risk_texts(facts: Facts) -> Texts:
    """The allocation is beyond the client's limit."""
    return (
        text(gettext_noop("Bring your investments back within your risk limit")),
        text(
            gettext_noop(
                "Your investments hold %(equity__percent)s equities and swing by %(volatility__percent)s in an "
                "ordinary year; your risk level allows %(equity_limit__percent)s and %(limit__percent)s."
            ),
            equity__percent=facts["equity_now"],
            volatility__percent=facts["volatility_now"],
            equity_limit__percent=facts["equity_limit"],
            limit__percent=facts["volatility_limit"],
        ),
        (
            text(gettext_noop("Move to the allocation shown, inside retirement accounts first: no tax is due there.")),
            text(gettext_noop("If you want to keep the risk, review your risk profile with us first.")),
        ),
    )


def allocation_texts(facts: Facts) -> Texts:
    """A better allocation fits into the same limit."""
    return (
        text(gettext_noop("Use your risk limit better")),
        text(
            gettext_noop(
                "Within the same limit another mix is expected to return %(then__percent)s a year instead of "
                "%(now__percent)s."
            ),
            now__percent=facts["return_now"],
            then__percent=facts["return_then"],
        ),
        (text(gettext_noop("Move to the allocation shown, inside retirement accounts first: no tax is due there.")),),
    )


def mix_texts(facts: Facts) -> Texts:
    """The plan is computed with another mix than is held."""
    return (
        text(gettext_noop("Move your investments to the mix that this plan counts on")),
        text(
            gettext_noop(
                "The mix is expected to return %(then__percent)s a year instead of %(now__percent)s and swings by "
                "%(volatility_then__percent)s instead of %(volatility__percent)s in an ordinary year. Every figure of "
                "the plan counts on it."
            ),
            now__percent=facts["return_now"],
            then__percent=facts["return_then"],
            volatility__percent=facts["volatility_now"],
            volatility_then__percent=facts["volatility_then"],
        ),
        (text(gettext_noop("Move to the allocation shown, inside retirement accounts first: no tax is due there.")),),
    )


def debt_texts(debt: str, facts: Facts) -> Texts:
    """Pay the dearest debt faster; ``debt`` is its key, which the caller replaces by its name."""
    return (
        text(
            gettext_noop("Pay %(extra__money)s more a month on %(debt__name)s"),
            extra__money=facts["monthly_extra"],
            debt__name=debt,
        ),
        text(
            gettext_noop(
                "It costs %(rate__percent)s a year, more than the %(bonds__percent)s that bonds are expected to bring. "
                "Paying faster saves %(interest__money)s of interest and ends it %(months__count)s months sooner."
            ),
            rate__percent=facts["rate"],
            bonds__percent=facts["bond_return"],
            interest__money=facts["interest_saved"],
            months__count=facts["months_sooner"],
        ),
        (text(gettext_noop("Ask the lender to book the extra payment against the balance.")),),
    )


def emergency_texts(facts: Facts) -> Texts:
    """Fill the emergency fund."""
    return (
        text(
            gettext_noop("Build up an emergency fund of %(needed__money)s"),
            needed__money=facts["needed"],
        ),
        text(
            gettext_noop(
                "Your cash accounts hold %(held__money)s; %(months__count)s months of living costs and debt payments "
                "are %(needed__money)s."
            ),
            held__money=facts["held"],
            needed__money=facts["needed"],
            months__count=facts["months"],
        ),
        (
            text(
                gettext_noop("Set aside %(extra__money)s a month for %(fill__count)s months."),
                extra__money=facts["monthly_extra"],
                fill__count=facts["fill_months"],
            ),
        ),
    )
