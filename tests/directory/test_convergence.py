"""Whatever happens to MOM and three sites, at rest all of them agree."""

import contextlib
import copy
import itertools
import shutil
from collections.abc import Coroutine
from pathlib import Path
from typing import Any, Protocol

import pytest
import pytest_twisted
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)
from twisted.internet import reactor
from twisted.internet.defer import ensureDeferred

from mom.axi.secrets import PrivateKey
from mom.directory.errors import NoSuchRecord
from mom.directory.keys import Keys
from mom.directory.policy import Policy
from mom.model.copy import Noun
from mom.model.identities import ipei
from mom.model.setting import SubscriptionMode
from mom.store.store import Store
from mom.store.vault import Vault
from tests.directory.conftest import START, World

SITES = (1, 2, 3)
NAMES = st.sampled_from(["Ann", "Bob", "Cleo", "Dora", ""])
FLAWED = st.sampled_from(["Ann \U0001f600", "x" * 21])
PLACES = st.integers(0, 7)
TYPES = st.sampled_from(["Fixed", "Dynamic"])
SITE = st.sampled_from(SITES)
KEY = PrivateKey.generate(512)


def run(coroutine: Coroutine[Any, Any, Any]) -> Any:
    return pytest_twisted.blockon(ensureDeferred(coroutine))


def edit(coroutine: Coroutine[Any, Any, Any]) -> None:
    """A change in MOM, which comes too late if its record has gone meanwhile."""
    with contextlib.suppress(NoSuchRecord):
        run(coroutine)


class Databases(Protocol):
    """Hands out empty databases."""

    def borrow(self) -> str:
        """The URL of a database without rows."""

    def give_back(self, url: str) -> None:
        """It is not needed any more."""


class Files:
    """Empty SQLite databases, copied from one."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._numbers = folder, itertools.count(1)
        self._template = folder / "empty.db"

    async def prepare(self) -> None:
        """Make the one that all others are copied from."""
        await (await opened(f"sqlite:///{self._template}")).close()

    def borrow(self) -> str:
        path = self._folder / f"{next(self._numbers)}.db"
        shutil.copy(self._template, path)
        return f"sqlite:///{path}"

    def give_back(self, url: str) -> None:
        Path(url.removeprefix("sqlite:///")).unlink()


async def opened(url: str) -> Store:
    """The store of a database."""
    return await Store.open(url, Vault(bytes(32)), reactor, lambda: float(START))


class Histories(RuleBasedStateMachine):
    """One history of a MOM and its sites."""

    databases: Databases

    def __init__(self) -> None:
        super().__init__()
        self.serial = 0
        self.url = self.databases.borrow()
        store = run(opened(self.url))
        self.world = World(store)
        self.world.key = KEY
        self.backups: dict[int, Any] = {}

    @initialize(
        offsets=st.tuples(*[st.integers(-90, 90)] * 3),
        quirks=st.lists(st.booleans(), min_size=7, max_size=7),
        opens=st.booleans(),
        pages=st.integers(1, 20),
    )
    def begin(self, offsets: tuple[int, ...], quirks: list[bool], opens: bool, pages: int) -> None:
        world = self.world
        world.policy = Policy(
            licensed=True, subscription=SubscriptionMode.CONFIGURED, auto_create=True
        )
        run(world.restart())
        if opens:
            world.keys = Keys([KEY])
            run(world.restart())
        for number, offset in zip(SITES, offsets, strict=True):
            site = run(world.site(number, offset))
            site.quirks.echoes, site.quirks.restamps = quirks[0], quirks[1 + number % 2]
            site.quirks.reencrypts = quirks[3] and number == 2
            site.quirks.words = number == 3
            site.quirks.keeps_numbers = number == 1 or quirks[3 + number]
            site.quirks.repeats_numbers = quirks[0]
            site.quirks.hides_numbers = number == 3 and not quirks[6]
            site.quirks.page = pages if number == 1 else 20

    @rule(seconds=st.integers(0, 100))
    def time_passes(self, seconds: int) -> None:
        self.world.now += seconds

    @rule(number=SITE)
    def connect(self, number: int) -> None:
        self.world.cut(number)
        run(self.world.connect(number))

    @rule(number=SITE)
    def cut(self, number: int) -> None:
        self.world.cut(number)

    @rule(steps=st.integers(0, 12))
    def links_move(self, steps: int) -> None:
        for _ in range(steps):
            for port in list(self.world.ports.values()):
                port.step()

    @rule()
    def restart(self) -> None:
        run(self.world.restart())

    @rule()
    def kill(self) -> None:
        run(self.world.kill())

    @rule(number=SITE, permanent=st.booleans())
    def a_pair_is_made_there(self, number: int, permanent: bool) -> None:
        self.serial += 1
        uid, _ = self.world.sites[number].pair(
            str(4000 + self.serial), ipei(f"03074 {self.serial:07d}")
        )
        if permanent:
            self.world.sites[number].edit("user", uid, permanent="1")

    @rule(number=SITE)
    def a_user_is_made_there(self, number: int) -> None:
        self.serial += 1
        self.world.sites[number].add("user", num=str(4000 + self.serial))

    @rule(number=SITE, place=PLACES, name=NAMES, what=st.sampled_from(["name", "addId", "pin"]))
    def a_user_is_edited_there(self, number: int, place: int, name: str, what: str) -> None:
        site = self.world.sites[number]
        locals_ = sorted(site.records["user"])
        if locals_:
            text = str(len(name)) if what == "addId" else name
            if what == "pin" and site.quirks.reencrypts:
                self.world.now += 1  # in the same second it could not be told from a new padding
            site.edit("user", locals_[place % len(locals_)], **{what: text})

    @rule(number=SITE, place=PLACES, name=FLAWED)
    def a_user_gets_a_flawed_name_there(self, number: int, place: int, name: str) -> None:
        site = self.world.sites[number]
        locals_ = sorted(site.records["user"])
        if locals_:
            site.edit("user", locals_[place % len(locals_)], name=name)

    @rule(number=SITE, place=PLACES, encrypt=st.sampled_from(["0", "1"]))
    def a_device_is_edited_there(self, number: int, place: int, encrypt: str) -> None:
        site = self.world.sites[number]
        locals_ = sorted(site.records["pp"])
        if locals_:
            site.edit("pp", locals_[place % len(locals_)], encrypt=encrypt)

    @rule(number=SITE, place=PLACES)
    def a_user_is_unbound_there(self, number: int, place: int) -> None:
        site = self.world.sites[number]
        locals_ = sorted(site.records["user"])
        if locals_:
            site.unbind(locals_[place % len(locals_)])

    @rule(number=SITE, place=PLACES, other=PLACES, rel_type=TYPES)
    def two_are_bound_there(self, number: int, place: int, other: int, rel_type: str) -> None:
        site = self.world.sites[number]
        users, devices = sorted(site.records["user"]), sorted(site.records["pp"])
        if users and devices:
            site.bind(users[place % len(users)], devices[other % len(devices)], rel_type)

    @rule(number=SITE, place=PLACES, rel_type=TYPES)
    def a_pair_changes_its_type_there(self, number: int, place: int, rel_type: str) -> None:
        site = self.world.sites[number]
        pairs = [(u, int(r["ppn"])) for u, r in site.records["user"].items() if r["ppn"] != "0"]
        if pairs:
            site.bind(*pairs[place % len(pairs)], rel_type)

    @rule(number=SITE)
    def everything_is_lost_there(self, number: int) -> None:
        self.world.cut(number)
        for records in self.world.sites[number].records.values():
            records.clear()

    @rule(number=SITE, place=PLACES, kind=st.sampled_from(["user", "pp"]))
    def a_record_is_deleted_there(self, number: int, place: int, kind: str) -> None:
        site = self.world.sites[number]
        locals_ = sorted(site.records[kind])
        if locals_:
            site.remove(kind, locals_[place % len(locals_)])

    @rule(number=SITE, place=PLACES)
    def a_phone_appears_there(self, number: int, place: int) -> None:
        ipeis = self._ipeis()
        if ipeis:
            self.world.sites[number].locate(ipeis[place % len(ipeis)])

    @rule(number=SITE, place=PLACES, uak=st.integers(1, 9))
    def a_phone_subscribes_there(self, number: int, place: int, uak: int) -> None:
        site, ipeis = self.world.sites[number], self._ipeis()
        if not ipeis:
            return
        chosen = ipeis[place % len(ipeis)]
        if site.device_of(chosen) is None:
            site.subscribe(chosen)
        else:
            site.subscribed(chosen, str(uak) * 32)

    @rule(number=SITE, place=PLACES, other=PLACES, pin=st.sampled_from(["1", ""]))
    def somebody_logs_in_there(self, number: int, place: int, other: int, pin: str) -> None:
        site = self.world.sites[number]
        phones = sorted(n for n, r in site.records["pp"].items() if r["uid"] == "0")
        users = sorted(self.world.mom.index.numbers(Noun.USER))
        if phones and users:
            entry = self.world.mom.index.entry(Noun.USER, users[other % len(users)])
            assert entry is not None
            held = {r["num"] for r in site.records["user"].values()}
            if entry.key and entry.key not in held:
                site.login(phones[place % len(phones)], pin, num=entry.key)

    @rule(seconds=st.sampled_from([1, 2, 61, 601]))
    def the_clock_goes_on(self, seconds: int) -> None:
        self.world.clock.advance(seconds)

    def _ipeis(self) -> list[str]:
        found = {r["ipei"] for s in self.world.sites.values() for r in s.records["pp"].values()}
        return sorted(found - {""})

    @rule(number=SITE)
    def a_backup_is_made_there(self, number: int) -> None:
        site = self.world.sites[number]
        self.backups[number] = copy.deepcopy((site.records, site.secrets))

    @rule(number=SITE)
    def a_backup_is_restored_there(self, number: int) -> None:
        if number in self.backups:
            self.world.cut(number)
            site = self.world.sites[number]
            site.records, site.secrets = copy.deepcopy(self.backups[number])

    @rule(place=PLACES, name=NAMES, what=st.sampled_from(["name", "hierarchy1", "pin"]))
    def a_user_is_edited_in_mom(self, place: int, name: str, what: str) -> None:
        numbers = sorted(self.world.mom.index.numbers(Noun.USER))
        if numbers:
            number = numbers[place % len(numbers)]
            edit(self.world.people.edit_user(number, {what: name}, "admin"))

    @rule(place=PLACES, permanent=st.booleans())
    def a_user_becomes_permanent(self, place: int, permanent: bool) -> None:
        numbers = sorted(self.world.mom.index.numbers(Noun.USER))
        if numbers:
            number = numbers[place % len(numbers)]
            change = {"permanent": permanent}
            edit(self.world.people.edit_user(number, change, "admin"))

    @rule(place=PLACES, other=PLACES, rel_type=TYPES)
    def two_are_bound_in_mom(self, place: int, other: int, rel_type: str) -> None:
        index = self.world.mom.index
        users, devices = sorted(index.numbers(Noun.USER)), sorted(index.numbers(Noun.DEVICE))
        if users and devices:
            user, device = users[place % len(users)], devices[other % len(devices)]
            edit(self.world.mom.editor.bind(user, device, "admin", rel_type))

    @rule(place=PLACES, noun=st.sampled_from([Noun.USER, Noun.DEVICE]))
    def a_record_is_unbound_in_mom(self, place: int, noun: Noun) -> None:
        numbers = sorted(self.world.mom.index.numbers(noun))
        if numbers:
            edit(self.world.people.unbind(noun, numbers[place % len(numbers)], "admin"))

    @rule(place=PLACES, noun=st.sampled_from([Noun.USER, Noun.DEVICE]))
    def a_record_is_deleted_in_mom(self, place: int, noun: Noun) -> None:
        numbers = sorted(self.world.mom.index.numbers(noun))
        if numbers:
            edit(self.world.people.delete(noun, numbers[place % len(numbers)], "admin"))

    @invariant()
    def one_home(self) -> None:
        index = self.world.mom.index
        for key in {index.entry(Noun.DEVICE, n).key for n in index.numbers(Noun.DEVICE)}:  # type: ignore[union-attr]
            assert len(index.with_key(Noun.DEVICE, key)) <= 1

    def teardown(self) -> None:
        try:
            if self.world.sites:
                run(self._settle())
        finally:
            for number in list(self.world.sittings):
                self.world.cut(number)
            run(self._end())
            self.databases.give_back(self.url)

    async def _settle(self) -> None:
        world = self.world
        for _ in range(2):
            for number in SITES:
                world.now += 1000
                world.cut(number)
                result = await world.connect(number)
                if result.missing:
                    await world.mom.restore_missing(number)  # type: ignore[arg-type]
        await world.rest()
        world.clock.advance(700)
        await world.rest()
        assert not world.mom.index.moving
        assert not await world.differences()
        for number in SITES:
            world.now += 5
            world.cut(number)
            result = await world.connect(number)
            assert result.changed == 0 or world.sites[number].quirks.restamps
        await self._put_right()
        assert not await world.differences()
        assert await world.index_is_true()

    async def _put_right(self) -> None:
        """A flawed name outlives another change where it is not, and is put right anywhere."""
        world = self.world
        for user in [await world.user(n) for n in sorted(world.mom.index.numbers(Noun.USER))]:
            if user is None or not any(mark.startswith("not spread: ") for mark in user.marks):
                continue
            copies = world.mom.index.copies(Noun.USER, user.uid)
            for copy_ in copies:
                world.now += 5
                world.sites[copy_.omm].edit("user", copy_.local, hierarchy1=f"at {copy_.omm}")
                await world.rest()
                after = await world.user(user.uid)
                assert after is not None
                assert (after.name, after.hierarchy1) == (user.name, f"at {copy_.omm}")
            for copy_ in copies[-1:]:
                world.now += 5
                world.sites[copy_.omm].edit("user", copy_.local, name="right")
                await world.rest()
                after = await world.user(user.uid)
                assert after is not None
                assert (after.name, after.marks) == ("right", ())

    async def _end(self) -> None:
        await self.world.mom.stop()
        await self.world.store.close()


QUICK = settings(
    max_examples=25,
    stateful_step_count=25,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    database=None,
    phases=[Phase.generate],
    print_blob=True,
    derandomize=True,
)
"""The same histories each time: what is new is looked for in the long form."""


@pytest.fixture(params=["sqlite"])
def histories(request: pytest.FixtureRequest, tmp_path: Path) -> type[Histories]:
    """The machine, with a place for empty databases that each history begins with."""

    class Ready(Histories):
        pass

    if request.param == "postgresql":
        Ready.databases = request.getfixturevalue("postgresql")
    else:
        Ready.databases = files = Files(tmp_path)
        run(files.prepare())
    return Ready


@pytest.mark.feature("F6", "F7", "F11")
def test_at_rest_mom_and_its_sites_agree(histories: type[Histories]) -> None:
    run_state_machine_as_test(histories, settings=QUICK)


@pytest.mark.soak
@pytest.mark.parametrize(
    ("histories", "count"), [("sqlite", 10_000), ("postgresql", 2_000)], indirect=["histories"]
)
def test_at_rest_mom_and_its_sites_agree_in_thousands_of_histories(
    histories: type[Histories], count: int
) -> None:
    run_state_machine_as_test(
        histories, settings=settings(QUICK, max_examples=count, derandomize=False)
    )
