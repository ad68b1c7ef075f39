"""The process of a FIX connection: one line, one loop. What is said is numbered and kept before it is sent."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Sequence

import structlog
from django.db import DataError, IntegrityError, transaction
from django.db import connection as database
from django.utils import timezone

from apps.accounts.selectors.firm_days import firm_today
from apps.core.actors import Actor
from apps.core.errors import shown
from apps.core.secrets import decrypted
from apps.integrations.engine.fix_session import (
    RESET,
    Action,
    Deliver,
    Disconnect,
    Fields,
    GapFill,
    Message,
    Phase,
    Send,
    SendAgain,
    Session,
    resend_plan,
)
from apps.integrations.models import FixConnection, FixMessage
from apps.integrations.selectors.fix_sessions import fields_of
from apps.integrations.services.fix_certificates import secure_line
from apps.integrations.services.fix_connections import begin_epoch
from apps.integrations.services.fix_doubts import ask_doubtful, doubt_said
from apps.integrations.services.fix_orders import kept, may_be_said
from apps.integrations.services.fix_reports import put_off_report, take_report
from apps.integrations.services.fix_wire import Heard, Listener, Parties, gap_written, masked, written
from apps.kernel.errors import DomainError

log = structlog.get_logger(__name__)

_POLL, _SEND_SECONDS, _LEAVE_SECONDS, _SEEN_SECONDS = 0.1, 10.0, 3.0, 30.0
# what a report can be refused for, and would be again however often it came
_REFUSALS = (DomainError, DataError, IntegrityError, ArithmeticError, ValueError)


def _told(ended: Exception) -> str:
    """What the other side, or the machine, said, without the number that the machine gives it."""
    return (ended.strerror if isinstance(ended, OSError) else None) or str(ended)


class LineClosedError(Exception):
    """The line is to be closed, or was."""


class FixRunner:
    """Keeps one connection's session."""

    def __init__(self, row: FixConnection, by: Actor, pause: float = 5.0) -> None:
        self.row, self.by, self.pause = row, by, pause
        self.session = Session(row.next_out, row.next_in, row.heartbeat, _logon(row))
        self.parties = Parties(row.sender_comp_id, row.target_comp_id)
        self.line: socket.socket | None = None
        self.seen = 0.0

    def run(self, until: Callable[[], bool]) -> None:
        """Connect and connect again until told to stop. Raises RuntimeError where another process has the session."""
        if not self._alone():
            raise RuntimeError(f"Another process keeps the FIX session {self.row.name}.")
        try:
            while not until():
                try:
                    self._line(until)
                except (OSError, LineClosedError) as ended:
                    self._note(is_on=False, note=_told(ended))
                    waited = time.monotonic() + self.pause
                    while not until() and time.monotonic() < waited:
                        time.sleep(_POLL)
        finally:
            self._release()

    def _line(self, until: Callable[[], bool]) -> None:
        """Keep one line until it ends."""
        self._refresh()
        self.line = self._connected()
        listener, leaving = Listener(), 0.0
        try:
            self._do(self.session.connected(time.monotonic()))
            while True:
                for heard in listener.hear(self._heard()):
                    self._take(heard)
                now = time.monotonic()
                self._show(now)
                if until() and not leaving:
                    leaving = now
                    self._do(self.session.leave(now))
                if leaving and now - leaving > _LEAVE_SECONDS:
                    raise LineClosedError("left without an answer")
                self._do(self.session.tick(now))
                self._say_what_waits()
        finally:
            self.session.lost()
            self.line.close()
            self.line = None

    def _connected(self) -> socket.socket:
        line = socket.create_connection((self.row.host, self.row.port), timeout=5)
        if not self.row.uses_tls:
            return line
        try:
            return secure_line(self.row).wrap_socket(line, server_hostname=self.row.host)
        except DomainError as refused:
            line.close()
            raise LineClosedError(shown(refused).sentence) from refused
        except OSError:
            line.close()
            raise

    def _heard(self) -> bytes:
        if self.line is None:
            return b""
        self.line.settimeout(_POLL)
        try:
            data = self.line.recv(65536)
        except TimeoutError:
            return b""
        if not data:
            raise LineClosedError("the other side closed the line")
        return data

    def _take(self, heard: Heard) -> None:
        """Take a message up in one transaction: what it does, its number, and what is said to it."""
        if heard.parties != Parties(self.parties.target, self.parties.sender):
            raise LineClosedError("the message is for somebody else")
        was_on = self.session.phase is Phase.ON
        with transaction.atomic():
            before = self.session.next_in
            actions = self.session.received(heard.message, time.monotonic())
            for action in actions:
                if isinstance(action, Deliver):
                    self._deliver(action.message)
                    self._keep(action.message, is_ours=False)
            if heard.message.kind == RESET and heard.message.get(123) != "Y" and self.session.next_in > before + 1:
                # what stood between is never sent again
                doubt_said(connection=self.row, by=self.by)
                ask_doubtful(connection=self.row, by=self.by)
            if self.session.next_in != before:
                FixConnection.objects.filter(pk=self.row.pk).update(next_in=self.session.next_in)
        if self.session.phase is Phase.ON and not was_on:
            self._note(is_on=True, note="")
            ask_doubtful(connection=self.row, by=self.by)
        self._do(actions)

    def _deliver(self, message: Message) -> None:
        """Take a report up; one that cannot be waits for a person, so that the session goes on behind it."""
        try:
            with transaction.atomic():
                take_report(connection=self.row, message=message, by=self.by)
        except _REFUSALS as refused:
            log.warning("fix.report_refused", connection=self.row.name, seq=message.seq, reason=str(refused))
            put_off_report(connection=self.row, message=message, code="unreadable", by=self.by)

    def _do(self, actions: Sequence[Action]) -> None:
        """Carry out; a message of the session is kept with its number before it goes out."""
        for action in actions:
            if isinstance(action, Send):
                with transaction.atomic():
                    self._number(action.message)
                    self._keep(action.message, is_ours=True)
                self._out(written(action.message, self.parties, timezone.now()))
            elif isinstance(action, SendAgain):
                self._send_again(action)
            elif isinstance(action, Disconnect):
                raise LineClosedError(action.reason)

    def _say_what_waits(self) -> None:
        """Number and send what was queued."""
        if self.session.phase is not Phase.ON:
            return
        for row in FixMessage.objects.waiting().filter(connection=self.row).order_by("pk"):
            if not may_be_said(row=row, by=self.by):
                continue
            for action in self.session.say(row.kind, fields_of(row), time.monotonic()):
                if not isinstance(action, Send):
                    continue
                with transaction.atomic():
                    self._number(action.message)
                    row.epoch, row.seq, row.sent_at = self.row.epoch, action.message.seq, timezone.now()
                    row.save(update_fields=["epoch", "seq", "sent_at", "updated_at"])
                self._out(written(action.message, self.parties, row.sent_at))

    def _send_again(self, asked: SendAgain) -> None:
        rows = FixMessage.objects.filter(connection=self.row, epoch=self.row.epoch, is_ours=True, seq__gte=asked.begin)
        known = {row.seq: row for row in rows if row.seq is not None}
        messages = {seq: Message(row.kind, seq, fields_of(row)) for seq, row in known.items()}
        for each in resend_plan(messages, asked.begin, asked.end, self.session.next_out):
            now = timezone.now()
            if isinstance(each, GapFill):
                self._out(gap_written(each, self.parties, now))
            else:
                self._out(written(each, self.parties, now, first_sent=known[each.seq].sent_at or now))

    def _out(self, raw: bytes) -> None:
        if self.line is not None:
            self.line.settimeout(_SEND_SECONDS)
            self.line.sendall(raw)

    def _number(self, message: Message) -> None:
        FixConnection.objects.filter(pk=self.row.pk).update(next_out=message.seq + 1)

    def _keep(self, message: Message, *, is_ours: bool) -> None:
        FixMessage.objects.create(
            connection=self.row,
            is_ours=is_ours,
            epoch=self.row.epoch,
            seq=message.seq,
            kind=message.kind[:3],
            body=kept(masked(message.fields)),
            sent_at=timezone.now(),
        )

    def _refresh(self) -> None:
        self.row.refresh_from_db()
        if self.row.resets_daily and self.row.epoch_day != firm_today():
            with transaction.atomic():
                begin_epoch(self.row, firm_today())
                doubt_said(connection=self.row, by=self.by)
        self.session = Session(self.row.next_out, self.row.next_in, self.row.heartbeat, _logon(self.row))

    def _note(self, *, is_on: bool, note: str) -> None:
        FixConnection.objects.filter(pk=self.row.pk).update(is_on=is_on, state_note=note[:300], seen_at=timezone.now())

    def _show(self, now: float) -> None:
        """Note every half minute that the session is kept."""
        if now - self.seen > _SEEN_SECONDS:
            self.seen = now
            FixConnection.objects.filter(pk=self.row.pk).update(seen_at=timezone.now())

    def _alone(self) -> bool:
        with database.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_lock(hashtextextended(%s, 0))", [self._lock])
            return bool(cursor.fetchone()[0])

    def _release(self) -> None:
        with database.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(hashtextextended(%s, 0))", [self._lock])

    @property
    def _lock(self) -> str:
        return f"integrations.fix.{self.row.public_id}"


def _logon(row: FixConnection) -> Fields:
    if not row.username:
        return ()
    return ((553, row.username), (554, decrypted(row.password) if row.password else ""))
