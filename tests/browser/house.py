"""The real service with a simulated fleet, set up once for all tests of the page."""

from collections.abc import Coroutine
from pathlib import Path
from typing import Any

from pytest_twisted import blockon
from twisted.internet.defer import Deferred

from tests.system.browser import Browser
from tests.system.processes import SARI, Mom, Program, free_port, simulator

PASSWORD = "Wv7.blurGh"
READER = "reader"
SITES = ("Headquarters", "Factory", "Harbour", "Hospital", "Museum")
AWAY = "Lighthouse"
"""An OMM that nobody answers for."""
CLOSED = "Old mill"
"""An OMM that is disabled."""
USERS = 12


def done(work: Coroutine[Any, Any, Any]) -> Any:
    """The result of work that is done in the reactor, waited for outside of it."""
    return blockon(Deferred.fromCoroutine(work))


LOOKS = (
    ("light", "en", 1366, 768),
    ("dark", "de", 1366, 768),
    ("light", "de", 1920, 1080),
    ("dark", "en", 1920, 1080),
)
"""How a pane is looked at: theme, language, width, height."""


class House:
    """MOM and its fleet, each in a process of its own."""

    def __init__(self, folder: Path) -> None:
        self.mom = Mom(folder)
        self._programs: list[Program] = []
        self.mom.on_start = self._programs.append

    @property
    def url(self) -> str:
        return f"https://localhost:{self.mom.port}"

    def start_fresh(self) -> None:
        """An installation as it is after `mom init`."""
        done(self._start_fresh())

    def start_plain(self) -> None:
        """An installation where everything is done that comes first, without OMMs."""
        done(self._start_plain())

    def start(self) -> None:
        """A running system: five sites connected, one away, one disabled, and a reader."""
        done(self._start())

    def stop(self) -> None:
        for program in reversed(self._programs):
            program.end()

    async def client(self, name: str = "mom", password: str = PASSWORD) -> Browser:
        """A client of the API that is signed in."""
        browser = Browser(self.mom.port, self.mom.folder / "state" / "tls" / "https.crt")
        await browser.sign_in(name, password)
        return browser

    def ask(self, method: str, path: str, body: object = None, *, expect: int = 200) -> Any:
        """One request of the administrator."""

        async def asked() -> Any:
            return await (await self.client()).ask(method, path, body, expect=expect)

        return done(asked())

    async def _start_fresh(self) -> None:
        await self.mom.do("init")
        await self.mom.start()

    async def _start_plain(self) -> None:
        await self.mom.do("init")
        await self.mom.do("passwd", "--password", PASSWORD)
        await self._license()
        await self.mom.start()
        await self._accept_terms()

    async def _start(self) -> None:
        port = free_port(len(SITES) + 1)
        fleet = simulator(
            self.mom.folder, port, omms=len(SITES), users=USERS, devices=USERS, life="off"
        )
        fleet.start()
        self._programs.append(fleet)
        await self._start_plain()
        await self._fill(port)

    async def _license(self) -> None:
        file = str(self.mom.folder / "license.xml")
        await self.mom.do("license", "issue", "--sari", SARI, "--customer", "Test", "--out", file)
        await self.mom.do("license", "import", file)

    async def _accept_terms(self) -> None:
        client = await self.client()
        terms = await client.ask("GET", "/api/v1/eula")
        await client.ask("POST", "/api/v1/eula", {"version": terms["version"]})

    async def _fill(self, port: int) -> None:
        client = await self.client()
        changes = {"systemName": "Nordwind Klinikum", "suppressTableUpdates": "Off"}
        await client.ask("PATCH", "/api/v1/settings", changes)
        reader = {"name": READER, "password": PASSWORD, "enabled": True, "write": False}
        await client.ask("POST", "/api/v1/accounts", reader, expect=201)
        access = {"omm1": "127.0.0.1", "username": "omm", "password": "omm"}
        for number, name in enumerate((*SITES, AWAY)):
            record = {**access, "name": name, "port": port + number}
            await client.ask("POST", "/api/v1/omms", record, expect=201)
        record = {**access, "name": CLOSED, "enabled": False}
        await client.ask("POST", "/api/v1/omms", record, expect=201)
