"""A user: a SIP account that a person has on whatever phone is bound to it.

The one place where the attributes of a user are written down. `None` means that no OMM and no
person has told the value yet, which is not the same as empty. Names and types follow the published
catalogue; those since 7.1 and 9.0 were observed on real OMMs or in public clients.
"""

from typing import Annotated

import msgspec

from mom.model.attribute import Attr, Group, wire_name
from mom.model.identities import DeviceNumber, UserNumber
from mom.model.secret import Secret

REL_TYPES = ("Unbound", "Dynamic", "Fixed")
_LANG = (
    *("English", "German", "French", "Spanish", "Italian", "Dutch", "Swedish", "Portuguese"),
    *("Danish", "Finnish", "Norwegian", "Czech", "Slovakian", "Hungarian", "Russian", "Turkish"),
    *("Polish", "Estonian"),
)
_SWITCH = ("Off", "On", "Global")
_FORWARD = ("Off", "Busy", "NoAnswer", "BusyNoAnswer", "All")
_CONFERENCE = ("None", "Integrated", "External", "ExternalBlindTransfer", "Global")
_MONITORING = ("Off", "Passive", "Active")
_STATE = ("Unknown", "Available", "Warning", "Unavailable", "Escalated")
_SENSITIVITY = ("low", "medium", "high")

Text = str | None
Number = int | None
Switch = bool | None


class User(msgspec.Struct, frozen=True, rename=wire_name, omit_defaults=True):
    """One user with its system-wide number.

    `ppn` is the system-wide number of the bound device (0 = none) and a fact of the pair together
    with `rel_type`. Time stamps are seconds since 1970; 0 = never told.
    """

    # fmt: off
    uid: Annotated[UserNumber, Attr(group=Group.IDENTITY, label="User ID", written_by="mom")]
    revision: Annotated[int, Attr(group=Group.OWN, label="Revision", written_by="mom")] = 1
    rev_admin: Annotated[int, Attr(group=Group.OWN, written_by="mom")] = 1
    rev_relation: Annotated[int, Attr(group=Group.OWN, written_by="mom")] = 1
    ppn: Annotated[DeviceNumber, Attr(group=Group.RELATION, label="Device", tab="General")] = DeviceNumber(0)
    rel_type: Annotated[str, Attr(group=Group.RELATION, label="Rel. type", choices=REL_TYPES, tab="General")] = "Unbound"
    time_stamp_admin: Annotated[int, Attr(group=Group.STAMP, written_by="omm")] = 0
    time_stamp_relation: Annotated[int, Attr(group=Group.STAMP, written_by="omm")] = 0
    num: Annotated[Text, Attr(group=Group.ADMIN, label="Number/SIP user name", max_len=31, dialled=True, tab="Users")] = None
    name: Annotated[Text, Attr(group=Group.ADMIN, label="Name", max_len=20, tab="Users")] = None
    add_id: Annotated[Text, Attr(group=Group.ADMIN, label="Login/Additional ID", max_len=20, dialled=True, tab="Users")] = None
    hierarchy1: Annotated[Text, Attr(group=Group.ADMIN, label="Description 1", max_len=16, tab="Users")] = None
    hierarchy2: Annotated[Text, Attr(group=Group.ADMIN, label="Description 2", max_len=16, tab="Users")] = None
    pin: Annotated[Secret | None, Attr(group=Group.SECRET, label="PIN", max_len=53, hidden=True, tab="Users")] = None
    permanent: Annotated[Switch, Attr(group=Group.ADMIN, label="Permanent", since="7.1", tab="Users")] = None
    external: Annotated[Switch, Attr(group=Group.ADMIN, label="External", written_by="omm", tab="Users")] = None
    lang: Annotated[Text, Attr(group=Group.ADMIN, label="Language", choices=_LANG, tab="Users")] = None
    lang_pp: Annotated[Text, Attr(group=Group.ADMIN, label="Phone language", choices=_LANG, since="9.0", tab="Users")] = None
    sip_auth_id: Annotated[Text, Attr(group=Group.ADMIN, label="Authentication user name", max_len=63, tab="SIP")] = None
    sip_pw: Annotated[Secret | None, Attr(group=Group.SECRET, label="SIP password", max_len=53, hidden=True, tab="SIP")] = None
    vip: Annotated[Switch, Attr(group=Group.ADMIN, label="VIP", tab="SIP")] = None
    sip_register_check: Annotated[Switch, Attr(group=Group.ADMIN, label="Registration check", tab="SIP")] = None
    fixed_sip_port: Annotated[Number, Attr(group=Group.ADMIN, label="Fixed SIP port", low=0, high=65535, tab="SIP")] = None
    calculated_sip_port: Annotated[Number, Attr(group=Group.OBSERVED, label="Calculated SIP port", written_by="omm", tab="SIP")] = None
    use_sip_user_name: Annotated[Text, Attr(group=Group.ADMIN, label="Use SIP user name", choices=_SWITCH, since="7.1", tab="SIP")] = None
    use_sip_user_authentication: Annotated[Text, Attr(group=Group.ADMIN, label="Use SIP user authentication", choices=_SWITCH, since="7.1", tab="SIP")] = None
    service_user_name: Annotated[Text, Attr(group=Group.ADMIN, label="Service user name", since="7.1", tab="SIP")] = None
    service_auth_name: Annotated[Text, Attr(group=Group.ADMIN, label="Service authentication name", since="7.1", tab="SIP")] = None
    service_auth_password: Annotated[Secret | None, Attr(group=Group.SECRET, label="Service password", max_len=53, hidden=True, since="7.1", tab="SIP")] = None
    alt_display_num: Annotated[Text, Attr(group=Group.ADMIN, label="Alternative display number", since="9.0", tab="SIP")] = None
    sip_profile_id: Annotated[Number, Attr(group=Group.ADMIN, label="SIP profile", since="9.0", tab="SIP")] = None
    conference_server_type: Annotated[Text, Attr(group=Group.ADMIN, label="Conference server type", choices=_CONFERENCE, tab="SIP")] = None
    conference_server_uri: Annotated[Text, Attr(group=Group.ADMIN, label="Conference server URI", tab="SIP")] = None
    sos_num: Annotated[Text, Attr(group=Group.ADMIN, label="SOS number", dialled=True, tab="Supplementary features")] = None
    man_down_num: Annotated[Text, Attr(group=Group.ADMIN, label="Man down number", dialled=True, tab="Supplementary features")] = None
    voicebox_num: Annotated[Text, Attr(group=Group.ADMIN, label="Voice box number", dialled=True, tab="Supplementary features")] = None
    forward_state: Annotated[Text, Attr(group=Group.ADMIN, label="Call forwarding", choices=_FORWARD, tab="Supplementary features")] = None
    forward_dest: Annotated[Text, Attr(group=Group.ADMIN, label="Forwarding destination", dialled=True, tab="Supplementary features")] = None
    forward_time: Annotated[Number, Attr(group=Group.ADMIN, label="Forwarding time (s)", low=0, tab="Supplementary features")] = None
    hold_ring_back_time: Annotated[Number, Attr(group=Group.ADMIN, label="Hold ring back time (min)", low=0, high=5, tab="Supplementary features")] = None
    call_waiting_disabled: Annotated[Switch, Attr(group=Group.ADMIN, label="Call waiting disabled", tab="Supplementary features")] = None
    auto_answer: Annotated[Text, Attr(group=Group.ADMIN, label="Auto answer", choices=_SWITCH, tab="Supplementary features")] = None
    microphone_mute: Annotated[Text, Attr(group=Group.ADMIN, label="Microphone mute", choices=_SWITCH, tab="Supplementary features")] = None
    warning_tone: Annotated[Text, Attr(group=Group.ADMIN, label="Warning tone", choices=_SWITCH, tab="Supplementary features")] = None
    allow_barge_in: Annotated[Text, Attr(group=Group.ADMIN, label="Allow barge in", choices=_SWITCH, tab="Supplementary features")] = None
    pickup_group_num: Annotated[Text, Attr(group=Group.ADMIN, label="Pickup group number", since="9.0", tab="Supplementary features")] = None
    auto_logout_on_charge: Annotated[Switch, Attr(group=Group.ADMIN, label="Automatic logout on charge", since="7.1", tab="Supplementary features")] = None
    hot_desking_support: Annotated[Switch, Attr(group=Group.ADMIN, label="Hot desking", since="7.1", tab="Supplementary features")] = None
    authenticate_logout: Annotated[Switch, Attr(group=Group.ADMIN, label="Authenticate logout", since="9.0", tab="Supplementary features")] = None
    keep_local_pb: Annotated[Switch, Attr(group=Group.ADMIN, label="Keep local directory", tab="Supplementary features")] = None
    pp_profile_id: Annotated[Number, Attr(group=Group.ADMIN, label="Phone profile", low=0, high=20, tab="Supplementary features")] = None
    pp_data: Annotated[Text, Attr(group=Group.ADMIN, label="Phone data", tab="Supplementary features")] = None
    configuration_data_loaded: Annotated[Switch, Attr(group=Group.OBSERVED, label="Configuration data loaded", written_by="omm", tab="Supplementary features")] = None
    key_lock_enable: Annotated[Switch, Attr(group=Group.ADMIN, label="Key lock", since="9.0", tab="Supplementary features")] = None
    key_lock_pin: Annotated[Secret | None, Attr(group=Group.SECRET, label="Key lock PIN", max_len=53, hidden=True, since="9.0", tab="Supplementary features")] = None
    key_lock_time: Annotated[Number, Attr(group=Group.ADMIN, label="Key lock time (s)", low=0, since="9.0", tab="Supplementary features")] = None
    credential_pw: Annotated[Secret | None, Attr(group=Group.SECRET, label="User data password", max_len=53, hidden=True, tab="Supplementary features")] = None
    allow_video_stream: Annotated[Switch, Attr(group=Group.ADMIN, label="Video stream permission", tab="Supplementary features")] = None
    msg_right: Annotated[Switch, Attr(group=Group.ADMIN, label="Sending messages permission", tab="Messaging/Locating")] = None
    send_vcard_right: Annotated[Switch, Attr(group=Group.ADMIN, label="Sending vCards permission", tab="Messaging/Locating")] = None
    recv_vcard_right: Annotated[Switch, Attr(group=Group.ADMIN, label="Receiving vCards permission", tab="Messaging/Locating")] = None
    loc_right: Annotated[Switch, Attr(group=Group.ADMIN, label="Locating permission", tab="Messaging/Locating")] = None
    locatable: Annotated[Switch, Attr(group=Group.ADMIN, label="Locatable", tab="Messaging/Locating")] = None
    tracking_active: Annotated[Switch, Attr(group=Group.ADMIN, label="Tracking", tab="Messaging/Locating")] = None
    bt_locatable: Annotated[Switch, Attr(group=Group.ADMIN, label="Bluetooth locatable", tab="Messaging/Locating")] = None
    bt_sensitivity: Annotated[Text, Attr(group=Group.ADMIN, label="Bluetooth sensitivity", choices=_SENSITIVITY, tab="Messaging/Locating")] = None
    monitoring_mode: Annotated[Text, Attr(group=Group.ADMIN, label="User monitoring", choices=_MONITORING, tab="Monitoring")] = None
    cus: Annotated[Text, Attr(group=Group.OBSERVED, label="Combined user state", choices=_STATE, written_by="omm", tab="Monitoring")] = None
    has: Annotated[Text, Attr(group=Group.OBSERVED, label="Assignment state", choices=_STATE, written_by="omm", tab="Monitoring")] = None
    hss: Annotated[Text, Attr(group=Group.OBSERVED, label="Subscription state", choices=_STATE, written_by="omm", tab="Monitoring")] = None
    hrs: Annotated[Text, Attr(group=Group.OBSERVED, label="Registration state", choices=_STATE, written_by="omm", tab="Monitoring")] = None
    hcs: Annotated[Text, Attr(group=Group.OBSERVED, label="Activity state", choices=_STATE, written_by="omm", tab="Monitoring")] = None
    srs: Annotated[Text, Attr(group=Group.OBSERVED, label="SIP registration state", choices=_STATE, written_by="omm", tab="Monitoring")] = None
    scs: Annotated[Text, Attr(group=Group.OBSERVED, label="Silent charging state", choices=_STATE, written_by="omm", tab="Monitoring")] = None
    cds: Annotated[Text, Attr(group=Group.OBSERVED, label="Call delivery state", choices=_STATE, written_by="omm", tab="Monitoring")] = None
    hbs: Annotated[Text, Attr(group=Group.OBSERVED, label="Battery state", choices=_STATE, written_by="omm", tab="Monitoring")] = None
    bts: Annotated[Text, Attr(group=Group.OBSERVED, label="Bluetooth state", choices=_STATE, written_by="omm", tab="Monitoring")] = None
    sws: Annotated[Text, Attr(group=Group.OBSERVED, label="Software state", choices=_STATE, written_by="omm", tab="Monitoring")] = None
    ppn_old: Annotated[Number, Attr(group=Group.OBSERVED, written_by="omm", since="7.1")] = None
    # fmt: on
    extra: dict[str, str] = {}
    """Attributes of the group admin that this MOM does not know, as an OMM wrote them."""
    marks: tuple[str, ...] = ()
    """What is wrong with the record, in words: conflicts, refusals, missing credentials."""
