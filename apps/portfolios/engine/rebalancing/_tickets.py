"""Whole shares and cents: the optimiser's amounts become orders that can be sent, and cash adds up to the cent."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Decimal

from apps.portfolios.engine.rebalancing._book import Book, BuyLine, Cap, SellLine
from apps.portfolios.engine.rebalancing._optimising import Optimum
from apps.portfolios.engine.rebalancing._rows import value_of
from apps.portfolios.engine.rebalancing._weighing import net_gains
from apps.portfolios.engine.rebalancing.inputs import NOTHING, InvestedAccount, Security
from apps.portfolios.engine.rebalancing.results import LineKind
from apps.portfolios.engine.rebalancing.settings import Mode

CENT = Decimal("0.01")
Key = tuple[str, str]  # account and security


def steps(quantity: Decimal, step: Decimal, rounding: str = ROUND_HALF_UP) -> Decimal:
    """Return a quantity in whole steps."""
    return (quantity / step).quantize(Decimal(1), rounding=rounding) * step


def cents(amount: Decimal) -> Decimal:
    """Return an amount as it is posted."""
    return amount.quantize(CENT, rounding=ROUND_HALF_UP)


@dataclass
class Tickets:
    """Orders in the making: what is sold of each sell line of the book, and bought by account and security."""

    book: Book
    optimum: Optimum
    sold: dict[int, Decimal] = field(default_factory=dict)
    bought: dict[Key, Decimal] = field(default_factory=dict)
    lines: dict[Key, list[int]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for place, line in enumerate(self.book.sells):
            self.lines.setdefault((line.account_id, line.security_id), []).append(place)
        for places in self.lines.values():
            places.sort(key=self._order)

    def _order(self, place: int) -> tuple[float, float, str]:
        """What the optimiser takes whole goes first, then what costs least tax."""
        line = self.book.sells[place]
        rate = self.book.tax.long if line.is_long else self.book.tax.short
        return -round(float(self.optimum.sold[place]) / line.most, 6), line.gain_share * rate, line.lot.lot_id

    # -- what stands

    def security(self, key: Key) -> Security:
        """Return the security of a key."""
        return self.book.securities[key[1]]

    def quantity_sold(self, key: Key) -> Decimal:
        """Return the shares that an account sells of a security."""
        return sum((self.sold.get(place, NOTHING) for place in self.lines.get(key, ())), NOTHING)

    def amount(self, key: Key, quantity: Decimal) -> Decimal:
        """Return what a quantity is worth, to the cent."""
        return cents(quantity * self.security(key).price)

    def cost(self, amount: Decimal) -> Decimal:
        """Return the cost of trading an amount, to the cent."""
        return cents(amount * self.book.settings.cost_rate.fraction)

    def sales(self, account_id: str | None = None) -> dict[Key, Decimal]:
        """Return quantities sold by account and security."""
        keys = [key for key in self.lines if account_id in {None, key[0]}]
        return {key: quantity for key in keys if (quantity := self.quantity_sold(key))}

    def purchases(self, account_id: str | None = None) -> dict[Key, Decimal]:
        """Return quantities bought by account and security."""
        return {key: quantity for key, quantity in self.bought.items() if quantity and account_id in {None, key[0]}}

    def cash(self, account: InvestedAccount) -> Decimal:
        """Return the cash of an account after the orders and what they cost."""
        total = account.cash
        for key, quantity in self.sales(account.account_id).items():
            amount = self.amount(key, quantity)
            total += amount - self.cost(amount)
        for key, quantity in self.purchases(account.account_id).items():
            amount = self.amount(key, quantity)
            total -= amount + self.cost(amount)
        return total

    # -- changing quantities

    def sell(self, key: Key, quantity: Decimal) -> None:
        """Sell so much in all, lot by lot in order; never more than the lots hold."""
        left = quantity
        for place in self.lines[key]:
            part = min(left, self.book.sells[place].lot.quantity)
            self.sold[place] = part
            left -= part

    def held(self, key: Key) -> Decimal:
        """Return the shares that may be sold."""
        return sum((self.book.sells[place].lot.quantity for place in self.lines.get(key, ())), NOTHING)

    def may_sell_more(self, key: Key) -> bool:
        """Say whether selling clashes with a purchase: of the same target there, or of what is lost, anywhere."""
        places = set(self.lines.get(key, ()))
        for exclusion in self.optimum.exclusions:
            bought = any(self.bought.get(self._buy_key(each)) for each in exclusion.buys)
            if bought and places & set(exclusion.sells):
                return False
        return True

    def may_buy(self, key: Key) -> bool:
        """Say whether buying clashes with a sale."""
        for exclusion in self.optimum.exclusions:
            is_of = any(self._buy_key(each) == key for each in exclusion.buys)
            if is_of and any(self.sold.get(place) for place in exclusion.sells):
                return False
        return True

    def _buy_key(self, place: int) -> Key:
        line = self.book.buys[place]
        return line.account_id, line.security_id


def write_tickets(book: Book, optimum: Optimum) -> Tickets:
    """Round an optimum to orders.

    Sales are rounded to the nearest step, then gains are brought within their budget, small orders dropped, purchases
    cut until every account keeps its cash (sales grown where that is not enough), and what is left is spent where most
    is lacking. A fraction of a share leaves only with the whole position.
    """
    tickets = Tickets(book, optimum)
    for key, places in tickets.lines.items():
        wished = Decimal(str(float(optimum.sold[places].sum()))) / tickets.security(key).price
        tickets.sell(key, _sale(tickets, key, wished))
    for place, line in enumerate(book.buys):
        wished = Decimal(str(float(optimum.bought[place]))) / book.securities[line.security_id].price
        quantity = steps(wished, book.securities[line.security_id].step, _towards(book, line, wished))
        if quantity:
            tickets.bought[line.account_id, line.security_id] = quantity
    _trim(tickets)
    if book.settings.mode is Mode.HARVEST:
        _pair_replacements(tickets)
    _keep_caps(tickets)
    for account in book.inputs.accounts:
        _keep_cash(tickets, account)
        if book.settings.mode is not Mode.HARVEST:
            _spend_rest(tickets, account)
    _trim(tickets)
    _keep_caps(tickets)
    for account in book.inputs.accounts:
        _keep_cash(tickets, account)
    return tickets


def _towards(book: Book, line: BuyLine, wished: Decimal) -> str:
    """What lies below its band is bought into it; everything else to the nearest step."""
    row = book.row_of(line.account_id, line.security_id)
    is_low = row is not None and row.current < row.low and book.settings.mode is Mode.TO_BAND
    return ROUND_CEILING if is_low and wished * book.securities[line.security_id].price > CENT else ROUND_HALF_UP


def _sale(tickets: Tickets, key: Key, wished: Decimal) -> Decimal:
    """Round a sale; out of a band it is rounded up, so that the position comes inside."""
    step, held = tickets.security(key).step, tickets.held(key)
    total = sum((lot.quantity for lot in tickets.book.accounts[key[0]].lots if lot.security_id == key[1]), NOTHING)
    if wished >= held - step / 2 and held == total:
        return held
    to_band = tickets.book.settings.mode is Mode.TO_BAND and wished * tickets.security(key).price > CENT
    # a thousandth of a step is the optimiser's noise
    rounded = steps(wished - step / 1000, step, ROUND_CEILING) if to_band else steps(wished, step)
    return min(max(rounded, NOTHING), steps(held, step, ROUND_FLOOR))


def _trim(tickets: Tickets) -> None:
    """Keep the budget and drop small orders, as often as one asks for the other: a dropped loss nets nothing."""
    before: dict[int, Decimal] | None = None
    while before != tickets.sold:
        before = dict(tickets.sold)
        _keep_budget(tickets)
        _drop_small(tickets)


def _keep_budget(tickets: Tickets) -> None:
    """Sell less of what gains most until the net gain of each tax unit lies within the budget."""
    budget = tickets.book.settings.gain_budget
    if budget is None:
        return
    for unit in tickets.book.tax_units:
        while True:
            over = unit_gain(tickets, unit) - budget
            gaining = [
                place
                for place, quantity in tickets.sold.items()
                if quantity and tickets.book.sells[place].tax_unit == unit and tickets.book.sells[place].gain_share > 0
            ]
            if over <= 0 or not gaining:
                break
            place = max(gaining, key=lambda each: (tickets.book.sells[each].gain_share, each))
            line = tickets.book.sells[place]
            security = tickets.book.securities[line.security_id]
            per_step = _gain(line, security.step, security)
            cut = steps(over / per_step, Decimal(1), ROUND_CEILING) * security.step
            tickets.sold[place] = max(tickets.sold[place] - cut, NOTHING)
            _in_steps(tickets, place)


def _in_steps(tickets: Tickets, place: int) -> None:
    """Sell what is left of a position in whole steps: less of the lot at this place, then of the others."""
    key = tickets.book.sells[place].account_id, tickets.book.sells[place].security_id
    over = tickets.quantity_sold(key) % tickets.security(key).step
    for each in (place, *tickets.lines[key]):
        part = min(over, tickets.sold[each])
        tickets.sold[each], over = tickets.sold[each] - part, over - part


def unit_gain(tickets: Tickets, unit: str) -> Decimal:
    """Return the net gain that the orders realise for a tax unit."""
    gains = (
        _gain(line, tickets.sold.get(place, NOTHING), tickets.book.securities[line.security_id])
        for place, line in enumerate(tickets.book.sells)
        if line.tax_unit == unit and line.gain_share
    )
    return sum(gains, NOTHING)


def _gain(line: SellLine, quantity: Decimal, security: Security) -> Decimal:
    cost = NOTHING if line.lot.cost is None else line.lot.cost * quantity / line.lot.quantity
    return quantity * security.price - cost


def _smallest(tickets: Tickets, account_id: str) -> Decimal:
    settings = tickets.book.settings
    value = Decimal(str(value_of(tickets.book.accounts[account_id], dict(tickets.book.securities))))
    return max(settings.minimum_amount, settings.minimum_share.fraction * value)


def _drop_small(tickets: Tickets) -> None:
    """Drop orders below the minimum, but for the sale of a whole position and sales that raise cash."""
    for key, quantity in tickets.sales().items():
        is_small = tickets.amount(key, quantity) < _smallest(tickets, key[0])
        if is_small and quantity < tickets.held(key) and tickets.book.settings.mode is not Mode.RAISE_CASH:
            tickets.sell(key, NOTHING)
    for key, quantity in tickets.purchases().items():
        if tickets.amount(key, quantity) < _smallest(tickets, key[0]):
            tickets.bought[key] = NOTHING


def _pair_replacements(tickets: Tickets) -> None:
    """Buy of each replacement what was sold for it; where that cannot be, take the sale back."""
    book = tickets.book
    for row in book.rows:
        for account_id in sorted(row.account_ids) if row.kind is LineKind.HOLDING else ():
            sales = {key: part for key, part in tickets.sales(account_id).items() if key[1] in row.members}
            buys = [key for key in tickets.purchases(account_id) if key[1] in row.members]
            proceeds = sum((tickets.amount(key, part) for key, part in sales.items()), NOTHING)
            whole = Decimal(1) + 2 * book.settings.cost_rate.fraction
            for key in buys:
                security = tickets.security(key)
                quantity = steps(proceeds / whole / security.price, security.step, ROUND_FLOOR)
                is_small = tickets.amount(key, quantity) < _smallest(tickets, account_id)
                tickets.bought[key] = NOTHING if is_small or key != buys[0] else quantity
            if not buys or not tickets.bought[buys[0]]:
                for key in sales:
                    tickets.sell(key, NOTHING)


def caps_on(book: Book, key: Key) -> list[Cap]:
    """Return the caps that a purchase counts under."""
    return [cap for cap in book.caps if key[0] in cap.account_ids and key[1] in cap.security_ids]


def room_under(tickets: Tickets, cap: Cap) -> Decimal:
    """Return how much more may be bought under a cap after the orders; below zero it is overstepped."""
    keys = _keys(cap.account_ids, cap.security_ids)
    moved = sum((tickets.amount(key, tickets.bought.get(key, NOTHING)) for key in keys), NOTHING)
    moved -= sum((tickets.amount(key, tickets.quantity_sold(key)) for key in keys), NOTHING)
    return Decimal(str(cap.most)) - Decimal(str(cap.current)) - moved


def _keep_caps(tickets: Tickets) -> None:
    """Buy less where securities would be more than they may."""
    for cap in tickets.book.caps:
        for key in _keys(cap.account_ids, cap.security_ids):
            over = -room_under(tickets, cap)
            if over > 0 and tickets.bought.get(key):
                _cut(tickets, key, over)


def _cut(tickets: Tickets, key: Key, amount: Decimal) -> Decimal:
    """Buy less by at least this much, as far as there is; returns by how much in money, cost included."""
    security, before = tickets.security(key), tickets.bought[key]
    count = steps(amount / (security.price * security.step), Decimal(1), ROUND_CEILING)
    tickets.bought[key] = max(before - max(count, Decimal(1)) * security.step, NOTHING)
    was, now = tickets.amount(key, before), tickets.amount(key, tickets.bought[key])
    return was + tickets.cost(was) - now - tickets.cost(now)


def _keep_cash(tickets: Tickets, account: InvestedAccount) -> None:
    """Bring cash to what the account must keep: by buying less, then by selling more."""
    floor = min(account.required_cash, account.cash) if not tickets.book.settings.may_sell else account.required_cash
    while (short := floor - tickets.cash(account)) > 0:
        bought = tickets.purchases(account.account_id)
        if bought:
            _cut(tickets, min(bought, key=lambda key: (lacking(tickets, key), key)), short)
        elif not _sell_for(tickets, account, short):
            break


def _sell_for(tickets: Tickets, account: InvestedAccount, short: Decimal) -> bool:
    """Sell more of what costs the least tax; says whether anything more was sold."""
    if tickets.book.settings.mode in {Mode.HARVEST, Mode.HOLD}:
        return False
    for key in sorted(tickets.lines, key=lambda key: (not tickets.quantity_sold(key), self_tax(tickets, key), key)):
        security, held = tickets.security(key), tickets.held(key)
        if key[0] != account.account_id or not tickets.may_sell_more(key):
            continue
        before, as_it_was = tickets.quantity_sold(key), dict(tickets.sold)
        net = security.price * security.step * (1 - tickets.book.settings.cost_rate.fraction)
        wanted = before + steps(short / net, Decimal(1), ROUND_CEILING) * security.step
        whole = sum((lot.quantity for lot in account.lots if lot.security_id == key[1]), NOTHING)
        most = held if held == whole else steps(held, security.step, ROUND_FLOOR)
        tickets.sell(key, min(max(wanted, before), max(most, before)))
        budget = tickets.book.settings.gain_budget
        if budget is not None and unit_gain(tickets, account.tax_unit) > budget:
            tickets.sold = as_it_was
        elif tickets.quantity_sold(key) > before:
            return True
    return False


def self_tax(tickets: Tickets, key: Key) -> float:
    """Return the tax on a dollar of the first lot that would go."""
    line = tickets.book.sells[tickets.lines[key][0]]
    return line.gain_share * (tickets.book.tax.long if line.is_long else tickets.book.tax.short)


def lacking(tickets: Tickets, key: Key) -> Decimal:
    """Return by how much the target of a security is missed after the orders."""
    row = tickets.book.row_of(*key)
    if row is None:
        return NOTHING
    own = _keys(row.account_ids, row.members)
    bought = sum((tickets.amount(each, tickets.bought.get(each, NOTHING)) for each in own), NOTHING)
    sold = sum((tickets.amount(each, tickets.quantity_sold(each)) for each in own), NOTHING)
    return Decimal(str(row.target)) - Decimal(str(row.current)) - bought + sold


def _keys(account_ids: Iterable[str], members: Iterable[str]) -> list[Key]:
    return [(account_id, member) for account_id in sorted(account_ids) for member in members]


def _spend_rest(tickets: Tickets, account: InvestedAccount) -> None:
    """Spend what rounding left, step by step where most is lacking, down to the cash that the optimiser planned."""
    book = tickets.book
    keys = [(line.account_id, line.security_id) for line in book.buys if line.account_id == account.account_id]
    planned = _planned_cash(tickets, account)
    while keys:
        key = max(keys, key=lambda each: (lacking(tickets, each), each))
        security, short = tickets.security(key), lacking(tickets, key)
        unit = security.price * security.step
        rest = (tickets.cash(account) - planned) / (1 + book.settings.cost_rate.fraction)
        rest = min([rest, *(room_under(tickets, cap) for cap in caps_on(book, key))])
        count = min(steps(short / unit, Decimal(1)), steps(rest / unit, Decimal(1), ROUND_FLOOR))
        bought = tickets.bought.get(key, NOTHING)
        more = bought + max(count, NOTHING) * security.step
        is_small = tickets.amount(key, more) < _smallest(tickets, account.account_id)
        if count > 0 and not is_small and tickets.may_buy(key):
            tickets.bought[key] = more
        if tickets.bought.get(key, NOTHING) == bought:
            keys.remove(key)


def _planned_cash(tickets: Tickets, account: InvestedAccount) -> Decimal:
    book, optimum = tickets.book, tickets.optimum
    net = sum(
        float(amount)
        for amount, line in zip(optimum.sold, book.sells, strict=True)
        if line.account_id == account.account_id
    )
    net -= sum(
        float(amount)
        for amount, line in zip(optimum.bought, book.buys, strict=True)
        if line.account_id == account.account_id
    )
    return max(account.cash + Decimal(str(round(net, 2))), account.required_cash)


def gains_of(tickets: Tickets) -> dict[str, tuple[float, float]]:
    """Return the gains of the orders by tax unit, short and long."""
    prices = tickets.book.securities
    sold = {
        place: quantity * prices[tickets.book.sells[place].security_id].price
        for place, quantity in tickets.sold.items()
        if quantity
    }
    return net_gains(tickets.book, sold)
