"""The FIX 4.4 session layer of an initiator: what to do next, given what was heard and what time it is.

Source: FIX 4.4 with errata, volume 2, "FIX Session Protocol". The caller keeps sequence numbers and messages before it
sends, so that a process may be killed at any point: what it had numbered is sent again when the other side asks.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

HEARTBEAT, TEST, RESEND, REJECT, RESET, LOGOUT, LOGON = "0", "1", "2", "3", "4", "5", "A"
ADMIN = frozenset({HEARTBEAT, TEST, RESEND, REJECT, RESET, LOGOUT, LOGON})
# a line is silent, asked, and given up after so many heartbeats
_ASK_AFTER, _GIVE_UP_AFTER, _LOGON_SECONDS = 1.2, 2.4, 10.0
_MOST_HELD, _MOST_DIGITS = 10_000, 18
Fields = tuple[tuple[int, str], ...]


@dataclass(frozen=True, slots=True)
class Message:
    """A message of the session: its type (35), sequence number (34) and the fields of its body."""

    kind: str
    seq: int
    fields: Fields = ()
    poss_dup: bool = False

    def get(self, tag: int) -> str:
        """Return the first value of a field, an empty text without one."""
        return next((value for each, value in self.fields if each == tag), "")

    @property
    def is_admin(self) -> bool:
        """Whether it belongs to the session and is never sent again."""
        return self.kind in ADMIN


class Phase(StrEnum):
    """Where the session is."""

    OFF = "off"
    LOGGING_ON = "logging_on"
    ON = "on"
    LOGGING_OUT = "logging_out"


@dataclass(frozen=True, slots=True)
class Send:
    """Number, keep and send this."""

    message: Message


@dataclass(frozen=True, slots=True)
class SendAgain:
    """Answer a request: send what was kept from `begin` to `end` (0: all) again."""

    begin: int
    end: int


@dataclass(frozen=True, slots=True)
class Deliver:
    """A message of the application, in order and once."""

    message: Message


@dataclass(frozen=True, slots=True)
class Disconnect:
    """Close the line, and why."""

    reason: str


Action = Send | SendAgain | Deliver | Disconnect


@dataclass(slots=True)
class Session:
    """One side of a session. `next_out` and `next_in` are the caller's to keep after every step."""

    next_out: int
    next_in: int
    heartbeat: int
    logon_fields: Fields = ()
    phase: Phase = Phase.OFF
    last_in: float = 0.0
    last_out: float = 0.0
    asked: str = ""
    asked_from: int = 0
    held: dict[int, Message] = field(default_factory=dict)

    def connected(self, now: float) -> list[Action]:
        """Begin: the first thing said is a Logon."""
        self.phase, self.last_in, self.asked, self.asked_from = Phase.LOGGING_ON, now, "", 0
        self.held.clear()
        anew: Fields = ((141, "Y"),) if self.next_out == self.next_in == 1 else ()
        return [self._send(LOGON, ((98, "0"), (108, str(self.heartbeat)), *anew, *self.logon_fields), now)]

    def say(self, kind: str, fields: Fields, now: float) -> list[Action]:
        """Send a message of the application; nothing unless the session is on."""
        return [self._send(kind, fields, now)] if self.phase is Phase.ON else []

    def leave(self, now: float) -> list[Action]:
        """End the session in good order."""
        if self.phase is not Phase.ON:
            return [Disconnect("left")]
        self.phase = Phase.LOGGING_OUT
        return [self._send(LOGOUT, (), now)]

    def lost(self) -> None:
        """Note that the line is gone."""
        self.phase, self.asked, self.asked_from = Phase.OFF, "", 0
        self.held.clear()

    def tick(self, now: float) -> list[Action]:
        """Do what time asks for: a heartbeat, a question whether the other side is there, or the end."""
        if self.phase is Phase.OFF:
            return []
        if self.phase is not Phase.ON:
            return [Disconnect("no answer")] if now - self.last_in > _LOGON_SECONDS else []
        silent = now - self.last_in
        if silent > self.heartbeat * _GIVE_UP_AFTER:
            return [Disconnect("the other side is silent")]
        actions: list[Action] = []
        if silent > self.heartbeat * _ASK_AFTER and not self.asked:
            self.asked = f"T{self.next_out}"
            actions.append(self._send(TEST, ((112, self.asked),), now))
        elif now - self.last_out >= self.heartbeat:
            actions.append(self._send(HEARTBEAT, (), now))
        return actions

    def received(self, message: Message, now: float) -> list[Action]:
        """Take up a message whose checksum is right, in order; ask for what is missing before it."""
        self.last_in = now
        if self.phase is Phase.LOGGING_ON and message.kind not in {LOGON, LOGOUT}:
            return self._end("The first message must be a Logon.", now)
        if message.kind == RESET and message.get(123) != "Y":
            return self._reset(message, now)
        if message.seq < self.next_in:
            if message.poss_dup:
                return []
            return self._end(f"MsgSeqNum too low, expecting {self.next_in} but received {message.seq}", now)
        if message.seq > self.next_in:
            return self._early(message, now)
        actions = self._take(message, now)
        while self.next_in in self.held and self.phase is not Phase.OFF:
            actions += self._take(self.held.pop(self.next_in), now)
        if self.asked_from and not self.held:
            self.asked_from = 0
        return actions

    def _early(self, message: Message, now: float) -> list[Action]:
        """Hold what came before its turn. A request to resend is answered at once, or both sides would wait."""
        actions: list[Action] = []
        if message.kind == LOGON:
            actions += self._logged_on()
        if message.kind == RESEND:
            actions.append(SendAgain(number_told(message.get(7)), number_told(message.get(16))))
        elif message.kind == LOGOUT:
            return self._take_logout(now)
        if len(self.held) < _MOST_HELD:
            self.held.setdefault(message.seq, message)
        if self.asked_from != self.next_in:
            self.asked_from = self.next_in
            actions.append(self._send(RESEND, ((7, str(self.next_in)), (16, "0")), now))
        return actions

    def _take(self, message: Message, now: float) -> list[Action]:
        """Take up the message whose turn it is."""
        self.next_in = message.seq + 1
        session: dict[str, Callable[[], list[Action]]] = {
            LOGON: self._logged_on,
            TEST: lambda: [self._send(HEARTBEAT, ((112, message.get(112)),), now)],
            RESEND: lambda: [SendAgain(number_told(message.get(7)), number_told(message.get(16)))],
            RESET: lambda: self._filled(message, now),
            LOGOUT: lambda: self._take_logout(now),
            HEARTBEAT: lambda: self._beaten(message),
        }
        return session.get(message.kind, lambda: [Deliver(message)])()

    def _beaten(self, message: Message) -> list[Action]:
        """A heartbeat answers the question whose word it repeats."""
        if message.get(112) == self.asked:
            self.asked = ""
        return []

    def _logged_on(self) -> list[Action]:
        self.phase, self.asked = Phase.ON, ""
        return []

    def _take_logout(self, now: float) -> list[Action]:
        actions: list[Action] = []
        if self.phase is Phase.ON:
            actions.append(self._send(LOGOUT, (), now))
        self.phase = Phase.OFF
        return [*actions, Disconnect("logged out")]

    def _filled(self, message: Message, now: float) -> list[Action]:
        """A gap that the other side fills: nothing of the application was there."""
        new = number_told(message.get(36))
        if new < self.next_in:
            return self._reject(message, 36, now)
        self.next_in = new
        for seq in [each for each in self.held if each < new]:
            del self.held[seq]
        return []

    def _reset(self, message: Message, now: float) -> list[Action]:
        """A reset, whatever its own number is: it never goes back."""
        new = number_told(message.get(36))
        if new < self.next_in:
            return self._reject(message, 36, now)
        self.next_in = new
        self.held.clear()
        return []

    def _reject(self, message: Message, tag: int, now: float) -> list[Action]:
        told = ((45, str(message.seq)), (371, str(tag)), (373, "5"), (58, "Value is incorrect for this tag"))
        return [self._send(REJECT, told, now)]

    def _end(self, reason: str, now: float) -> list[Action]:
        sent = self._send(LOGOUT, ((58, reason),), now)
        self.phase = Phase.OFF
        return [sent, Disconnect(reason)]

    def _send(self, kind: str, fields: Fields, now: float) -> Send:
        message = Message(kind, self.next_out, fields)
        self.next_out += 1
        self.last_out = now
        return Send(message)


def number_told(text: str) -> int:
    """Return a number of the session, 0 for none: digits as FIX writes them, and no more than a row can count."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS else 0


@dataclass(frozen=True, slots=True)
class GapFill:
    """Say that nothing of the application stands from `seq` to before `new`."""

    seq: int
    new: int


def resend_plan(kept: Mapping[int, Message], begin: int, end: int, next_out: int) -> list[Message | GapFill]:
    """Return what answers a request to resend: messages of the application as possible duplicates, gaps for the rest.

    `end` 0 means all that was sent; what was never kept (or was of the session) is a gap.
    """
    last = next_out - 1 if end == 0 else min(end, next_out - 1)
    plan: list[Message | GapFill] = []
    gap = 0
    for seq in range(max(begin, 1), last + 1):
        message = kept.get(seq)
        if message is None or message.is_admin:
            gap = gap or seq
            continue
        if gap:
            plan.append(GapFill(gap, seq))
            gap = 0
        plan.append(message)
    if gap:
        plan.append(GapFill(gap, last + 1))
    return plan


def numbers(actions: Iterable[Action]) -> Sequence[int]:
    """Return the sequence numbers of what is to be sent."""
    return [action.message.seq for action in actions if isinstance(action, Send)]
