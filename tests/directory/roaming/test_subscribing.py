"""A phone subscribes at any OMM, with the records that MOM has or makes for it."""

import itertools
from collections import Counter
from collections.abc import Callable

import msgspec
import pytest
from pytest_twisted import ensureDeferred
from twisted.internet.defer import Deferred

from mom.axi.mom_profile import SubscribeReject
from mom.directory.editing.ends import Collection
from mom.directory.policy import Policy
from mom.directory.roaming import subscribe
from mom.directory.roaming.refusals import MOST_NAMED, NAMED_SECONDS
from mom.directory.roaming.subscribe import Answer, Asked
from mom.model.copy import Noun
from mom.model.device import Device
from mom.model.setting import SubscriptionMode
from tests.directory.conftest import World
from tests.directory.fake_omm import FakeOmm

Ipei = Callable[[int], str]
OPEN = Policy(licensed=True, subscription=SubscriptionMode.CONFIGURED)
WILD = Policy(licensed=True, subscription=SubscriptionMode.WILDCARD)


@pytest.mark.parametrize("mode", SubscriptionMode)
@pytest.mark.parametrize("switches", list(itertools.product([False, True], repeat=6)))
def test_the_first_rule_that_fits_decides(
    mode: SubscriptionMode, switches: tuple[bool, ...]
) -> None:
    licensed, known, elsewhere, named, auto_create, room = switches
    asked = Asked(
        mode=mode,
        licensed=licensed,
        known=known,
        pari_elsewhere=elsewhere,
        named=named,
        auto_create=auto_create,
        room=room,
    )
    expected: Answer | SubscribeReject
    if mode is SubscriptionMode.OFF:
        expected = SubscribeReject.OFF
    elif not licensed:
        expected = SubscribeReject.LICENSE
    elif known and elsewhere:
        expected = SubscribeReject.PARI_ONLY
    elif known:
        expected = Answer.OWN
    elif mode is SubscriptionMode.WILDCARD and named:
        expected = Answer.PAIR
    elif auto_create:
        expected = Answer.NEW
    else:
        expected = SubscribeReject.UNKNOWN
    if isinstance(expected, Answer) and not room:
        expected = SubscribeReject.LIMIT
    assert subscribe.decide(asked) is expected


def test_an_omm_that_is_full_is_told_from_one_that_does_not_take_the_records() -> None:
    assert subscribe.reason("ENoMem") is SubscribeReject.LIMIT
    assert subscribe.reason("EInval") is SubscribeReject.UNKNOWN


async def sites(world: World, policy: Policy, count: int = 2) -> list[FakeOmm]:
    world.policy = world.mom.policy = policy
    made = [await world.site(number) for number in range(1, count + 1)]
    for number in range(1, count + 1):
        await world.connect(number)
    return made


async def asks(world: World, number: int, ipei: str, add_id: str = "") -> None:
    world.sites[number].subscribe(ipei, add_id)
    await world.rest()


async def device_with(world: World, ipei: str) -> Device:
    devices = await world.store.read(lambda reading: list(reading.all_devices()))
    return next(device for device in devices if device.ipei == ipei)


def reasons(world: World, number: int) -> list[str]:
    return [r.get("reason") for r in world.requests(number, "DECTSubscribeReject")]


@pytest.mark.parametrize(
    ("policy", "reason"),
    [
        (Policy(licensed=True), "Off"),
        (Policy(subscription=SubscriptionMode.CONFIGURED), "License"),
        (OPEN, "Unknown"),
        (WILD, "Unknown"),
    ],
)
@pytest.mark.feature("F20/F22", "F23", "F24")
@ensureDeferred
async def test_an_unknown_phone_is_refused(
    world: World, ipei: Ipei, policy: Policy, reason: str
) -> None:
    await sites(world, policy, 1)
    await asks(world, 1, ipei(1), "4711")
    assert reasons(world, 1) == [reason]
    assert not world.mom.index.numbers(Noun.DEVICE)
    assert world.log.texts == [f"subscription of phone {ipei(1)} refused on OMM 0001: {reason}"]


@ensureDeferred
async def test_of_many_unknown_phones_at_one_omm_events_name_only_some(
    world: World, ipei: Ipei
) -> None:
    await sites(world, OPEN, 1)
    for number in range(MOST_NAMED + 2):
        await asks(world, 1, ipei(number))
    await asks(world, 1, ipei(0))
    texts = Counter(world.log.texts)
    assert texts["subscription refused on OMM 0001: Unknown"] == 2
    assert texts[f"subscription of phone {ipei(0)} refused on OMM 0001: Unknown"] == 2
    assert len(texts) == MOST_NAMED + 1
    world.now += NAMED_SECONDS
    await asks(world, 1, ipei(MOST_NAMED + 1))
    last = f"subscription of phone {ipei(MOST_NAMED + 1)} refused on OMM 0001: Unknown"
    assert world.log.texts[-1] == last


@pytest.mark.feature("F10", "F20/F22", "F24")
@ensureDeferred
async def test_a_pair_made_in_mom_subscribes_at_any_omm_and_is_at_home_there(
    world: World, ipei: Ipei
) -> None:
    one, two = await sites(world, OPEN)
    user, _ = await world.people.create_pair(
        {"num": "4711", "pin": "1234"}, {"ipei": ipei(1)}, "admin"
    )
    await world.rest()
    assert not one.records["user"]
    assert not two.records["user"]
    await asks(world, 2, ipei(1))
    assert not reasons(world, 2)
    (person,) = two.records["user"].values()
    assert two.secrets[int(person["uid"])]["pin"] == "1234"
    two.subscribed(ipei(1))
    await world.rest()
    device = await device_with(world, ipei(1))
    assert (device.home, device.s, device.uid, device.omm_id) == (2, "Yes", user, two.ari)
    assert not one.records["pp"]
    assert not await world.differences()
    assert await world.index_is_true()


@pytest.mark.feature("F30")
@ensureDeferred
async def test_a_pair_that_has_just_subscribed_leaves_its_omm_when_it_is_unsubscribed(
    world: World, ipei: Ipei
) -> None:
    (one,) = await sites(world, OPEN, 1)
    _, device = await world.people.create_pair({"num": "4711"}, {"ipei": ipei(1)}, "admin")
    await asks(world, 1, ipei(1))
    one.subscribed(ipei(1))
    await world.rest()
    unsubscribe = world.mom.editor.changes.unsubscribe()
    await world.mom.editor.change(Collection.DEVICES, device, unsubscribe, "admin")
    await world.rest()
    assert not one.records["pp"]
    assert not one.records["user"]
    assert not await world.differences()


@pytest.mark.feature("F21", "F27", "F18")
@ensureDeferred
async def test_auto_create_makes_an_unbound_device_without_a_code_of_its_own(
    world: World, ipei: Ipei
) -> None:
    policy = msgspec.structs.replace(OPEN, auto_create=True)
    (one,) = await sites(world, policy, 1)
    await asks(world, 1, ipei(1))
    (sent,) = world.requests(1, "SetPP")
    (phone,) = sent.children
    assert not phone.has("ac")
    assert (phone.get("autoCreate"), phone.get("subscribeToPARIOnly")) == ("1", "0")
    one.subscribed(ipei(1))
    await world.rest()
    device = await device_with(world, ipei(1))
    assert (device.home, device.uid, device.auto_create) == (1, 0, True)
    assert not await world.differences()


@pytest.mark.feature("F25")
@ensureDeferred
async def test_a_wildcard_phone_gets_the_user_whose_additional_id_it_brings(
    world: World, ipei: Ipei
) -> None:
    (one,) = await sites(world, WILD, 1)
    user = await world.people.create_user({"num": "4711", "addId": "99"}, "admin")
    await asks(world, 1, ipei(1), "98")
    assert reasons(world, 1) == ["Unknown"]
    await asks(world, 1, ipei(1), "99")
    one.subscribed(ipei(1))
    await world.rest()
    device = await device_with(world, ipei(1))
    found = await world.user(user.uid)
    assert found is not None
    assert (device.uid, device.rel_type, device.home) == (user.uid, "Fixed", 1)
    assert (found.ppn, found.rel_type) == (device.ppn, "Fixed")
    assert not await world.differences()
    await asks(world, 1, ipei(2), "99")
    assert reasons(world, 1) == ["Unknown", "Unknown"]


@ensureDeferred
async def test_a_pair_that_was_made_without_ipei_takes_the_phone_that_brings_its_additional_id(
    world: World, ipei: Ipei
) -> None:
    (one,) = await sites(world, WILD, 1)
    user, device = await world.people.create_pair(
        {"num": "4711", "addId": "99"}, {"encrypt": True}, "admin"
    )
    await asks(world, 1, ipei(1), "99")
    one.subscribed(ipei(1))
    await world.rest()
    found = await device_with(world, ipei(1))
    assert (found.ppn, found.uid, found.home) == (device, user, 1)
    assert not await world.differences()


@ensureDeferred
async def test_the_last_omm_that_asks_gets_the_records_and_the_one_before_loses_them(
    world: World, ipei: Ipei
) -> None:
    one, two = await sites(world, OPEN)
    await world.people.create_pair({"num": "4711"}, {"ipei": ipei(1)}, "admin")
    await asks(world, 1, ipei(1))
    assert one.device_of(ipei(1))
    await asks(world, 2, ipei(1))
    assert not one.records["pp"]
    assert two.device_of(ipei(1))
    two.subscribed(ipei(1))
    await world.rest()
    assert (await device_with(world, ipei(1))).home == 2
    assert not await world.differences()


@ensureDeferred
async def test_records_that_no_phone_claims_leave_the_omm_after_ten_minutes(
    world: World, ipei: Ipei
) -> None:
    (one,) = await sites(world, OPEN, 1)
    await world.people.create_pair({"num": "4711"}, {"ipei": ipei(1)}, "admin")
    await asks(world, 1, ipei(1))
    world.clock.advance(599)
    await world.rest()
    assert one.device_of(ipei(1))
    world.clock.advance(1)
    await world.rest()
    assert not one.records["pp"]
    assert not one.records["user"]
    assert not await world.differences()


@ensureDeferred
async def test_a_phone_that_subscribes_anew_at_another_omm_is_at_home_there(
    world: World, ipei: Ipei
) -> None:
    one, two = await sites(world, OPEN)
    one.pair("4711", ipei(1))
    await world.rest()
    world.now += 10
    await asks(world, 2, ipei(1))
    assert (await device_with(world, ipei(1))).home == 1
    world.now += 10
    two.subscribed(ipei(1), "2" * 32)
    await world.rest()
    device = await device_with(world, ipei(1))
    assert (device.home, device.uak, device.omm_id) == (2, "2" * 32, two.ari)
    assert not one.records["pp"]
    assert not await world.differences()


@pytest.mark.feature("F18")
@ensureDeferred
async def test_a_pari_only_phone_subscribes_at_its_own_omm_alone(world: World, ipei: Ipei) -> None:
    one, _ = await sites(world, OPEN)
    one.pair("4711", ipei(1), subscribeToPARIOnly="1")
    await world.rest()
    await asks(world, 2, ipei(1))
    assert reasons(world, 2) == ["PARIOnly"]


@pytest.mark.parametrize(("code", "reason"), [("ENoMem", "Limit"), ("EInval", "Unknown")])
@ensureDeferred
async def test_an_omm_that_refuses_the_records_rejects_the_phone(
    world: World, ipei: Ipei, code: str, reason: str
) -> None:
    (one,) = await sites(world, OPEN, 1)
    await world.people.create_pair({"num": "4711"}, {"ipei": ipei(1)}, "admin")
    one.quirks.refuse_requests["SetPP"] = code
    await asks(world, 1, ipei(1))
    assert reasons(world, 1) == [reason]
    assert not await world.differences()
    assert await world.index_is_true()


@pytest.mark.feature("F39")
@ensureDeferred
async def test_a_full_omm_takes_no_more_phones(world: World, ipei: Ipei) -> None:
    world.mom.policy = OPEN
    one = await world.site(1)
    one.quirks.limit = 1
    one.pair("4712", ipei(2))
    await world.connect(1)
    await world.people.create_pair({"num": "4711"}, {"ipei": ipei(1)}, "admin")
    await asks(world, 1, ipei(1))
    assert reasons(world, 1) == ["Limit"]


@ensureDeferred
async def test_an_omm_that_tells_of_phones_without_end_is_heard_up_to_a_limit(
    world: World, ipei: Ipei, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mom.directory.roaming.visits.MOST_WAITING", 3)
    (site,) = await sites(world, msgspec.structs.replace(OPEN, auto_create=True), 1)
    site.quirks.deaf = {"SetPP"}
    for _ in range(5):
        site.subscribe(ipei(1))
    site.locate(ipei(2))
    site.login(1, "1234", num="4711")
    await world.until(lambda: world.ports[1].is_asked)
    assert world.log.texts == ["more than 3 phones came to OMM 0001 at once"] * 4
    site.quirks.deaf = set()
    world.ports[1].time_out()
    await world.rest()
    site.subscribe(ipei(3))
    await world.rest()
    assert site.device_of(ipei(3)) is not None


@pytest.mark.parametrize("subscribes", [False, True])
@ensureDeferred
async def test_a_phone_made_by_auto_create_finds_its_records_when_its_omm_is_read(
    world: World, ipei: Ipei, subscribes: bool
) -> None:
    policy = msgspec.structs.replace(OPEN, auto_create=True)
    world.policy = world.mom.policy = policy
    one, two = await world.site(1), await world.site(2)
    one.pair("4711", ipei(1), "Ann", encrypt="1")
    before = dict(one.device_of(ipei(1)) or {})
    await world.connect(2)
    world.now += 100
    await asks(world, 2, ipei(1))
    if subscribes:
        two.subscribed(ipei(1))
        await world.rest()
    world.now += 100
    await world.connect(1)
    device = await device_with(world, ipei(1))
    user = await world.user_with("4711")
    assert (device.uid, device.encrypt, user.ppn) == (user.uid, True, device.ppn)
    assert device.home == (2 if subscribes else 1)
    if not subscribes:
        kept = one.device_of(ipei(1)) or {}
        assert [kept[name] for name in ("s", "uak", "uid")] == [
            before[name] for name in ("s", "uak", "uid")
        ]
    world.now += 600
    world.clock.advance(601)
    await world.rest()
    assert not await world.differences()


@ensureDeferred
async def test_a_phone_that_comes_to_mom_while_it_subscribes_gets_the_records_that_came(
    world: World, ipei: Ipei
) -> None:
    policy = msgspec.structs.replace(OPEN, auto_create=True)
    (one,) = await sites(world, policy, 1)
    made = Deferred.fromCoroutine(world.people.create_device({"ipei": ipei(1)}, "admin"))
    one.subscribe(ipei(1))
    world.ports[1].step()
    device = await made
    await world.rest()
    assert list(world.mom.index.numbers(Noun.DEVICE)) == [device.ppn]
    assert one.device_of(ipei(1)) is not None
    assert not reasons(world, 1)
    assert not await world.differences()
