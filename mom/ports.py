"""What rooms need of each other, as typing Protocols, so that siblings never import one another.

`fleet` implements `OmmPort`, `OmmWire` and `FleetPort`, `directory` implements `Desk`, `Sitting`
and `Whereabouts`, `messaging` implements `Switchboard` and `Line`, `ops` implements `Recorder`;
tests implement them with a dictionary.
"""

from collections.abc import Awaitable, Callable, Mapping
from typing import Protocol

import msgspec
from twisted.internet.defer import Deferred

from mom.axi.element import Element
from mom.axi.secrets import PublicKey
from mom.model.identities import OmmId
from mom.model.omm import Omm, OmmStatus, Severity


class SessionFacts(msgspec.Struct, frozen=True, kw_only=True):
    """What an OMM told about itself when the session was opened.

    `clock_offset` is the OMM's clock minus MOM's in seconds. `versions` maps each message name the
    OMM speaks to its version, empty if it did not tell; `limits` are the numbers of its `Limits`.
    """

    park: str
    key: PublicKey | None = None
    protocol_version: int = 0
    omm_version: str = ""
    clock_offset: float = 0.0
    versions: Mapping[str, str] = {}
    limits: Mapping[str, int] = {}
    profile: bool = True
    """Whether the OMM takes the messages of a MOM; without, no roaming and no subscription."""

    @property
    def ari(self) -> str:
        """The last 8 hex digits of the PARK, the form used in `ommId`."""
        return self.park[2:]

    @property
    def most_phones(self) -> int:
        """How many phones the OMM takes; 0 if it did not tell."""
        return max(0, self.limits.get("ppnNum", 0))


class OmmPort(Protocol):
    """One open session with one OMM."""

    @property
    def omm(self) -> Omm:
        """The record of the OMM."""

    @property
    def facts(self) -> SessionFacts:
        """What the OMM told about itself."""

    def request(self, element: Element) -> Deferred[Element]:
        """Send a request; the answer fires in byte order with events.

        Fails with `mom.axi.errors.RequestFailed` (refused, timed out, link lost).
        """

    def hold(self) -> None:
        """Stop reading from the OMM until `release`: too much is waiting to be committed."""

    def release(self) -> None:
        """Read from the OMM again."""

    def give_up(self, why: str) -> None:
        """End the session for a reason that lies in MOM; the next one reads the OMM anew."""


class ReadingResult(msgspec.Struct, frozen=True, kw_only=True):
    """What a complete reading of an OMM came to."""

    users: int
    devices: int
    changed: int
    missing: int = 0
    """Records that vanished and wait for the administrator's *restore* or *accept*."""


class Sitting(Protocol):
    """One session of one OMM at the directory: it is read, followed and told."""

    def take(self, event: Element) -> None:
        """Take the next event, in byte order with the answers. Never blocks."""

    async def read(self, progress: Callable[[int, int], None]) -> ReadingResult:
        """Read and reconcile users, devices and rooms; `progress(done, total)` as it goes on.

        Fails with `RequestFailed` if the link breaks; each record is whole then.
        """

    def follow(self) -> None:
        """All settings are made: from now on bring to the OMM what it should hold."""

    @property
    def notes(self) -> tuple[str, ...]:
        """What of users and phones cannot be brought to the OMM, in words for its health."""

    def close(self) -> None:
        """The session is over; what it still had under way does not apply."""


class Desk(Protocol):
    """The directory as the fleet sees it."""

    def open(self, port: OmmPort) -> Sitting:
        """Begin a session of an OMM; a former one of the same OMM is closed."""

    def counts(self, omm: OmmId) -> tuple[int, int]:
        """How many users and devices that OMM holds."""


class OmmWire(Protocol):
    """One open session with one OMM, as messages need it."""

    @property
    def omm(self) -> Omm:
        """The record of the OMM."""

    @property
    def facts(self) -> SessionFacts:
        """What the OMM told about itself."""

    @property
    def unsent(self) -> int:
        """About how many bytes wait to leave; never too few."""

    def request(self, element: Element) -> Deferred[Element]:
        """Send a request; see `OmmPort.request`."""


class Line(Protocol):
    """One session of one OMM at the switchboard."""

    def take(self, event: Element) -> None:
        """Take the next event, in byte order with the answers. Never blocks."""

    def close(self) -> None:
        """The session is over; nothing more goes out on it."""


class Switchboard(Protocol):
    """What routes messages, alarms and data between OMMs and applications."""

    def open(self, wire: OmmWire) -> Line:
        """Begin a session of an OMM; a former one of the same OMM is closed."""


class Place(msgspec.Struct, frozen=True):
    """Where a subscribed phone is: its home OMM and its number there.

    `device` is its system-wide number, `local` is 0 while the home has not told it; `moving` tells
    that it is on its way to that OMM.
    """

    device: int
    omm: OmmId
    local: int
    moving: bool = False


class Whereabouts(Protocol):
    """Where phones are, as messages need it."""

    def of_number(self, num: str) -> Place | None:
        """Where the phone of the user with that number is; `None` if there is none."""

    def of_device(self, device: int) -> Place | None:
        """Where the phone with that system-wide number is; `None` if nowhere."""

    def user_number(self, omm: OmmId, local: int) -> int:
        """The system-wide number of the user with that local number; 0 if there is none."""

    def device_number(self, omm: OmmId, local: int) -> int:
        """The system-wide number of the device with that local number; 0 if there is none."""

    def number_at(self, device: int) -> str:
        """The number to dial of the user bound to a device; empty if there is none."""

    def settled(self, device: int) -> Deferred[None]:
        """Fires when that phone does not move any more; whoever stops waiting cancels it."""


class FleetPort(Protocol):
    """The fleet as pages, applications and commands see it."""

    def status(self, omm: OmmId) -> OmmStatus:
        """The status of one OMM; state `disabled` for one that is not known."""

    def statuses(self) -> list[OmmStatus]:
        """The status of every OMM, by number."""

    def omms(self) -> list[Omm]:
        """The records with what was learned a moment ago, by number."""

    def reconnect(self, omm: OmmId) -> None:
        """Drop the link, if there is one, and connect now."""

    def trace(self, omm: OmmId, minutes: int, by: str) -> None:
        """Write what is said with the OMM into the log for so many minutes; 0 = no more."""

    def update(self, omm: OmmId) -> Awaitable[None]:
        """Tell the OMM to update its software and configuration (`SoftwareUpdate`)."""


class Recorder(Protocol):
    """Writes the event log."""

    def record(self, severity: Severity, subsystem: str, text: str) -> None:
        """Add an event; equal ones are counted. Returns at once, is stored soon."""


class Component(msgspec.Struct, frozen=True, rename="camel"):
    """The health of one component, with the reason in words."""

    name: str
    severity: Severity
    reason: str = ""


class Reporter(Protocol):
    """A part that knows how it is."""

    def snapshot(self) -> list[Component]:
        """The health of its components at this moment."""
