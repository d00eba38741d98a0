"""What comes of a batch of rows beside the drafts."""

import msgspec

from mom.directory.beyond import Found
from mom.directory.rows import Known, Left


class Asked(msgspec.Struct, kw_only=True):
    """What a batch came to: whole records that the OMM must be asked for (noun and local number),
    records to ask for once MOM's own request is answered, how many rows changed something, and
    texts for the event log. `arrived` are devices that turned out to have moved there, `left` OMMs
    from which a device has gone without MOM, `beyond` which records the licence keeps there.
    """

    fetch: list[Known] = []
    later: list[Known] = []
    changed: int = 0
    texts: list[str] = []
    arrived: list[int] = []
    left: list[Left] = []
    beyond: Found = {}
