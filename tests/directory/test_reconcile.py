"""The decision about one record and one OMM, without anything around it."""

from mom.axi.element import make
from mom.directory.directory import Keys
from mom.directory.fingerprints import Shapes
from mom.directory.guard import Guard
from mom.directory.news import Facts, News
from mom.directory.reconcile import reconcile
from mom.directory.wire import read
from mom.model.agreement import GROUPS, unpack
from mom.model.attribute import Group
from mom.model.copy import Noun
from mom.model.device import ROAMING_COMPLETE, ROAMING_STARTED, Device
from mom.model.identities import DeviceNumber, OmmId

HERE, THERE = "10290008", "10290005"
ROAMING = GROUPS[Noun.DEVICE].index(Group.ROAMING)
FACTS = Facts(
    omm=OmmId(8),
    now=300,
    ari=HERE,
    opener=Keys(),
    guard=Guard(),
    home_of=lambda ari: OmmId({HERE: 8, THERE: 5}.get(ari, 0)),
)


def test_an_omm_where_a_phone_subscribed_anew_is_told_that_it_is_its_home() -> None:
    device = Device(
        ppn=DeviceNumber(57),
        s="No",
        ipei="03074 0050006 1",
        omm_id=THERE,
        omm_id_ack=THERE,
        roaming=ROAMING_COMPLETE,
        time_stamp_subscription=100,
        time_stamp_roaming=100,
    )
    element = make(
        "pp",
        {
            **{"ppn": 25, "ppnSec": 57, "ipei": device.ipei, "s": "Yes"},
            **{"ommId": THERE, "ommIdAck": THERE, "roaming": ROAMING_COMPLETE},
            **{"timeStampSubscription": 200, "timeStampRoaming": 200},
        },
    )
    news = News(
        told=read(Noun.DEVICE, element),
        attrs=element.attrs,
        raw=Shapes().raw(Noun.DEVICE, element.attrs),
    )
    outcome = reconcile(device, unpack(Noun.DEVICE, b""), news, FACTS, observe=True)
    after = outcome.record
    assert isinstance(after, Device)
    assert (after.s, after.home, after.omm_id, after.omm_id_ack) == ("Yes", 8, HERE, HERE)
    assert outcome.agreement.revisions[ROAMING] != after.rev_roaming


def test_a_phone_that_subscribed_to_a_record_made_in_mom_is_at_home_where_it_is_read() -> None:
    device = Device(ppn=DeviceNumber(57), ipei="03074 0050006 1", time_stamp_subscription=100)
    element = make(
        "pp",
        {
            **{"ppn": 25, "ppnSec": 57, "ipei": device.ipei, "s": "Yes", "uak": "1" * 32},
            **{"ommId": "", "ommIdAck": "", "roaming": ROAMING_COMPLETE},
            **{"timeStampSubscription": 200, "timeStampRoaming": 150},
        },
    )
    news = News(
        told=read(Noun.DEVICE, element),
        attrs=element.attrs,
        raw=Shapes().raw(Noun.DEVICE, element.attrs),
    )
    outcome = reconcile(device, unpack(Noun.DEVICE, b""), news, FACTS, observe=True)
    after = outcome.record
    assert isinstance(after, Device)
    assert (after.home, after.omm_id, after.omm_id_ack) == (8, HERE, HERE)
    assert outcome.agreement.revisions[ROAMING] != after.rev_roaming


def test_an_event_about_one_group_leaves_the_stamps_of_the_others_as_they_are() -> None:
    device = Device(
        ppn=DeviceNumber(57),
        s="No",
        encrypt=True,
        time_stamp_admin=100,
        time_stamp_roaming=100,
        time_stamp_subscription=100,
    )
    element = make("pp", {"ppn": 25, "encrypt": "0"})
    news = News(told=read(Noun.DEVICE, element), attrs=element.attrs, live=True)
    outcome = reconcile(device, unpack(Noun.DEVICE, b""), news, FACTS, observe=True)
    after = outcome.record
    assert isinstance(after, Device)
    assert (after.time_stamp_admin, after.encrypt) == (300, False)
    assert (after.time_stamp_roaming, after.time_stamp_subscription) == (100, 100)


def test_that_a_phone_is_on_its_way_is_never_taken_from_an_omm() -> None:
    device = Device(
        ppn=DeviceNumber(92),
        s="Yes",
        omm_id=THERE,
        omm_id_ack=THERE,
        roaming=ROAMING_COMPLETE,
        time_stamp_roaming=100,
    )
    element = make(
        "pp",
        {
            **{"ppn": 437, "ppnSec": 92, "s": "Yes", "ommId": THERE, "ommIdAck": THERE},
            **{"roaming": ROAMING_STARTED, "timeStampRoaming": 200},
        },
    )
    news = News(
        told=read(Noun.DEVICE, element),
        attrs=element.attrs,
        raw=Shapes().raw(Noun.DEVICE, element.attrs),
    )
    outcome = reconcile(device, unpack(Noun.DEVICE, b""), news, FACTS, observe=True)
    after = outcome.record
    assert isinstance(after, Device)
    assert after.roaming == ROAMING_COMPLETE
    assert outcome.agreement.revisions[ROAMING] != after.rev_roaming
    assert "OMM 0008 differs without a change of its own" in outcome.lines[0]


def _model_after(known: str | None, told: str, ipei: str = "03074 0050006 1") -> str | None:
    """The model of a device with that known one, after an OMM told another."""
    device = Device(ppn=DeviceNumber(57), s="Yes", ipei="03074 0050006 1", hw_type=known)
    attrs = {"ppn": 25, "ppnSec": 57, "ipei": ipei, "s": "Yes", "hwType": told}
    element = make("pp", {**attrs, "timeStampSubscription": 200})
    news = News(
        told=read(Noun.DEVICE, element),
        attrs=element.attrs,
        raw=Shapes().raw(Noun.DEVICE, element.attrs),
    )
    after = reconcile(device, unpack(Noun.DEVICE, b""), news, FACTS, observe=True).record
    assert isinstance(after, Device)
    return after.hw_type


def test_an_omm_that_has_not_seen_a_phone_yet_does_not_take_its_known_model_away() -> None:
    assert _model_after("650c", "Unknown") == "650c"
    assert _model_after("650c", "632d") == "632d"
    assert _model_after(None, "Unknown") == "Unknown"


def test_the_model_of_a_phone_is_not_kept_for_another_phone_with_its_record() -> None:
    assert _model_after("650c", "Unknown", ipei="03074 0050007 3") == "Unknown"
