"""One side of an AXI link as plain values: bytes in, messages out; requests in, bytes out.

``Reader`` is what both ends need, ``Link`` the end that asks. An answer repeats the ``seq`` of its
request; an answer without one belongs to the oldest open request of its name (both seen in the
field). This module must not know sockets, clocks or logging: what cannot be read comes out as a
value, and what answers nothing is counted.
"""

from __future__ import annotations

import msgspec

from mom.axi.codec import Decoder, encode_numbered
from mom.axi.element import Element
from mom.axi.errors import FrameTooLong, MalformedFrame
from mom.axi.frames import DEFAULT_LIMIT, END, Framer

_MAX_SEQ_DIGITS = 18
_MOST_LATE = 1000
"""Answers that may still come though nobody waits for them."""
_ANSWER = "Resp"
"""How the names of answers end."""


class Unreadable(msgspec.Struct, frozen=True):
    """Bytes that are no message. After ``FrameTooLong`` the link is of no more use."""

    error: MalformedFrame | FrameTooLong


def is_answer(element: Element) -> bool:
    """Tell whether a message is an answer, going by its name."""
    return element.name.endswith(_ANSWER)


class Reader:
    """Bytes to elements: frames, decoding, and what could not be read in its place.

    Cutting and decoding are two steps, because who reads may stop in between: one packet can hold
    thousands of messages that cannot be read, and each costs time.
    """

    _decoder = Decoder()
    """One for all links: it keeps nothing from one frame to the next."""

    def __init__(self, limit: int = DEFAULT_LIMIT) -> None:
        self._framer = Framer(limit)

    def cut(self, data: bytes) -> list[bytes | Unreadable]:
        """Take received bytes; return the frames that they complete, in order."""
        try:
            return list(self._framer.feed(data))
        except FrameTooLong as error:
            return [*error.frames, Unreadable(error)]

    def decode(self, frame: bytes | Unreadable) -> Element | Unreadable:
        """Return the message in one frame."""
        if isinstance(frame, Unreadable):
            return frame
        try:
            return self._decoder.decode(frame)
        except MalformedFrame as error:
            return Unreadable(error)


class Link(Reader):
    """Numbers requests and finds the request of each answer."""

    def __init__(self, limit: int = DEFAULT_LIMIT) -> None:
        super().__init__(limit)
        self._last_seq = 0
        self._open: dict[int, str] = {}
        self._late: dict[int, None] = {}
        """The numbers of requests that nobody waits for, the oldest first."""
        self.strays = 0

    def request(self, element: Element) -> tuple[int, bytes]:
        """Give a request its number; return the number and the bytes to send.

        A ``seq`` that the element already has is replaced. Raises ``Unencodable``.
        """
        seq = self._last_seq + 1
        data = encode_numbered(element, seq) + END
        self._last_seq = seq
        self._open[seq] = element.name
        return seq, data

    def forget(self, seq: int) -> None:
        """Stop waiting for an answer; should it still come with its number, it is let pass."""
        if self._open.pop(seq, None) is not None:
            self._late[seq] = None
            if len(self._late) > _MOST_LATE:
                del self._late[next(iter(self._late))]

    def answered(self, element: Element) -> int | None:
        """The number of the open request that this answers, which is open no more.

        ``None`` for a stray, which is counted, and for an answer that comes too late.
        """
        seq = self._find(element)
        if seq is None:
            if not self._is_late(element):
                self.strays += 1
        else:
            del self._open[seq]
        return seq

    def _is_late(self, element: Element) -> bool:
        """Whether nobody waits any more for this answer; it comes only once."""
        seq = _number(element)
        if seq not in self._late:
            return False
        del self._late[seq]
        return True

    def _find(self, element: Element) -> int | None:
        """The number of its request; an answer of another name is none, unless it refuses."""
        request = element.name[: -len(_ANSWER)]
        if not element.get("seq").strip():
            return next((seq for seq, name in self._open.items() if name == request), None)
        seq = _number(element)
        name = self._open.get(seq)
        fits = name == request or (name is not None and element.has("errCode"))
        return seq if fits else None


def _number(element: Element) -> int:
    """The number that an answer repeats, 0 if there is none that could be ours."""
    text = element.get("seq").strip()
    known = text.isascii() and text.isdecimal() and len(text) <= _MAX_SEQ_DIGITS
    return int(text) if known else 0
