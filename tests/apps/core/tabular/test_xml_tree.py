from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.core.tabular.problems import FileRefusedError
from apps.core.tabular.xml_tree import MAX_DEPTH, read_xml

BOMB = """<?xml version="1.0"?>
<!DOCTYPE lolz [<!ENTITY lol "lol"><!ENTITY lol2 "&lol;&lol;&lol;&lol;&lol;&lol;&lol;&lol;&lol;&lol;">]>
<Document>&lol2;</Document>"""


def test_tags_know_their_line_and_lose_their_prefix() -> None:
    found = read_xml(
        b'<?xml version="1.0"?>\n<n:Document xmlns:n="urn:x">\n <n:A k="v"> one\n two </n:A>\n</n:Document>'
    )
    assert found.namespace == "urn:x"
    node = found.root.first("A")
    assert node is not None
    assert (node.line, node.attributes, found.root.value("A")) == (3, {"k": "v"}, "one two")
    assert (found.root.line_of("A"), found.root.line_of("B"), found.root.value("B")) == (3, 2, "")
    assert found.root.all("A") == found.root.each("A")


@pytest.mark.parametrize(
    "data",
    [
        '<?xml version="1.0" encoding="windows-1252"?><a>Münze €</a>'.encode("cp1252"),
        '<?xml version="1.0" encoding="ISO-8859-15"?><a>Münze €</a>'.encode("iso8859-15"),
        '<?xml version="1.0" encoding="UTF-8"?><a>Münze €</a>'.encode("utf-8-sig"),
        '<?xml version="1.0" encoding="UTF-8"?><a>Münze €</a>'.encode("cp1252"),
        '<?xml version="1.0" encoding="UTF-16"?><a>Münze €</a>'.encode("utf-16"),
        "<a>Münze €</a>".encode(),
    ],
    ids=["windows-1252", "iso-8859-15", "byte-order mark", "wrongly declared", "utf-16", "undeclared"],
)
def test_letters_are_read_in_the_encoding_that_fits(data: bytes) -> None:
    assert read_xml(data).root.text == "Münze €"


@pytest.mark.parametrize(
    "text",
    [
        BOMB,
        '<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>',
        '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>',
        "<!DOCTYPE a><a/>",
    ],
)
def test_document_types_and_entities_are_refused(text: str) -> None:
    with pytest.raises(FileRefusedError) as refused:
        read_xml(text.encode())
    assert "declares entities" in str(refused.value)


def test_a_file_that_ends_in_the_middle_is_refused_at_its_line() -> None:
    with pytest.raises(FileRefusedError) as refused:
        read_xml(b"<a>\n<b>\n1")
    assert refused.value.line == 3


def test_what_nests_without_end_is_refused() -> None:
    assert read_xml(b"<a>" * MAX_DEPTH + b"</a>" * MAX_DEPTH).root.tag == "a"
    with pytest.raises(FileRefusedError):
        read_xml(b"<a>" * (MAX_DEPTH + 1) + b"</a>" * (MAX_DEPTH + 1))


@given(st.text(alphabet="<>/?!ab&;[]\"'= \n-:é\ud800", max_size=80))
def test_garbage_is_refused_and_never_crashes(text: str) -> None:
    try:
        read_xml(f"<a>{text}</a>".encode("utf-8", "surrogatepass"))
    except FileRefusedError:
        return
