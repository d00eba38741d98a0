"""Phones that subscribe: brings an OMM the records of a phone that asks there.

The home of the phone is the OMM that reports the subscription; until then it only has the records
as a guest.
"""

from typing import Protocol

from mom.axi.mom_profile import SubscribeReject, subscribe_reject
from mom.directory import capacity, lines, relation
from mom.directory.bench import Bench
from mom.directory.desk import Desk
from mom.directory.editing import edit
from mom.directory.errors import FieldErrors
from mom.directory.guard import Guard
from mom.directory.known import Lookup
from mom.directory.notices import Notices
from mom.directory.policy import Policy
from mom.directory.roaming import lookups, subscribe
from mom.directory.roaming.bringing import Given, bring
from mom.directory.roaming.guests import Guests
from mom.directory.roaming.place import Place
from mom.directory.roaming.refusals import Refusals, tell
from mom.directory.roaming.subscribe import Answer, Asked
from mom.directory.roaming.turns import Turns
from mom.directory.rows import Known, Row
from mom.directory.sending.offering import Missing, check_secrets, offer, withdraw
from mom.directory.sending.sends import Change, Site, arrival
from mom.directory.surplus import Surplus
from mom.directory.wire import Record
from mom.model.copy import Noun
from mom.model.device import Device
from mom.model.identities import DeviceNumber, OmmId, ipei_key
from mom.model.setting import SubscriptionMode
from mom.store.store import Store

_FIXED = "Fixed"


class SubscribingDesk(Desk, Protocol):
    """What subscriptions need of the directory."""

    guard: Guard
    guests: Guests
    notices: Notices
    policy: Policy
    store: Store
    surplus: Surplus


class Subscribing:
    """The subscriptions of all phones."""

    def __init__(self, desk: SubscribingDesk, turns: Turns, refusals: Refusals) -> None:
        self._desk = desk
        self._turns = turns
        self._refusals = refusals

    def come(self, place: Place, ipei: str, add_id: str) -> None:
        """A phone asks to subscribe at an OMM; `add_id` is what the person typed."""
        key = ipei_key(ipei)
        self._turns.visit(place.port.omm.id, key, lambda: self._come(place, ipei, add_id))

    async def _come(self, place: Place, ipei: str, add_id: str) -> None:
        if place.closed:
            return
        device = _known(self._desk.index, ipei)
        if device and place.losses.waits(Noun.DEVICE, device):
            tell(place, subscribe_reject(ipei, SubscribeReject.UNKNOWN))
            self._refusals.note_waiting(place)
            return
        wildcard = self._desk.policy.subscription is SubscriptionMode.WILDCARD
        asks = wildcard and add_id and not device
        named = await lookups.named(self._desk.store, add_id) if asks else 0
        user = named if self._waits(named) else 0
        answer = await self._decide(place, ipei, device, user)
        if isinstance(answer, SubscribeReject):
            await self._reject(place, ipei, answer, device)
            return
        if not await self._give(place, ipei, answer, device, user):
            await self._come(place, ipei, add_id)

    def _waits(self, user: int) -> bool:
        """Whether a user has no phone that works."""
        entry = self._desk.index.entry(Noun.USER, user) if user else None
        if entry is None:
            return False
        phone = self._desk.index.entry(Noun.DEVICE, entry.partner) if entry.partner else None
        return phone is None or not phone.active

    async def _decide(
        self, place: Place, ipei: str, device: int, user: int
    ) -> Answer | SubscribeReject:
        omm, index, policy = place.port.omm.id, self._desk.index, self._desk.policy
        entry = index.entry(Noun.DEVICE, device) if device else None
        elsewhere = entry is not None and entry.home not in (0, omm)
        person = entry.partner if entry is not None else user
        room = capacity.has_room(index, omm, place.limit, person, device)
        asked = Asked(
            mode=policy.subscription,
            auto_create=policy.auto_create,
            licensed=policy.licensed and not self._desk.surplus.has_phone(ipei_key(ipei)),
            known=entry is not None,
            pari_elsewhere=elsewhere and await lookups.is_pari_only(self._desk.store, device),
            named=user > 0,
            room=room and not capacity.has_namesake(index, omm, person),
        )
        return subscribe.decide(asked)

    async def _give(self, place: Place, ipei: str, answer: Answer, device: int, user: int) -> bool:
        """Bring the OMM what was decided; not if the phone came to MOM or went meanwhile."""
        omm = place.port.omm.id
        missing: list[Missing] = []
        async with self._desk.units.open(cause="subscription") as bench:
            if _known(bench, ipei) != device:
                return False
            number = await self._records(bench, omm, ipei, answer, device, user)
            if not number:
                change, records = Change(()), dict[Known, Record]()
            else:
                change, records = self._offer(bench, place, number, missing)
            keys = list(records)
            self._desk.guests.invite(omm, keys)
        for each in missing:
            self._desk.notices.credentials_missing(*each, omm)
        if not number:
            await self._reject(place, ipei, SubscribeReject.UNKNOWN, 0)
            return True
        outcome = await bring(place, self._desk.guard, change, records, _as_told)
        if outcome.given is Given.REFUSED:
            await withdraw(self._desk.units, omm, keys)
            self._desk.guests.dismiss(omm, keys)
            await self._reject(place, ipei, subscribe.reason(outcome.code), number)
        return True

    async def _records(
        self, bench: Bench, omm: OmmId, ipei: str, answer: Answer, device: int, user: int
    ) -> int:
        """The device that the OMM gets, loaded with its user; 0 if there can be none."""
        if answer is Answer.OWN:
            entry = bench.entry(Noun.DEVICE, device)
            await bench.load([entry.partner if entry is not None else 0], [device])
            return device if bench.device(device) is not None else 0
        if answer is Answer.PAIR:
            entry = bench.entry(Noun.USER, user)
            await bench.load([user], [entry.partner if entry is not None else 0])
            waiting = self._waiting(bench, user, ipei)
            if waiting:
                return waiting
        number = self._make(bench, omm, ipei, automatic=answer is Answer.NEW)
        if number and answer is Answer.PAIR:
            self._pair(bench, number, user)
        return number

    def _waiting(self, bench: Bench, user: int, ipei: str) -> int:
        """The device without IPEI that was made for a user beforehand: it is this phone now."""
        person = bench.user(user)
        phone = bench.device(int(person.ppn)) if person is not None and person.ppn else None
        if phone is None or phone.ipei:
            return 0
        now = self._desk.now()
        bench.put(edit.apply(phone, {"ipei": ipei}, now))
        bench.line(Noun.DEVICE, phone.ppn, now, lines.became(ipei))
        return int(phone.ppn)

    def _make(self, bench: Bench, omm: OmmId, ipei: str, *, automatic: bool) -> int:
        """A new device, without a code of its own: that of the OMM applies.

        It has no time stamps: nobody has decided anything about it, so whatever an OMM that is
        read later knows of the phone is newer.
        """
        try:
            values = edit.check(Noun.DEVICE, {"ipei": ipei}, self._desk.guard)
        except FieldErrors:
            return 0
        number, now = DeviceNumber(bench.number(Noun.DEVICE)), self._desk.now()
        made = Device(
            ppn=number,
            auto_create=automatic,
            subscribe_to_pari_only=False,
            **values,  # type: ignore[arg-type]
        )
        bench.put(made)
        bench.line(Noun.DEVICE, number, now, lines.subscribes(omm, automatic=automatic))
        return int(number)

    def _pair(self, bench: Bench, device: int, user: int) -> None:
        person = bench.user(user)
        former = person.time_stamp_relation if person is not None else 0
        stamp = max(self._desk.now(), former + 1)
        relation.tie(bench, device, user, _FIXED, stamp, OmmId(0))
        bench.line(Noun.USER, user, self._desk.now(), lines.bound_by_id(user, device, _FIXED))

    def _offer(
        self, bench: Bench, place: Place, device: int, missing: list[Missing]
    ) -> tuple[Change, dict[Known, Record]]:
        omm = place.port.omm.id
        phone = bench.device(device)
        user = int(phone.uid) if phone is not None else 0
        change = arrival(Site(bench, omm, place.abilities), {Noun.USER: user, Noun.DEVICE: device})
        for part in change.parts:
            record = bench.user(part.number) if part.noun is Noun.USER else None
            if record is not None:
                missing += check_secrets(bench, record, place.port.facts.key, omm)
            if not part.local:
                offer(bench, part, omm, self._desk.now())
        found = {(p.noun, p.number): bench.record(p.noun, p.number) for p in change.parts}
        return change, {key: record for key, record in found.items() if record is not None}

    async def _reject(self, place: Place, ipei: str, reason: SubscribeReject, device: int) -> None:
        tell(place, subscribe_reject(ipei, reason))
        await self._refusals.note(place, "subscription", reason.value, device, ipei)


def _known(lookup: Lookup, ipei: str) -> int:
    """The device with that IPEI; 0 if there is none."""
    return next(iter(lookup.with_key(Noun.DEVICE, ipei_key(ipei))), 0)


async def _as_told(rows: list[Row]) -> list[Row]:
    return rows
