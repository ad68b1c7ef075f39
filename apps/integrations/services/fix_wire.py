"""FIX 4.4 on the wire: bytes into messages and back (simplefix)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

import simplefix
from simplefix.errors import ParsingError

from apps.integrations.engine.fix_session import Fields, GapFill, Message, number_told

BEGIN = "FIX.4.4"
# what the session writes itself: begin, length, type, number, who, when, duplicates, checksum
_FRAME = {8, 9, 10, 34, 35, 43, 49, 52, 56, 122}
# of an order: it may have been said before under another number (PossResend)
RESENT = 97
# what belongs to the session and is never put into a log in clear
SECRETS = frozenset({554, 925})
_LONGEST, _TAG_DIGITS = 1 << 20, 9


@dataclass(frozen=True, slots=True)
class Parties:
    """Who speaks to whom, as this side writes it."""

    sender: str
    target: str


def written(message: Message, parties: Parties, at: dt.datetime, first_sent: dt.datetime | None = None) -> bytes:
    """Write a message; with `first_sent` as a possible duplicate of what was sent then."""
    raw = simplefix.FixMessage()
    raw.append_pair(8, BEGIN, header=True)
    raw.append_pair(35, message.kind, header=True)
    raw.append_pair(34, message.seq, header=True)
    raw.append_pair(49, parties.sender, header=True)
    raw.append_pair(56, parties.target, header=True)
    if first_sent is not None:
        raw.append_pair(43, "Y", header=True)
        raw.append_utc_timestamp(122, first_sent, header=True)
    raw.append_utc_timestamp(52, at, header=True)
    for tag, value in message.fields:
        raw.append_pair(tag, value, header=tag == RESENT)
    encoded: bytes = raw.encode()
    return encoded


def gap_written(gap: GapFill, parties: Parties, at: dt.datetime) -> bytes:
    """Write that nothing stands in a gap."""
    return written(Message("4", gap.seq, ((123, "Y"), (36, str(gap.new)))), parties, at, first_sent=at)


@dataclass(frozen=True, slots=True)
class Heard:
    """A message as it came, with who says to be speaking."""

    message: Message
    parties: Parties


class Listener:
    """Cuts a stream into messages; what is garbled (wrong checksum or length) is left out, as FIX demands.

    So is what goes on without an end: no message is as long.
    """

    def __init__(self) -> None:
        self._parser = simplefix.FixParser()
        self._waiting = b""

    def hear(self, data: bytes) -> Iterator[Heard]:
        """Yield the messages that are whole."""
        self._waiting = (self._waiting + data)[-_LONGEST:]
        while (end := self._end()) > 0:
            raw, self._waiting = self._waiting[:end], self._waiting[end:]
            begin = raw.find(b"8=FIX")
            if begin >= 0 and _is_sound(raw[begin:]):
                yield _read(raw[begin:])

    def _end(self) -> int:
        at = self._waiting.find(b"\x0110=")
        stop = self._waiting.find(b"\x01", at + 1) if at >= 0 else -1
        return stop + 1


def _is_sound(raw: bytes) -> bool:
    body, _, check = raw.rpartition(b"\x0110=")
    body += b"\x01"
    if f"{sum(body) % 256:03d}".encode() != check.rstrip(b"\x01"):
        return False
    _, _, rest = body.partition(b"\x019=")
    length, _, counted = rest.partition(b"\x01")
    return length.isdigit() and int(length) == len(counted)


def _read(raw: bytes) -> Heard:
    # no column holds a NUL
    pairs = [(tag, value.decode("utf-8", "replace").replace("\0", "\ufffd")) for tag, value in _pairs(raw)]
    first = dict(reversed(pairs))
    fields: Fields = tuple((tag, value) for tag, value in pairs if tag not in _FRAME)
    message = Message(first.get(35, ""), number_told(first.get(34, "")), fields, poss_dup=first.get(43, "N") == "Y")
    return Heard(message, Parties(first.get(49, ""), first.get(56, "")))


def _pairs(raw: bytes) -> list[tuple[int, bytes]]:
    """Return tags and values; of a message that breaks the form what can be read: it has its number all the same."""
    parser = simplefix.FixParser(allow_empty_values=True)
    parser.append_buffer(raw)
    try:
        found = parser.get_message()
        return [(int(tag), value) for tag, value in found.pairs] if found else []
    except (ValueError, ParsingError):
        parts = (each.partition(b"=") for each in raw.split(b"\x01"))
        return [(int(tag), value) for tag, _, value in parts if tag.isdigit() and len(tag) <= _TAG_DIGITS]


def masked(fields: Fields) -> Fields:
    """Return the fields as they may be kept: passwords are not."""
    return tuple((tag, "***" if tag in SECRETS else value) for tag, value in fields)
