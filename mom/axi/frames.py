"""Cutting a byte stream into AXI frames.

A message ends with one zero byte, in both directions; there is no length field (public client
code). One read may bring several messages or half of one. This module must not know XML.
"""

from mom.axi.errors import FrameTooLong

END = b"\0"
"""What ends every message on the wire."""

DEFAULT_LIMIT = 4 * 1024 * 1024
"""Longest message accepted from a peer, in bytes."""


class Framer:
    """Collects received bytes and hands out whole frames, without their end byte.

    No byte is looked at twice, empty frames are skipped, and at most ``limit`` bytes of an
    unfinished frame are kept.
    """

    def __init__(self, limit: int = DEFAULT_LIMIT) -> None:
        self._limit = limit
        self._unfinished = bytearray()

    @property
    def waiting(self) -> int:
        """Number of bytes of the frame that has not ended yet."""
        return len(self._unfinished)

    def feed(self, data: bytes) -> list[bytes]:
        """Take received bytes; return the frames that they complete.

        Raises ``FrameTooLong`` when a frame passes the limit, whether it has ended or not; the
        frames before it are on the error, and the framer is of no more use.
        """
        *ended, rest = data.split(END)
        frames: list[bytes] = []
        for part in ended:
            if len(self._unfinished) + len(part) > self._limit:
                raise FrameTooLong(self._limit, frames)
            if self._unfinished:
                frames.append(b"".join((self._unfinished, part)))
                self._unfinished.clear()
            elif part:
                frames.append(part)
        if len(self._unfinished) + len(rest) > self._limit:
            raise FrameTooLong(self._limit, frames)
        self._unfinished += rest
        return frames
