"""A phone that walks between fake OMMs, and where it is then."""

from collections.abc import Callable

from mom.directory.policy import Policy
from tests.directory.conftest import World
from tests.directory.fake_omm import FakeOmm

Ipei = Callable[[int], str]
LICENSED = Policy(licensed=True)


async def two_sites(world: World, ipei: Ipei, **device: str) -> tuple[FakeOmm, FakeOmm]:
    """One pair at site 1; site 2 is empty; both connected."""
    world.policy = world.mom.policy = LICENSED
    one, two = await world.site(1), await world.site(2)
    one.pair("4711", ipei(1), "Ann", **device)
    await world.connect(1)
    await world.connect(2)
    world.now += 10
    for site in (one, two):
        site.requests.clear()
    return one, two


async def appears(world: World, number: int, ipei: str) -> None:
    world.sites[number].locate(ipei)
    await world.rest()


async def home(world: World) -> tuple[int, str, str, str]:
    user = await world.user_with("4711")
    device = await world.device(user.ppn)
    assert device is not None
    known = {site.ari: f"site {n}" for n, site in world.sites.items()}
    ids = [known.get(text or "", text or "") for text in (device.omm_id, device.omm_id_ack)]
    return int(device.home), ids[0], ids[1], device.roaming or ""


def names(site: FakeOmm) -> list[str]:
    return [request.name for request in site.requests]


def serves(site: FakeOmm, ipei: str) -> bool:
    """Whether the phone is at home at the site, with its user registered at SIP."""
    device = site.device_of(ipei)
    if device is None or device["ommId"] != site.ari or device["ommIdAck"] != site.ari:
        return False
    return int(device["ppn"]) in site.registered and device["uid"] != "0"


async def is_at(world: World, number: int, ipei: str) -> None:
    """The phone has that one home, the same in MOM and everywhere, and only that site serves."""
    assert await home(world) == (
        number, f"site {number}", f"site {number}", "RoamingComplete"
    )  # fmt: skip
    assert [n for n, site in world.sites.items() if serves(site, ipei)] == [number]
    assert not await world.differences()
    assert await world.index_is_true()
