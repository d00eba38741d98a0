"""Plans the moves of phones, and persists each intent before the first message goes out.

Phones that come while a unit of work is under way are planned together in the next one.
"""

from collections import Counter
from typing import Protocol

import msgspec
from twisted.internet.defer import Deferred, ensureDeferred

from mom.axi.mom_profile import LocateReject
from mom.directory import capacity
from mom.directory.bench import Bench
from mom.directory.index import Index
from mom.directory.notices import Notices
from mom.directory.policy import Policy
from mom.directory.roaming import roam
from mom.directory.roaming.place import Place
from mom.directory.rows import Known
from mom.directory.sending.offering import Missing, check_secrets, offer
from mom.directory.sending.sends import Change, Site, arrival
from mom.directory.sharing import Sharing
from mom.directory.wire import Record
from mom.model.attribute import Group
from mom.model.copy import Noun
from mom.model.device import Device
from mom.model.identities import OmmId
from mom.model.omm import Omm

MOST_AT_ONCE = 100
"""Phones planned in one unit of work."""


class Visitor(msgspec.Struct, frozen=True):
    """A phone that came to an OMM: its IPEI as told and as 12 digits, and when by the clock."""

    place: Place
    ipei: str
    key: str
    began: float


class Intent(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be done: the records as the OMM gets them, and the OMM that has the phone now.

    `source` is 0 if no OMM is to end a registration.
    """

    device: int
    change: Change
    records: dict[Known, Record]
    source: OmmId


Decision = Intent | LocateReject
_Asked = tuple[Visitor, Deferred[Decision]]


class IntentDesk(Protocol):
    """What planning moves needs of the directory."""

    index: Index
    notices: Notices
    policy: Policy
    sharing: Sharing

    def now(self) -> int:
        """Seconds since 1970."""

    def omm(self, omm: OmmId) -> Omm | None:
        """The record of an OMM."""

    def home_of(self, ari: str) -> OmmId:
        """The OMM record with that ARI; 0 = none."""


class Intents:
    """Decides and persists."""

    def __init__(self, desk: IntentDesk) -> None:
        self._desk = desk
        self._waiting: list[_Asked] = []
        self._working = False

    def make(self, visitor: Visitor) -> "Deferred[Decision]":
        """Decide about a phone; fires when the intent is stored. Fails as a unit of work does."""
        made: Deferred[Decision] = Deferred()
        self._waiting.append((visitor, made))
        if not self._working:
            self._working = True
            ensureDeferred(self._work())
        return made

    def device(self, visitor: Visitor) -> int:
        """The system-wide number of a phone; 0 if MOM does not know it."""
        return next(iter(self._desk.index.with_key(Noun.DEVICE, visitor.key)), 0)

    async def _work(self) -> None:
        try:
            while self._waiting:
                batch = self._waiting[:MOST_AT_ONCE]
                del self._waiting[:MOST_AT_ONCE]
                await self._make(batch)
        finally:
            self._working = False

    async def _make(self, batch: list[_Asked]) -> None:
        """Plan several phones in one unit; the reasons of a failure are theirs who wait."""
        try:
            visitors = [visitor for visitor, _ in batch]
            decisions, missing = await self._desk.sharing.run(
                "roaming", lambda bench: self._decide(bench, visitors)
            )
        except Exception as error:  # noqa: BLE001 - each of those who wait is told
            for _, made in batch:
                made.errback(error)
            return
        for omm, (user, names) in missing:
            self._desk.notices.credentials_missing(user, names, omm)
        for (_, made), decision in zip(batch, decisions, strict=True):
            made.callback(decision)

    async def _decide(
        self, bench: Bench, visitors: list[Visitor]
    ) -> tuple[list[Decision], list[tuple[OmmId, Missing]]]:
        missing: list[tuple[OmmId, Missing]] = []
        numbers = [self.device(visitor) for visitor in visitors]
        entries = [bench.entry(Noun.DEVICE, number) for number in numbers if number]
        await bench.load([entry.partner for entry in entries if entry], numbers)
        granted: Counter[OmmId] = Counter()
        decisions: list[Decision] = []
        for visitor, number in zip(visitors, numbers, strict=True):
            omm = visitor.place.port.omm.id
            device = bench.device(number) if number else None
            refused = self._refusal(visitor.place, device, granted[omm])
            if refused is not None or device is None:
                decisions.append(refused or LocateReject.UNKNOWN)
                continue
            intent = self._plan(bench, visitor.place, device, missing)
            granted[omm] += any(not part.local for part in intent.change.parts)
            decisions.append(intent)
        return decisions, missing

    def _refusal(self, place: Place, device: Device | None, granted: int) -> LocateReject | None:
        omm, index = place.port.omm.id, self._desk.index
        licensed = self._desk.policy.licensed
        if device is None:
            return roam.refusal(roam.Seen(licensed=licensed, known=False))
        user, number = int(device.uid), int(device.ppn)
        return roam.refusal(
            roam.Seen(
                licensed=licensed,
                subscribed=device.s == "Yes",
                pari_only=bool(device.subscribe_to_pari_only) and device.home != omm,
                clash=capacity.has_namesake(index, omm, user),
                room=capacity.has_room(index, omm, place.limit, user, number, granted),
            )
        )

    def _plan(
        self, bench: Bench, place: Place, device: Device, missing: list[tuple[OmmId, Missing]]
    ) -> Intent:
        omm, now = place.port.omm.id, self._desk.now()
        came = roam.Happening.CAME_THERE if device.home == omm else roam.Happening.CAME_ELSEWHERE
        step = roam.step(roam.phase(device), came)
        source = self._source(device)
        if step.transition is roam.Transition.START:
            device = roam.started(device, omm, place.port.facts.ari, source, now)
            bench.put(device)
        pair = {Noun.USER: int(device.uid), Noun.DEVICE: int(device.ppn)}
        change = arrival(Site(bench, omm, place.abilities), pair)
        user = bench.user(int(device.uid)) if device.uid else None
        records: dict[Known, Record] = {(Noun.DEVICE, device.ppn): roam.finished(device)}
        for part in change.parts:
            if user is not None and part.noun is Noun.USER:
                if Group.ADMIN in part.groups:
                    found = check_secrets(bench, user, place.port.facts.key, omm)
                    missing += [(omm, one) for one in found]
                records[Noun.USER, user.uid] = bench.user(int(user.uid)) or user
            if not part.local:
                offer(bench, part, omm, now)
        leaves = self._desk.home_of(source) if step.leave and user is not None else OmmId(0)
        return Intent(
            device=int(device.ppn),
            change=change,
            records=records,
            source=leaves if leaves != omm else OmmId(0),
        )

    def _source(self, device: Device) -> str:
        """The ARI of the OMM that has a phone now; empty for none."""
        if roam.phase(device) is not roam.Phase.RESTS:
            return device.omm_id_ack or ""
        home = self._desk.omm(device.home) if device.home else None
        return home.omm_id if home is not None and home.omm_id else device.omm_id or ""
