"""The end of a subscription: what is left of a device that is to be subscribed again. Pure."""

import msgspec

from mom.directory.merge import later
from mom.model.device import ROAMING_COMPLETE, Device
from mom.model.identities import OmmId


def ended(device: Device, now: int) -> Device:
    """The device without its subscription and without a home; `now` is seconds since 1970.

    Its relation, its authentication code and what administrators set stay: it waits for its phone.
    """
    return msgspec.structs.replace(
        device,
        s="No",
        uak="",
        subscription_id="",
        location_data="",
        dect_ie_fixed_id="",
        modic_type="",
        auto_create=False,
        time_stamp_subscription=later(now, device.time_stamp_subscription),
        rev_subscription=device.rev_subscription + 1,
        home=OmmId(0),
        omm_id="",
        omm_id_ack="",
        roaming=ROAMING_COMPLETE,
        time_stamp_roaming=later(now, device.time_stamp_roaming),
        rev_roaming=device.rev_roaming + 1,
        revision=device.revision + 1,
    )
