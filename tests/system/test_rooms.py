"""Conference rooms of the real service at two simulated OMMs, with a crash in the middle."""

import signal
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from pytest_twisted import ensureDeferred

from tests.system.agreement import Simulated
from tests.system.browser import Browser
from tests.system.processes import Mom, Program, free_port, until

pytestmark = pytest.mark.system

ROOMS = "/api/v1/conference-rooms"


class Hall:
    """MOM with two simulated OMMs; a room is told apart by its conference number."""

    def __init__(self, mom: Mom, fleet: Callable[..., Program]) -> None:
        self.mom = mom
        self._port = free_port(2)
        socket = mom.folder / "sim.sock"
        self.simulated = Simulated(socket)
        fleet(self._port, control=str(socket), omms=2, users=2, devices=2, life="off")
        self.browser: Browser

    async def begin(self) -> None:
        await self.mom.do("init")
        await self.mom.start()
        for place in (0, 1):
            access = {"username": "omm", "password": "omm", "omm1": "127.0.0.1"}
            port = self._port + place
            await self.mom.order("omm.add", name=f"Site {place + 1}", port=port, **access)
        await self.mom.until_connected(2)
        await self.mom.do("passwd", "--password", "Wv7.blurGh")
        self.browser = Browser(self.mom.port, self.mom.folder / "state" / "tls" / "https.crt")
        self.browser.token = (await self.mom.do("token", "create", "test", "--write")).strip()

    async def held(self) -> list[dict[str, dict[str, str]]]:
        """The rooms of each OMM by conference number; none is ever at both."""
        sites = await self.simulated.sites()
        found = [
            {room["conferenceId"]: room for room in site["rooms"].values()}
            for site in sorted(sites, key=lambda site: int(site["omm"]))
        ]
        assert not found[0].keys() & found[1].keys()
        return found

    async def at(self, first: set[str], second: set[str]) -> None:
        """Wait until the OMMs have these rooms."""

        async def reached() -> bool:
            return [set(rooms) for rooms in await self.held()] == [first, second]

        await self._until(reached)

    async def room(self, conference: str, **wanted: object) -> dict[str, Any]:
        """Wait until MOM has a room with these values."""
        found: dict[str, Any] = {}

        async def reached() -> bool:
            query = {"filter": f"conferenceId:eq:{conference}"}
            items = (await self.browser.ask("GET", ROOMS, **query))["items"]
            found.update(items[0] if items else {})
            return bool(items) and wanted.items() <= found.items()

        await self._until(reached)
        return found

    async def _until(self, reached: Callable[[], Awaitable[bool]]) -> None:
        try:
            await until(reached, 30.0)
        except TimeoutError:
            held, text = await self.held(), self.mom.service.text()
            raise AssertionError(f"{held}\n{text[-3000:]}") from None


@pytest.mark.feature("F180", "F181", "F182", "F184")
@ensureDeferred
async def test_rooms_are_kept_in_step_and_a_crash_in_a_move_leaves_one(
    mom: Mom, fleet: Callable[..., Program]
) -> None:
    hall = Hall(mom, fleet)
    await hall.begin()
    ask, told = hall.browser.ask, hall.simulated.do
    new = {"name": "Staff", "conferenceId": "900", "omm": 1, "sipAuthId": "room", "sipPw": "pw"}
    made = await ask("POST", ROOMS, new, expect=201)
    await hall.at({"900"}, set())
    assert (await hall.held())[0]["900"]["sipPw"] == "pw"
    await told("put-room", omm=2, id=5, attrs={"name": "Board", "conferenceId": "901"})
    assert (await hall.room("901"))["omm"] == 2
    await ask("PATCH", f"{ROOMS}/{made['id']}", {"name": "All", "sipPw": "other"})
    await hall.at({"900"}, {"901"})
    await told("put-room", omm=2, id=5, attrs={"name": "Directors"})
    await hall.room("901", name="Directors")

    await ask("PATCH", f"{ROOMS}/{made['id']}", {"omm": 2})
    mom.service.end(signal.SIGKILL)
    await hall.held()
    await mom.start()
    await mom.until_connected(2)
    await hall.at(set(), {"900", "901"})
    moved = (await hall.held())[1]["900"]
    assert (moved["name"], moved["sipAuthId"], moved["sipPw"]) == ("All", "room", "other")
    room = await hall.room("900", omm=2, name="All", calculatedSipPort=5060)
    assert "marks" not in room

    await ask("PATCH", f"{ROOMS}/{made['id']}", {"omm": 0})
    await hall.at(set(), {"901"})
    await ask("PATCH", f"{ROOMS}/{made['id']}", {"omm": 1})
    await hall.at({"900"}, {"901"})
    await ask("DELETE", f"{ROOMS}/{made['id']}", expect=204)
    await hall.at(set(), {"901"})
    await told("delete-room", omm=2, id=5)
    await hall.at(set(), set())

    async def none_left() -> bool:
        return (await ask("GET", ROOMS))["total"] == 0

    await until(none_left, 30.0)
    assert "Traceback" not in mom.service.text()
