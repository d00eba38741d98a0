"""Two stand-ins under one licensed MOM, with phones that go from one to the other."""

from collections.abc import Callable
from typing import Any

from mom.model.copy import CopyState, Noun
from tests.system.agreement import held_by
from tests.system.house import House
from tests.system.outside import Place, StandIn
from tests.system.processes import SARI, until

OTHER_KEY = {
    "modulus": "df59d3db092335756f00dd3eaa817756bde2f0942660135fb72ea5852e8c216c"
    "424e04df6ca97deefe1af16ec034ccd10e30d2f2d02e1000622676701b569f93",
    "exponent": "51b0a71dfbcf96e3e6bfa82c1d6cd0db370463fdabb3842283fb59aac685964b"
    "355c464dffcaf4d5d73d7aa3d84bfd252770c9b4630171d75ded8b30cdb815d1",
}
"""Behaviour of a stand-in whose key is not that of the others."""


class TwoSites:
    """`here` has the phones, `there` is where they go; `phone` 1 is the first one."""

    def __init__(self, house: House, place: Place, here: StandIn, there: StandIn) -> None:
        self.house, self.place = house, place
        self.here, self.there = here, there

    def ipei(self, phone: int = 1) -> str:
        return str(self.here.told["devices"][phone - 1]["ipei"])

    def come(self, site: StandIn, phone: int = 1) -> None:
        """A phone appears at a site."""
        self.tell(site, "EventDECTLocate", ipei=self.ipei(phone), rfpId=1)

    def tell(self, site: StandIn, name: str, **attrs: object) -> None:
        """A site tells an event of phones."""
        text = " ".join(f'{key}="{value}"' for key, value in attrs.items())
        site.order("tell", event="Roaming", message=f"<{name} {text}/>")

    async def device(self, phone: int = 1) -> Any:
        """The record of a phone in the API."""
        return await self.house.find("devices", "ipei", self.ipei(phone))

    async def until_heard(self, site: StandIn, name: str, count: int = 1) -> list[Any]:
        """Wait until a site was sent a message; returns all of that name."""
        await site.until(lambda state: sum(h[0] == name for h in state["heard"]) >= count)
        return site.heard(name)

    async def until_home(self, site: StandIn, phone: int = 1, seconds: float = 20.0) -> None:
        """Wait until a phone and its user are at that site and nowhere else, as all of MOM says."""
        why: list[str] = []

        async def settled() -> bool:
            why[:] = await self._elsewhere(site, phone)
            return not why

        try:
            await until(settled, seconds)
        except TimeoutError:
            raise AssertionError(f"{why}\n{self.house.mom.service.text()[-3000:]}") from None
        await self._check_database(site, phone)

    async def _elsewhere(self, site: StandIn, phone: int) -> list[str]:
        """What is not yet as it should be when the phone is at home at that site."""
        shown = await self.device(phone)
        ari = site.told["park"][2:]
        home = (self.house.ids[site], ari, ari, "RoamingComplete")
        told = tuple(shown[name] for name in ("omm", "ommId", "ommIdAck", "roaming"))
        found = [f"the API says {told}"] if told != home else []
        for each in (self.here, self.there):
            state = each.state()
            phones = [pp for pp in state["pp"] if pp["ipei"] == self.ipei(phone)]
            users = [u for u in state["user"] if u["num"] == self.place.num(phone)]
            if (len(phones), len(users)) != ((1, 1) if each is site else (0, 0)):
                found.append(f"at {each.told['park']} are {phones} and {users}")
            elif each is site:
                records = tuple(phones[0][n] for n in ("ommId", "ommIdAck", "roaming", "uid"))
                if records != (ari, ari, "RoamingComplete", users[0]["uid"]):
                    found.append(f"the site says {records}")
        return found

    async def _check_database(self, site: StandIn, phone: int) -> None:
        """MOM's database says the same, with one copy of phone and user."""
        held = await held_by(self.house.mom.config)
        device = next(
            record
            for (noun, _), record in held.records.items()
            if noun is Noun.DEVICE and record.ipei == self.ipei(phone)
        )
        ari, omm = site.told["park"][2:], self.house.ids[site]
        assert (device.home, device.omm_id, device.omm_id_ack) == (omm, ari, ari)
        owned = {(Noun.DEVICE, int(device.ppn)), (Noun.USER, int(device.uid))}
        copies = [copy for copy in held.copies if (copy.noun, copy.number) in owned]
        assert [(copy.omm, copy.state) for copy in copies] == [(omm, CopyState.HELD)] * 2


async def two_sites(
    house: House,
    place: Place,
    stand_in: Callable[..., StandIn],
    count: int = 1,
    here: dict[str, Any] | None = None,
    there: dict[str, Any] | None = None,
) -> TwoSites:
    """Two sites that MOM has read, the first with so many phones; what each heard is forgotten."""
    first = stand_in(count, sari=SARI, **(here or {}))
    second = stand_in(park=f"1F21{place.park[4:]}", sari=SARI, **(there or {}))
    found = TwoSites(house, place, first, second)
    for site in (first, second):
        await house.connect(site)
    await first.until(lambda state: all(pp["ppnSec"] != "0" for pp in state["pp"]))
    for site in (first, second):
        site.order("forget")
    return found
