"""What the directory needs of the database when it starts, without reading whole records."""

import msgspec

from mom.directory.entry import Entry, device_entry, user_entry
from mom.directory.index import NOUNS, Index
from mom.model.copy import Copy, Noun
from mom.model.identities import OmmId
from mom.model.omm import Omm
from mom.store.repositories import Reading
from mom.store.store import Store

LENGTHS = "directory.lengths"
"""The setting that keeps the lengths that OMMs taught, by attribute."""
_USER = ("uid", "revision", "rev_admin", "rev_relation", "num", "ppn", "permanent")
_DEVICE = (
    *("ppn", "revision", "rev_admin", "rev_relation", "rev_roaming", "rev_subscription"),
    *("ipei", "uid", "home", "s", "roaming", "omm_id", "omm_id_ack"),
)


class Loaded(msgspec.Struct, frozen=True):
    """What was loaded; `lengths` are those that OMMs taught."""

    entries: list[Entry]
    copies: list[Copy]
    trash: list[tuple[Noun, str]]
    omms: dict[OmmId, Omm]
    lengths: dict[str, int]

    def fill(self, index: Index) -> None:
        """Put all of it into an empty index."""
        for entry in self.entries:
            index.put_entry(entry)
        for copy in self.copies:
            index.put_copy(copy)
        index.trash.update(self.trash)


def load(reading: Reading) -> Loaded:
    """What the index needs, without reading whole records."""
    entries = [
        user_entry(number, revision, tuple(revisions), num, ppn, permanent)
        for number, revision, *revisions, num, ppn, permanent in reading.user_columns(_USER)
    ]
    for row in reading.device_columns(_DEVICE):
        number, revision, *revisions, ipei, uid, home, s, roaming, omm_id, omm_id_ack = row
        is_back = omm_id == omm_id_ack
        entries.append(
            device_entry(number, revision, tuple(revisions), ipei, uid, home, s, roaming, is_back)
        )
    return Loaded(
        entries,
        [copy for noun in NOUNS for copy in reading.all_copies(noun)],
        [(found.noun, found.key) for found in reading.trash() if found.key],
        reading.omms(),
        reading.settings().get(LENGTHS, {}),
    )


async def keep_lengths(store: Store, lengths: dict[str, int]) -> None:
    """Keep the lengths that OMMs taught, by attribute."""
    async with store.write(cause="an OMM's limit") as work:
        work.put_setting(LENGTHS, lengths)
