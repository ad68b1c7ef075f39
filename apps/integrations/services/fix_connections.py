"""Setting up FIX connections."""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict, dataclass, field

from django.core.exceptions import ValidationError

from apps.core import audit
from apps.core.actors import Actor
from apps.core.secrets import encrypted
from apps.core.services import service
from apps.integrations.models import FixConnection
from apps.integrations.services.fix_certificates import Certificates, demand_certificates, sealed_key
from apps.integrations.services.fix_doubts import doubt_said
from apps.kernel.errors import InvalidInputError, gettext_noop


@dataclass(frozen=True, slots=True)
class ConnectionTerms:
    """What the other side gave us. `password` and `client_key` are in clear here and nowhere else."""

    name: str
    custodian: str
    host: str
    port: int
    sender_comp_id: str
    target_comp_id: str
    username: str = ""
    password: str = field(default="", repr=False)
    heartbeat: int = 30
    uses_tls: bool = True
    ca_certificate: str = ""
    client_certificate: str = ""
    client_key: str = field(default="", repr=False)
    resets_daily: bool = False
    takes_orders: bool = True


@service
def set_up_connection(*, terms: ConnectionTerms, by: Actor) -> FixConnection:
    """Set up a session. Raises InvalidInputError for one that exists or a value that cannot be."""
    given = Certificates(terms.ca_certificate, terms.client_certificate, terms.client_key)
    demand_certificates(given, uses_tls=terms.uses_tls)
    told = asdict(terms)
    told["password"] = encrypted(terms.password) if terms.password else ""
    told["client_key"] = sealed_key(terms.client_key)
    row = FixConnection(**told)
    try:
        row.full_clean()
    except ValidationError as wrong:
        name, messages = next(iter(wrong.message_dict.items()))
        raise InvalidInputError(messages[0], field="" if name == "__all__" else name) from wrong
    row.save()
    audit.record("integrations.set_up_fix", by=by, target=row, after=audit.snapshot(row))
    return row


@service
def switch_connection(*, connection: FixConnection, is_active: bool, by: Actor) -> FixConnection:
    """Take a session into use or out of it; its process follows within seconds."""
    locked = FixConnection.objects.select_for_update().get(pk=connection.pk)
    before = {"is_active": locked.is_active}
    locked.is_active = is_active
    locked.save(update_fields=["is_active", "updated_at"])
    after = {"is_active": is_active}
    audit.record("integrations.switch_fix", by=by, target=locked, before=before, after=after)
    return locked


@service
def reset_numbers(*, connection: FixConnection, by: Actor) -> FixConnection:
    """Have the numbers of both sides begin at one again, as agreed with the other side; what was said stays kept.

    What is in the market by then is in doubt until the broker says how it stands.

    Raises InvalidInputError while the session is in use: its process counts on.
    """
    locked = FixConnection.objects.select_for_update().get(pk=connection.pk)
    if locked.is_active:
        raise InvalidInputError(
            gettext_noop("The session is in use."),
            mend=gettext_noop("Take it out of use first, then reset its numbers."),
        )
    before = {"next_out": locked.next_out, "next_in": locked.next_in, "epoch": locked.epoch}
    begin_epoch(locked, None)
    doubt_said(connection=locked, by=by)
    after = {"next_out": 1, "next_in": 1, "epoch": locked.epoch}
    audit.record("integrations.reset_fix", by=by, target=locked, before=before, after=after)
    return locked


def begin_epoch(row: FixConnection, day: dt.date | None) -> None:
    """Begin both counts at one again, on a row that its caller holds."""
    row.epoch, row.epoch_day, row.next_out, row.next_in = row.epoch + 1, day, 1, 1
    row.save(update_fields=["epoch", "epoch_day", "next_out", "next_in", "updated_at"])
