"""What nearly everybody needs of the directory; who needs more of it says so beside itself."""

from typing import Protocol

from mom.directory.index import Index
from mom.directory.units import Units


class Desk(Protocol):
    """Records in memory, and units of work on them."""

    index: Index
    units: Units

    def now(self) -> int:
        """Seconds since 1970."""
