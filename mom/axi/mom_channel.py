"""The application data channel: the part of the inferred MOM profile that only applications use.

See ``mom_profile``, of which this is a part: the names are known, the attributes ours.
"""

from __future__ import annotations

import base64
import re

import msgspec

from mom.axi.element import Element, Value, make
from mom.axi.errors import BadValue
from mom.axi.record import Record

MOM_ADDRESS = "MOM"
"""Address of the MOM itself on a data channel."""

EVERYBODY = "*"
"""Address of every OMM, or the subscription to every channel."""

MAX_CHANNEL_DATA = 64 * 1024
"""Most bytes of one message on a data channel, before base64."""

_CHANNEL_NAME = re.compile(r"[A-Za-z0-9._-]{1,64}")


class ChannelMessage(Record, frozen=True):
    """``ApplicationDataChannel`` or ``EventApplicationDataChannel``: data on its way.

    ``origin`` and ``to`` are an ARI, ``MOM`` or (``to`` only) ``*``; ``data`` is base64.
    """

    name: str
    origin: str = msgspec.field(name="from", default="")
    to: str = ""
    data: str = ""
    id: str = ""

    def content(self) -> bytes:
        """Return the data; raises ``BadValue`` if it is no base64 or more than 64 KiB."""
        try:
            content = base64.b64decode(self.data, validate=True)
        except ValueError:
            raise BadValue("data", "base64") from None
        if len(content) > MAX_CHANNEL_DATA:
            raise BadValue("data", f"at most {MAX_CHANNEL_DATA} bytes")
        return content


def channel_cnf(name: str, id: int, *, deleted: bool) -> Element:
    """Build ``EventApplicationDataChannelCnf``: a channel was made, or is no more."""
    attrs: dict[str, Value] = {"name": name, "id": id, "deleted": deleted or None}
    return make("EventApplicationDataChannelCnf", attrs)


def channel_name(name: str) -> str:
    """Return a data channel's name if it is one: 1 to 64 of A-Z a-z 0-9 . _ -"""
    if not _CHANNEL_NAME.fullmatch(name):
        raise BadValue("name", "1 to 64 letters, digits, dots, underscores or hyphens")
    return name
