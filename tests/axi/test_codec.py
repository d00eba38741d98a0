from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from lxml import etree

from mom.axi.codec import (
    MAX_DEPTH,
    MAX_ELEMENTS,
    MAX_NAMES,
    Decoder,
    decode,
    encode,
    encode_numbered,
    prepared,
)
from mom.axi.element import Element, make
from mom.axi.errors import MalformedFrame, Unencodable
from mom.axi.repeats import MOST_ATTRIBUTES

from .strategies import elements

CAPTURED = sorted((Path(__file__).parent / "captures").glob("*.xml"))


def read(frame: bytes) -> Element | None:
    try:
        return decode(frame)
    except MalformedFrame:
        return None


def as_element(node: etree._Element) -> Element:
    return Element(
        node.tag,
        dict(node.attrib),
        tuple(as_element(child) for child in node),
        (node.text or "") if len(node) == 0 or (node.text or "").strip() else "",
    )


@pytest.mark.parametrize("path", CAPTURED, ids=lambda path: path.stem)
def test_a_captured_message_is_read_as_an_independent_parser_reads_it(path: Path):
    assert decode(path.read_bytes()) == as_element(etree.fromstring(path.read_bytes()))


@pytest.mark.parametrize("path", CAPTURED, ids=lambda path: path.stem)
def test_a_captured_message_survives_writing(path: Path):
    element = decode(path.read_bytes())

    again = decode(encode(element))

    assert again == element
    assert list(again.attrs) == list(element.attrs)


@given(elements)
def test_any_element_survives_writing_and_reading(element: Element):
    assert decode(encode(element)) == element


@given(elements)
def test_what_is_written_has_no_zero_byte_and_no_line_break(element: Element):
    written = encode(element)

    assert b"\0" not in written
    assert b"\n" not in written
    assert b"\r" not in written


@given(st.binary(max_size=200))
@example(b"\xff\xfe<\x00a\x00/\x00>\x00")
@example(b'<?xml version="1.0" encoding="UTF-7"?><a/>')
@example(b"+ADw-a/+AD4-")
@example(b"<a>\xff</a>")
@example(b"<a b='\xed\xa0\x80'/>")
@example(b"<?xml version='1.0' encoding='\xff'?>")
@example(b"&#x110000;")
def test_no_bytes_do_anything_but_decode_or_be_refused(data: bytes):
    assert read(data) is None or isinstance(read(data), Element)


@given(elements, st.data())
def test_a_message_with_one_damaged_byte_does_no_harm(element: Element, data: st.DataObject):
    frame = bytearray(encode(element))
    frame[data.draw(st.integers(0, len(frame) - 1))] = data.draw(st.integers(0, 255))

    assert read(bytes(frame)) is None or isinstance(read(bytes(frame)), Element)


def test_a_decoder_is_as_good_as_new_after_a_malformed_frame():
    decoder = Decoder()

    for bad in (b"<a><b>", b"<a>" * 50, b"<!DOCTYPE a><a/>", b""):
        with pytest.raises(MalformedFrame):
            decoder.decode(bad)

    assert decoder.decode(b"<a><b/></a>") == make("a", None, make("b"))


def test_line_breaks_in_attributes_are_kept():
    element = make("user", {"ppData": "UD_A=1\nUD_B=2\r\n\tx"})

    assert b"UD_A=1&#10;UD_B=2&#13;&#10;&#9;x" in encode(element)
    assert decode(encode(element)) == element


@pytest.mark.parametrize(
    ("frame", "value"),
    [
        (b'<a b="x\x01y"/>', "xy"),
        (b'<a b="x&#1;y"/>', "xy"),
        (b'<a b="x&#x1F;y&#xFFFF;"/>', "xy"),
        (b'<a b="x\x1f&#xD800;y"/>', "xy"),
        (b'<a b="x\xffy"/>', "x\N{REPLACEMENT CHARACTER}y"),
        (b'<a b="x\x02&amp;&#10;y"/>', "x&\ny"),
    ],
)
def test_characters_that_xml_forbids_are_dropped_and_the_rest_is_read(frame: bytes, value: str):
    assert decode(frame).get("b") == value


@pytest.mark.parametrize(
    "frame",
    [
        b"",
        b"   ",
        b"Ping",
        b"<Ping",
        b"<Ping>",
        b"<Ping/><Ping/>",
        b"<Ping/>junk",
        b"<a></b>",
        b"<a b='1' b='2'/>",
        b"<a b=1/>",
        b"<a b='&unknown;'/>",
        b"<a b='<'/>",
        b"\x01\x02",
        b'{"json": 1}',
    ],
)
def test_what_is_no_element_is_refused(frame: bytes):
    with pytest.raises(MalformedFrame):
        decode(frame)


@pytest.mark.parametrize(
    "frame",
    [
        b"<!DOCTYPE a><a/>",
        b'<!DOCTYPE a [<!ENTITY e "x">]><a>&e;</a>',
        b'<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>',
        b'<!DOCTYPE a [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><a>&b;</a>',
        b'\x01<!DOCTYPE a [<!ENTITY e SYSTEM "http://127.0.0.1/">]><a>&e;</a>',
    ],
)
def test_a_document_type_is_refused(frame: bytes):
    with pytest.raises(MalformedFrame, match="DTD"):
        decode(frame)


def test_a_document_type_hidden_in_a_forbidden_character_is_refused():
    with pytest.raises(MalformedFrame, match="DTD"):
        decode(b'<!DOC\x01TYPE a [<!ENTITY e "x">]><a>&e;</a>')


def test_an_error_does_not_quote_the_message():
    with pytest.raises(MalformedFrame) as caught:
        decode(b'<Open password="topsecret" x="&topsecret;"/>')

    assert "topsecret" not in str(caught.value)


def test_comments_and_instructions_are_skipped_and_cdata_is_text():
    assert decode(b"<!-- x --><a>t<!-- x -->u<?pi x?><![CDATA[<]]></a>") == make("a", text="tu<")


def test_blank_text_between_children_is_layout():
    assert decode(b"<a>\n  <b/>\n  <c/>\n</a>") == make("a", None, make("b"), make("c"))


def test_a_default_namespace_is_ignored():
    assert decode(b'<Ping xmlns="http://example.org/axi" seq="1"/>') == make("Ping", {"seq": 1})
    assert decode(b'<x:a xmlns:x="u" x:b="1" c="2"/>') == make("a", {"c": 2})


def nested(depth: int) -> Element:
    element = make("a")
    for _ in range(depth - 1):
        element = make("a", None, element)
    return element


def test_nesting_has_a_limit_in_both_directions():
    deepest = nested(MAX_DEPTH)

    assert decode(encode(deepest)) == deepest
    with pytest.raises(Unencodable, match="levels"):
        encode(make("a", None, deepest))
    with pytest.raises(MalformedFrame, match="too deep"):
        decode(b"<a>" * (MAX_DEPTH + 1) + b"</a>" * (MAX_DEPTH + 1))


def test_the_number_of_attributes_has_a_limit():
    def frame(count: int) -> bytes:
        return b"<a " + b" ".join(b'a%d="1"' % n for n in range(count)) + b"/>"

    assert len(decode(frame(MOST_ATTRIBUTES)).attrs) == MOST_ATTRIBUTES
    with pytest.raises(MalformedFrame, match="too many attributes"):
        decode(frame(MOST_ATTRIBUTES + 1))


@pytest.mark.parametrize("quote", ['"', "'"])
def test_an_element_with_thousands_of_attributes_does_not_reach_the_parser(
    quote: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    attributes = " ".join(f"a{number}={quote}>{quote}" for number in range(200_000))
    frame = f'<EventPPCnf>\n<user uid="1" {attributes}/></EventPPCnf>'.encode()
    monkeypatch.setattr(etree, "fromstring", None)
    with pytest.raises(MalformedFrame, match="too many attributes"):
        decode(frame)


def test_many_signs_in_values_and_texts_are_no_attributes() -> None:
    signs = "a=1;" * 5_000
    element = decode(f'<pp ppData="{signs}" name="&amp;">{signs}</pp>'.encode())
    assert element.attrs == {"ppData": signs, "name": "&"}
    quotes = "it's " * 10_000
    assert decode(f'<pp name="&amp;">{quotes}</pp>'.encode()).text == quotes
    many = "".join(f'<pp ppn="{number}" a="1" b="2"/>\n' for number in range(2_000))
    assert len(decode(f"<list>{many}</list>".encode()).children) == 2_000


def test_the_length_of_all_names_of_an_element_has_a_limit():
    def frame(length: int) -> bytes:
        return b'<a b="1" %s="&lt;"/>' % (b"c" * (length - 1))

    assert len(decode(frame(MAX_NAMES)).attrs) == 2
    with pytest.raises(MalformedFrame, match="too long names"):
        decode(frame(MAX_NAMES + 1))


def test_the_number_of_elements_has_a_limit():
    def frame(count: int) -> bytes:
        return b"<a>" + b"<b/>" * (count - 1) + b"</a>"

    assert len(decode(frame(MAX_ELEMENTS)).children) == MAX_ELEMENTS - 1
    with pytest.raises(MalformedFrame, match="too many elements"):
        decode(frame(MAX_ELEMENTS + 1))


@pytest.mark.parametrize("character", ["\0", "\x01", "\x1f", "\ud800", "\ufffe", "\uffff"])
def test_a_forbidden_character_is_not_written(character: str):
    with pytest.raises(Unencodable):
        encode(make("a", {"b": f"x{character}"}))
    with pytest.raises(Unencodable):
        encode(make("a", text=character))


@pytest.mark.parametrize(
    "name", ["", "1a", "a b", "a=", 'a"', "a>", "a:b", "xmlns", "-a", "ä", "a\n", "a" * 129]
)
def test_a_name_that_could_break_out_is_not_written(name: str):
    with pytest.raises(Unencodable):
        encode(make("a", {name: "1"}))
    with pytest.raises(Unencodable):
        encode(make(name))


def test_special_characters_are_escaped():
    assert encode(make("a", {"b": "<&>\"'"}, text="</a>")) == (
        b'<a b="&lt;&amp;&gt;&quot;\'">&lt;/a&gt;</a>'
    )


@given(elements)
def test_a_number_is_written_as_if_it_were_the_first_attribute(element: Element):
    attrs = {"seq": "7", **{n: text for n, text in element.attrs.items() if n != "seq"}}
    whole = Element(element.name, attrs, element.children, element.text)
    assert encode_numbered(element, 7) == encode(whole)


def test_a_prepared_child_is_written_like_any_other():
    child = make("e", {"cmd": "On", "eventType": "<&>"}, text="ä")
    assert encode(make("Subscribe", None, prepared(child), child)) == (
        encode(make("Subscribe", None, child, child))
    )
    assert prepared(child).get("cmd") == "On"


def test_what_cannot_be_written_cannot_be_prepared_either():
    for element in (make("e", {"b": "\0"}), make("e", None, make("f"))):
        with pytest.raises(Unencodable):
            prepared(element)
