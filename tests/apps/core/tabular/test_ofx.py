import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.core.tabular.ofx import read_ofx
from apps.core.tabular.problems import FileRefusedError

HEAD = "OFXHEADER:100\nDATA:OFXSGML\nVERSION:102\nENCODING:USASCII\nCHARSET:1252\n\n"


def test_sgml_without_closing_tags_gives_the_tree_and_the_lines() -> None:
    document = read_ofx((HEAD + "<OFX>\n<A>\n<NAME>Ann &amp; Bob\n<EMPTY>\n<AMT>5\n</A>\n</OFX>").encode())
    block = document.root.first("A")
    assert document.version == "102"
    assert block is not None
    assert [(leaf.tag, leaf.text, leaf.line) for leaf in block.children] == [
        ("NAME", "Ann & Bob", 9),
        ("EMPTY", "", 10),
        ("AMT", "5", 11),
    ]
    assert document.problems == ()


def test_xml_sgml_and_nested_leaf_closings_give_the_same_tree() -> None:
    bodies = [
        "<OFX><A><X>1</X><Y/><Z><![CDATA[a<b]]></Z></A></OFX>",
        "<OFX><A><X>1<Y></Y><Z>a&lt;b</A></OFX>",
        "<ofx><a>\n <x>1\n  <y></y><z>a&lt;b\n  </z>\n </x>\n</a></ofx>",
    ]
    trees = []
    for body in bodies:
        document = read_ofx(body.encode())
        trees.append([(node.tag, node.text) for node in document.root.walk()])
        assert document.problems == ()
    assert trees[0] == trees[1] == trees[2] == [("OFX", ""), ("A", ""), ("X", "1"), ("Y", ""), ("Z", "a<b")]


@pytest.mark.parametrize(
    ("header", "version"),
    [
        ("OFXHEADER:100DATA:OFXSGMLVERSION:103SECURITY:NONE", "103"),
        ('<?xml version="1.0"?><?OFX OFXHEADER="200" VERSION="211" SECURITY="NONE"?>', "211"),
        ("<!--\nOFXHEADER:100\nVERSION:102\n-->", "102"),
        ("", ""),
    ],
)
def test_the_version_is_found_in_every_kind_of_header(header: str, version: str) -> None:
    assert read_ofx(f"{header}<OFX><A>1</A></OFX>".encode()).version == version


def test_an_entry_that_is_not_closed_ends_where_the_next_begins() -> None:
    document = read_ofx(b"<OFX><L><STMTTRN><FITID>1<STMTTRN>stray<FITID>2</STMTTRN></L></OFX>")
    assert [entry.value("FITID") for entry in document.root.all("STMTTRN")] == ["1", "2"]
    assert sorted(problem.code for problem in document.problems) == ["stray_text", "unclosed_tag"]


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("Date,Amount\n1,2\n", 1, "no <OFX> tag"),
        ("<OFX>\n<A>\n<X>1\n", 3, "ends in the middle"),
        ("<OFX>\n<!ENTITY a 'b'>\n</OFX>", 2, "declares entities"),
        ("<OFX><A>1</A></OFX>\n\n<OFX><A>2</A></OFX>", 3, "second OFX document"),
        (
            "<OFX>" + "".join(f"<T{i}>" for i in range(99)) + "".join(f"</T{i}>" for i in range(99)),
            1,
            "inside each other",
        ),
    ],
)
def test_broken_files_are_refused_with_their_line(text: str, line: int, words: str) -> None:
    with pytest.raises(FileRefusedError) as refused:
        read_ofx(text.encode())
    assert refused.value.line == line
    assert words in str(refused.value)


PIECES = st.sampled_from(
    [
        "<OFX>",
        "</OFX>",
        "<A>",
        "</A>",
        "<STMTTRN>",
        "</STMTTRN>",
        "<X>",
        "1",
        "\n",
        "<",
        ">",
        "<!--",
        "/",
        "<B/>",
        "]]>",
    ]
)


@given(st.lists(PIECES, max_size=30).map("".join) | st.binary(max_size=60).map(lambda raw: raw.decode("latin-1")))
def test_anything_behind_the_first_tag_is_a_tree_or_refused(text: str) -> None:
    try:
        document = read_ofx(f"<OFX>{text}".encode())
    except FileRefusedError:
        return
    assert document.root.tag == "OFX"
