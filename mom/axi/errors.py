"""Everything that can go wrong when talking AXI.

The tree::

    AxiError
    +-- MalformedFrame      the peer sent something that is not an AXI message
    +-- FrameTooLong        the peer sent more bytes than a message may have
    +-- Neglected           the peer leaves too much of ours unread or unanswered
    +-- Unencodable         we were asked to send something that XML cannot carry
    +-- BadValue            an attribute holds text that is not the number or boolean it should be
    +-- SecretTooLong       a secret does not fit under the receiver's RSA key
    +-- SecretUnreadable    a ciphertext was not made for our RSA key, or is damaged
    +-- RequestFailed       a request has no usable answer
        +-- RequestRefused  the peer answered with an error code
        +-- RequestTimeout  the peer did not answer in time
        +-- LinkLost        the connection ended before the answer came

This module must not know sockets, and no error text may ever hold a secret.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mom.axi.element import Element


MAX_TEXT = 200
"""Most characters of a refusal's texts that are kept."""
_MAX_DIGITS = 9


class AxiError(Exception):
    """Anything that went wrong in the AXI language or on an AXI link."""


class MalformedFrame(AxiError):
    """A frame is not an AXI message: not XML, with a DTD, too deep, or with too many parts.

    ``kind`` is one short word for counters and for logging each kind once.
    """

    def __init__(self, kind: str, detail: str = "") -> None:
        super().__init__(f"{kind}: {detail}" if detail else kind)
        self.kind = kind
        self.detail = detail


class FrameTooLong(AxiError):
    """A message passed the size limit before its end; the link cannot be used any more.

    ``frames`` holds the messages that were complete before the overlong one.
    """

    def __init__(self, limit: int, frames: Sequence[bytes] = ()) -> None:
        super().__init__(f"a message of more than {limit} bytes")
        self.limit = limit
        self.frames = tuple(frames)


class Neglected(AxiError):
    """The peer leaves so much of ours unread or unanswered that the link is of no more use."""


class Unencodable(AxiError):
    """A message of ours holds a name or a character that XML cannot carry."""


class BadValue(AxiError):
    """An attribute does not hold the kind of value that it should."""

    def __init__(self, name: str, expected: str) -> None:
        super().__init__(f"attribute {name!r} is not {expected}")
        self.name = name
        self.expected = expected


class SecretTooLong(AxiError):
    """A secret has more bytes than the receiver's key can encrypt."""

    def __init__(self, max_bytes: int) -> None:
        super().__init__(f"a secret of more than {max_bytes} bytes")
        self.max_bytes = max_bytes


class SecretUnreadable(AxiError):
    """A ciphertext cannot be opened with this private key."""


class RequestFailed(AxiError):
    """A request has no usable answer. ``request`` is the name of the request."""

    def __init__(self, request: str, why: str) -> None:
        super().__init__(f"{request}: {why}")
        self.request = request


class RequestRefused(RequestFailed):
    """The peer answered a request with an error code.

    ``code`` is the ``errCode`` (for example ``ENoEnt``), ``info`` free English text, ``bad`` the
    attribute or element at fault, ``max_len`` the limit in characters that goes with ``ETooLong``
    (0: not told), ``response`` the whole answer. Texts are cut to ``MAX_TEXT`` characters: people
    read them, and a peer may send megabytes.
    """

    def __init__(self, request: str, response: Element) -> None:
        self.code = response.get("errCode")[:MAX_TEXT]
        self.info = response.get("info")[:MAX_TEXT]
        self.bad = response.get("bad")[:MAX_TEXT]
        length = response.get("maxLen")
        is_number = length.isascii() and length.isdecimal() and len(length) <= _MAX_DIGITS
        self.max_len = int(length) if is_number else 0
        self.response = response
        parts = (self.code, f"bad={self.bad}" if self.bad else "", self.info)
        super().__init__(request, " ".join(part for part in parts if part))


class RequestTimeout(RequestFailed):
    """The peer did not answer within the time allowed (``seconds``)."""

    def __init__(self, request: str, seconds: float) -> None:
        super().__init__(request, f"no answer within {seconds:g} s")
        self.seconds = seconds


class LinkLost(RequestFailed):
    """The connection ended, or had ended already, before the answer came."""

    def __init__(self, request: str, reason: str = "the connection is closed") -> None:
        super().__init__(request, reason)
        self.reason = reason
