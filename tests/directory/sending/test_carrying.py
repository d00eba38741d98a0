"""What of a plan is carried out, if the records have changed since it was made."""

from mom.directory.sending.carrying import may_be_sent
from mom.model.device import ROAMING_COMPLETE, ROAMING_STARTED, Device
from mom.model.identities import DeviceNumber, UserNumber
from mom.model.user import User


def test_what_has_gone_and_a_phone_that_moves_by_now_are_not_sent() -> None:
    assert not may_be_sent(None)
    assert not may_be_sent(Device(ppn=DeviceNumber(1), roaming=ROAMING_STARTED))


def test_what_rests_is_sent() -> None:
    assert may_be_sent(Device(ppn=DeviceNumber(1)))
    assert may_be_sent(Device(ppn=DeviceNumber(1), roaming=ROAMING_COMPLETE))
    assert may_be_sent(User(uid=UserNumber(1)))
