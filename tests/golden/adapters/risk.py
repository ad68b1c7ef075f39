"""Statistics of series, drawdowns, value at risk, market model, attribution: the portfolio engine answers."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

from apps.portfolios.engine import attribution as at
from apps.portfolios.engine import dispersion as spread
from apps.portfolios.engine import drawdowns as falls
from apps.portfolios.engine import market_model as market
from apps.portfolios.engine import value_at_risk as tail
from apps.portfolios.engine.computed import Computed
from apps.portfolios.engine.series import (
    annual_return,
    compound_annual_growth,
    cumulative_return,
    return_since,
    returns_of_prices,
)
from tests.golden.loader import GoldenFolders

Input = dict[str, Any]
SECONDS_OF_YEAR = 31_557_600
MONTHS = 12


def _rows(case_input: Input, folders: GoldenFolders) -> list[dict[str, str]]:
    with folders.data(case_input["data"]).open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    return rows[: case_input["rows"]] if "rows" in case_input else rows


def _column(rows: list[dict[str, str]], name: str) -> list[float]:
    return [float(row[name]) for row in rows]


def _series(case_input: Input, folders: GoldenFolders) -> list[float]:
    """Return the returns that a case names: in itself, or a column of a file of returns or of prices."""
    if "returns" in case_input:
        return list(case_input["returns"])
    rows = _rows(case_input, folders)
    if "column" in case_input:
        return list(returns_of_prices(_column(rows, case_input["column"])))
    names = (case_input.get("asset"), "portfolio", "return")
    return _column(rows, next(name for name in names if name in rows[0]))


def _benchmark(case_input: Input, folders: GoldenFolders) -> list[float]:
    named = case_input.get("benchmark", "benchmark")
    return named if isinstance(named, list) else _column(_rows(case_input, folders), named)


def _free(case_input: Input, folders: GoldenFolders) -> Any:
    named = case_input.get("rf", case_input.get("rf_per_period", 0.0))
    return _column(_rows(case_input, folders), named) if isinstance(named, str) else named


def _per_year(case_input: Input) -> float:
    return float(case_input.get("periods_per_year", MONTHS))


def _mar(case_input: Input) -> Any:
    return case_input.get("mar_per_period", case_input.get("mar", case_input.get("rf_per_period", 0.0)))


Answer = Callable[[Input, GoldenFolders], Computed]


def _under(*names: str) -> Callable[[Answer], Callable[[Input, GoldenFolders], Input]]:
    """Give the figure the names that sources use for it."""

    def decorate(answer: Answer) -> Callable[[Input, GoldenFolders], Input]:
        def adapter(case_input: Input, folders: GoldenFolders) -> Input:
            found = answer(case_input, folders).value
            return dict.fromkeys(("value", *names), found)

        return adapter

    return decorate


def _of_series(function: Callable[[Any], Computed], name: str) -> Any:
    return _under(name)(lambda given, folders: function(_series(given, folders)))


def _of_least(function: Callable[[Any, Any], Computed], name: str) -> Any:
    return _under(name)(lambda given, folders: function(_series(given, folders), _mar(given)))


def _of_year(function: Callable[[Any, float], Computed], name: str) -> Any:
    return _under(name)(lambda given, folders: function(_series(given, folders), _per_year(given)))


def _of_pair(function: Callable[[Any, Any], Computed], name: str) -> Any:
    return _under(name)(lambda given, folders: function(_series(given, folders), _benchmark(given, folders)))


def _of_pair_and_year(function: Callable[[Any, Any, float], Computed], name: str) -> Any:
    return _under(name)(
        lambda given, folders: function(_series(given, folders), _benchmark(given, folders), _per_year(given))
    )


def _of_pair_and_free(function: Callable[[Any, Any, Any], Computed], name: str) -> Any:
    return _under(name)(
        lambda given, folders: function(_series(given, folders), _benchmark(given, folders), _free(given, folders))
    )


def _of_all(function: Callable[[Any, Any, Any, float], Computed], name: str) -> Any:
    return _under(name)(
        lambda given, folders: function(
            _series(given, folders), _benchmark(given, folders), _free(given, folders), _per_year(given)
        )
    )


def _of_free_and_year(function: Callable[[Any, Any, float], Computed], name: str) -> Any:
    return _under(name)(
        lambda given, folders: function(_series(given, folders), _free(given, folders), _per_year(given))
    )


def _of_confidence(function: Callable[[Any, float], Computed], name: str) -> Any:
    return _under(name)(
        lambda given, folders: function(
            _series(given, folders), given["confidence"] if "confidence" in given else 1 - given["tail_probability"]
        )
    )


def _downside_risk(given: Input, folders: GoldenFolders) -> Input:
    return {"value": spread.downside_deviation(_series(given, folders), _mar(given), _per_year(given)).value}


def _sortino(given: Input, folders: GoldenFolders) -> Input:
    return {"value": market.sortino_ratio(_series(given, folders), _mar(given), _per_year(given)).value}


def _information_ratio_periodic(given: Input, folders: GoldenFolders) -> Input:
    benchmark = given.get("benchmark_per_period", 0.0)
    return {"value": market.information_ratio_of_period(_series(given, folders), benchmark).value}


def _rolling_max_drawdown(given: Input, folders: GoldenFolders) -> Input:
    return {"values": list(falls.rolling_max_drawdown(_series(given, folders), given["window"]))}


def _longest_recovery(given: Input, _folders: GoldenFolders) -> Input:
    first = date.fromisoformat(given["dates_from"])
    values = given["accumulated_returns"]
    found = falls.longest_recovery([first + timedelta(days=place) for place in range(len(values))], values)
    return {
        "trough": found.trough.isoformat() if found else None,
        "recovered": found.recovered.isoformat() if found and found.recovered else None,
    }


def _cagr(given: Input, folders: GoldenFolders) -> Input:
    rows = _rows(given, folders)
    prices, days = _column(rows, given["column"]), [datetime.fromisoformat(row["Date"]) for row in rows]
    years = (days[-1] - days[0]).total_seconds() / SECONDS_OF_YEAR
    return {"value": compound_annual_growth(prices[0], prices[-1], years).value}


def _simple_returns(given: Input, folders: GoldenFolders) -> Input:
    found = returns_of_prices(_column(_rows(given, folders), given["column"]))
    return {f"row{place + 1}": float(value) for place, value in enumerate(found)}


def _mtd_ytd(given: Input, folders: GoldenFolders) -> Input:
    rows, on = _rows(given, folders), date.fromisoformat(given["as_of"])
    days, prices = [date.fromisoformat(row["Date"]) for row in rows], _column(rows, given["column"])
    return {
        "mtd": return_since(days, prices, on.replace(day=1), on).value,
        "ytd": return_since(days, prices, on.replace(month=1, day=1), on).value,
    }


def _summary(given: Input, folders: GoldenFolders) -> Input:
    ours, theirs = _series(given, folders), _benchmark(given, folders)
    return {
        "annualised_return": annual_return(ours, MONTHS).value,
        "annualised_volatility": spread.volatility(ours, MONTHS).value,
        "max_drawdown": falls.max_drawdown(ours).value,
        "beta": market.beta(ours, theirs).value,
        "tracking_error": market.tracking_error(ours, theirs, MONTHS).value,
        "information_ratio": market.information_ratio(ours, theirs, MONTHS).value,
        "correlation": market.correlation(ours, theirs).value,
        "sharpe": market.sharpe_ratio(ours, 0.0, MONTHS).value,
        "sortino": market.sortino_ratio(ours, 0.0, MONTHS).value,
        "calmar": falls.calmar_ratio(ours, MONTHS).value,
    }


def _period(given: Input) -> at.Segments:
    return at.Segments.of(given["wp"], given["wb"], given["rp"], given["rb"])


def _effects(effects: at.Effects) -> Input:
    return {
        "allocation": list(effects.allocation),
        "selection": list(effects.selection),
        "interaction": list(effects.interaction),
        "selection_incl_interaction": list(effects.selection_with_interaction),
        "totals": {
            "allocation": float(effects.allocation.sum()),
            "selection": float(effects.selection.sum()),
            "interaction": float(effects.interaction.sum()),
            "active": effects.total,
        },
    }


def _one_period(method: Callable[[at.Segments], at.Effects]) -> Callable[[Input, GoldenFolders], Input]:
    def adapter(given: Input, _folders: GoldenFolders) -> Input:
        period = _period(given)
        returns = {"portfolio_return": period.portfolio_return, "benchmark_return": period.benchmark_return}
        return {**returns, **_effects(method(period))}

    return adapter


def _periods(given: Input) -> list[at.Segments]:
    return [at.Segments.of(given["wp"], given["wb"], rp, rb) for rp, rb in zip(given["rp"], given["rb"], strict=True)]


def _topdown_multi(given: Input, folders: GoldenFolders) -> Input:
    found = [at.brinson_hood_beebower(period) for period in _periods(_input_of(given, folders))]
    return {
        "allocation": [list(each.allocation) for each in found],
        "selection_incl_interaction": [list(each.selection_with_interaction) for each in found],
        "allocation_totals": [float(each.allocation.sum()) for each in found],
        "selection_totals": [float(each.selection_with_interaction.sum()) for each in found],
    }


def _linking(factors: Callable[[Any, Any], Any]) -> Callable[[Input, GoldenFolders], Input]:
    def adapter(given: Input, _folders: GoldenFolders) -> Input:
        ours, theirs = given["portfolio_returns"], given["benchmark_returns"]
        scale = factors(ours, theirs)
        allocation = at.linked(given["allocation"], scale)
        selection = at.linked(given["selection_incl_interaction"], scale)
        return {
            "cumulative_portfolio": at.compounded(ours),
            "cumulative_benchmark": at.compounded(theirs),
            "factors": list(scale),
            "allocation_total": list(allocation),
            "selection_total": list(selection),
            "sum_equals_active": float(allocation.sum() + selection.sum()),
        }

    return adapter


def _linking_topdown(given: Input, folders: GoldenFolders) -> Input:
    periods = _periods(_input_of(given, folders))
    found = at.link(periods, [at.brinson_hood_beebower(period) for period in periods])
    return {
        "allocation_total_by_asset": list(found.allocation),
        "selection_total_by_asset": list(found.selection_with_interaction),
        "allocation_total": float(found.allocation.sum()),
        "selection_total": float(found.selection_with_interaction.sum()),
    }


def _input_of(given: Input, folders: GoldenFolders) -> Input:
    """Return the input, or that of the case whose it is."""
    if "same_as" not in given:
        return given
    for folder in folders.cases:
        for path in folder.glob("*.json"):
            for case in json.loads(path.read_text(encoding="utf-8"))["cases"]:
                if case["id"] == given["same_as"]:
                    return dict(case["input"])
    raise LookupError(given["same_as"])


ADAPTERS = {
    "cumulative_return": _of_series(cumulative_return, "cumulative_return"),
    "annual_return": _of_year(annual_return, "annual_return"),
    "annual_volatility": _of_year(spread.volatility, "annual_volatility"),
    "volatility_period_log": _of_series(spread.volatility_of_period, "volatility"),
    "max_drawdown": _of_series(falls.max_drawdown, "max_drawdown"),
    "calmar": _of_year(falls.calmar_ratio, "calmar"),
    "sharpe": _of_free_and_year(market.sharpe_ratio, "sharpe"),
    "downside_risk": _downside_risk,
    "sortino": _sortino,
    "information_ratio_periodic": _information_ratio_periodic,
    "down_capture": _of_pair_and_year(market.down_capture, "down_capture"),
    "up_capture": _of_pair_and_year(market.up_capture, "up_capture"),
    "rolling_max_drawdown": _rolling_max_drawdown,
    "longest_recovery": _longest_recovery,
    "cagr": _cagr,
    "simple_return_rows_1_9": _simple_returns,
    "mtd_ytd": _mtd_ytd,
    "upside_frequency": _of_least(spread.upside_frequency, "upside_frequency"),
    "downside_frequency": _of_least(spread.downside_frequency, "downside_frequency"),
    "upside_potential": _of_least(spread.upside_potential, "upside_potential"),
    "downside_potential": _of_least(spread.downside_potential, "downside_potential"),
    "upside_risk": _of_least(spread.upside_risk, "upside_risk"),
    "upside_potential_ratio": _of_least(spread.upside_potential_ratio, "upside_potential_ratio"),
    "omega_ratio": _of_least(spread.omega_ratio, "omega_ratio"),
    "downside_deviation": _under("downside_deviation")(
        lambda given, folders: spread.downside_deviation(_series(given, folders), _mar(given), 1)
    ),
    "bernardo_ledoit_ratio": _of_series(spread.bernardo_ledoit_ratio, "bernardo_ledoit_ratio"),
    "d_ratio": _of_series(spread.d_ratio, "d_ratio"),
    "mean_absolute_deviation": _of_series(spread.mean_absolute_deviation, "mean_absolute_deviation"),
    "skewness": _of_series(spread.skewness, "skewness"),
    "skewness_sample": _of_series(spread.skewness_of_sample, "skewness_sample"),
    "kurtosis": _of_series(spread.kurtosis, "kurtosis"),
    "kurtosis_sample": _of_series(spread.kurtosis_of_sample, "kurtosis_sample"),
    "pain_index": _of_series(falls.pain_index, "pain_index"),
    "ulcer_index": _of_series(falls.ulcer_index, "ulcer_index"),
    "pain_ratio": _of_free_and_year(falls.pain_ratio, "pain_ratio"),
    "martin_ratio": _of_free_and_year(falls.martin_ratio, "martin_ratio"),
    "appraisal_ratio": _of_all(market.appraisal_ratio, "appraisal_ratio"),
    "jensen_alpha": _of_all(market.jensen_alpha, "jensen_alpha"),
    "treynor_ratio": _of_all(market.treynor_ratio, "treynor_ratio"),
    "m_squared": _of_all(market.m_squared, "m_squared"),
    "fama_beta": _of_pair(market.fama_beta, "fama_beta"),
    "specific_risk": _of_pair_and_year(market.specific_risk, "specific_risk"),
    "systematic_risk": _of_pair_and_year(market.systematic_risk, "systematic_risk"),
    "tracking_error": _of_pair_and_year(market.tracking_error, "tracking_error"),
    "information_ratio": _of_pair_and_year(market.information_ratio, "information_ratio"),
    "correlation": _of_pair(market.correlation, "correlation"),
    "summary": _summary,
    "capm_beta": _of_pair_and_free(market.beta, "beta"),
    "capm_beta_bull": _of_pair_and_free(market.beta_bull, "beta"),
    "capm_beta_bear": _of_pair_and_free(market.beta_bear, "beta"),
    "capm_alpha_monthly": _of_pair_and_free(market.alpha_of_period, "alpha"),
    "var_historical_cutoff": _of_confidence(tail.historical_var, "var"),
    "var_historical": _of_confidence(tail.historical_var, "var"),
    "cvar_historical": _of_confidence(tail.historical_cvar, "cvar"),
    "var_gaussian": _of_confidence(tail.gaussian_var, "var"),
    "cvar_gaussian": _of_confidence(tail.gaussian_cvar, "cvar"),
    "var_cornish_fisher": _of_confidence(tail.cornish_fisher_var, "var"),
    "cvar_cornish_fisher": _of_confidence(tail.cornish_fisher_cvar, "cvar"),
    "brinson_fachler": _one_period(at.brinson_fachler),
    "brinson_fachler_three_way": _one_period(at.brinson_fachler),
    "brinson_hood_beebower": _one_period(at.brinson_hood_beebower),
    "brinson_hood_beebower_topdown_multi": _topdown_multi,
    "carino_linking": _linking(at.carino_factors),
    "menchero_linking": _linking(at.menchero_factors),
    "carino_linking_topdown": _linking_topdown,
}
