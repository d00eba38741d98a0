"""Settings and licence of the real service at a simulated fleet: who gets what, and when."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest
from pytest_twisted import ensureDeferred
from twisted.internet import reactor

from mom.axi.client import AxiClient, connect
from mom.axi.element import Value, make
from mom.axi.errors import RequestRefused
from tests.system.agreement import Simulated
from tests.system.browser import Browser
from tests.system.processes import Mom, Program, free_port, until

pytestmark = pytest.mark.system

OMMS = 3
OLD_SARI, SARI = "1F10000001", "1F1028D085"


class Lab:
    """MOM and a simulated fleet of three OMMs, of which MOM knows those that were added."""

    def __init__(self, mom: Mom, fleet: Callable[..., Program], **options: Any) -> None:
        self.mom = mom
        self.port = free_port(OMMS)
        self.token = ""
        self._sim = Simulated(mom.folder / "sim.sock")
        defaults = {"omms": OMMS, "users": 2, "devices": 2, "life": "off", "sari": OLD_SARI}
        fleet(self.port, control=str(mom.folder / "sim.sock"), **defaults | options)

    async def begin(self, *omms: int) -> None:
        await self.mom.do("init")
        await self.mom.start()
        for omm in omms:
            await self.add(omm)
        await self.mom.until_connected(len(omms))

    async def add(self, omm: int) -> None:
        """A record for an OMM, by its place in the fleet from 1."""
        access = {"username": "omm", "password": "omm"}
        at = {"omm1": "127.0.0.1", "port": self.port + omm - 1}
        await self.mom.order("omm.add", name=f"Site {omm}", **at, **access)

    async def set(self, **settings: object) -> None:
        await self.mom.order("settings", **settings)

    async def license(self, sari: str, *words: str, sites: int = 9) -> None:
        """Issue a licence with this SARI and import it."""
        file = str(self.mom.folder / f"{sari}.xml")
        limit = ("--customer", "Test", "--sites", str(sites))
        await self.mom.do("license", "issue", "--sari", sari, "--out", file, *limit)
        await self.mom.do("license", "import", file, *words)

    async def park(self, omm: int) -> str:
        """The PARK of an OMM, by its place in the fleet from 1."""
        return str((await self._sim.sites())[omm - 1]["park"])

    async def client(self, omm: int) -> AxiClient:
        """Somebody else who works at an OMM."""
        return await connect(reactor, "127.0.0.1", self.port + omm - 1, "omm", "omm")

    async def have(
        self, omms: int, setting: str, wanted: Mapping[str, str], seconds: float = 20.0
    ) -> None:
        """Wait until the first OMMs of the fleet have a setting."""
        found: list[Any] = []

        async def holds() -> bool:
            sites = await self._sim.sites()
            found[:] = [site["settings"][setting] for site in sites[:omms]]
            return all(dict(wanted).items() <= each.items() for each in found)

        try:
            await until(holds, seconds)
        except TimeoutError:
            raise AssertionError(f"{setting}: {found}\n{self.text[-3000:]}") from None

    async def events(self) -> list[str]:
        """The texts of the event log, read as a script reads them."""
        await self.mom.do("passwd", "--password", "Wv7.blurGh")
        browser = Browser(self.mom.port, self.mom.folder / "state" / "tls" / "https.crt")
        browser.token = self.token = (await self.mom.do("token", "create", "test")).strip()
        return [event["text"] for event in (await browser.ask("GET", "/api/v1/events"))["items"]]

    async def asked(self, name: str) -> int:
        return await self._sim.asked(name)

    @property
    def text(self) -> str:
        return self.mom.service.text()


async def locally(client: AxiClient, name: str, attrs: Mapping[str, Value]) -> str:
    """Change a setting at an OMM as somebody else; returns the error code of a refusal."""
    try:
        await client.request(make(name, attrs))
    except RequestRefused as refused:
        return refused.code
    return ""


@pytest.mark.feature("F17", "F19", "F23", "F24", "F172", "F173")
@ensureDeferred
async def test_settings_reach_all_connected_omms_and_late_ones_and_others_are_refused(
    mom: Mom, fleet: Callable[..., Program]
) -> None:
    lab = Lab(mom, fleet)
    await lab.begin(1, 2)
    await lab.have(2, "DevAutoCreate", {"enable": "0"})
    await lab.have(2, "DECTSubscriptionMode", {"mode": "Off"})
    assert await lab.asked("SetFACPrefix") == 0
    await lab.set(subscription="Configured", autoCreate=True, facPrefix="*9")
    await lab.have(2, "DECTSubscriptionMode", {"mode": "Configured"})
    await lab.have(2, "FACPrefix", {"prefix": "*9"})
    await lab.add(3)
    await lab.have(3, "DECTSubscriptionMode", {"mode": "Configured"})
    await lab.have(3, "FACPrefix", {"prefix": "*9"})
    await lab.have(3, "DevAutoCreate", {"enable": "0"})
    await mom.until_connected(3)
    other = await lab.client(1)
    refused = await locally(other, "SetDevAutoCreate", {"enable": True})
    assert refused == "EForbidden"
    assert await locally(other, "SetDECTSubscriptionMode", {"mode": "Off"}) == "EForbidden"
    other.close()
    assert "Traceback" not in lab.text


@pytest.mark.feature("F25")
@ensureDeferred
async def test_a_restart_of_mom_keeps_wildcard_and_its_end_and_puts_local_changes_back(
    mom: Mom, fleet: Callable[..., Program]
) -> None:
    lab = Lab(mom, fleet)
    await lab.begin(1, 2)
    await lab.set(subscription="Wildcard", subscriptionTimeout=30, facPrefix="*9")
    await lab.have(2, "DECTSubscriptionMode", {"mode": "Wildcard"})
    until_then = (await mom.order("settings"))["subscriptionUntil"]
    mom.service.end()
    await mom.start()
    await mom.until_connected(2)
    assert (await mom.order("settings"))["subscriptionUntil"] == until_then
    await lab.have(2, "DECTSubscriptionMode", {"mode": "Wildcard"})
    other = await lab.client(1)
    assert await locally(other, "SetFACPrefix", {"prefix": "*5"}) == ""
    other.close()
    await lab.have(2, "FACPrefix", {"prefix": "*9"})
    await lab.set(subscription="Off")
    await lab.have(2, "DECTSubscriptionMode", {"mode": "Off"})


@pytest.mark.feature("F15", "F16", "F133", "F198")
@ensureDeferred
async def test_a_licence_brings_its_sari_to_all_omms_which_restart_without_an_error(
    mom: Mom, fleet: Callable[..., Program]
) -> None:
    lab = Lab(mom, fleet)
    await lab.begin(1, 2)
    health = (await mom.order("status"))["health"]
    assert {"name": "License", "severity": "error", "reason": "No license available"} in health
    assert await lab.asked("SetSARI") == 0
    await lab.license(SARI)
    await lab.have(2, "SARI", {"sari": SARI})
    await mom.until_connected(2)
    await lab.add(3)
    await lab.have(3, "SARI", {"sari": SARI})
    await mom.until_connected(3)
    assert await lab.asked("SetSARI") == 3
    code, _, error = await mom.run("license", "import", await other_licence(lab))
    assert code == 1
    assert "--confirm" in error
    await lab.license("1F1028D0A0", "--confirm")
    await lab.have(3, "SARI", {"sari": "1F1028D0A0"})
    await mom.until_connected(3)
    assert await lab.asked("SetSARI") == 6
    assert "Traceback" not in lab.text
    assert [text for text in await lab.events() if "connected" in text] == []
    logs = [path.read_text() for path in (mom.folder / "log").iterdir()]
    assert logs
    assert [log for log in (*logs, lab.text) if lab.token in log] == []


@pytest.mark.feature("F2", "F14", "F29", "F145")
@ensureDeferred
async def test_the_park_of_a_site_can_be_the_sari_of_all_and_the_licence_limits_the_sites(
    mom: Mom, fleet: Callable[..., Program]
) -> None:
    lab = Lab(mom, fleet)
    await lab.begin(1, 2)
    park = await lab.park(1)
    await lab.license(park, sites=2)
    await lab.have(2, "SARI", {"sari": park})
    await mom.until_connected(2)
    assert await lab.asked("SetSARI") == 2
    first, second = (await mom.order("status"))["omms"]
    assert first["cloudId"] == f"00{park}"
    assert second["cloudId"] == f"00{await lab.park(2)}"
    access = ("--omm1", "127.0.0.1", "--username", "omm", "--password", "omm")
    code, _, error = await mom.run("omm", "add", "--name", "Site 3", *access)
    assert (code, error) == (1, "mom: The licence allows 2 sites\n")
    assert "Traceback" not in lab.text


async def other_licence(lab: Lab) -> str:
    """A licence with another SARI, not imported."""
    file = str(lab.mom.folder / "other.xml")
    words = ("--sari", "1F1028D0A0", "--customer", "Test", "--out", file)
    await lab.mom.do("license", "issue", *words)
    return file
