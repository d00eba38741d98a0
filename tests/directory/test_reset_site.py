"""A site that lost all its records: until somebody decides, nothing that phones or events tell
about one of them deletes, sends or drops it.
"""

import itertools
from collections.abc import Callable

import pytest
from pytest_twisted import ensureDeferred
from twisted.internet import defer

from mom.directory.policy import Policy
from mom.model.copy import Noun
from mom.model.identities import OmmId
from mom.model.setting import SubscriptionMode
from tests.directory.conftest import World
from tests.directory.fake_omm import FakeOmm
from tests.directory.roaming.walking import serves

Ipei = Callable[[int], str]
ONE = OmmId(1)
PAIRS = 5
POLICY = Policy(licensed=True, subscription=SubscriptionMode.CONFIGURED)


def reset(site: FakeOmm) -> None:
    """The site forgets all records, and counts its own numbers from 1 again."""
    site.records = {"user": {}, "pp": {}}
    site.secrets, site.ciphers = {}, {}
    site.registered.clear()
    site.numbers = {"user": itertools.count(1), "pp": itertools.count(1)}


async def full_site(world: World, ipei: Ipei) -> FakeOmm:
    """A site with five pairs, and a phone without a user."""
    world.policy = world.mom.policy = POLICY
    site = await world.site(1)
    for n in range(PAIRS):
        site.pair(str(4000 + n), ipei(n))
    site.add("pp", ipei=ipei(PAIRS), s="Yes", uak="0" * 32, ommId=site.ari, ommIdAck=site.ari)
    await world.connect(1)
    world.now += 10
    return site


async def reset_site(world: World, ipei: Ipei) -> FakeOmm:
    """That site, reset and connected again: all its records wait for a decision."""
    site = await full_site(world, ipei)
    world.cut(1)
    reset(site)
    site.requests.clear()
    assert (await world.connect(1)).missing == 2 * PAIRS + 1
    return site


def counts(world: World) -> tuple[int, int]:
    return world.mom.index.count(Noun.USER), world.mom.index.count(Noun.DEVICE)


def missing(world: World) -> int:
    record = world.mom.omm(ONE)
    assert record is not None
    return record.missing


async def everything_is_back(world: World, ipei: Ipei, pairs: int = PAIRS) -> None:
    """Every pair is at the site, bound and with its secrets."""
    site = world.sites[1]
    users = {r["num"]: local for local, r in site.records["user"].items()}
    for n in range(pairs):
        local = users[str(4000 + n)]
        assert site.secrets[local]["pin"] == str(4000 + n)
        phone = site.records["pp"][int(site.records["user"][local]["ppn"])]
        assert (phone["ipei"], phone["uid"]) == (ipei(n), str(local))
    assert site.device_of(ipei(PAIRS)) is not None
    assert missing(world) == 0
    assert not await world.differences()
    assert await world.index_is_true()


@pytest.mark.parametrize("accept", [False, True])
@ensureDeferred
async def test_phones_that_come_before_the_decision_are_told_to_wait_and_lose_nothing(
    world: World, ipei: Ipei, accept: bool
) -> None:
    site = await reset_site(world, ipei)
    for _ in range(3):
        for n in range(PAIRS + 1):
            site.locate(ipei(n))
        await world.rest()
    assert counts(world) == (PAIRS, PAIRS + 1)
    assert missing(world) == 2 * PAIRS + 1
    asked = {r.name for r in site.requests if not r.name.startswith("Get")}
    assert asked == {"DECTLocateReject"}
    assert {r.get("reason") for r in world.requests(1, "DECTLocateReject")} == {"Busy"}
    told = {text for text in world.log.texts if "wait" in text}
    assert len(told) == 1
    assert not [text for text in world.log.texts if "refused" in text]
    if accept:
        assert await world.mom.accept_missing(ONE) == 2 * PAIRS + 1
        await world.rest()
        assert counts(world) == (0, 0)
        assert missing(world) == 0
    else:
        assert await world.mom.restore_missing(ONE) == 2 * PAIRS + 1
        await world.rest()
        await everything_is_back(world, ipei)
        site.locate(ipei(1))
        await world.rest()
        assert serves(site, ipei(1))


@ensureDeferred
async def test_what_is_restored_in_several_batches_is_sent_once(
    world: World, ipei: Ipei, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mom.directory.losses.BATCH", 1)
    site = await reset_site(world, ipei)
    restored = [defer.ensureDeferred(world.mom.restore_missing(ONE)) for _ in range(2)]
    await world.until(lambda: all(each.called for each in restored))
    await world.rest()
    await everything_is_back(world, ipei)
    sent = [
        int(child.number("uidSec"))
        for r in world.requests(1, "SetPP")
        for child in r.children
        if child.name == "user"
    ]
    assert len(sent) == len(set(sent)) == PAIRS
    assert len(site.records["user"]) == PAIRS


@ensureDeferred
async def test_a_phone_that_comes_while_the_reset_site_is_read_waits_like_all_others(
    world: World, ipei: Ipei
) -> None:
    site = await full_site(world, ipei)
    world.cut(1)
    reset(site)

    def phones(site: FakeOmm) -> None:
        for n in range(PAIRS + 1):
            site.locate(ipei(n))

    await world.connect(1, phones)
    assert counts(world) == (PAIRS, PAIRS + 1)
    assert missing(world) == 2 * PAIRS + 1
    await world.mom.restore_missing(ONE)
    await world.rest()
    await everything_is_back(world, ipei)


@ensureDeferred
async def test_what_is_asked_for_and_not_there_while_a_site_is_read_is_judged_at_the_end(
    world: World, ipei: Ipei
) -> None:
    site = await full_site(world, ipei)
    world.cut(1)
    await world.people.edit_user((await world.user_with("4001")).uid, {"name": "New"}, "admin")
    reset(site)

    def events(site: FakeOmm) -> None:
        site.tell("user", 2, {"name": "x"})

    await world.connect(1, events)
    assert counts(world) == (PAIRS, PAIRS + 1)
    assert world.ports[1].given_up
    world.cut(1)
    assert (await world.connect(1)).missing == 2 * PAIRS + 1
    await world.mom.restore_missing(ONE)
    await world.rest()
    await everything_is_back(world, ipei)


@pytest.mark.parametrize("accept", [False, True])
@ensureDeferred
async def test_events_with_local_numbers_of_before_mean_no_record_that_waits(
    world: World, ipei: Ipei, accept: bool
) -> None:
    site = await reset_site(world, ipei)
    for local in range(1, PAIRS + 1):
        site.records["user"][local] = {"uid": str(local), "uidSec": "0", "ppn": "0"}
        site.records["pp"][local] = {"ppn": str(local), "ppnSec": "0", "uid": "0"}
        site.remove("user", local)
        site.remove("pp", local)
    await world.rest()
    assert counts(world) == (PAIRS, PAIRS + 1)
    site.pair("5000", ipei(50))
    await world.rest()
    assert counts(world) == (PAIRS + 1, PAIRS + 2)
    assert missing(world) == 2 * PAIRS + 1
    new = await world.user_with("5000")
    assert {int((await world.user_with(str(4000 + n))).ppn) for n in range(PAIRS)}.isdisjoint(
        {0, int(new.ppn)}
    )
    if accept:
        assert await world.mom.accept_missing(ONE) == 2 * PAIRS + 1
        await world.rest()
        assert counts(world) == (1, 1)
    else:
        await world.mom.restore_missing(ONE)
        await world.rest()
        await everything_is_back(world, ipei)
    assert serves(site, ipei(50))


@ensureDeferred
async def test_phones_from_elsewhere_are_served_at_the_reset_site(world: World, ipei: Ipei) -> None:
    two = await world.site(2)
    two.pair("6000", ipei(60))
    two.pair("6001", ipei(61))
    world.policy = world.mom.policy = POLICY
    await world.connect(2)
    permanent = await world.user_with("6001")
    site = await full_site(world, ipei)
    await world.people.edit_user(permanent.uid, {"permanent": True}, "admin")
    await world.rest()
    world.cut(1)
    reset(site)
    assert (await world.connect(1)).missing == 2 * PAIRS + 3
    for serial in (60, 61):
        site.locate(ipei(serial))
        await world.rest()
        assert serves(site, ipei(serial))
        assert not serves(two, ipei(serial))
    assert missing(world) == 2 * PAIRS + 1
    await world.mom.restore_missing(ONE)
    await world.rest()
    await everything_is_back(world, ipei)


@pytest.mark.parametrize("accept", [False, True])
@ensureDeferred
async def test_a_phone_that_waits_is_served_at_another_site_and_stays_there(
    world: World, ipei: Ipei, accept: bool
) -> None:
    two = await world.site(2)
    await world.connect(2)
    site = await reset_site(world, ipei)
    two.locate(ipei(0))
    await world.rest()
    assert serves(two, ipei(0))
    decide = world.mom.accept_missing if accept else world.mom.restore_missing
    await decide(ONE)
    await world.rest()
    assert serves(two, ipei(0))
    assert site.device_of(ipei(0)) is None
    assert counts(world) == ((1, 1) if accept else (PAIRS, PAIRS + 1))
    assert not await world.differences()


@ensureDeferred
async def test_phones_that_subscribe_and_people_who_log_in_get_no_record_that_waits(
    world: World, ipei: Ipei
) -> None:
    site = await reset_site(world, ipei)
    free = site.add("pp", ipei=ipei(70), s="Yes", uak="0" * 32, ommId=site.ari, ommIdAck=site.ari)
    await world.rest()
    site.subscribe(ipei(1))
    site.login(free, "4002", num="4002")
    await world.rest()
    assert not site.records["user"]
    assert [r["ipei"] for r in site.records["pp"].values()] == [ipei(70)]
    assert counts(world) == (PAIRS, PAIRS + 2)
    await world.mom.restore_missing(ONE)
    await world.rest()
    await everything_is_back(world, ipei)


@pytest.mark.parametrize("how", ["locate", "edit", "event"])
@ensureDeferred
async def test_an_omm_that_loses_much_in_a_running_session_is_read_anew_before_anything_is_deleted(
    world: World, ipei: Ipei, how: str
) -> None:
    site = await full_site(world, ipei)
    reset(site)
    for n in range(PAIRS):
        if how == "locate":
            site.locate(ipei(n))
        elif how == "edit":
            number = (await world.user_with(str(4000 + n))).uid
            await world.people.edit_user(number, {"name": f"New {n}"}, "admin")
        else:
            site.tell("user", n + 1, {"name": "x", "uidSec": "0"})
    await world.rest()
    assert world.ports[1].given_up
    assert counts(world) == (PAIRS, PAIRS + 1)
    world.cut(1)
    assert (await world.connect(1)).missing == 2 * PAIRS + 1
    await world.mom.restore_missing(ONE)
    await world.rest()
    await everything_is_back(world, ipei)


@ensureDeferred
async def test_one_record_that_an_omm_lost_in_a_running_session_was_deleted_there(
    world: World, ipei: Ipei
) -> None:
    site = await full_site(world, ipei)
    gone = await world.user_with("4001")
    del site.records["user"][2]
    site.records["pp"][2] |= {"uid": "0", "relType": "Unbound"}
    site.locate(ipei(1))
    await world.rest()
    assert not world.ports[1].given_up
    assert await world.user(gone.uid) is None
    assert counts(world) == (PAIRS - 1, PAIRS + 1)


@ensureDeferred
async def test_what_waits_goes_on_waiting_however_many_others_came_meanwhile(
    world: World, ipei: Ipei
) -> None:
    site = await reset_site(world, ipei)
    for serial in range(100, 140):
        site.pair(str(serial), ipei(serial))
    await world.rest()
    world.cut(1)
    await world.restart()
    assert (await world.connect(1)).missing == 2 * PAIRS + 1
    assert counts(world) == (PAIRS + 40, PAIRS + 41)
    await world.mom.restore_missing(ONE)
    await world.rest()
    await everything_is_back(world, ipei)


@pytest.mark.parametrize("set_pp", [True, False])
@ensureDeferred
async def test_an_omm_that_has_its_records_again_is_asked_for_no_decision(
    world: World, ipei: Ipei, set_pp: bool
) -> None:
    site = await world.site(1)
    site.quirks.set_pp = set_pp
    for n in range(PAIRS):
        site.pair(str(4000 + n), ipei(n))
    await world.connect(1)
    kept, secrets = site.records, site.secrets
    before = [(await world.user_with(str(4000 + n))).uid for n in range(PAIRS)]
    world.cut(1)
    site.records, site.secrets = {"user": {}, "pp": {}}, {}
    assert (await world.connect(1)).missing == 2 * PAIRS
    world.cut(1)
    site.records, site.secrets = kept, secrets
    assert (await world.connect(1)).missing == 0
    assert missing(world) == 0
    assert counts(world) == (PAIRS, PAIRS)
    assert [(await world.user_with(str(4000 + n))).uid for n in range(PAIRS)] == before
    assert not await world.differences()


@ensureDeferred
async def test_records_that_turn_up_again_in_the_same_session_wait_no_longer(
    world: World, ipei: Ipei
) -> None:
    site = await reset_site(world, ipei)
    site.pair("4000", ipei(0))
    await world.rest()
    assert missing(world) == 2 * PAIRS - 1 or counts(world) == (PAIRS + 1, PAIRS + 1)
    assert await world.mom.accept_missing(ONE) > 0
    await world.rest()
    assert site.device_of(ipei(0)) is not None
    assert "4000" in {r["num"] for r in site.records["user"].values()}
    assert not await world.differences()
