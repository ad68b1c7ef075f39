"""Setting up FIX connections."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field

from django.core.exceptions import ValidationError

from apps.core import audit
from apps.core.actors import Actor
from apps.core.secrets import encrypted
from apps.core.services import service
from apps.integrations.models import FixConnection
from apps.kernel.errors import InvalidInputError


@dataclass(frozen=True, slots=True)
class ConnectionTerms:
    """What the other side gave us. `password` is in clear here and nowhere else."""

    name: str
    custodian: str
    host: str
    port: int
    sender_comp_id: str
    target_comp_id: str
    username: str = ""
    password: str = field(default="", repr=False)
    heartbeat: int = 30


@service
def set_up_connection(*, terms: ConnectionTerms, by: Actor) -> FixConnection:
    """Set up a session. Raises InvalidInputError for one that exists or a value that cannot be."""
    told = asdict(terms)
    told["password"] = encrypted(terms.password) if terms.password else ""
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
