"""Lots, cost basis and returns: each case becomes transactions or flows, and the portfolio engine answers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

from apps.kernel.flows import FlowTiming
from apps.kernel.money import Money
from apps.portfolios.engine.class_changes import ClassChange, amounts_for
from apps.portfolios.engine.currencies import gain_in_base
from apps.portfolios.engine.errors import AmbiguousLotError, OversoldError
from apps.portfolios.engine.lots import Lot, select_lots
from apps.portfolios.engine.performance import DailyRecord, Day, FeeBasis, time_weighted
from apps.portfolios.engine.positions import Book, BookPolicy, book_at
from apps.portfolios.engine.returns import (
    DietzPeriod,
    average_capital,
    irr,
    modified_dietz,
    modified_irr,
    net_present_value,
    xirr,
)
from apps.portfolios.engine.transactions import LotMethod, Transaction, TransactionKind
from apps.portfolios.engine.wash_ledger import (
    AcquisitionKind,
    Disposal,
    HouseholdAccount,
    HouseholdLedger,
    Relation,
    TaxLot,
    TaxTreatment,
)
from apps.portfolios.engine.wash_sales import find_wash_sales
from tests.golden.loader import GoldenFolders

Input = dict[str, Any]
METHODS = {
    "FIFO": LotMethod.FIFO,
    "LIFO": LotMethod.LIFO,
    "HIFO": LotMethod.HIFO,
    "STRICT": LotMethod.SPECIFIC,
    "AVG": LotMethod.AVERAGE,
    "AVERAGE": LotMethod.AVERAGE,
}
LATE = date(2100, 1, 1)


def _exact(number: Any) -> Decimal:
    return Decimal(str(number))


def select(case_input: Input, _folders: GoldenFolders) -> Input:
    lots = [
        Lot(
            lot_id=str(place),
            security_id="X",
            acquired_on=date.fromisoformat(lot["date"]),
            quantity=_exact(lot["quantity"]),
            cost=_exact(lot["quantity"]) * _exact(lot["unit_cost"]),
        )
        for place, lot in enumerate(case_input["lots"])
    ]
    try:
        chosen = select_lots(lots, _exact(case_input["sell_quantity"]), METHODS[case_input["method"].upper()])
    except (AmbiguousLotError, OversoldError) as refusal:
        return {"error": refusal.code}
    return {"sold": [_lot(lot) for lot in chosen.taken], "remaining": [_lot(lot) for lot in chosen.left]}


def _lot(lot: Lot) -> Input:
    return {"quantity": lot.quantity, "unit_cost": lot.unit_cost, "date": lot.acquired_on.isoformat()}


def _book(trades: list[Transaction], method: LotMethod) -> Book:
    return book_at(trades, LATE, BookPolicy(method))


def _gains(book: Book) -> Decimal:
    return sum((gain.gain for gain in book.realised if gain.gain is not None), Decimal(0))


def cost_and_gains(case_input: Input, _folders: GoldenFolders) -> Input:
    trades = [
        Transaction(
            transaction_id=str(place),
            kind=TransactionKind(kind),
            trade_date=date.fromisoformat(day),
            amount=Money(_exact(amount)),
            security_id="X",
            quantity=_exact(quantity),
        )
        for place, (kind, day, quantity, amount) in enumerate(case_input["transactions"])
    ]
    book = _book(trades, METHODS[case_input["method"].upper()])
    held = book.position("X")
    quantity = held.quantity if held else Decimal(0)
    cost = held.cost if held and held.cost is not None else Decimal(0)
    return {
        "remaining_cost": cost,
        "remaining_qty": quantity,
        "realised_gain": _gains(book),
        "unrealised_gain": quantity * _exact(case_input.get("price", 0)) - cost,
    }


def position_pnl_average_cost(case_input: Input, _folders: GoldenFolders) -> Input:
    """Fees are kept apart from cost, as the source has it."""
    trades = []
    for place, raw in enumerate(case_input["transactions"]):
        day = date.fromisoformat(raw["date"])
        amount = Money(_exact(raw["quantity"]) * _exact(raw["unit_price"]))
        kind = TransactionKind(raw["type"].lower())
        trades.append(Transaction(f"{place}", kind, day, amount, "X", _exact(raw["quantity"])))
        if raw["fee"]:
            trades.append(Transaction(f"{place}-fee", TransactionKind.FEE, day, Money(_exact(raw["fee"]))))
    book = _book(trades, LotMethod.AVERAGE)
    held = book.position("X")
    quantity = held.quantity if held else Decimal(0)
    cost = held.cost if held and held.cost is not None else Decimal(0)
    fees = sum((fee.amount for fee in book.fees), Decimal(0))
    value = quantity * _exact(case_input["market_price"])
    gain = _gains(book) + value - cost
    return {
        "quantity": quantity,
        "average_price": cost / quantity if quantity else 0,
        "investment": cost,
        "fees": fees,
        "gross_gain": gain,
        "net_gain": gain - fees,
        "market_value": value,
    }


def position_pnl_fx(case_input: Input, _folders: GoldenFolders) -> Input:
    (buy,) = case_input["transactions"]
    quantity = _exact(buy["quantity"])
    rate_then, rate_now = _exact(case_input["fx_at_buy"]), _exact(case_input["fx_now"])
    found = gain_in_base(
        quantity * _exact(buy["unit_price"]), quantity * _exact(case_input["market_price"]), rate_then, rate_now
    )
    return {
        "market_value_base": found.value,
        "investment_base_at_cost_fx": found.cost,
        "gross_gain_base_with_fx": found.gain,
        "net_gain_base_with_fx": found.gain - _exact(buy["fee"]) * rate_then,
        "gross_return_with_fx": found.return_with_currency,
        "gross_return_local": found.return_local,
    }


def _xirr(case_input: Input, _folders: GoldenFolders) -> Input:
    return {"rate": xirr([(date.fromisoformat(day), amount) for day, amount in case_input["flows"]]).value}


def _irr_by_years(case_input: Input, _folders: GoldenFolders) -> Input:
    years, amounts = zip(*case_input["flows_years"], strict=True)
    return {"irr_annual": irr(years, amounts).value}


def _periodic_irr(case_input: Input, _folders: GoldenFolders) -> Input:
    return {"rate": irr(range(len(case_input["flows"])), case_input["flows"]).value}


def _npv(first_period: int) -> Callable[[Input, GoldenFolders], Input]:
    def answer(case_input: Input, _folders: GoldenFolders) -> Input:
        return {"npv": net_present_value(case_input["rate"], case_input["flows"], first_period)}

    return answer


def _mirr(case_input: Input, _folders: GoldenFolders) -> Input:
    return {"rate": modified_irr(case_input["flows"], case_input["finance_rate"], case_input["reinvest_rate"]).value}


def _period(case_input: Input) -> DietzPeriod:
    if "calendar_days" in case_input:
        flows = tuple((float(day), float(amount)) for day, amount in case_input["flows"])
        return DietzPeriod(case_input["begin"], case_input.get("end", 0.0), flows, case_input["calendar_days"])
    begin, end = (date.fromisoformat(case_input[name]) for name in ("begin_date", "end_date"))
    dated = [(day, amount) for day, amount in case_input.get("contributions", [])]
    dated += [(day, -amount) for day, amount in case_input.get("withdrawals", [])]
    flows = tuple(((date.fromisoformat(day) - begin).days, float(amount)) for day, amount in dated)
    return DietzPeriod(case_input["begin"], case_input["end"], flows, (end - begin).days)


def _modified_dietz(case_input: Input, _folders: GoldenFolders) -> Input:
    return {"return": modified_dietz(_period(case_input)).value}


def _modified_dietz_denominator(case_input: Input, _folders: GoldenFolders) -> Input:
    period = _period(case_input)
    return {"average_capital": average_capital(period.begin, period.flows, period.calendar_days, period.timing)}


def twr_invariance(case_input: Input, _folders: GoldenFolders) -> Input:
    """Build an account that earns the market's path with these flows; the engine must find the path again."""
    path, flows = case_input["accumulated_market_return"], case_input["external_flows"]
    values: list[float] = []
    before, level = 0.0, 1.0
    for accumulated, flow in zip(path, flows, strict=True):
        growth = (1 + accumulated) / level
        before = (before + max(flow, 0.0)) * growth + min(flow, 0.0)
        level = 1 + accumulated
        values.append(before)
    days = tuple(
        Day(_exact(value), _exact(max(flow, 0.0)), _exact(max(-flow, 0.0)))
        for value, flow in zip(values, flows, strict=True)
    )
    record = DailyRecord(date.fromisoformat(case_input["first_day"]), Decimal(0), days)
    found = time_weighted(record, FlowTiming.IN_START_OUT_END, FeeBasis.NET)
    return {"accumulated": list(found.accumulated), "last_day": record.last_day.isoformat()}


def wash_sale(case_input: Input, _folders: GoldenFolders) -> Input:
    """Rows are lots with at most one sale; rows that name one `lot` come from one purchase."""
    lots, disposals = [], []
    for place, row in enumerate(case_input["lots"]):
        name, shares = f"{place:06}", _exact(row["shares"])
        lots.append(
            TaxLot(
                lot_id=name,
                account_id="A",
                security_id="X",
                acquired_on=date.fromisoformat(row["buy_date"]),
                quantity=shares,
                cost=_exact(row["basis"]),
                kind=AcquisitionKind.PURCHASE,
                purchase_id=f"lot {row['lot']}" if row.get("lot") else "",
            )
        )
        if row.get("sell_date"):
            day = date.fromisoformat(row["sell_date"])
            disposals.append(Disposal(name, name, day, shares, _exact(row["proceeds"])))
    account = HouseholdAccount("A", "owner", Relation.TAXPAYER, TaxTreatment.TAXABLE)
    found = find_wash_sales(HouseholdLedger((account,), tuple(lots), tuple(disposals)))
    pieces = sorted(found.pieces, key=lambda piece: piece.lot_id)
    left = [
        piece.basis - piece.proceeds - piece.disallowed
        for piece in pieces
        if piece.basis is not None and piece.proceeds is not None
    ]
    return {
        "totals": {
            "disallowed": sum((match.disallowed for match in found.matches), Decimal(0)),
            "allowed_loss": sum((loss for loss in left if loss > 0), Decimal(0)),
            "open_basis": sum((piece.basis or Decimal(0) for piece in pieces if not piece.disposal_id), Decimal(0)),
        },
        "lots": [
            {
                "shares": piece.quantity,
                "buy_date": piece.acquired_on.isoformat(),
                "tacked_buy_date": piece.held_since.isoformat(),
                "basis": piece.basis,
                "sell_date": piece.disposed_on.isoformat() if piece.disposed_on else None,
                "proceeds": piece.proceeds,
                "disallowed": piece.disallowed,
            }
            for piece in pieces
        ],
    }


def rebalance_amounts(case_input: Input, _folders: GoldenFolders) -> Input:
    found = amounts_for([ClassChange(wish["loadings"], wish["amount"]) for wish in case_input["constraints"]])
    return {"amounts": found.amounts, "exact": found.is_exact}


ADAPTERS = {
    "rebalance_amounts": rebalance_amounts,
    "select_lots": select,
    "cost_and_gains": cost_and_gains,
    "position_pnl_average_cost": position_pnl_average_cost,
    "position_pnl_fx": position_pnl_fx,
    "xirr": _xirr,
    "irr": _periodic_irr,
    "npv_t0": _npv(0),
    "npv_t1": _npv(1),
    "mirr": _mirr,
    "irr_of_same_flows": _irr_by_years,
    "modified_dietz": _modified_dietz,
    "modified_dietz_denominator": _modified_dietz_denominator,
    "twr_invariance": twr_invariance,
    "wash_sale": wash_sale,
}
