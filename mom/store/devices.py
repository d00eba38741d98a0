"""The table of devices: what has to be said beyond the record class."""

from mom.model.device import Device
from mom.store.columns import TableSpec, hidden_fields, searchable, shown_texts


def search_text(ipei: str) -> str:
    """What the quick search looks through: the IPEI as it is read, and without blanks."""
    return searchable(ipei, ipei.replace(" ", ""))


DEVICES = TableSpec(
    table="devices",
    record=Device,
    key="ppn",
    hidden=hidden_fields(Device),
    folded=shown_texts(Device),
    searched=("ipei",),
    search=search_text,
    indexed=("ipei", "uid", "home"),
)
