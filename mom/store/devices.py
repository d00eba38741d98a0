"""The table of devices: what has to be said beyond the record class."""

from mom.model.device import Device
from mom.model.identities import ipei_key
from mom.store.columns import TableSpec, hidden_fields, searchable, shown_texts


def search_text(device: Device) -> str:
    """What the quick search looks through: the IPEI as it is read, and its digits alone."""
    return searchable(device.ipei, ipei_key(device.ipei))


DEVICES = TableSpec(
    table="devices",
    record=Device,
    key="ppn",
    hidden=hidden_fields(Device),
    folded=shown_texts(Device),
    search=search_text,
    indexed=("ipei", "uid", "home"),
)
