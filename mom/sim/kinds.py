"""The two kinds of records of an OMM: what attributes a user and a device have.

Names, order and start values are those of a captured SetPPResp of release 7.1; the stamps' groups
and the attributes of release 9 are documented in the MOM profile of AXI. Written down apart from
the product's own nouns on purpose: a mistake there must not agree with itself here.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

import msgspec

ADMIN = "timeStampAdmin"
RELATION = "timeStampRelation"
ROAMING = "timeStampRoaming"
SUBSCRIPTION = "timeStampSubscription"
NEWEST = "timeStamp"


class Kind(msgspec.Struct, frozen=True):
    """What is common to all records of one kind.

    `key` is the local number, `second` the system-wide one, `other` the number of the bound record,
    `unique` the attribute that no two records share. `values` maps every attribute to its start
    value in wire order, `groups` an attribute to the stamp of its group, `read_only` are those that
    only the OMM itself writes, `for_sync` those that only a sync client may write too, `sparse`
    those that an answer leaves out while they are empty, `stamps` those of the
    groups, without the newest.
    """

    tag: str
    key: str
    second: str
    other: str
    unique: str
    values: Mapping[str, str]
    groups: Mapping[str, str]
    secrets: frozenset[str]
    booleans: frozenset[str]
    read_only: frozenset[str]
    for_sync: frozenset[str]
    stamps: tuple[str, ...]
    sparse: frozenset[str] = frozenset()

    def group(self, name: str) -> str:
        """Return the stamp that a change of this attribute moves; empty if none."""
        return self.groups.get(name, ADMIN)


def _values(text: str) -> dict[str, str]:
    """Read `name=value` pairs; a bare name has an empty value."""
    pairs = (item.partition("=") for item in text.split())
    return {name: value for name, _, value in pairs}


_USER = _values("""
    uid uidSec=0 permanent=0 relType=Unbound ppn=0 timeStamp=0 name num hierarchy1 hierarchy2 addId
    sipAuthId sipPw sosNum manDownNum voiceboxNum pin lang=English forwardState=Off forwardDest
    forwardTime=0 holdRingBackTime=3 callWaitingDisabled=0 autoAnswer=Global microphoneMute=Global
    warningTone=Global allowBargeIn=Global trackingActive=0 autoLogoutOnCharge=0 locRight=0
    locatable=0 msgRight=1 sendVcardRight=1 recvVcardRight=0 keepLocalPB=0 vip=0 sipRegisterCheck=0
    external=0 BTlocatable=0 BTsensitivity=high conferenceServerType=Global conferenceServerURI
    monitoringMode=Off HAS=Unknown HSS=Unknown HRS=Unknown HCS=Unknown SRS=Unknown SCS=Unknown
    CDS=Unknown HBS=Unknown BTS=Unknown SWS=Unknown CUS=Unknown allowVideoStream=0 credentialPw
    fixedSipPort=0 calculatedSipPort=5060 hotDeskingSupport=0 useSIPUserName=Global
    useSIPUserAuthentication=Global serviceUserName serviceAuthName serviceAuthPassword
    configurationDataLoaded=0 ppProfileId=0 ppnOld=0 timeStampAdmin=0 timeStampRelation=0
""")
_USER_NEWER = _values("""
    altDisplayNum sipProfileId=0 pickupGroupNum keyLockEnable=0 keyLockPin keyLockTime=0
    authenticateLogout=0
""")
_DEVICE = _values("""
    ppn ppnSec=0 relType=Unbound uid=0 timeStamp=0 ipei ac s=No uak encrypt=1 capMessaging=0
    capMessagingForInternalUse=0 capEnhLocating=0 capBluetooth=0 ethAddr hwType=Unknown
    ppProfileCapability=0 ppDefaultProfileLoaded=0 subscribeToPARIOnly=0 ommId ommIdAck
    timeStampAdmin=0 timeStampRelation=0 timeStampRoaming=0 timeStampSubscription=0 autoCreate=0
    roaming modicType locationData dectIeFixedId subscriptionId
""")
_STRANGE = {"futureFlag": "1", "futureText": "as yet unknown"}

_USER_OBSERVED = "CUS HAS HSS HRS HCS SRS SCS CDS HBS BTS SWS calculatedSipPort ppnOld "
_DEVICE_OBSERVED = (
    "hwType capMessaging capMessagingForInternalUse capEnhLocating capBluetooth ethAddr "
    "ppProfileCapability ppDefaultProfileLoaded "
)
_SUBSCRIPTION_NAMES = (
    "s uak ac subscriptionId locationData dectIeFixedId modicType subscribeToPARIOnly autoCreate"
)


def _groups(identity: str, relation: str, more: Mapping[str, str]) -> dict[str, str]:
    groups = dict.fromkeys(identity.split(), "")
    groups.update(dict.fromkeys(relation.split(), RELATION))
    groups.update(more)
    return groups


@cache
def user_kind(newer: bool = False, strange: bool = False) -> Kind:
    """The kind of users, with the attributes of release 9 or some that nobody knows."""
    values = dict(_USER) | (_USER_NEWER if newer else {}) | (_STRANGE if strange else {})
    observed = _USER_OBSERVED + "configurationDataLoaded"
    return Kind(
        tag="user",
        key="uid",
        second="uidSec",
        other="ppn",
        unique="num",
        values=values,
        groups=_groups("uid uidSec " + observed, "relType ppn", {}),
        secrets=frozenset(
            ["pin", "sipPw", "credentialPw", "serviceAuthPassword"] + ["keyLockPin"] * newer
        ),
        booleans=frozenset(
            [
                "permanent",
                "callWaitingDisabled",
                "trackingActive",
                "autoLogoutOnCharge",
                "locRight",
                "locatable",
                "msgRight",
                "sendVcardRight",
                "recvVcardRight",
                "keepLocalPB",
                "vip",
                "sipRegisterCheck",
                "external",
                "BTlocatable",
                "allowVideoStream",
                "hotDeskingSupport",
                "configurationDataLoaded",
                "keyLockEnable",
                "authenticateLogout",
                "futureFlag",
            ]
        ),
        read_only=frozenset(f"uid ppn relType {observed} trackingActive".split()),
        for_sync=frozenset(f"uidSec permanent external ppnOld {RELATION} {ADMIN} {NEWEST}".split()),
        stamps=(ADMIN, RELATION),
        sparse=frozenset({"ppData"}),
    )


@cache
def device_kind(strange: bool = False) -> Kind:
    """The kind of devices, with some attributes that nobody knows if wished."""
    roaming = dict.fromkeys(("ommId", "ommIdAck", "roaming"), ROAMING)
    subscription = dict.fromkeys(_SUBSCRIPTION_NAMES.split(), SUBSCRIPTION)
    return Kind(
        tag="pp",
        key="ppn",
        second="ppnSec",
        other="uid",
        unique="ipei",
        values=dict(_DEVICE) | (_STRANGE if strange else {}),
        groups=_groups("ppn ppnSec " + _DEVICE_OBSERVED, "relType uid", roaming | subscription),
        secrets=frozenset(),
        booleans=frozenset(
            [
                "encrypt",
                "capMessaging",
                "capMessagingForInternalUse",
                "capEnhLocating",
                "capBluetooth",
                "ppProfileCapability",
                "ppDefaultProfileLoaded",
                "subscribeToPARIOnly",
                "autoCreate",
                "futureFlag",
            ]
        ),
        read_only=frozenset(("ppn uid relType " + _DEVICE_OBSERVED).split()),
        for_sync=frozenset(
            "ppnSec s uak ommId ommIdAck roaming autoCreate subscriptionId locationData "
            f"dectIeFixedId modicType {ADMIN} {RELATION} {ROAMING} {SUBSCRIPTION} {NEWEST}".split()
        ),
        stamps=(ADMIN, RELATION, ROAMING, SUBSCRIPTION),
    )
