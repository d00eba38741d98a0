"""Takes what an OMM told into MOM, one batch in one unit of work.

Loads only the records that a batch needs, finds out who each element is, and has `deciding` draft
what follows. It knows no queue and sends nothing: what must be asked of the OMM comes back as
`Asked`.
"""

from collections.abc import Callable, Sequence

import msgspec

from mom.directory import relation, removal
from mom.directory.asked import Asked
from mom.directory.bench import Bench
from mom.directory.beyond import Beyond
from mom.directory.deciding import Deciding
from mom.directory.fingerprints import Shapes
from mom.directory.fresh import Fresh
from mom.directory.known import identify, key_of
from mom.directory.news import Facts, News
from mom.directory.preload import preload
from mom.directory.removal import Reach
from mom.directory.roaming.endings import Endings
from mom.directory.rows import Removed, Row
from mom.directory.wire import Told, read
from mom.model.agreement import unpack
from mom.model.copy import Noun
from mom.model.identities import OmmId


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
        self._deciding = Deciding(endings)
        self._beyond = beyond

    async def settle(self, bench: Bench, items: Sequence[Row | Removed]) -> Asked:
        """Draft what these items change."""
        asked = Asked()
        facts = self._facts()
        fresh = Fresh(items)
        place, loaded = 0, False
        while place < len(items):
            taken = fresh.take(bench, place, facts, self._beyond.room(bench))
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
        renamed = told.number is not None and told.number not in (copy.shown, copy.number)
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
        return await self._deciding.known(bench, copy.number, news, facts, asked)

    async def _whole(self, bench: Bench, row: Row, facts: Facts, asked: Asked) -> bool:
        told = read(row.noun, row.element)
        attrs = row.element.attrs
        raw = self._shapes.raw(row.noun, attrs)
        news = News(
            told=told, attrs=attrs, raw=raw, live=row.live, sent=row.sent, numbered=row.numbered
        )
        if self._beyond.has(row.noun, row.local):
            asked.beyond[row.noun, row.local] = None
        if row.number and bench.entry(row.noun, row.number) is not None:
            await _displace(bench, row, facts.omm)
            return await self._deciding.known(bench, row.number, news, facts, asked)
        if row.number:
            removal.came_too_late(bench, row, facts.omm, facts.now)
            return True
        identity = identify(told, facts.omm, bench)
        if identity.stale is not None:
            bench.put_copy(msgspec.structs.replace(identity.stale, local=0))
        if identity.number:
            return await self._deciding.known(bench, identity.number, news, facts, asked)
        if self._stays(bench, told, asked):
            return False
        await self._deciding.new(bench, identity.adopt, news, facts, asked)
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
            self._deciding.ask(asked, told.noun, told.local, staying.user)
        return True


async def _displace(bench: Bench, row: Row, omm: OmmId) -> None:
    """Whoever had the local number of an answer before is not there any more."""
    former = bench.local(row.noun, omm, row.local)
    if former is not None and former.number != row.number:
        await removal.left(bench, former)
