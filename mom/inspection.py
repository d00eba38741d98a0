"""What would keep MOM from starting on this machine with a configuration that can be read.

Looks at folders, addresses and the database, and changes nothing. Whether a port is free is left to
the start: MOM itself may have it.
"""

from collections.abc import Iterator

from mom.config import Config, Listen
from mom.store.database import Database
from mom.store.errors import OpenRefused
from mom.store.file_access import hindrance
from mom.web.addresses import foreign


def inspect(config: Config) -> list[str]:
    """Everything that is found, a sentence each; blocking, for some seconds at most."""
    paths = config.paths
    own = (paths.state, paths.log, paths.resources, paths.omm_files, paths.vault_key, paths.lock)
    found = [hindrance(path) for path in own]
    found += _addresses(config.listen)
    try:
        Database(config.database.url).look()
    except OpenRefused as refusal:
        found.append(f"url in [database]: {refusal}")
    return [text for text in dict.fromkeys(found) if text]


def _addresses(listen: Listen) -> Iterator[str]:
    """Addresses to listen on that this machine does not have."""
    for key in ("https", "http"):
        host = foreign(getattr(listen, key))
        if host:
            yield f"{key} in [listen]: {host} is no address of this machine"
