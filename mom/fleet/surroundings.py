"""Everything a connection works with, handed in from outside, in one record.

This module must not know who provides it.
"""

from collections.abc import Callable
from dataclasses import dataclass

from mom.axi.clock import Clock
from mom.fleet.figures import Counters
from mom.fleet.journal import Journal
from mom.fleet.options import FleetOptions, Wishes
from mom.fleet.parks import ParkClaims
from mom.fleet.ports import Dialler, OmmRecords
from mom.fleet.versions import SharedVersions
from mom.model.omm import OmmStatus
from mom.ports import Desk, Recorder, Switchboard


@dataclass(frozen=True, kw_only=True)
class Surroundings:
    """What all connections of a fleet share.

    ``clock`` counts time and ``now`` tells seconds since 1970; ``random`` gives numbers from 0 to
    1; ``wishes`` tells what OMMs are to be set to at this moment; ``publish`` takes statuses.
    """

    clock: Clock
    now: Callable[[], float]
    random: Callable[[], float]
    desk: Desk
    switchboard: Switchboard
    records: OmmRecords
    recorder: Recorder
    dialler: Dialler
    options: FleetOptions
    wishes: Callable[[], Wishes]
    claims: ParkClaims
    versions: SharedVersions
    counters: Counters
    journal: Journal
    publish: Callable[[OmmStatus], None]
