"""The decision about one record and one OMM, without anything around it."""

from mom.axi.element import make
from mom.directory.directory import Keys
from mom.directory.fingerprints import Shapes
from mom.directory.guard import Guard
from mom.directory.reconcile import Facts, News, reconcile
from mom.directory.wire import read
from mom.model.agreement import GROUPS, unpack
from mom.model.attribute import Group
from mom.model.copy import Noun
from mom.model.device import ROAMING_COMPLETE, Device
from mom.model.identities import DeviceNumber, OmmId

HERE, THERE = "10290008", "10290005"
ROAMING = GROUPS[Noun.DEVICE].index(Group.ROAMING)


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
    facts = Facts(
        omm=OmmId(8),
        now=300,
        ari=HERE,
        opener=Keys(),
        guard=Guard(),
        home_of=lambda ari: OmmId({HERE: 8, THERE: 5}.get(ari, 0)),
    )
    outcome = reconcile(device, unpack(Noun.DEVICE, b""), news, facts, observe=True)
    after = outcome.record
    assert isinstance(after, Device)
    assert (after.s, after.home, after.omm_id, after.omm_id_ack) == ("Yes", 8, HERE, HERE)
    assert outcome.agreement.revisions[ROAMING] != after.rev_roaming
