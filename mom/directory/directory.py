"""The directory: all users and phones of the system, and one sitting for each connected OMM.

Implements `mom.ports.Desk`. It knows the store and the OMMs through their ports only.
"""

from collections.abc import Callable, Iterable, Sequence

from twisted.internet.defer import Deferred, ensureDeferred, succeed
from twisted.logger import Logger

from mom.axi.clock import Clock
from mom.directory.bench import Drafts
from mom.directory.concerned import due
from mom.directory.editing.bulk import Bulk
from mom.directory.editing.editor import Editor
from mom.directory.editing.history import History
from mom.directory.editing.revival import Revival
from mom.directory.errors import OmmAway
from mom.directory.fingerprints import Shapes
from mom.directory.guard import Guard
from mom.directory.index import NOUNS, Index
from mom.directory.keys import Keys
from mom.directory.loading import keep_lengths, load
from mom.directory.news import Facts
from mom.directory.notices import Notices
from mom.directory.numbering import Numbering
from mom.directory.policy import Policy
from mom.directory.reading.readings import Readings
from mom.directory.reading.valve import Valve
from mom.directory.removal import Reach
from mom.directory.roaming.endings import Endings
from mom.directory.roaming.guests import Guests
from mom.directory.roaming.moves import Moves
from mom.directory.roaming.visits import Visits
from mom.directory.rooms.rooms import Rooms
from mom.directory.rows import Known
from mom.directory.sending.sends import pair_of
from mom.directory.sharing import Sharing
from mom.directory.sites import Sites, note_missing, release
from mom.directory.sitting import SittingOf
from mom.directory.surplus import Surplus
from mom.directory.units import Units
from mom.directory.wanted import wanted
from mom.model.copy import Noun
from mom.model.identities import OmmId
from mom.model.omm import Omm
from mom.ports import OmmPort, Recorder
from mom.store.changes import Change, Many
from mom.store.store import Store


class Directory:
    """All users and phones."""

    _log = Logger()

    def __init__(
        self,
        store: Store,
        recorder: Recorder,
        now: Callable[[], float],
        policy: Policy | None = None,
        keys: Keys | None = None,
        *,
        clock: Clock,
    ) -> None:
        """`now` gives seconds since 1970; `clock` measures how long things take."""
        self.store = store
        self._policy = policy or Policy()
        self.guard = Guard()
        self.clock = clock
        self.index = Index()
        self.notices = Notices(recorder, self.index)
        self.moves = Moves(self.index)
        """Which phones are on their way from one OMM to another."""
        self.endings = Endings(clock, self.now, self.home_of)
        self.guests = Guests(clock, self._mark)
        self.units = Units(store, self.index, self._applied)
        self.sharing = Sharing(self.units)
        self._now = now
        self._keys = keys or Keys()
        self.opens_secrets = bool(self._keys)
        """Whether a private key was configured."""
        self._shapes = Shapes()
        self.numbering = Numbering(self.units, self.index, self._shapes, self.opens_secrets)
        self.readings = Readings(clock, lambda: self.units.idle, self.now, self._resume)
        self.visits = Visits(self)
        self._sittings: dict[OmmId, SittingOf] = {}
        self.surplus = Surplus(self.index, self._sittings, lambda: self._policy)
        """The users of connected OMMs that the licence does not allow."""
        self._sites = Sites()
        self._unread: set[OmmId] = set()
        self._feed = store.feed.subscribe(self._changed, first=True, nouns=(Noun.OMM,))
        self._history = History()
        self._heard = store.feed.subscribe(
            self._history.heard, first=True, nouns=(*NOUNS, Noun.ROOM)
        )
        self.editor = Editor(self, self._history)
        """Makes the changes of people and applications."""
        self.bulk = Bulk(self, self.editor)
        """Makes them for many records at once."""
        self.rooms = Rooms(self, self._keys, self._history)
        """The conference rooms."""
        self.revival = Revival(self)
        """Takes records out of the trash."""

    async def start(self) -> None:
        """Load the index; before this no sitting may be opened."""
        loaded = await self.store.read(load)
        loaded.fill(self.index)
        self._sites.load(loaded.omms)
        self._unread = set(loaded.omms) if self.policy.after_import else set()
        self.guard = Guard(loaded.lengths)
        await self.rooms.start()
        self.visits.start()

    async def stop(self) -> None:
        """Close all sittings; the unit of work under way is finished, no other one begins."""
        self.rooms.end()
        self.readings.stop()
        for sitting in list(self._sittings.values()):
            sitting.close()
        self._sittings.clear()
        self.visits.stop()
        self.guests.stop()
        self.moves.stop()
        await self.rooms.stop()
        await self.units.stop()
        self._feed.stop()
        self._heard.stop()

    def open(self, port: OmmPort) -> SittingOf:
        """Begin a session of an OMM; a former one is closed."""
        omm = port.omm.id
        former = self._sittings.get(omm)
        if former is not None:
            former.close()
        valve = Valve(port)
        sitting = SittingOf(
            self,
            port,
            valve,
            self.rooms.open(port, valve),
            lambda: self._facts(port),
            lambda: self.reach(omm),
            self._shapes,
        )
        self._sittings[omm] = sitting
        return sitting

    @property
    def policy(self) -> Policy:
        """What administrators and the licence decide."""
        return self._policy

    @policy.setter
    def policy(self, policy: Policy) -> None:
        self._policy = policy
        self.surplus.take_in()

    def counts(self, omm: OmmId) -> tuple[int, int]:
        """How many users and devices that OMM holds."""
        return self.index.held(omm)

    def sitting(self, omm: OmmId) -> SittingOf | None:
        """The open sitting of an OMM."""
        found = self._sittings.get(omm)
        return None if found is None or found.closed else found

    def omm(self, omm: OmmId) -> Omm | None:
        """The record of an OMM."""
        return self._sites.get(omm)

    def home_of(self, ari: str) -> OmmId:
        """The OMM record with that ARI; 0 = none."""
        return self._sites.home_of(ari)

    async def restore_missing(self, omm: OmmId) -> int:
        """Send back to an OMM all that vanished from it; tells how many. Raises `OmmAway`."""
        return await self._following(omm).losses.restore()

    async def accept_missing(self, omm: OmmId) -> int:
        """Delete all that vanished from an OMM; tells how many. Raises `OmmAway`."""
        return await self._following(omm).losses.accept()

    def _following(self, omm: OmmId) -> SittingOf:
        sitting = self.sitting(omm)
        if sitting is None or not sitting.following:
            raise OmmAway(omm)
        return sitting

    # -- what the parts of a sitting need

    def now(self) -> int:
        """Seconds since 1970."""
        return int(self._now())

    def _resume(self) -> None:
        for sitting in self._sittings.values():
            sitting.sender.resume()

    def reach(self, omm: OmmId) -> Reach:
        """How deletions travel that come from an OMM (0: from MOM)."""
        return Reach(
            self.now(),
            lambda other: self.sitting(other) is not None,
            self.policy.deletes_stick,
            omm in self._unread,
        )

    def limits(self) -> dict[OmmId, int]:
        """How many phones each enabled OMM takes, where it ever told."""
        limits = self._sites.limits()
        limits |= {omm: each.limit for omm, each in self._sittings.items() if not each.closed}
        return {omm: limit for omm, limit in limits.items() if limit}

    def fetch(self, omm: OmmId, noun: Noun, local: int) -> "Deferred[None]":
        """Ask an OMM for one record; fires when the answer went through its queue."""
        sitting = self.sitting(omm)
        return sitting.fetch(noun, local) if sitting is not None else succeed(None)

    async def note_missing(self, omm: OmmId, missing: int) -> None:
        """So many records vanished from an OMM and wait; its first reading is over."""
        self._unread.discard(omm)
        before = self.omm(omm)
        is_new = before is not None and not before.missing
        if await note_missing(self.store, self._sites, omm, missing) and missing and is_new:
            self.notices.missing(omm, missing)

    def learn(self, wire: str, max_len: int) -> None:
        """An OMM allows only that many characters for an attribute; kept as a setting."""
        if self.guard.learn(wire, max_len):
            done = ensureDeferred(keep_lengths(self.store, self.guard.lengths))
            done.addErrback(lambda why: self._log.failure("lengths were not stored", why))

    def _facts(self, port: OmmPort) -> Facts:
        facts = port.facts
        return Facts(
            omm=port.omm.id,
            now=self.now(),
            offset=round(facts.clock_offset),
            ari=facts.ari,
            key=facts.key.fingerprint if facts.key is not None else "",
            opener=self._keys,
            guard=self.guard,
            home_of=self._sites.home_of,
        )

    def _applied(self, drafts: Drafts) -> None:
        """Tell the sittings which records may differ now at their OMM."""
        marked = due(self.index, drafts, self._sittings)
        self.guests.settled(drafts.records, self._ends, self._belongs)
        for omm, keys in marked.items():
            self._mark(omm, keys)
        self.moves.look(number for noun, number in drafts.records if noun is Noun.DEVICE)
        self.surplus.take_in()

    def _mark(self, omm: OmmId, keys: Iterable[Known]) -> None:
        """These records may differ now at an OMM."""
        sitting = self.sitting(omm)
        if sitting is not None:
            sitting.sender.mark(keys)

    def _ends(self, known: Known) -> Iterable[Known]:
        return pair_of(self.index, *known).items()

    def _belongs(self, known: Known, omm: OmmId) -> bool:
        return wanted(self.index.entry(*known), omm, self.index)

    def _changed(self, changes: Sequence[Change | Many]) -> None:
        """Follow the OMM records."""
        for omm in self._sites.follow(changes):
            done = ensureDeferred(self._forget(omm))
            done.addErrback(lambda why: self._log.failure("an OMM was not forgotten", why))

    async def _forget(self, omm: OmmId) -> None:
        sitting = self._sittings.pop(omm, None)
        if sitting is not None:
            sitting.close()
        await release(omm, self.index, self.units, self.home_of, self.now())
        self.visits.resume()
        await self.rooms.release(omm)
