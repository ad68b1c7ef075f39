"""A day has come once it is there for the reader or for the firm, at any hour of this run."""

import datetime as dt

from django.utils import timezone

from apps.accounts.models import FirmProfile
from apps.accounts.selectors.firm_days import firm_today
from apps.core.zones import has_come

DAY = dt.timedelta(days=1)


def test_a_day_has_come_for_a_reader_or_for_a_firm_ahead_of_them(in_alpha):
    for firm, reader in (("Pacific/Kiritimati", "Pacific/Pago_Pago"), ("Pacific/Pago_Pago", "Pacific/Kiritimati")):
        FirmProfile.objects.update(time_zone=firm)
        with timezone.override(reader):
            theirs, ours = firm_today(), timezone.localdate()
            assert theirs != ours
            assert has_come(theirs)
            assert has_come(ours)
            assert not has_come(max(theirs, ours) + DAY)
