"""Records that an OMM may keep for a while though they are not wanted there.

A phone that subscribes and a person who logs in need their records at the OMM before it can tell
that they belong there. What it does not confirm in time is removed again by the ordinary sending.
"""

from collections.abc import Callable, Iterable

from mom.axi.clock import Clock, Timer
from mom.directory.rows import Known
from mom.model.identities import OmmId

STAY_SECONDS = 600.0
"""How long an OMM may take to confirm."""


class Guests:
    """The guests of all OMMs."""

    def __init__(self, clock: Clock, on_end: Callable[[OmmId, list[Known]], None]) -> None:
        """`on_end` hears which records are guests no longer."""
        self._clock = clock
        self._on_end = on_end
        self._stays: dict[Known, dict[OmmId, Timer]] = {}

    def has(self, omm: OmmId, key: Known) -> bool:
        """Whether a record is a guest of an OMM."""
        return omm in self._stays.get(key, ())

    def invite(self, omm: OmmId, keys: Iterable[Known]) -> None:
        """These records are guests there from now on; at other OMMs they are no longer."""
        for key in keys:
            for other in list(self._stays.get(key, ())):
                self.dismiss(other, [key])
            timer = self._clock.callLater(STAY_SECONDS, self.dismiss, omm, [key])
            self._stays.setdefault(key, {})[omm] = timer

    def dismiss(self, omm: OmmId, keys: Iterable[Known]) -> None:
        """These are guests of that OMM no longer."""
        ended = []
        for key in keys:
            timer = self._stays.get(key, {}).pop(omm, None)
            if timer is None:
                continue
            if timer.active():
                timer.cancel()
            if not self._stays[key]:
                del self._stays[key]
            ended.append(key)
        if ended:
            self._on_end(omm, ended)

    def settled(
        self,
        keys: Iterable[Known],
        ends: Callable[[Known], Iterable[Known]],
        belongs: Callable[[Known, OmmId], bool],
    ) -> None:
        """Records have changed: where both `ends` of their pairs belong by now they are no guests.

        An OMM tells of the phone that it has subscribed, and its user belongs there from then on.
        """
        for key in keys if self._stays else ():
            for end in ends(key):
                for omm in list(self._stays.get(end, ())):
                    if belongs(end, omm):
                        self.dismiss(omm, [end])

    def gone(self, omm: OmmId) -> None:
        """The session of an OMM is over."""
        self.dismiss(omm, [key for key, stays in self._stays.items() if omm in stays])

    def stop(self) -> None:
        """Nobody is a guest any more."""
        for stays in self._stays.values():
            for timer in stays.values():
                timer.cancel()
        self._stays = {}
