"""A directory over a real database in a temporary folder, with fake OMMs around it."""

from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
import pytest_twisted
from twisted.internet import reactor
from twisted.internet.defer import ensureDeferred
from twisted.internet.task import Clock, deferLater

from mom.axi.element import Element
from mom.axi.secrets import PrivateKey
from mom.directory.directory import Directory
from mom.directory.index import NOUNS
from mom.directory.keys import Keys
from mom.directory.policy import Policy
from mom.directory.sitting import SittingOf
from mom.model.copy import Noun
from mom.model.device import Device
from mom.model.identities import OmmId
from mom.model.identities import ipei as canonical
from mom.model.omm import Omm, Severity
from mom.model.room import ConferenceRoom
from mom.model.user import User
from mom.ports import ReadingResult
from mom.store.store import Store
from mom.store.vault import Vault
from tests.agree import differences
from tests.directory.fake_omm import FakeOmm
from tests.directory.fake_port import FakePort
from tests.directory.mortal import Life
from tests.directory.people import People

START = 1_700_000_000


class Log:
    """The event log of a test."""

    def __init__(self) -> None:
        self.texts: list[str] = []

    def record(self, severity: Severity, subsystem: str, text: str) -> None:
        self.texts.append(text)


class World:
    """One MOM and its sites, on one clock that the test turns."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.reads = 0
        """Queries under way."""
        store.read = self._counted(store.read)  # type: ignore[method-assign]
        self.now = START
        self.log = Log()
        self.key = PrivateKey.generate(512)
        self.sites: dict[int, FakeOmm] = {}
        self.offsets: dict[int, int] = {}
        self.ports: dict[int, FakePort] = {}
        self.sittings: dict[int, SittingOf] = {}
        self.clock = Clock()
        self.keys = Keys()
        self.policy = Policy()
        self.life = self._live()
        self.mom = self._directory(self.life)
        self.people = People(store, lambda: self.mom.editor)

    def _counted(self, read: Callable[..., Any]) -> Callable[..., Any]:
        async def counted(query: Callable[[Any], Any]) -> Any:
            self.reads += 1
            try:
                return await read(query)
            finally:
                self.reads -= 1

        return counted

    def _directory(self, store: Any) -> Directory:
        return Directory(
            store,
            self.log,
            lambda: float(self.now),
            self.policy,
            self.keys,
            clock=self.clock,
        )

    async def restart(self) -> None:
        """MOM ends and begins anew from its database."""
        for port in self.ports.values():
            port.lose()
        await self.mom.stop()
        await self.rest()
        self.ports, self.sittings = {}, {}
        self.life.end()
        self.life = self._live()
        self.mom = self._directory(self.life)
        await self.mom.start()

    async def kill(self) -> None:
        """MOM is killed: what it has not stored is lost. It begins anew from its database."""
        self.life.end()
        await self.restart()

    def _live(self) -> Life:
        return Life(self.store, self._silence)

    def _silence(self) -> None:
        """A MOM that is no more sends nothing; what is on the way to an OMM may still arrive."""
        for port in self.ports.values():
            port.lost = True

    async def site(self, number: int, offset: int = 0, key: PrivateKey | None = None) -> FakeOmm:
        """A new site with its OMM record."""
        park = f"1F102800{number:02X}"
        self.offsets[number] = offset
        site = FakeOmm(park, key or self.key, lambda: self.now + self.offsets[number])
        self.sites[number] = site
        omm = Omm(id=OmmId(number), name=f"Site {number}", omm1=f"omm{number}", park=park)
        async with self.store.write() as work:
            work.put_omm(None, omm)
        return site

    async def connect(
        self,
        number: int,
        during_reading: Callable[[FakeOmm], None] = lambda site: None,
        progress: Callable[[int, int], None] = lambda done, total: None,
    ) -> ReadingResult:
        """A session: events, reading, following, until nothing is left to do."""
        omm = self.mom.omm(OmmId(number))
        assert omm is not None
        port = self.sites[number].connect(omm, float(self.offsets[number]))
        sitting = self.mom.open(port)
        port.take = sitting.take
        self.ports[number], self.sittings[number] = port, sitting
        reading = ensureDeferred(sitting.read(progress))
        during_reading(self.sites[number])
        await self.until(lambda: reading.called)
        result = await reading
        sitting.follow()
        await self.rest()
        return result

    def cut(self, number: int) -> None:
        """The link of a site breaks."""
        port, sitting = self.ports.pop(number, None), self.sittings.pop(number, None)
        if port is not None and sitting is not None:
            sitting.close()
            port.lose()
            self.sites[number].ports = []

    async def rest(self) -> None:
        """Until nothing moves any more."""
        await self.until(
            lambda: (
                not self.reads
                and self.mom.units.idle
                and all(s.idle or s.closed for s in self.sittings.values())
            )
        )

    async def until(self, reached: Callable[[], bool]) -> None:
        """Let links and database work until something is so and the links are silent."""
        quiet = 0
        for _ in range(2_000_000):
            moved = [port.step() for port in list(self.ports.values())]
            if any(moved):
                quiet = 0
                continue
            quiet = quiet + 1 if reached() else 0
            if quiet > 2:
                return
            await deferLater(reactor, 0, lambda: None)
        raise AssertionError("it never came to rest")

    async def steps(self, count: int) -> bool:
        """Let so many things happen on the links; False if everything is at rest before."""
        for _ in range(count):
            quiet = 0
            while not any(port.step() for port in list(self.ports.values())):
                quiet = quiet + 1 if self.mom.units.idle or self.life.over else 0
                if quiet > 2:
                    return False
                await deferLater(reactor, 0, lambda: None)
        return True

    async def pause(self) -> None:
        """Let the database work."""
        await deferLater(reactor, 0, lambda: None)

    async def user(self, number: int) -> User | None:
        return (await self.store.read(lambda reading: reading.users([number]))).get(number)

    async def device(self, number: int) -> Device | None:
        return (await self.store.read(lambda reading: reading.devices([number]))).get(number)

    async def user_with(self, num: str) -> User:
        users = await self.store.read(lambda reading: list(reading.all_users()))
        return next(user for user in users if user.num == num)

    async def rooms(self) -> dict[int, ConferenceRoom]:
        """All conference rooms."""
        found = await self.store.read(lambda reading: list(reading.all_rooms()))
        return {int(room.id): room for room in found}

    async def room_with(self, conference: str) -> ConferenceRoom:
        """The one conference room with that number."""
        (found,) = [r for r in (await self.rooms()).values() if r.conference_id == conference]
        return found

    async def lines(self, noun: object, number: int) -> list[str]:
        found = await self.store.read(lambda reading: reading.lines(noun, number))
        return [line.text for line in found]

    async def differences(self) -> list[str]:
        """Where MOM and the connected sites disagree."""
        users = await self.store.read(lambda reading: list(reading.all_users()))
        devices = await self.store.read(lambda reading: list(reading.all_devices()))
        records = {(Noun.USER, int(u.uid)): u for u in users}
        records |= {(Noun.DEVICE, int(d.ppn)): d for d in devices}
        found = []
        for number in self.ports:
            site = self.sites[number]
            shelves = [self.mom.index.shelf(noun, OmmId(number)) for noun in NOUNS]
            elements = [site.whole(k, n) for k in ("user", "pp") for n in site.records[k]]
            copies = [copy for shelf in shelves for copy in shelf]
            has_numbers = site.quirks.set_pp and site.quirks.keeps_numbers
            texts = differences(records, copies, elements, site.key, has_numbers)
            found += [f"OMM {number}: {text}" for text in texts]
        return found

    async def index_is_true(self) -> bool:
        """Whether the index is what it would be if it were loaded anew."""
        fresh = self._directory(self.store)
        await fresh.start()
        index, stored = self.mom.index, fresh.index
        await fresh.stop()
        for noun in NOUNS:
            numbers = index.numbers(noun)
            assert sorted(numbers) == sorted(stored.numbers(noun))
            for number in numbers:
                assert index.entry(noun, number) == stored.entry(noun, number)
            for number in {
                *numbers,
                *(c.number for s in self.sites for c in index.shelf(noun, OmmId(s))),
            }:
                of = [sorted(i.copies(noun, number), key=lambda c: c.omm) for i in (index, stored)]
                assert of[0] == of[1]
        return True

    def requests(self, number: int, *names: str) -> list[Element]:
        return [r for r in self.sites[number].requests if r.name in names]


async def one_pair(world: World, ipei: Callable[[int], str]) -> int:
    """A site with one user on a phone; tells the user's number."""
    site = await world.site(1)
    site.pair("4711", ipei(1), "Ann")
    await world.connect(1)
    return (await world.user_with("4711")).uid


@pytest_twisted.async_yield_fixture
async def world(url: str) -> AsyncIterator[World]:
    """One MOM on each of the two databases."""
    store = await Store.open(url, Vault(bytes(range(32))), reactor, lambda: float(START))
    made = World(store)
    await made.mom.start()
    yield made
    for number in list(made.sittings):
        made.cut(number)
    await made.mom.stop()
    await store.close()


@pytest.fixture
def ipei() -> Callable[[int], str]:
    """Makes valid IPEIs."""
    return lambda serial: canonical(f"03074 {serial:07d}")
