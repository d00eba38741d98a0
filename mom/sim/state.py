"""Everything that one OMM is made of while it runs, and how it tells its clients.

Handlers of requests and of local changes work on it and leave what is to be sent in `outbox`. No
socket, no real clock: the time, the key and the randomness are handed in.
"""

from __future__ import annotations

import random
from collections import deque
from collections.abc import Callable, Mapping

import msgspec

from mom.axi.element import Element, Value
from mom.axi.secrets import PrivateKey
from mom.model.identities import ari, ipei_key
from mom.sim.kinds import device_kind, user_kind
from mom.sim.mailbag import Mailbag
from mom.sim.quirks import Quirk, Quirks
from mom.sim.records import Book
from mom.sim.rules import Rules
from mom.sim.session import Delivery, Session
from mom.sim.voice import Answer, Voice

PERMISSIONS = frozenset(
    [
        "AllCnfRead",
        "AllCnfWrite",
        "Messaging",
        "InfoMessaging",
        "Alerting",
        "LocatingAlert",
        "Locating",
        "Monitoring",
    ]
)
"""What the standard account of an OMM may do (as captured)."""

LIMITS: Mapping[str, int] = {
    "axiClients": 100,
    "records": 20,
    "ppnNum": 10_000,
    "rfpNum": 4096,
    "trigger": 100,
    "conferenceRooms": 100,
    "userId": 100,
    "urlLen": 513,
}
"""Limits that the simulator minds, as an OMM 7.1 reports them."""

_LARGEST_GAP = 3
_PHONES_FROM = 1048576
"""Numbers of messages from here on are those of phones."""
_NUMBERS = 1_000_000
"""Numbers of messages that two OMMs share."""


class Identity(msgspec.Struct, frozen=True):
    """Who an OMM is: its place in the fleet from 1, its PARK, and its addresses.

    `addresses` holds one address, or two for a pair of OMM and standby.
    """

    index: int
    park: str
    addresses: tuple[str, ...] = ("127.0.0.1",)
    port: int = 12622
    has_own_certificate: bool = False

    @property
    def ari(self) -> str:
        """The form of the PARK that `ommId` uses."""
        return ari(self.park)


class Account(msgspec.Struct):
    """What a client must send to come in, and what it may do then."""

    username: str = "omm"
    password: str = "omm"
    permissions: frozenset[str] = PERMISSIONS


class Login(msgspec.Struct, frozen=True):
    """Somebody logs in on a phone with a user that is not here; `pin` is what was typed."""

    number: str
    pin: str


class Base(msgspec.Struct):
    """Base stations of the site: how many, and how many are connected."""

    total: int = 4
    connected: int = 4


class State:
    """One OMM: its records and settings, its clients, and what is to be sent."""

    def __init__(
        self,
        identity: Identity,
        quirks: Quirks,
        key: PrivateKey,
        now: Callable[[], float],
        rng: random.Random,
    ) -> None:
        self.identity = identity
        self.quirks = quirks
        self.key = key
        self.rng = rng
        self._now = now
        self.clock_offset = 0.0
        self.started = now()
        self.account = Account()
        self.protocol_version = 45
        self.omm_version = "OpenMobility Manager SIP-DECT 7.1-CK14"
        self.limits = dict(LIMITS)
        self.rules = Rules(key)
        self.voice = Voice(key.public, quirks, rng)
        self.settings: dict[str, dict[str, str]] = {}
        self.health: dict[str, tuple[str, str]] = {}
        self.bases = Base()
        self.rooms: dict[int, dict[str, str]] = {}
        self.mode_ends: float | None = None
        self.standby_state = "OK" if len(identity.addresses) > 1 else "None"
        self.other_address = identity.addresses[1] if len(identity.addresses) > 1 else ""
        self.sessions: list[Session] = []
        self.controller: Session | None = None
        self.controller_name = ""
        self.logins: dict[int, Login] = {}
        self.deregistered: set[int] = set()
        self.refused_phones: dict[str, str] = {}
        self.counters: dict[str, int] = {}
        self.located: dict[str, float] = {}
        self.awaited: set[str] = set()
        self.lost: dict[str, None] = {}
        self.delays: deque[float] = deque(maxlen=10_000)
        self.routes: dict[int, Session] = {}
        self.channels: dict[int, tuple[str, Session]] = {}
        self.last_id = 0
        self.mail = Mailbag(_PHONES_FROM + identity.index // 2 * _NUMBERS)
        self.applications: dict[str, Session] = {}
        self.outbox: list[Delivery] = []
        self.restart_wanted: float | None = None
        self.is_dirty = False
        self.clear()

    def clear(self) -> None:
        """Forget all users, devices and rooms."""
        newer, strange = Quirk.NEWER in self.quirks, Quirk.STRANGE in self.quirks
        limit = self.limits["ppnNum"]
        self.users = Book(user_kind(newer, strange), limit, self._gap)
        self.devices = Book(device_kind(strange), limit, self._gap)
        self.rooms.clear()

    def has(self, quirk: Quirk) -> bool:
        """Tell whether the OMM has this quirk."""
        return quirk in self.quirks

    def now(self) -> int:
        """The time by the OMM's own clock, in seconds since 1970, UTC."""
        return int(self._now() + self.clock_offset)

    def precise_now(self) -> float:
        """The time of the machine, with fractions, for measuring."""
        return self._now()

    @property
    def uptime(self) -> int:
        """Seconds since the OMM started."""
        return int(self._now() - self.started)

    def count(self, what: str, by: int = 1) -> None:
        """Count something for the statistics."""
        self.counters[what] = self.counters.get(what, 0) + by

    def lose(self, ipei: str) -> None:
        """The phone with that IPEI, if it is here, may have lost its service."""
        self.lost[ipei_key(ipei)] = None

    def send(self, session: Session, name: str, answer: Answer) -> None:
        """Put one event to one client into the outbox, or to what a client without a link heard."""
        frame = self.voice.message(name, answer)
        if session.heard is not None:
            session.heard.append(frame)
        else:
            self.outbox.append(Delivery(session, frame))

    def tell(
        self,
        event_type: str,
        name: str,
        attrs: Mapping[str, Value],
        *children: Element,
        but: Session | None = None,
    ) -> int:
        """Send an event to everybody with any flag of its type; return to how many."""
        wanting = [s for s in self.sessions if s.flags.wants(event_type) and s is not but]
        for session in wanting:
            self.send(session, name, Answer(attrs=attrs, children=children))
        return len(wanting)

    def drain(self) -> list[Delivery]:
        """Take what is to be sent."""
        outbox, self.outbox = self.outbox, []
        return outbox

    def next_id(self) -> int:
        """A number for something that passes through; never the same twice."""
        self.last_id += 1
        return self.last_id

    def leave(self, session: Session) -> None:
        """A link has ended: its flags, channels and its control of the OMM are gone."""
        self.routes = {id: s for id, s in self.routes.items() if s is not session}
        if session in self.sessions:
            self.sessions.remove(session)
        for id, (name, creator) in list(self.channels.items()):
            if creator is session:
                del self.channels[id]
                ended: dict[str, Value] = {"name": name, "id": id, "deleted": True}
                self.tell("ApplicationDataChannel", "EventApplicationDataChannelCnf", ended)
        if session is self.controller:
            self.controller = None
            self.controller_name = ""

    def _gap(self) -> int:
        return self.rng.randrange(_LARGEST_GAP)
