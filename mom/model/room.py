"""A conference room: a number that people dial to meet, served by one OMM.

The one place where its attributes are written down; names and types follow the published
catalogue, but `sipAuthId`, which the catalogue calls a boolean, is a text. `None` means that no OMM
and no person has told the value yet, which is not the same as empty.
"""

import typing
from typing import Annotated

import msgspec

from mom.model.attribute import Attr, Group, wire_name
from mom.model.identities import OmmId
from mom.model.secret import Secret

RoomNumber = typing.NewType("RoomNumber", int)
"""System-wide number of a conference room, from 1; an OMM's own number of it is another one."""

Text = str | None
Number = int | None


class ConferenceRoom(
    msgspec.Struct, frozen=True, kw_only=True, rename=wire_name, omit_defaults=True
):
    """One conference room with its system-wide number.

    `omm` is the OMM record that serves it (0 = none). `rev_content` counts the changes of what an
    OMM holds of it, `rev_secret` those of the password.
    """

    # fmt: off
    id: Annotated[RoomNumber, Attr(group=Group.IDENTITY, label="Room ID", written_by="mom")]
    revision: Annotated[int, Attr(group=Group.OWN, label="Revision", written_by="mom")] = 1
    rev_content: Annotated[int, Attr(group=Group.OWN, written_by="mom")] = 1
    rev_secret: Annotated[int, Attr(group=Group.OWN, written_by="mom")] = 1
    name: Annotated[Text, Attr(group=Group.ADMIN, label="Name", max_len=20)] = None
    conference_id: Annotated[Text, Attr(group=Group.ADMIN, label="Number", max_len=31, dialled=True)] = None
    omm: Annotated[OmmId, Attr(group=Group.ROAMING, label="OMM ID", low=0)] = OmmId(0)
    sip_auth_id: Annotated[Text, Attr(group=Group.ADMIN, label="SIP user", max_len=63)] = None
    sip_pw: Annotated[Secret | None, Attr(group=Group.SECRET, label="SIP password", max_len=53, hidden=True)] = None
    fixed_sip_port: Annotated[Number, Attr(group=Group.ADMIN, label="Fixed SIP port", low=0, high=65535)] = None
    calculated_sip_port: Annotated[Number, Attr(group=Group.OBSERVED, label="Calculated SIP port", written_by="omm")] = None
    # fmt: on
    marks: tuple[str, ...] = ()
    """What is wrong with the room, in words: conflicts, refusals, missing credentials."""
