"""How moves of phones end: the records and copies afterwards, and what is kept about it.

Works on drafts. It decides nothing and sends nothing.
"""

from collections.abc import Callable

import msgspec

from mom.axi.clock import Clock
from mom.directory import lines, removal
from mom.directory.bench import Bench
from mom.directory.roaming import roam
from mom.directory.wanted import wanted
from mom.model.copy import CopyState, Noun
from mom.model.device import Device
from mom.model.identities import OmmId
from mom.model.roam import Roam, RoamResult


class Endings:
    """Ends moves."""

    def __init__(
        self, clock: Clock, now: Callable[[], int], home_of: Callable[[str], OmmId]
    ) -> None:
        """`now` gives seconds since 1970, `home_of` the OMM record with an ARI."""
        self._clock = clock
        self._now = now
        self._home_of = home_of
        self._began: dict[int, float] = {}

    def begin(self, device: int, began: float) -> None:
        """A phone came to an OMM, at that time of the clock."""
        self._began[device] = began

    def forget(self, device: int) -> None:
        """Its sequence of steps is over."""
        self._began.pop(device, None)

    def finish(self, bench: Bench, device: Device) -> Device:
        """The phone is where it went: the old OMM is to let go of it."""
        after = roam.finished(device)
        bench.put(after)
        if roam.phase(device) is roam.Phase.RETURNS:
            return after
        source = self._home_of(device.omm_id_ack or "")
        seconds = self._seconds(device)
        self._keep(bench, device, source, seconds, RoamResult.MOVED, "")
        text = lines.moved(source, device.home, seconds)
        bench.line(Noun.DEVICE, device.ppn, self._now(), text)
        if source not in (0, device.home):
            self._leave(bench, after, source)
        return after

    async def abort(
        self, bench: Bench, device: Device, result: RoamResult, why: str, *, read: bool
    ) -> Device:
        """The phone stays where it was. `read`: it is known that the OMM there has no new copy."""
        source = self._home_of(device.omm_id_ack or "")
        after = roam.aborted(device, source, self._now())
        bench.put(after)
        self._keep(bench, device, source, self._seconds(device), result, why)
        text = lines.stays(source, device.home, result.value, why)
        bench.line(Noun.DEVICE, device.ppn, self._now(), text)
        if read:
            for noun, number in ((Noun.DEVICE, int(device.ppn)), (Noun.USER, int(device.uid))):
                await self._withdraw(bench, noun, number, device.home)
        return after

    def taken(self, bench: Bench, before: Device, after: Device) -> None:
        """An OMM turned out to have taken the phone without MOM."""
        text = lines.moved_alone(before.home, after.home)
        bench.line(Noun.DEVICE, after.ppn, self._now(), text)
        self._keep(bench, after, before.home, 0.0, RoamResult.TAKEN, "")

    def _keep(
        self,
        bench: Bench,
        device: Device,
        source: OmmId,
        seconds: float,
        result: RoamResult,
        cause: str,
    ) -> None:
        bench.work.put_roam(
            Roam(
                at=self._now(),
                ppn=device.ppn,
                ipei=device.ipei,
                source=source,
                target=device.home,
                seconds=round(seconds, 4),
                result=result,
                cause=cause,
            )
        )

    def _leave(self, bench: Bench, device: Device, source: OmmId) -> None:
        """Mark the old copies as on their way out, which saves a step to the sender."""
        for noun, number in ((Noun.DEVICE, int(device.ppn)), (Noun.USER, int(device.uid))):
            copy = bench.copy(noun, number, source) if number else None
            entry = bench.entry(noun, number)
            if copy is None or copy.state is not CopyState.HELD or wanted(entry, source, bench):
                continue
            leaving = msgspec.structs.replace(copy, state=CopyState.REMOVING, since=self._now())
            bench.put_copy(leaving)

    async def _withdraw(self, bench: Bench, noun: Noun, number: int, omm: OmmId) -> None:
        """An offer that was not taken; what was leaving before it goes on leaving."""
        copy = bench.copy(noun, number, omm) if number else None
        if copy is None or copy.state is not CopyState.OFFERED:
            return
        if copy.local:
            bench.put_copy(msgspec.structs.replace(copy, state=CopyState.REMOVING))
        else:
            await removal.left(bench, copy)

    def _seconds(self, device: Device) -> float:
        """How long the move took; in whole seconds if MOM was started anew meanwhile."""
        began = self._began.get(int(device.ppn))
        if began is not None:
            return self._clock.seconds() - began
        return float(max(self._now() - device.time_stamp_roaming, 0))
