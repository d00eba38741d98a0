"""What is read without the parser is read as the parser reads it."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mom.axi.codec import Decoder, encode
from mom.axi.element import Element, Uniform, make
from mom.axi.errors import MalformedFrame
from mom.axi.repeats import MANY, OFTEN, read_plain

FILL = "x" * 40


def users(*names: str) -> bytes:
    found = [make("user", {"uid": n, "name": name, "fill": FILL}) for n, name in enumerate(names)]
    return encode(make("GetPPUserResp", {"seq": 4}, *found))


def parsed(frame: bytes) -> Element | None:
    """What the parser reads; None where it refuses."""
    try:
        return Decoder()._parse(frame)
    except (MalformedFrame, SyntaxError):
        return None


def test_a_list_as_omms_write_it_needs_no_parser() -> None:
    frame = users("Ada", "Müller", "O'Brien to all", "").replace(b"to all", b"> all")
    found = read_plain(frame)
    assert found is not None
    assert found == parsed(frame)
    assert [user.get("name") for user in found.children] == ["Ada", "Müller", "O'Brien > all", ""]


@pytest.mark.parametrize(
    "frame",
    [
        b'<EventMessageProgress sendTime="1" id="2" toAddr="tel:\xc3\xa4>1" event="Delivered"/>',
        b'<EventMessageSend><msg id="2" content=""/></EventMessageSend>',
        b"<EventMessageSend><msg/><msg/></EventMessageSend>",
        b'<GetPPUserResp seq="4"/>',
        b"<GetPPUserResp/>",
        b'<LimitsResp seq="3" xmlDynAppl="10"/>',
    ],
)
def test_a_plain_message_needs_no_parser(frame: bytes) -> None:
    found = read_plain(frame)
    assert found is not None
    assert found == parsed(frame)


@pytest.mark.parametrize(
    "frame",
    [
        users("Ada & Bob"),
        users("two\nlines"),
        users("Ada").replace(b"<user ", b"<user\n"),
        users("Ada").replace(b"<user ", b"<user  "),
        users("Ada").replace(b'name="Ada"', b"name='Ada'"),
        users("Ada").replace(b'name="Ada"', b'name="A<a"'),
        users("Ada", "Bob").replace(b"Ada", b"A<a"),
        users("Ada", "Bob").replace(b"Bob", b"B/><b"),
        users("Ada", "Bob").replace(b'seq="4"', b'seq="<"'),
        users("Ada", "Bob").replace(b'"Bob"', b'"Bob'),
        users("Ada", "Bob").replace(b'"Bob"', b'"Bob""'),
        users("Ada").replace(b"Ada", b"A\ta"),
        users("Ada").replace(b'name="Ada"', b'uid="7"'),
        users("Ada").replace(b'name="Ada"', b'xmlns="urn:x"'),
        users("Ada").replace(b'name="Ada"', b'a:b="c"'),
        users("Ada").replace(b"/></", b">text</user></"),
        users("Ada").replace(b"</GetPPUserResp>", b"</GetPPDevResp>"),
        users("Ada").replace(b"</GetPPUserResp>", b"</GetPPUserResp><more/>"),
        users("Ada").replace(b"Ada", "\uffff".encode()),
        users("Ada").replace(b"Ada", b"\xff"),
        users("Ada").replace(b"Ada", b"\x01"),
        users("Ada") + b" ",
        users("Ada").replace(b'uid="0" name="Ada"', b""),
        users("Ada").replace(b"/></", b"/><user /></"),
        b'<?xml version="1.0"?>' + users("Ada"),
        b"<!DOCTYPE x>" + users("Ada"),
        b"<GetPPUserResp />",
        b'<GetPPUserResp seq="4">',
        b'<GetPPUserResp seq="4" seq="5"/>',
        b'<GetPPUserResp seq="4" info="a<b"/>',
        b'<GetPPUserResp seq="4"/><more/>',
        b"<GetPPUserResp></GetPPUserResp>",
        b"<xmlnsResp/>",
        b"</>",
        b"<",
        b"",
    ],
)
def test_all_else_is_for_the_parser(frame: bytes) -> None:
    assert read_plain(frame) is None


def test_the_longest_answer_that_each_omm_gives_needs_no_parser() -> None:
    captured = Path(__file__).parent / "captures" / "GetVersionsResp-7.1.xml"
    frame = encode(Decoder().decode(captured.read_bytes().strip(b"\0\r\n ")))
    found = read_plain(frame)
    assert found is not None
    assert found == parsed(frame)


@pytest.mark.parametrize("records", [0, 1, MANY])
def test_what_is_written_with_very_long_names_is_for_the_parser(records: int) -> None:
    for count, is_plain in ((30, True), (40, True), (100, True), (120, False)):
        names = "".join(f' a{number}{"b" * 110}="c"' for number in range(count))
        record = f"<user{names}/>"
        frame = (f"<Answer>{record * records}</Answer>" if records else record).encode()
        assert (read_plain(frame) is not None) == is_plain
        assert len(parsed(frame).children) == records


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'"Ada"', b'"A&amp;a"'),
        (b'"Ada"', b'"A<a"'),
        (b'"Ada"', b'"A\ta"'),
        (b'"Ada"', b'"Ada'),
        (b'"Ada"', b'"Ada""'),
        (b'"Ada"', b"'Ada'"),
        (b'"Ada" ', b'"Ada"'),
        (b'"Ada" ', b'"Ada"  '),
        (b'"Ada" ', b'"Ada" x '),
        (b'name="Ada"', b'uid="7"'),
        (b'name="Ada"', b'Name="Ada" b:c="d"'),
        (b"/><user", b"/> <user"),
        (b"/><user", b"/>text<user"),
        (b"/><user", b"><user"),
        (b"/><user", b"/></user><user"),
        (b'seq="4"', b'seq="<"'),
        (b"<GetPPUserResp", b"< GetPPUserResp"),
        (b"</GetPPUserResp>", b"</GetPPUserResp><more/>"),
        (b"</GetPPUserResp>", b"text</GetPPUserResp>"),
        (b"</GetPPUserResp>", b"</GetPPDevResp>"),
    ],
)
def test_all_else_is_for_the_parser_in_long_lists_too(old: bytes, new: bytes) -> None:
    for names in (["Ada", *"bcdefgh"], [*"bcd", "Ada", *"efgh"], [*"bcdefgh", "Ada"]):
        frame = users(*names)
        for _ in range(OFTEN):
            assert read_plain(frame) is not None
            assert read_plain(frame.replace(old, new)) is None


PIECES = st.sampled_from(
    [
        *(
            '"',
            "'",
            "<",
            ">",
            "/>",
            "</",
            "=",
            " ",
            "  ",
            "&",
            "&amp;",
            "\n",
            "\x00",
            "\uffff",
            "é",
        ),
        *(
            "<user ",
            'a="1"',
            ' b="2"',
            "/><user ",
            "xmlns=",
            "a:b=",
            "<!--",
            "]]>",
            "<![CDATA[",
            "?>",
        ),
    ]
)


@given(
    st.lists(st.lists(PIECES, max_size=4).map("".join), min_size=1, max_size=3),
    st.integers(0, MANY),
    st.integers(0, 400),
    PIECES,
    st.booleans(),
)
def test_whatever_is_in_a_frame_the_parser_would_read_the_same(
    names: list[str], plain: int, place: int, piece: str, instead: bool
) -> None:
    names = [*[""] * (plain // 2), *names, *[""] * (plain - plain // 2)]
    raw = "".join(f'<user uid="{n}" name="{name}"/>' for n, name in enumerate(names))
    text = f'<GetPPUserResp seq="1" fill="{FILL}">{raw}</GetPPUserResp>'
    at = place if place < 22 else len(FILL) + place
    text = text[:at] + piece + text[at + instead :]
    frame = text.encode()
    found = read_plain(frame)
    assert found is None or found == parsed(frame)


@given(st.lists(PIECES, max_size=8).map("".join))
def test_whatever_is_in_a_plain_message_the_parser_would_read_the_same(inside: str) -> None:
    frame = f"<SendMessageResp{inside}/>".encode()
    found = read_plain(frame)
    assert found is None or found == parsed(frame)


@given(
    st.lists(
        st.fixed_dictionaries(
            {"uid": st.integers(1, 99).map(str), "name": st.text(st.characters(codec="utf-8"))},
            optional={"num": st.text("0123456789*# +'>"), "fill": st.just(FILL)},
        ),
        min_size=1,
    )
)
def test_whatever_records_say_both_ways_read_the_same(records: list[dict[str, str]]) -> None:
    found = "".join(
        "<user " + " ".join(f'{name}="{text}"' for name, text in record.items()) + "/>"
        for record in records
    )
    frame = f'<GetPPUserResp seq="1" fill="{FILL}">{found}</GetPPUserResp>'.encode()
    read = read_plain(frame)
    assert read is None or read == parsed(frame)
    if read is not None:
        forms = {tuple(child.attrs) for child in read.children}
        alike = len(forms) == 1 and len(read.children) >= MANY
        assert alike or not isinstance(read.children, Uniform)


def test_many_children_that_are_written_alike_are_known_to_be_when_such_lists_come_often() -> None:
    frame = users("Ada", "Eve", "Bob", "Kim", "Zoe").replace(b"fill=", b"seldom=")
    for _ in range(OFTEN - 1):
        seldom = read_plain(frame)
        assert seldom == parsed(frame)
        assert seldom is not None
        assert not isinstance(seldom.children, Uniform)
    found = read_plain(frame)
    assert found == parsed(frame)
    assert found is not None
    assert isinstance(found.children, Uniform)
    assert found.children.names == ("uid", "name", "seldom")
    assert found.all("user") is found.children
    assert found.all("pp") == ()


def test_many_children_of_one_attribute_are_read_whole() -> None:
    frame = b"<Answer>" + b'<user uid="12"/>' * MANY + b"</Answer>"
    for _ in range(OFTEN + 1):
        found = read_plain(frame)
        assert found == parsed(frame)
        assert found is not None
        assert found.children[-1].attrs == {"uid": "12"}


def test_a_list_of_which_only_first_and_last_are_alike_is_read_one_by_one() -> None:
    odd = users(*["Ada"] * 10).replace(b' uid="4"', b"")
    for _ in range(OFTEN + 1):
        found = read_plain(odd)
        assert found == parsed(odd)
        assert found is not None
        assert not isinstance(found.children, Uniform)
