from __future__ import annotations

from apps.money.readers.mt940_fields import is_mt940, messages_of, mt940_text


def tags(text: str) -> list[list[str]]:
    return [[field.tag for field in message.fields] for message in messages_of(text)[0]]


def test_a_field_goes_on_to_the_next_tag_and_a_message_to_the_next_reference() -> None:
    messages, ignored = messages_of(":20:A\r\n:61:one\r\ntwo\r\n:86:three\n\n-\n:20:B\n:25:X\n")
    assert [[field.tag for field in message.fields] for message in messages] == [["20", "61", "86"], ["20", "25"]]
    assert messages[0].fields[1].lines == ("one", "two")
    assert [field.line for field in messages[1].fields] == [7, 8]
    assert ignored == ()


def test_a_time_of_day_in_a_text_begins_no_field() -> None:
    assert tags(":61:x\n:86:at 2017-01-01T13\n:12:11\n:20:15 Uhr\n:26:37 Fo\n:62F:y") == [["61", "86", "62F"]]


def test_a_message_may_follow_without_its_end() -> None:
    assert tags(":20:A\n:86:x\n:20:1510\n:25:y") == [["20", "86"], ["20", "25"]]
    assert tags(":60F:a\n:60F:b") == [["60F"], ["60F"]]
    assert tags(":25:a\n:60F:b\n:62F:c\n:25:d\n:60F:e") == [["25", "60F", "62F"], ["25", "60F"]]


def test_envelopes_and_what_is_no_field_are_set_aside() -> None:
    messages, ignored = messages_of("ABNANL2A\n940\n{1:F01INGB}{2:I940}{4:\n:20:A\n:25:B\nstray\n-}{5:-}")
    assert [field.tag for field in messages[0].fields] == ["20", "25"]
    assert [(row.row, str(row.reason)) for row in ignored] == [(1, "preamble"), (2, "preamble"), (6, "note")]


def test_letters_of_windows_and_of_dos_and_the_frames_of_the_wire_are_read() -> None:
    assert mt940_text(":20:Zürich".encode("cp1252")) == ":20:Zürich"
    assert mt940_text(":20:Zürich".encode("cp852")) == ":20:Zürich"
    assert mt940_text(b"\x01\r\n:20:A\x03") == "\r\n:20:A"
    assert is_mt940("x\n:61:")
    assert not is_mt940("a :20: b")
