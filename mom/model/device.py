"""A device: a DECT phone, known by its IPEI, and where its home is.

The one place where the attributes of a device are written down. `None` means that no OMM and no
person has told the value yet. Names and types follow the published catalogue; those since 7.1 were
observed on a real OMM.
"""

from typing import Annotated

import msgspec

from mom.model.attribute import Attr, Group, wire_name
from mom.model.identities import DeviceNumber, OmmId, UserNumber

REL_TYPES = ("Unbound", "Dynamic", "Fixed")
SUBSCRIBED = ("No", "Unconfirmed", "Yes")
ROAMING_STARTED = "RoamingStarted"
ROAMING_COMPLETE = "RoamingComplete"
UNSEEN_MODEL = "Unknown"
"""The model of a phone that its OMM has not seen yet."""

_HW_TYPES = (
    *(UNSEEN_MODEL, "142d", "610d", "620d", "630d", "612d", "622d", "632d", "650c", "740cv"),
    "GAP",
)

Text = str | None
Switch = bool | None


class Device(msgspec.Struct, frozen=True, rename=wire_name, omit_defaults=True):
    """One device with its system-wide number.

    `uid` is the system-wide number of the bound user (0 = none). `home` is the number of the OMM
    record where the phone is (0 = none), `omm_id` the same as the ARI that OMMs use.
    """

    # fmt: off
    ppn: Annotated[DeviceNumber, Attr(group=Group.IDENTITY, label="Device ID", written_by="mom")]
    revision: Annotated[int, Attr(group=Group.OWN, label="Revision", written_by="mom")] = 1
    rev_admin: Annotated[int, Attr(group=Group.OWN, written_by="mom")] = 1
    rev_relation: Annotated[int, Attr(group=Group.OWN, written_by="mom")] = 1
    rev_roaming: Annotated[int, Attr(group=Group.OWN, written_by="mom")] = 1
    rev_subscription: Annotated[int, Attr(group=Group.OWN, written_by="mom")] = 1
    home: Annotated[OmmId, Attr(group=Group.OWN, label="OMM", tab="General", written_by="mom")] = OmmId(0)
    uid: Annotated[UserNumber, Attr(group=Group.RELATION, label="Rel. user", tab="General")] = UserNumber(0)
    rel_type: Annotated[str, Attr(group=Group.RELATION, label="Rel. type", choices=REL_TYPES, tab="General")] = "Unbound"
    time_stamp_admin: Annotated[int, Attr(group=Group.STAMP, written_by="omm")] = 0
    time_stamp_relation: Annotated[int, Attr(group=Group.STAMP, written_by="omm")] = 0
    time_stamp_roaming: Annotated[int, Attr(group=Group.STAMP, written_by="omm")] = 0
    time_stamp_subscription: Annotated[int, Attr(group=Group.STAMP, written_by="omm")] = 0
    ipei: Annotated[str, Attr(group=Group.IDENTITY, label="IPEI", tab="Devices")] = ""
    ac: Annotated[Text, Attr(group=Group.SUBSCRIPTION, label="DECT AC", max_len=8, dialled=True, tab="Devices")] = None
    s: Annotated[Text, Attr(group=Group.SUBSCRIPTION, label="Subscribed", choices=SUBSCRIBED, written_by="omm", tab="Devices")] = None
    uak: Annotated[Text, Attr(group=Group.SUBSCRIPTION, hidden=True, written_by="omm")] = None
    subscription_id: Annotated[Text, Attr(group=Group.SUBSCRIPTION, since="7.1", written_by="omm")] = None
    location_data: Annotated[Text, Attr(group=Group.SUBSCRIPTION, since="7.1", written_by="omm")] = None
    dect_ie_fixed_id: Annotated[Text, Attr(group=Group.SUBSCRIPTION, since="7.1", written_by="omm")] = None
    modic_type: Annotated[Text, Attr(group=Group.SUBSCRIPTION, since="7.1", written_by="omm")] = None
    subscribe_to_pari_only: Annotated[Switch, Attr(group=Group.SUBSCRIPTION, label="Subscribe to PARI only", tab="Devices")] = None
    auto_create: Annotated[Switch, Attr(group=Group.SUBSCRIPTION, label="Auto-created", since="7.1", written_by="omm", tab="Devices")] = None
    omm_id: Annotated[Text, Attr(group=Group.ROAMING, label="OMM identity", since="7.1", written_by="mom", tab="General")] = None
    omm_id_ack: Annotated[Text, Attr(group=Group.ROAMING, since="7.1", written_by="mom")] = None
    roaming: Annotated[Text, Attr(group=Group.ROAMING, label="Roaming", since="7.1", written_by="mom", tab="General")] = None
    encrypt: Annotated[Switch, Attr(group=Group.ADMIN, label="Encryption", tab="Devices")] = None
    hw_type: Annotated[Text, Attr(group=Group.OBSERVED, label="HW type", choices=_HW_TYPES, written_by="omm", tab="Devices")] = None
    cap_messaging: Annotated[Switch, Attr(group=Group.OBSERVED, label="Messaging capability", written_by="omm", tab="Messaging/Locating")] = None
    cap_messaging_for_internal_use: Annotated[Switch, Attr(group=Group.OBSERVED, label="Messaging for internal use", written_by="omm", tab="Messaging/Locating")] = None
    cap_enh_locating: Annotated[Switch, Attr(group=Group.OBSERVED, label="Enhanced locating capability", written_by="omm", tab="Messaging/Locating")] = None
    cap_bluetooth: Annotated[Switch, Attr(group=Group.OBSERVED, label="Bluetooth capability", written_by="omm", tab="Messaging/Locating")] = None
    eth_addr: Annotated[Text, Attr(group=Group.OBSERVED, label="Bluetooth address", written_by="omm", tab="Messaging/Locating")] = None
    pp_profile_capability: Annotated[Switch, Attr(group=Group.OBSERVED, label="Profile capability", written_by="omm", tab="Devices")] = None
    pp_default_profile_loaded: Annotated[Switch, Attr(group=Group.OBSERVED, label="Default profile loaded", written_by="omm", tab="Devices")] = None
    # fmt: on
    extra: dict[str, str] = {}
    """Attributes of the group admin that this MOM does not know, as an OMM wrote them."""
    marks: tuple[str, ...] = ()
    """What is wrong with the record, in words: conflicts, refusals."""
