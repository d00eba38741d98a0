"""Has an OMM register the user of a phone at SIP."""

from twisted.logger import Logger

from mom.axi.errors import LinkLost, RequestFailed
from mom.axi.mom_profile import sip_register
from mom.directory.index import Index
from mom.directory.lines import omm_name
from mom.directory.roaming.place import Place
from mom.model.copy import Noun

_log = Logger()


async def register(place: Place, index: Index, device: int, local: int) -> None:
    """Returns when the OMM has answered; a device without user needs none. Raises `LinkLost`.

    `local` is the OMM's number of the device, 0 = not known.
    """
    entry = index.entry(Noun.DEVICE, device)
    if not local or entry is None or not entry.partner:
        return
    try:
        await place.port.request(sip_register(local))
    except LinkLost:
        raise
    except RequestFailed as refused:
        _log.warn("{omm}: {why}", omm=omm_name(place.port.omm.id), why=str(refused))
