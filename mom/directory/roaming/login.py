"""People who log in on a phone of an OMM that does not hold their user.

The OMM checks the PIN: it gets the user with the wish to be bound to the phone, and reports the
relation once it has made it. Only then does anything change in MOM.
"""

from typing import Protocol

import msgspec

from mom.axi.mom_profile import PpLogin, login_refused
from mom.directory import capacity
from mom.directory.desk import Desk
from mom.directory.guard import Guard
from mom.directory.news import NOT_SENT
from mom.directory.notices import Notices
from mom.directory.roaming import lookups
from mom.directory.roaming.bringing import Given, bring
from mom.directory.roaming.guests import Guests
from mom.directory.roaming.place import Place
from mom.directory.roaming.refusals import Refusals, tell
from mom.directory.roaming.turns import Turns
from mom.directory.rows import Known, Row
from mom.directory.sending.offering import check_secrets, offer, withdraw
from mom.directory.sending.sends import Change, Part
from mom.directory.wire import Record
from mom.model.attribute import Group
from mom.model.copy import Copy, CopyState, Noun
from mom.model.user import User
from mom.store.store import Store

_DYNAMIC = "Dynamic"
_RELATION = ("ppn", "relType", "timeStampRelation")
_UNKNOWN = "ENoEnt"
_WRONG_PIN = "EAuth"


class LoginDesk(Desk, Protocol):
    """What log-ins need of the directory."""

    guard: Guard
    guests: Guests
    notices: Notices
    store: Store


class Logins:
    """The log-ins of all OMMs."""

    def __init__(self, desk: LoginDesk, turns: Turns, refusals: Refusals) -> None:
        self._desk = desk
        self._turns = turns
        self._refusals = refusals

    def come(self, place: Place, login: PpLogin) -> None:
        """Somebody logs in on a phone."""
        omm = place.port.omm.id
        self._turns.visit(omm, f"login {omm} {login.ppn}", lambda: self._come(place, login))

    async def _come(self, place: Place, login: PpLogin) -> None:
        if place.closed:
            return
        omm, index = place.port.omm.id, self._desk.index
        phone = index.local(Noun.DEVICE, omm, login.ppn)
        user = await self._user(login)
        if not user or phone is None:
            await self._refuse(place, login, _UNKNOWN)
        elif place.losses.waits(Noun.USER, user):
            tell(place, login_refused(login.ppn, _UNKNOWN))
            self._refusals.note_waiting(place)
        elif capacity.has_namesake(index, omm, user):
            await self._refuse(place, login, "EExist")
        elif not capacity.has_room(index, omm, place.limit, user, phone.number):
            await self._refuse(place, login, "ENoMem")
        else:
            await self._bring(place, login, user, phone)

    async def _user(self, login: PpLogin) -> int:
        """The user that somebody named by number or by login ID; 0 = none, or not only one."""
        if login.num:
            found = self._desk.index.with_key(Noun.USER, login.num)
            return found[0] if len(found) == 1 else 0
        return await lookups.named(self._desk.store, login.add_id) if login.add_id else 0

    async def _bring(self, place: Place, login: PpLogin, user: int, phone: Copy) -> None:
        omm, keys = place.port.omm.id, [(Noun.USER, user)]
        self._desk.guests.invite(omm, keys)
        wish = await self._wish(place, user, phone)
        if wish is None:
            self._desk.guests.dismiss(omm, keys)
            await self._refuse(place, login, _UNKNOWN)
            return
        copy = self._desk.index.copy(Noun.USER, user, omm)
        part = Part(
            noun=Noun.USER,
            number=user,
            local=copy.local if copy is not None and copy.state is CopyState.HELD else 0,
            groups=(Group.ADMIN, Group.RELATION),
            partner=login.ppn,
        )
        records: dict[Known, Record] = {(Noun.USER, user): wish}
        outcome = await bring(place, self._desk.guard, Change((part,)), records, _unrelated)
        if outcome.given is not Given.REFUSED:
            return
        await withdraw(self._desk.units, omm, keys)
        self._desk.guests.dismiss(omm, keys)
        if outcome.code == _WRONG_PIN:
            await self._refusals.note(place, "log-in", "wrong PIN")
        else:
            await self._refuse(place, login, outcome.code or _UNKNOWN)

    async def _wish(self, place: Place, user: int, phone: Copy) -> User | None:
        """The user as the OMM gets it, offered; None if it is gone."""
        omm, now = place.port.omm.id, self._desk.now()
        async with self._desk.units.open(cause="log-in") as bench:
            await bench.load([user], [phone.number])
            person, device = bench.user(user), bench.device(phone.number)
            if person is None or device is None:
                return None
            missing = check_secrets(bench, person, place.port.facts.key, omm)
            copy = bench.copy(Noun.USER, user, omm)
            if copy is None or copy.state is not CopyState.HELD:
                part = Part(noun=Noun.USER, number=user, local=0, groups=())
                offer(bench, part, omm, now)
        for each in missing:
            self._desk.notices.credentials_missing(*each, omm)
        stamp = max(now, person.time_stamp_relation + 1, device.time_stamp_relation + 1)
        return msgspec.structs.replace(person, rel_type=_DYNAMIC, time_stamp_relation=stamp)

    async def _refuse(self, place: Place, login: PpLogin, code: str) -> None:
        tell(place, login_refused(login.ppn, code))
        await self._refusals.note(place, "log-in", code)


async def _unrelated(rows: list[Row]) -> list[Row]:
    """The answer without the relation: that counts when the OMM reports it."""
    found = []
    for row in rows:
        attrs = {n: text for n, text in row.element.attrs.items() if n not in _RELATION}
        element = msgspec.structs.replace(row.element, attrs=attrs)
        found.append(msgspec.structs.replace(row, element=element, sent=(row.sent[0], NOT_SENT)))
    return found
