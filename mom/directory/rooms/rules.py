"""What becomes of a conference room when its OMM tells something: the decisions, without I/O.

While a session lasts the OMM's changes are taken; what differs at the reading at its beginning
does not count: MOM's version stands there. Each decision leaves a line with the room.
"""

import msgspec

from mom.axi.secrets import PublicKey
from mom.directory import lines, marks
from mom.directory.credentials import Opener
from mom.directory.fingerprints import digest
from mom.directory.guard import Guard
from mom.directory.lines import omm_name
from mom.directory.rooms.bench import UNPLACED, Agreed, RoomBench, agreed, packed
from mom.directory.rooms.wire import (
    SHARED,
    Told,
    flaws,
    password_for,
    sendable,
    wire_names,
)
from mom.directory.wire import Value
from mom.model.copy import Copy, CopyState, Noun
from mom.model.identities import OmmId
from mom.model.room import ConferenceRoom
from mom.model.secret import Sealed, Secret


class Site(msgspec.Struct, frozen=True):
    """One OMM as decisions need it.

    `reencrypts`: its ciphertexts change though the secrets do not, so a new one says nothing.
    `busy` is the room that a request of MOM's is about just now, 0 = none.
    """

    omm: OmmId
    key: PublicKey | None
    opener: Opener
    guard: Guard
    reencrypts: bool = False
    busy: int = 0

    @property
    def name(self) -> str:
        """As people know it."""
        return omm_name(self.omm)

    def opened(self, cipher: str) -> str | None:
        """The text of a ciphertext of this OMM, None if MOM cannot open it."""
        return self.opener.open(cipher, self.key.fingerprint) if self.key is not None else None

    def sealed(self, cipher: str) -> Sealed | None:
        """A ciphertext of this OMM as MOM keeps it; of no use if the OMM told no key."""
        return Sealed(cipher, self.key.fingerprint) if self.key is not None else None


class Read(msgspec.Struct, frozen=True):
    """A room as the reading found it."""

    told: Told


class Changed(msgspec.Struct, frozen=True):
    """An event: a room was made or changed on the OMM."""

    told: Told


class Deleted(msgspec.Struct, frozen=True):
    """An event: the room with that number on the OMM is no more."""

    local: int


class ReadingEnded(msgspec.Struct, frozen=True):
    """The reading is complete; `seen` are the OMM's numbers of all rooms it met."""

    seen: frozenset[int]


class Answered(msgspec.Struct, frozen=True):
    """The OMM took what MOM sent; `told` is the room as it stored it, None if it did not say.

    `secret` is the `rev_secret` of the password that was sent, 0 if there was none.
    """

    number: int
    sent: dict[str, Value]
    secret: int = 0
    told: Told | None = None


class Removed(msgspec.Struct, frozen=True):
    """The OMM deleted a room at MOM's request, or had none."""

    number: int


Row = Read | Changed | Deleted | ReadingEnded | Answered | Removed


def settle(bench: RoomBench, site: Site, row: Row) -> list[str]:
    """Take what an OMM told; returns the texts for the event log."""
    match row:
        case Read():
            _read(bench, site, row.told)
        case Changed():
            _changed(bench, site, row.told)
        case Deleted():
            return _deleted(bench, site, row.local)
        case Answered():
            _answered(bench, site, row)
        case Removed():
            copy = bench.copy(row.number, site.omm)
            if copy is not None:
                _let_go(bench, site, copy)
        case ReadingEnded():
            _ended(bench, site, row.seen)
    return []


def _read(bench: RoomBench, site: Site, told: Told) -> None:
    copy = _known(bench, site, told)
    if copy is None:
        _take_in(bench, site, told)
        return
    before = agreed(copy)
    values = {**before.values, **told.shared}
    room = bench.room(copy.number)
    if room is None or room.omm != site.omm:
        kept = Agreed(values, _print(told, before), before.secret)
        bench.put_copy(_held(copy, told.local, kept))
        return
    lost = {
        name: value
        for name, value in told.shared.items()
        if getattr(room, name) not in (None, value) and value != before.values.get(name)
    }
    if lost and copy.state is CopyState.HELD:
        bench.line(room.id, lines.room_given(site.omm, lost))
    secret, there = _secret_read(room, site, told, before)
    after = _with(room, site, _filling(room, told), secret)
    if all(values.get(n) == value for n, value in sendable(after, site.guard).items()):
        marked = marks.accepted(after.marks, site.omm)
        marked = marks.stays_different(marked, site.omm, ())
        after = msgspec.structs.replace(after, marks=marked)
    kept = Agreed(values, _print(told, before), after.rev_secret if there else 0)
    bench.put(after)
    bench.put_copy(_held(copy, told.local, kept))


def _changed(bench: RoomBench, site: Site, told: Told) -> None:
    copy = bench.local(site.omm, told.local)
    if copy is None:
        _read(bench, site, told)
        return
    before = agreed(copy)
    room = bench.room(copy.number)
    if room is None or room.omm != site.omm:
        return
    taken = _filling(room, told)
    for name, value in told.shared.items():
        mine, base = getattr(room, name), before.values.get(name)
        ours_under_way = mine != base and not copy.refused
        if value not in (mine, base) and not ours_under_way:
            taken[name] = value
    secret, doubtful = _secret_changed(room, site, told, before)
    after = _with(room, site, taken, secret)
    if doubtful:
        marked = marks.may_differ(after.marks, site.omm, ("sipPw",))
        after = msgspec.structs.replace(after, marks=marked)
    news = [name for name in SHARED if name in taken]
    if news or secret != room.sip_pw:
        what = [lines.room_values({name: taken[name] for name in news})] if news else []
        what += ["sipPw"] if secret != room.sip_pw else []
        had = {name: getattr(room, name) for name in news}
        bench.line(room.id, lines.room_told(site.omm, ", ".join(what), had))
        after = msgspec.structs.replace(after, marks=marks.accepted(after.marks, site.omm))
        copy = msgspec.structs.replace(copy, refused="")
    there = after.rev_secret if secret != room.sip_pw else before.secret
    kept = Agreed({**before.values, **told.shared}, _print(told, before), there)
    bench.put(after)
    bench.put_copy(msgspec.structs.replace(copy, agreed=packed(kept)))


def _deleted(bench: RoomBench, site: Site, local: int) -> list[str]:
    """Deleted at the OMM that serves it: deleted in MOM; else MOM has it deleted there itself."""
    copy = bench.local(site.omm, local)
    if copy is None:
        return []
    _let_go(bench, site, copy)
    room = bench.room(copy.number)
    if room is None or room.omm != site.omm or copy.state is CopyState.REMOVING:
        return []
    bench.line(room.id, lines.deleted_on(site.omm))
    bench.remove(room.id)
    label = f"{room.id} ({room.name})" if room.name else str(room.id)
    return [f"conference room {label} was deleted on {site.name}"]


def _answered(bench: RoomBench, site: Site, row: Answered) -> None:
    copy = bench.copy(row.number, site.omm)
    if copy is None or (row.told is None and copy.local == UNPLACED):
        return
    told = row.told or Told(copy.local, row.sent)
    before = agreed(copy)
    values = {**before.values, **row.sent, **told.shared}
    kept = Agreed(values, _print(told, before), row.secret or before.secret)
    bench.put_copy(_held(copy, told.local, kept))
    room = bench.room(row.number)
    if room is None or room.omm != site.omm:
        return
    after = _with(room, site, _filling(room, told), room.sip_pw)
    marked = marks.accepted(after.marks, site.omm)
    if all(values.get(name) == value for name, value in row.sent.items()):
        marked = marks.stays_different(marked, site.omm, ())
    if row.secret:
        marked = marks.may_differ(marked, site.omm, ())
        marked = marks.credentials_missing(marked, site.omm, ())
    bench.put(msgspec.structs.replace(after, marks=marked))


def _ended(bench: RoomBench, site: Site, seen: frozenset[int]) -> None:
    """What was on the OMM and is not any more is made again, if it belongs there."""
    for copy in bench.copies_on(site.omm):
        if copy.local in seen:
            continue
        _let_go(bench, site, copy)
        room = bench.room(copy.number)
        if room is not None and room.omm == site.omm and copy.state is CopyState.HELD:
            bench.line(room.id, lines.room_missing(site.omm))


def _let_go(bench: RoomBench, site: Site, copy: Copy) -> None:
    """An OMM has a room no more; one that belongs elsewhere has nothing to do with it now."""
    bench.drop_copy(copy)
    room = bench.room(copy.number)
    if room is not None and room.omm != site.omm:
        bench.put(msgspec.structs.replace(room, marks=marks.forgotten(room.marks, site.omm)))


def _known(bench: RoomBench, site: Site, told: Told) -> Copy | None:
    """The copy that an OMM tells of: by its number there, else by the conference number.

    A room that MOM sent, and whose answer it never got, has no number there yet; the same
    holds for one that was made in MOM and is there already, because the database was lost.
    """
    copy = bench.local(site.omm, told.local)
    if copy is not None:
        return copy
    conference = told.values.get("conference_id")
    if not isinstance(conference, str) or not conference:
        return None
    for offered in bench.copies_on(site.omm):
        if offered.local == UNPLACED and agreed(offered).values.get("conference_id") == conference:
            return offered
    for room in bench.with_conference(conference):
        if room.omm == site.omm and not bench.copies_of(room.id):
            return Copy(noun=Noun.ROOM, number=room.id, omm=site.omm, local=UNPLACED)
    return None


def _take_in(bench: RoomBench, site: Site, told: Told) -> None:
    """A room that MOM does not know belongs to the OMM that told it."""
    number = bench.new_number()
    empty = ConferenceRoom(id=number, omm=site.omm)
    secret, there = _secret_read(empty, site, told, Agreed())
    room = _with(empty, site, dict(told.values), secret)
    room = msgspec.structs.replace(room, rev_content=1, rev_secret=1)
    bench.put(room)
    kept = Agreed(told.shared, _print(told, Agreed()), 1 if there else 0)
    copy = Copy(noun=Noun.ROOM, number=number, omm=site.omm, since=bench.now)
    bench.put_copy(_held(copy, told.local, kept))
    bench.line(number, lines.room_taken_in(site.omm))


def _held(copy: Copy, local: int, kept: Agreed) -> Copy:
    """The copy under its number there; one that is on its way out stays so."""
    leaving = copy.state is CopyState.REMOVING
    return msgspec.structs.replace(
        copy,
        local=local,
        state=CopyState.REMOVING if leaving else CopyState.HELD,
        agreed=packed(kept),
        refused="",
    )


def _filling(room: ConferenceRoom, told: Told) -> dict[str, Value]:
    """What was told of fields that MOM never knew, and of those that the OMM alone decides."""
    return {
        name: value
        for name, value in told.values.items()
        if name not in SHARED or getattr(room, name) is None
    }


def _with(
    room: ConferenceRoom, site: Site, values: dict[str, Value], secret: Secret | None
) -> ConferenceRoom:
    """The room with these values and this password, and the marks of what must not spread."""
    shared = any(getattr(room, n) != value for n, value in values.items() if n in SHARED)
    changes: dict[str, object] = {**values, "sip_pw": secret}
    after = msgspec.structs.replace(room, **changes)
    flawed = flaws(after, site.guard)
    guarded = dict(zip(wire_names(flawed), flawed.values(), strict=True))
    return msgspec.structs.replace(
        after,
        rev_content=room.rev_content + shared,
        rev_secret=room.rev_secret + (secret != room.sip_pw),
        marks=marks.guarded(after.marks, guarded),
    )


def _secret_read(
    room: ConferenceRoom, site: Site, told: Told, before: Agreed
) -> tuple[Secret | None, bool]:
    """The password after a reading, and whether the OMM has it; if not, MOM's is due there."""
    mine, cipher = room.sip_pw, told.cipher
    if cipher is None or digest(cipher) == before.cipher:
        return mine, before.secret == room.rev_secret
    text, sealed = site.opened(cipher), site.sealed(cipher)
    if mine is None:
        taken = Secret(text) if text is not None else Secret(None, (sealed,) if sealed else ())
        return (taken, True) if text is not None or sealed else (None, False)
    if text is not None and text == mine.text:
        return mine, True
    if sealed is not None and mine.for_key(sealed.key) == sealed:
        return mine, True
    if sealed is not None and password_for(mine, site.key) is None:
        return mine.with_sealed(sealed), True
    return mine, False


def _secret_changed(
    room: ConferenceRoom, site: Site, told: Told, before: Agreed
) -> tuple[Secret | None, bool]:
    """The password after an event, and whether MOM's text may be another one.

    While a request about the room is under way, or a password of MOM's is to be sent, the OMM's
    says nothing.
    """
    mine, cipher = room.sip_pw, told.cipher
    if cipher is None or digest(cipher) == before.cipher or site.busy == room.id:
        return mine, False
    if before.secret != room.rev_secret and password_for(mine, site.key) is not None:
        return mine, False
    text, sealed = site.opened(cipher), site.sealed(cipher)
    if text is not None:
        return (mine if mine is not None and mine.text == text else Secret(text)), False
    if sealed is None or (site.reencrypts and mine is not None):
        return mine, False
    if mine is None or mine.text is None:
        return Secret(None, (sealed,)), False
    return mine.with_sealed(sealed), True


def _print(told: Told, before: Agreed) -> bytes:
    return digest(told.cipher) if told.cipher is not None else before.cipher
