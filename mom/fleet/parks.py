"""Which record an OMM identity belongs to: two sessions must not fight over one OMM.

This module must not know connections.
"""

from mom.model.identities import OmmId


class ParkClaims:
    """The PARKs of the enabled records; each belongs to one of them."""

    def __init__(self) -> None:
        self._holders: dict[str, OmmId] = {}

    def claim(self, park: str, omm: OmmId) -> OmmId:
        """Take ``park`` for ``omm`` unless another record has it; return who has it now."""
        return self._holders.setdefault(park, omm)

    def release(self, omm: OmmId) -> None:
        """Give back what ``omm`` holds."""
        self._holders = {park: holder for park, holder in self._holders.items() if holder != omm}
