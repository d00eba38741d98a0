"""Takes what an OMM told into MOM, one batch in one unit of work.

Loads only the records that a batch needs, finds out who each element is, has the pure rules
decide, and drafts the results. It knows no queue and sends nothing: what must be asked of the OMM
comes back as `Asked`.
"""

from collections.abc import Callable, Sequence

import msgspec

from mom.directory import conflicts, late, lines, marks, relation, removal, whereabouts
from mom.directory.bench import Bench
from mom.directory.beyond import Beyond, Found
from mom.directory.fingerprints import Shapes
from mom.directory.fresh import take
from mom.directory.known import identify, key_of
from mom.directory.preload import load_pair, preload
from mom.directory.reconcile import Facts, News, created, own_time, reconcile
from mom.directory.relation import other
from mom.directory.removal import Reach
from mom.directory.roaming import roam
from mom.directory.roaming.endings import Endings
from mom.directory.rows import Known, Left, Removed, Row
from mom.directory.wanted import home_of, wanted
from mom.directory.wire import Record, Told, read
from mom.model.agreement import GROUPS, PENDING, Agreement, unpack
from mom.model.attribute import Group
from mom.model.copy import Copy, CopyState, Noun
from mom.model.device import Device
from mom.model.identities import DeviceNumber, OmmId, UserNumber
from mom.model.user import User


class Asked(msgspec.Struct, kw_only=True):
    """What a batch came to: whole records that the OMM must be asked for (noun and local number),
    records to ask for once MOM's own request is answered, how many rows changed something, and
    texts for the event log. `arrived` are devices that turned out to have moved there, `left` OMMs
    from which a device has gone without MOM, `beyond` which records the licence keeps there.
    """

    fetch: list[Known] = []
    later: list[Known] = []
    changed: int = 0
    texts: list[str] = []
    arrived: list[int] = []
    left: list[Left] = []
    beyond: Found = {}


class Settler:
    """Settles batches of one sitting."""

    def __init__(
        self,
        facts: Callable[[], Facts],
        reach: Callable[[], Reach],
        shapes: Shapes,
        busy: Callable[[Noun, int], bool],
        endings: Endings,
        beyond: Beyond,
    ) -> None:
        """`busy` tells whether a request about a record is under way at this OMM."""
        self._facts = facts
        self._reach = reach
        self._shapes = shapes
        self._busy = busy
        self._endings = endings
        self._beyond = beyond
        self._tried: set[tuple[Noun, int, int]] = set()

    async def settle(self, bench: Bench, items: Sequence[Row | Removed]) -> Asked:
        """Draft what these items change."""
        asked = Asked()
        facts = self._facts()
        place, loaded = 0, False
        while place < len(items):
            taken = 0 if self._beyond.is_full(bench) else take(bench, items, place, facts)
            if taken and self._beyond:
                rows = (row for row in items[place : place + taken] if isinstance(row, Row))
                asked.beyond |= {(row.noun, row.local): None for row in rows}
            asked.changed += taken
            place += taken
            if taken:
                continue
            if not loaded:
                loaded = True
                await preload(bench, items[place:], facts.omm)
            asked.changed += await self._one(bench, items[place], facts, asked)
            place += 1
        return asked

    async def _one(self, bench: Bench, item: Row | Removed, facts: Facts, asked: Asked) -> bool:
        """Draft what one item changes; tells whether it changed anything."""
        if isinstance(item, Removed):
            copy = bench.copy(item.noun, item.number, facts.omm)
            if copy is not None:
                await removal.left(bench, copy)
            return True
        if self._beyond.has(item.noun, item.local) and (item.deleted or item.missing):
            asked.beyond[item.noun, item.local] = None
        if item.deleted or item.missing:
            return await self._gone(bench, item, facts)
        if item.whole:
            return await self._whole(bench, item, facts, asked)
        return await self._partial(bench, item, facts, asked)

    async def _gone(self, bench: Bench, row: Row, facts: Facts) -> bool:
        copy = bench.local(row.noun, facts.omm, row.local)
        if copy is None:
            return False
        await removal.gone(bench, copy, self._reach())
        return True

    async def _partial(self, bench: Bench, row: Row, facts: Facts, asked: Asked) -> bool:
        """An event that tells only what changed: laid over MOM's record if both agree."""
        copy = bench.local(row.noun, facts.omm, row.local)
        if copy is not None and self._busy(row.noun, copy.number):
            asked.later.append((row.noun, copy.number))
            return False
        told = read(row.noun, row.element)
        entry = bench.entry(row.noun, copy.number) if copy is not None else None
        if copy is None or entry is None:
            if copy is None:
                asked.fetch.append((row.noun, row.local))
            return False
        renamed = told.number is not None and told.number not in (copy.told, copy.number)
        named = row.noun is Noun.DEVICE and bool(key_of(told)) and not entry.key
        if renamed or named or not copy.agreed or removal.is_news(copy, entry.revisions):
            asked.fetch.append((row.noun, row.local))
            return False
        agreed = unpack(row.noun, copy.agreed)
        complete = relation.completed(bench, told, agreed, entry.partner, facts.omm)
        if complete is None or relation.is_guess(told, entry.partner):
            asked.fetch.append((row.noun, row.local))
        if complete is None:
            return False
        news = News(told=complete, attrs=row.element.attrs, live=True)
        return await self._known(bench, copy.number, news, facts, asked, row)

    async def _whole(self, bench: Bench, row: Row, facts: Facts, asked: Asked) -> bool:
        told = read(row.noun, row.element)
        attrs = row.element.attrs
        raw = self._shapes.raw(row.noun, attrs)
        news = News(told=told, attrs=attrs, raw=raw, live=row.live, sent=row.sent)
        if self._beyond.has(row.noun, row.local):
            asked.beyond[row.noun, row.local] = None
        if row.number and bench.entry(row.noun, row.number) is not None:
            await _displace(bench, row, facts.omm)
            return await self._known(bench, row.number, news, facts, asked, row)
        if row.number:
            removal.came_too_late(bench, row, facts.omm, facts.now)
            return True
        identity = identify(told, facts.omm, bench)
        if identity.stale is not None:
            bench.put_copy(msgspec.structs.replace(identity.stale, local=0))
        if identity.number:
            return await self._known(bench, identity.number, news, facts, asked, row)
        if self._stays(bench, told, asked):
            return False
        await self._new(bench, identity.adopt, news, facts, asked)
        return True

    def _stays(self, bench: Bench, told: Told, asked: Asked) -> bool:
        """Whether the licence does not allow a record that MOM does not know.

        Of a phone whose user is not known yet the user decides; both are asked for again.
        """
        staying = self._beyond.judge(bench, told)
        if staying is None:
            return False
        asked.beyond[told.noun, told.local] = staying
        user = (Noun.USER, staying.user)
        if staying.user and not asked.beyond.get(user) and not self._beyond.has(*user):
            self._ask(asked, told.noun, told.local, staying.user)
        return True

    async def _new(self, bench: Bench, adopt: int, news: News, facts: Facts, asked: Asked) -> None:
        """A record that MOM does not know: revived from the trash or made."""
        noun = news.told.noun
        old = await bench.revived(noun, key_of(news.told))
        if old is not None:
            number = int(old.uid if isinstance(old, User) else old.ppn)
            bench.put(removal.at_rest(old))
            bench.line(noun, number, facts.now, lines.revived_on(facts.omm))
            copy = Copy(noun=noun, number=number, omm=facts.omm, local=news.told.local)
            bench.put_copy(copy)
            await self._load_told(bench, news, facts)
            relation.rejoin(bench, old, news, facts.omm, facts.now)
            await self._known(bench, number, news, facts, asked, None)
            return
        number = adopt or bench.number(noun)
        if adopt:
            bench.work.raise_number(noun, adopt)
        record = make(noun, number, news, facts)
        bench.put(record)
        bench.line(noun, number, facts.now, lines.imported(facts.omm))
        await self._agree(bench, number, record, created(record, news), news, facts, asked)

    async def _known(
        self,
        bench: Bench,
        number: int,
        news: News,
        facts: Facts,
        asked: Asked,
        row: Row | None,
    ) -> bool:
        """A record that MOM knows: decided group by group."""
        noun = news.told.noun
        copy = bench.copy(noun, number, facts.omm)
        entry = bench.entry(noun, number)
        if entry is None:
            return False
        await load_pair(bench, noun, number, entry.partner)
        record = bench.record(noun, number)
        if record is None:
            return False
        open_move: Device | None = None
        if isinstance(record, Device) and whereabouts.has_arrived(record, copy, news, facts):
            if news.sent:
                record = self._endings.finish(bench, record)
            else:
                open_move, record = record, roam.finished(record)
                asked.arrived.append(number)
        agreed = unpack(noun, copy.agreed if copy is not None else b"")
        home = home_of(entry, bench)
        observe = home in (0, facts.omm)
        news = await _with_past(bench, number, record, news, facts)
        outcome = reconcile(record, agreed, news, facts, observe)
        after, double = conflicts.keep_own_ipei(bench, record, outcome.record, facts.now)
        if double:
            asked.texts.append(conflicts.ipei_refused(outcome.record, double, facts.omm))
        if open_move is not None and isinstance(after, Device):
            after = roam.reopened(after, open_move)
        if after is not record:
            bench.put(after)
        for text, lost in zip(outcome.lines, outcome.lost, strict=True):
            bench.line(noun, number, facts.now, text, lines.lost(noun, lost))
        if isinstance(record, Device) and isinstance(after, Device):
            asked.left += whereabouts.left(bench, record, after, news, facts)
            if whereabouts.was_taken(record, after, news):
                self._endings.taken(bench, record, after)
        return await self._agree(bench, number, after, outcome.agreement, news, facts, asked)

    async def _agree(
        self,
        bench: Bench,
        number: int,
        record: Record,
        agreement: Agreement,
        news: News,
        facts: Facts,
        asked: Asked,
    ) -> bool:
        """Decide the relation, and keep the copy as it is now."""
        noun, told = news.told.noun, news.told
        copy = bench.copy(noun, number, facts.omm)
        await self._load_told(bench, news, facts)
        if copy is None or not copy.agreed:
            agreement = _unrelated(agreement)
        before = agreement
        related = relation.relate(bench, record, copy, agreement, news, facts)
        if related.unknown and (noun is Noun.DEVICE or news.live) and not news.sent:
            self._ask(asked, noun, told.local, related.unknown)
        if related.line and (related.agreement != before):
            bench.line(noun, number, facts.now, related.line)
        now = _copy(bench, copy, number, news, facts)
        packed = related.agreement.pack()
        fresh = msgspec.structs.replace(now, agreed=packed)
        if fresh.refused and _is_accepted(bench, fresh, news):
            fresh = msgspec.structs.replace(fresh, refused="")
            _accepted(bench, fresh)
        if fresh == copy:
            return False
        bench.put_copy(fresh)
        return True

    async def _load_told(self, bench: Bench, news: News, facts: Facts) -> None:
        """Load whom the OMM says the record is bound to, and whom that one is bound to in MOM."""
        partner = news.told.partner
        if not partner:
            return
        noun = other(news.told.noun)
        copy = bench.local(noun, facts.omm, partner)
        entry = bench.entry(noun, copy.number) if copy is not None else None
        if entry is not None:
            await load_pair(bench, noun, entry.number, entry.partner)

    def _ask(self, asked: Asked, noun: Noun, local: int, unknown: int) -> None:
        """Ask for the unknown partner first, then again for the record; once per sitting."""
        if (noun, local, unknown) not in self._tried:
            self._tried.add((noun, local, unknown))
            asked.fetch += [(other(noun), unknown), (noun, local)]


async def _with_past(bench: Bench, number: int, record: Record, news: News, facts: Facts) -> News:
    """What was read, with what MOM had before if it may be that."""
    if news.raw is None or news.live or news.sent:
        return news
    if not late.is_close(own_time(news.raw.stamps[0], facts), record.time_stamp_admin):
        return news
    lost = await bench.work.lost(news.told.noun, number)
    return msgspec.structs.replace(news, past=late.past(news.told.noun, lost))


async def _displace(bench: Bench, row: Row, omm: OmmId) -> None:
    """Whoever had the local number of an answer before is not there any more."""
    former = bench.local(row.noun, omm, row.local)
    if former is not None and former.number != row.number:
        await removal.left(bench, former)


def make(noun: Noun, number: int, news: News, facts: Facts) -> Record:
    """A record from what an OMM told; its relation comes later, from both sides."""
    told = news.told
    values: dict[str, object] = {}
    for group in told.groups.values():
        values |= group
    raw = news.raw
    if raw is None:
        raise ValueError("a record is made from a whole element only")
    for group_, stamp in zip(GROUPS[noun], raw.stamps, strict=True):
        if group_ is not Group.RELATION and stamp:
            values[f"time_stamp_{group_.value}"] = max(stamp - facts.offset, 1)
    record: Record
    if noun is Noun.USER:
        values |= _sealed(told, facts)
        record = User(uid=UserNumber(number), extra=told.extra, **values)  # type: ignore[arg-type]
    else:
        values |= {"home": _home(told, facts)} if values.get("s") == "Yes" else {}
        record = Device(ppn=DeviceNumber(number), extra=told.extra, **values)  # type: ignore[arg-type]
    marked = marks.guarded((), facts.guard.flaws(noun, record))
    return msgspec.structs.replace(record, marks=marked) if marked else record


def _home(told: Told, facts: Facts) -> OmmId:
    ari = told.value(Group.ROAMING, "omm_id")
    return (facts.home_of(str(ari)) if ari else OmmId(0)) or facts.omm


def _sealed(told: Told, facts: Facts) -> dict[str, object]:
    """The secrets of a new user: opened where possible, else sealed as they came."""
    return {name: facts.sealed(cipher) for name, cipher in told.secrets.items() if cipher}


def _unrelated(agreement: Agreement) -> Agreement:
    """An agreement that has nothing on the relation yet."""
    revisions = list(agreement.revisions)
    revisions[relation.PLACE] = PENDING
    return msgspec.structs.replace(agreement, revisions=tuple(revisions))


def _copy(bench: Bench, copy: Copy | None, number: int, news: News, facts: Facts) -> Copy:
    """The copy as it is after the OMM told of it: it is held, unless it is being removed."""
    told = news.told
    noun = told.noun
    if copy is None:
        return Copy(
            noun=noun,
            number=number,
            omm=facts.omm,
            local=told.local,
            state=CopyState.HELD,
            since=facts.now,
            told=told.number or 0,
        )
    leaves = copy.state is CopyState.REMOVING and not wanted(
        bench.entry(noun, number), facts.omm, bench
    )
    held = CopyState.REMOVING if leaves else CopyState.HELD
    return msgspec.structs.replace(
        copy,
        local=told.local or copy.local,
        state=held,
        since=copy.since if held is copy.state else facts.now,
        told=copy.told if told.number is None else told.number,
    )


def _is_accepted(bench: Bench, copy: Copy, news: News) -> bool:
    """Whether what an OMM did not accept is settled: it took it now, or has all as it is in MOM."""
    if news.sent and copy.refused != marks.NO_RELATION:
        return True
    entry = bench.entry(copy.noun, copy.number)
    return entry is not None and not removal.is_news(copy, entry.revisions)


def _accepted(bench: Bench, copy: Copy) -> None:
    """Take away the mark that an OMM did not accept a record: it has it as it is in MOM."""
    record = bench.record(copy.noun, copy.number)
    marked = marks.accepted(record.marks, copy.omm) if record is not None else ()
    if record is not None and marked != record.marks:
        revision = record.revision + 1
        bench.put(msgspec.structs.replace(record, marks=marked, revision=revision))
