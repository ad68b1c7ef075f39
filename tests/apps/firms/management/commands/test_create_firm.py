import pytest
from django.core.management import CommandError, call_command

from apps.core.models import Job
from apps.firms.models import Firm, FirmState, Registration

pytestmark = pytest.mark.usefixtures("committed")
WHO = {"legal_name": "Harbor Wealth LLC", "principal_name": "Pia", "principal_email": "pia@harbor.example"}


def test_a_firm_is_registered_and_set_up_at_once(capsys):
    call_command("create_firm", "harbor", **WHO, state_code="MA", sec_number="801-12345")
    assert "Harbor Wealth LLC is open at http://harbor.localhost" in capsys.readouterr().out
    assert Firm.objects.get(schema_name="harbor").state == FirmState.OPEN
    assert not Job.objects.filter(name="firms.provision_firm").exists()


def test_a_wrong_number_is_told_and_leaves_nothing():
    with pytest.raises(CommandError, match="801-12345"):
        call_command("create_firm", "harbor", **WHO, state_code="MA", sec_number="12")
    assert not Registration.objects.exists()
