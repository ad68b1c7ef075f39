"""FIX on the wire: written and read back, in pieces, with what is garbled left out."""

from __future__ import annotations

import datetime as dt

import pytest

from apps.integrations.engine.fix_session import GapFill, Message
from apps.integrations.services.fix_wire import Listener, Parties, gap_written, masked, written

AT = dt.datetime(2026, 11, 20, 14, 30, 0, 123000, tzinfo=dt.UTC)
PARTIES = Parties("STEWARD", "BROKER")
ORDER = Message("D", 7, ((11, "ST1"), (55, "AAA"), (78, "2"), (79, "A"), (80, "1"), (79, "B"), (80, "2")))


def test_a_message_is_read_as_it_was_written_with_its_groups():
    (heard,) = Listener().hear(written(ORDER, PARTIES, AT))
    assert (heard.message, heard.parties) == (ORDER, PARTIES)


def test_the_wire_begins_and_ends_as_fix_demands():
    raw = written(ORDER, PARTIES, AT)
    assert raw.startswith(b"8=FIX.4.4\x019=")
    assert b"\x0135=D\x0134=7\x0149=STEWARD\x0156=BROKER\x01" in raw
    assert raw[-8:-4] == b"\x0110="[:4]
    assert b"52=20261120-14:30:00.123" in raw


def test_a_duplicate_says_so_and_when_it_was_sent_first():
    raw = written(ORDER, PARTIES, AT, first_sent=AT - dt.timedelta(minutes=1))
    (heard,) = Listener().hear(raw)
    assert heard.message.poss_dup
    assert b"122=20261120-14:29:00.123" in raw


def test_a_stream_is_cut_wherever_it_breaks():
    raw = written(ORDER, PARTIES, AT) + gap_written(GapFill(8, 12), PARTIES, AT)
    listener, found = Listener(), []
    for place in range(0, len(raw), 5):
        found += listener.hear(raw[place : place + 5])
    assert [heard.message.kind for heard in found] == ["D", "4"]
    assert (found[1].message.get(36), found[1].message.get(123)) == ("12", "Y")


def test_what_is_garbled_is_left_out_and_the_next_is_heard():
    good = written(ORDER, PARTIES, AT)
    bad = good.replace(b"55=AAA", b"55=AAB")
    short = good.replace(b"9=", b"9=9", 1)
    found = list(Listener().hear(bad + b"noise" + short + good))
    assert [heard.message for heard in found] == [ORDER]


def test_passwords_are_not_kept():
    assert masked(((553, "user"), (554, "secret"))) == ((553, "user"), (554, "***"))


def framed(body: bytes) -> bytes:
    raw = b"8=FIX.4.4\x019=%d\x01" % len(body) + body
    return raw + b"10=%03d\x01" % (sum(raw) % 256)


@pytest.mark.parametrize(
    ("part", "number", "field"),
    [
        (b"abc=3\x0134=7\x0111=ST1", 7, "ST1"),
        (b"58=\x0134=7\x0111=ST1", 7, "ST1"),
        (b"x\x0134=7\x0111=ST1", 7, "ST1"),
        (b"=3\x0134=7\x0111=ST1", 7, "ST1"),
        (b"95=x\x0134=7\x0111=ST1", 7, "ST1"),
        (b"9" * 5000 + b"=3\x0134=7\x0111=ST1", 7, "ST1"),
        (b"34=7\x0111=S\0T1", 7, "S\ufffdT1"),
        ("34=²\x0111=ST1".encode(), 0, "ST1"),
        ("34=٣\x0111=ST1".encode(), 0, "ST1"),
        (b"34=" + b"9" * 30 + b"\x0111=ST1", 0, "ST1"),
    ],
)
def test_what_breaks_the_form_is_read_as_far_as_it_goes(part: bytes, number: int, field: str):
    good = written(ORDER, PARTIES, AT)
    first, second = Listener().hear(framed(b"35=8\x01" + part + b"\x0149=B\x0156=S\x01") + good)
    assert (first.message.seq, first.message.get(11), first.parties) == (number, field, Parties("B", "S"))
    assert second.message == ORDER


def test_what_never_ends_is_not_kept():
    listener = Listener()
    for _n in range(40):
        assert not list(listener.hear(b"x" * (1 << 16)))
    assert [heard.message for heard in listener.hear(written(ORDER, PARTIES, AT))] == [ORDER]
