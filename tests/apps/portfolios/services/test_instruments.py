import datetime as dt
from decimal import Decimal

from apps.core.models import AuditEvent
from apps.portfolios.models import InstrumentPrice
from apps.portfolios.services.instruments import FilePrice, NamedSecurity, instruments_for, keep_prices

DAY = dt.date(2026, 3, 31)


def test_a_price_that_takes_the_place_of_another_is_on_the_trail_with_both(ada, mallory):
    """One advisor's file prices a security that the households of others hold too."""
    name = NamedSecurity(name="Elm Street Fund I")
    fund = instruments_for(names=[name], by=ada.as_actor())[name]
    for who, close, source in ((ada, "100", "march.csv"), (ada, "100", "again.csv"), (mallory, "900", "mine.csv")):
        keep_prices(prices=[FilePrice(fund, DAY, Decimal(close))], source=source, by=who.as_actor())
    assert InstrumentPrice.objects.get().close == 900
    event = AuditEvent.objects.get(action="portfolios.change_price")
    assert (event.actor_key, event.target_id) == (mallory.as_actor().key, str(fund.public_id))
    assert (Decimal(event.before["price"]), Decimal(event.after["price"])) == (100, 900)
    assert (event.after["source"], event.reason) == ("mine.csv", "2026-03-31")
