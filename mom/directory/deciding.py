"""Drafts what the news of an OMM makes of one record: a new one, or one that MOM knows.

The pure rules decide; here they are asked one after the other, and the copy is kept as the OMM
has it by now. Whom an element means is known already.
"""

import msgspec

from mom.directory import conflicts, late, lines, marks, relation, removal, whereabouts, withheld
from mom.directory.asked import Asked
from mom.directory.bench import Bench
from mom.directory.entry import other
from mom.directory.known import key_of
from mom.directory.news import Facts, News
from mom.directory.preload import load_pair
from mom.directory.reconcile import created, reconcile
from mom.directory.roaming import roam
from mom.directory.roaming.endings import Endings
from mom.directory.wanted import home_of
from mom.directory.wire import Record, Told
from mom.model.agreement import GROUPS, PENDING, Agreement, unpack
from mom.model.attribute import Group
from mom.model.copy import Copy, CopyState, Noun
from mom.model.device import Device
from mom.model.identities import DeviceNumber, UserNumber
from mom.model.user import User


class Deciding:
    """The decisions of one sitting."""

    def __init__(self, endings: Endings) -> None:
        """`endings` end moves of phones."""
        self._endings = endings
        self._tried: set[tuple[Noun, int, int]] = set()

    async def new(self, bench: Bench, adopt: int, news: News, facts: Facts, asked: Asked) -> None:
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
            await self.known(bench, number, news, facts, asked)
            return
        number = adopt or bench.number(noun)
        if adopt:
            bench.work.raise_number(noun, adopt)
        record = make(noun, number, news, facts)
        bench.put(record)
        bench.line(noun, number, facts.now, lines.imported(facts.omm))
        await self._agree(bench, number, record, created(record, news), news, facts, asked)

    async def known(
        self,
        bench: Bench,
        number: int,
        news: News,
        facts: Facts,
        asked: Asked,
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
            if after.marks:
                withheld.remember(bench, record, after, facts)
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
            self.ask(asked, noun, told.local, related.unknown)
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

    def ask(self, asked: Asked, noun: Noun, local: int, unknown: int) -> None:
        """Ask for the unknown partner first, then again for the record; once per sitting."""
        if (noun, local, unknown) not in self._tried:
            self._tried.add((noun, local, unknown))
            asked.fetch += [(other(noun), unknown), (noun, local)]


async def _with_past(bench: Bench, number: int, record: Record, news: News, facts: Facts) -> News:
    """What was read, with what MOM had before if it may be that."""
    if news.raw is None or news.live or news.sent:
        return news
    if not late.is_close(facts.own_time(news.raw.stamps[0]), record.time_stamp_admin):
        return news
    lost = await bench.work.lost(news.told.noun, number)
    return msgspec.structs.replace(news, past=late.past(news.told.noun, lost))


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
            values[f"time_stamp_{group_.value}"] = facts.own_time(stamp)
    record: Record
    if noun is Noun.USER:
        values |= _sealed(told, facts)
        record = User(uid=UserNumber(number), extra=told.extra, **values)  # type: ignore[arg-type]
    else:
        if values.get("s") == "Yes":
            values["home"] = facts.at(told.value(Group.ROAMING, "omm_id"))
        record = Device(ppn=DeviceNumber(number), extra=told.extra, **values)  # type: ignore[arg-type]
    marked = marks.guarded((), facts.guard.flaws(noun, record))
    return msgspec.structs.replace(record, marks=marked) if marked else record


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
            told=_number_told(0, number, news),
        )
    held = CopyState.REMOVING if relation.leaves(bench, copy) else CopyState.HELD
    return msgspec.structs.replace(
        copy,
        local=told.local or copy.local,
        state=held,
        since=copy.since if held is copy.state else facts.now,
        told=_number_told(copy.told, number, news),
    )


def _number_told(before: int, number: int, news: News) -> int:
    """`Copy.told` after the OMM told of the record, and as it was before.

    A number that it did not keep counts as kept once it shows by itself: some answers only repeat
    what the request said.
    """
    shown = news.told.number
    if shown is None and news.raw is None:
        return before
    if shown == number and not (before < 0 and news.numbered):
        return number
    if before < 0 or news.numbered:
        return -number
    return max(shown or 0, 0)


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
