import pytest

from apps.core.models import AuditEvent
from apps.kernel.errors import InvalidInputError
from apps.portfolios.models import Instrument
from apps.portfolios.selectors.trade_estimates import TypedTrade, typed_estimates
from apps.portfolios.services.instruments import NamedSecurity, instrument_by_symbol, instruments_for
from tests.days import today
from tests.factories import clients, portfolios


def test_a_security_that_the_master_lacks_is_added_once_as_the_firms_own(ada, mallory):
    name = NamedSecurity(name="Elm Street Fund I")
    added = {who: instruments_for(names=[name], by=who.as_actor())[name] for who in (ada, mallory)}
    assert added[ada] == added[mallory] == Instrument.objects.get()
    assert AuditEvent.objects.get(action="portfolios.add_instrument").actor_key == ada.as_actor().key


def test_a_symbol_of_the_firms_own_is_typed_by_who_sees_an_account_that_met_it(ada, mallory):
    own = Instrument.objects.create(symbol="QFP", name="Quillfeather Partners")
    portfolios.entry(
        portfolios.account(clients.household(ada), ada), ada, "transfer_in", instrument=own, units="1", cost="1"
    )
    assert instrument_by_symbol(symbol=" qfp ", field="symbol", by=ada.as_actor()) == own
    with pytest.raises(InvalidInputError, match="No security has the symbol"):
        instrument_by_symbol(symbol="QFP", field="symbol", by=mallory.as_actor())
    for nothing in ("", "NOPE"):
        with pytest.raises(InvalidInputError, match="No security has the symbol"):
            instrument_by_symbol(symbol=nothing, field="symbol", by=ada.as_actor())


def test_no_estimate_tells_the_price_of_what_another_household_has(ada, mallory):
    own = Instrument.objects.create(symbol="QFP", name="Quillfeather Partners")
    theirs = clients.household(ada)
    portfolios.entry(portfolios.account(theirs, ada), ada, "transfer_in", instrument=own, units="1", cost="1")
    own.prices.create(day=today(), close="510", source="tests")
    other = clients.household(mallory, name="Marsh")
    for household, is_told in ((theirs, True), (other, False)):
        account = household.accounts.first() or portfolios.account(household, mallory, number="777")
        values = {"account": str(account.public_id), "side": "buy", "symbol": "QFP", "quantity": "2"}
        (found,) = typed_estimates(household, [TypedTrade(values, {})], today())
        assert (found is not None) is is_told
