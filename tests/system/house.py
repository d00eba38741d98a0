"""A running MOM as a script sees it: the API, and stand-ins that are its sites."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.system.browser import Browser
from tests.system.outside import StandIn
from tests.system.processes import Mom, until

PASSWORD = "Wv7.blurGh"


class House:
    """One MOM, signed in at."""

    def __init__(self, mom: Mom) -> None:
        self.mom = mom
        self.browser: Browser
        self.ids: dict[StandIn, int] = {}

    async def open(self) -> None:
        """Start the service and sign in."""
        await self.mom.start()
        await self.sign_in()

    async def sign_in(self) -> None:
        """Sign in at the service that runs."""
        self.browser = Browser(self.mom.port, self.mom.folder / "state" / "tls" / "https.crt")
        session = await self.browser.sign_in("mom", PASSWORD)
        if not session["eulaAccepted"]:
            terms = await self.get("eula")
            await self.send("POST", "eula", {"version": terms["version"]})

    async def get(self, path: str, **query: str) -> Any:
        return await self.browser.ask("GET", f"/api/v1/{path}", **query)

    async def send(self, method: str, path: str, body: object = None, expect: int = 200) -> Any:
        return await self.browser.ask(method, f"/api/v1/{path}", body, expect=expect)

    async def add(self, site: StandIn, **fields: Any) -> int:
        """An OMM record for a stand-in; returns its number."""
        record = {"name": f"Site {site.port}", "omm1": site.address, "port": site.port}
        access = {"username": "omm", "password": "omm"}
        made = await self.send("POST", "omms", {**record, **access, **fields}, expect=201)
        self.ids[site] = made["id"]
        return int(made["id"])

    async def connect(self, site: StandIn, **fields: Any) -> Any:
        """Add a record for a stand-in and wait until it is read."""
        await self.add(site, **fields)
        return await self.until_connected(site)

    async def omm(self, site: StandIn) -> Any:
        return await self.get(f"omms/{self.ids[site]}")

    async def until(
        self, site: StandIn, condition: Callable[[Any], bool], seconds: float = 20.0
    ) -> Any:
        """Wait until the OMM record is so, and return it."""
        found: Any = None

        async def holds() -> bool:
            nonlocal found
            found = await self.omm(site)
            return condition(found)

        try:
            await until(holds, seconds)
        except TimeoutError:
            text = self.mom.service.text()[-3000:]
            raise AssertionError(f"it is not so: {found}\n{text}") from None
        return found

    async def until_connected(self, site: StandIn) -> Any:
        return await self.until(site, lambda omm: omm["state"] == "connected" and omm["cloudId"])

    async def until_waiting(self, site: StandIn) -> Any:
        return await self.until(site, lambda omm: omm["state"] == "waiting")

    async def reconnect(self, site: StandIn) -> Any:
        """Wait until a stand-in that was started again is read again."""
        await self.send("POST", f"omms/{self.ids[site]}/actions/reconnect")
        return await self.until_connected(site)

    async def find(self, collection: str, field: str, value: str) -> Any:
        """The one record with that value; `None` if there is none."""
        page = await self.get(collection, filter=f"{field}:eq:{value}")
        assert page["total"] <= 1, page
        return page["items"][0] if page["items"] else None

    async def user(self, num: str) -> Any:
        """The user with that number; `None` if there is none."""
        return await self.find("users", "num", num)

    async def until_record(
        self, ask: Callable[[], Any], condition: Callable[[Any], bool], seconds: float = 15.0
    ) -> Any:
        """Ask again and again until what is found is so, and return it."""
        found: Any = None

        async def holds() -> bool:
            nonlocal found
            found = await ask()
            return condition(found)

        try:
            await until(holds, seconds)
        except TimeoutError:
            raise AssertionError(f"it is not so: {found}") from None
        return found

    async def until_user(
        self, num: str, condition: Callable[[Any], bool], seconds: float = 15.0
    ) -> Any:
        """Wait until the user with that number is so (`None`: there is none)."""
        return await self.until_record(lambda: self.user(num), condition, seconds)

    async def lines(self, user: Any) -> str:
        """Why a user is as it is."""
        page = await self.get(f"users/{user['uid']}/lines")
        return "\n".join(line["text"] for line in page["items"])

    async def events(self, text: str) -> list[Any]:
        """The entries of the event log that contain a text."""
        page = await self.get("events", limit="200")
        return [event for event in page["items"] if text in event["text"]]

    async def close(self) -> None:
        """Delete the OMM records of this test, and what would go to every OMM."""
        permanent = await self.get("users", filter="permanent:eq:true")
        for user in permanent["items"]:
            await self.send("DELETE", f"users/{user['uid']}", expect=204)
        for number in self.ids.values():
            await self.send("DELETE", f"omms/{number}", expect=204)
        self.ids.clear()


async def new_house(folder: Path, licence: bool = False) -> House:
    mom = Mom(folder)
    await mom.do("init")
    await mom.do("passwd", "--password", PASSWORD)
    if licence:
        await mom.license()
    house = House(mom)
    await house.open()
    return house
