import threading
import uuid

import pytest
from django.db import connections

from apps.core.models import Job
from apps.firms.models import Registration
from apps.firms.services.registrations import register_firm
from apps.kernel.errors import InvalidInputError
from tests.factories.firms import VISITOR, wish


@pytest.mark.parametrize("same", ["address", "form"])
def test_two_registrations_at_the_same_moment_make_one(committed, same):
    """Both threads have checked before either writes: the database decides."""
    start, outcomes, key = threading.Barrier(2), [], uuid.uuid4()

    def attempt(n):
        form_key = key if same == "form" else uuid.uuid4()
        asked = wish(legal_name="Harbor Wealth LLC" if same == "form" else f"Harbor {n} LLC", form_key=form_key)
        try:
            start.wait(10)
            outcomes.append(register_firm(wish=asked, by=VISITOR).pk)
        except InvalidInputError as refused:
            outcomes.append(refused.field)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=attempt, args=(n,)) for n in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert Registration.objects.count() == 1
    assert Job.objects.filter(name="firms.provision_firm").count() == 1
    if same == "form":
        assert outcomes == [outcomes[0]] * 2
    else:
        assert "address" in outcomes
