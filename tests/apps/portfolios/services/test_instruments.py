from apps.core.models import AuditEvent
from apps.portfolios.models import Instrument
from apps.portfolios.services.instruments import NamedSecurity, instruments_for


def test_a_security_that_the_master_lacks_is_added_once_as_the_firms_own(ada, mallory):
    name = NamedSecurity(name="Elm Street Fund I")
    added = {who: instruments_for(names=[name], by=who.as_actor())[name] for who in (ada, mallory)}
    assert added[ada] == added[mallory] == Instrument.objects.get()
    assert AuditEvent.objects.get(action="portfolios.add_instrument").actor_key == ada.as_actor().key
