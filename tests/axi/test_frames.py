import pytest
from hypothesis import given
from hypothesis import strategies as st

from mom.axi.errors import FrameTooLong
from mom.axi.frames import Framer

STREAM = b"<Ping/>\0<Open/>\0\0\0<a b='c'/>\0"
FRAMES = [b"<Ping/>", b"<Open/>", b"<a b='c'/>"]


def test_a_whole_stream_gives_all_frames_and_skips_empty_ones():
    assert Framer().feed(STREAM) == FRAMES


def test_byte_by_byte_gives_the_same_frames():
    framer = Framer()

    assert [frame for at in range(len(STREAM)) for frame in framer.feed(STREAM[at : at + 1])] == (
        FRAMES
    )


def test_a_truncated_frame_waits_for_its_end():
    framer = Framer()

    assert framer.feed(b"<Pi") == []
    assert framer.waiting == 3
    assert framer.feed(b"ng/>\0<O") == [b"<Ping/>"]
    assert framer.waiting == 2


def test_a_frame_of_just_the_limit_passes():
    framer = Framer(limit=5)

    assert framer.feed(b"12345\0") == [b"12345"]
    assert framer.feed(b"123") == []
    assert framer.feed(b"45\0") == [b"12345"]


@pytest.mark.parametrize(
    ("before", "last"), [(b"", b"123456\0"), (b"", b"123456"), (b"123", b"456"), (b"12345", b"6\0")]
)
def test_a_frame_beyond_the_limit_is_refused_ended_or_not(before: bytes, last: bytes):
    framer = Framer(limit=5)
    framer.feed(before)

    with pytest.raises(FrameTooLong) as caught:
        framer.feed(last)

    assert caught.value.limit == 5


def test_the_frames_before_an_overlong_one_are_not_lost():
    with pytest.raises(FrameTooLong) as caught:
        Framer(limit=5).feed(b"one\0two\0too long")

    assert caught.value.frames == (b"one", b"two")


@given(st.lists(st.binary(max_size=30), max_size=20))
def test_any_cutting_of_any_bytes_gives_the_same_frames(parts: list[bytes]):
    whole, cut = Framer(), Framer()

    frames = [frame for part in parts for frame in cut.feed(part)]

    assert frames == whole.feed(b"".join(parts))
    assert cut.waiting == whole.waiting
    assert all(frame and b"\0" not in frame for frame in frames)
