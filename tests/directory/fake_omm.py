"""A small OMM in memory: what people and phones do at the site, and its sessions."""

from collections.abc import Callable

from mom.axi.element import Element, make
from mom.axi.secrets import PrivateKey
from mom.model.omm import Omm
from mom.ports import SessionFacts
from tests.directory.fake_port import FakePort
from tests.directory.fake_records import FakeRecords
from tests.directory.fake_requests import FakeRequests
from tests.directory.fake_rooms import FakeRooms


class FakeOmm(FakeRecords):
    """One OMM."""

    def __init__(self, park: str, key: PrivateKey, clock: Callable[[], int]) -> None:
        super().__init__(key, clock)
        self.park = park
        self.ports: list[FakePort] = []
        self.requests: list[Element] = []
        self.rooms = FakeRooms(key, self.publish)
        self._requests = FakeRequests(self)

    @property
    def ari(self) -> str:
        return self.park[2:]

    # -- what people and phones do at the site

    def pair(self, num: str, ipei: str, name: str = "", **device: str) -> tuple[int, int]:
        """A user on a subscribed phone that is at home here."""
        uid = self.add("user", num=num, name=name or f"User {num}", secrets={"pin": num})
        ppn = self.add(
            "pp", ipei=ipei, **({"s": "Yes", "uak": "0" * 32, "ommId": self.ari,
                                 "ommIdAck": self.ari} | device)
        )  # fmt: skip
        self.bind(uid, ppn)
        self.registered.add(ppn)
        return uid, ppn

    def locate(self, ipei: str) -> None:
        """A phone appears at the site."""
        self.publish(make("EventDECTLocate", {"ipei": ipei, "rfpId": 1}))

    def subscribe(self, ipei: str, add_id: str = "") -> None:
        """A phone asks to subscribe, and the site has no data set for it."""
        attrs = {"ipei": ipei, "rfpId": "1"} | ({"addId": add_id} if add_id else {})
        self.publish(make("EventDECTSubscribe", attrs))

    def subscribed(self, ipei: str, uak: str = "1" * 32) -> None:
        """A phone has subscribed with its data set."""
        device = self.device_of(ipei)
        assert device is not None
        self.edit("pp", int(device["ppn"]), s="Yes", uak=uak, hwType="632d")

    def login(self, ppn: int, pin: str, **user: str) -> None:
        """Somebody logs in on a phone with a user that is not here."""
        self.logins[ppn] = pin
        self.publish(make("EventPPLogin", {"ppn": ppn, **user, "pin": "sealed"}))

    def logout(self, ppn: int) -> None:
        self.unbind(int(self.records["pp"][ppn]["uid"]))
        self.publish(make("EventPPLink", {"ppn": ppn, "uid": 0, "relType": "Unbound"}))

    def moved(self, uid: int, ppn: int) -> None:
        """A user logged in on another phone of the site."""
        self.publish(make("EventPPUserMovedLocally", {"uid": uid, "ppn": ppn}))

    def device_of(self, ipei: str) -> dict[str, str] | None:
        return next((r for r in self.records["pp"].values() if r["ipei"] == ipei), None)

    # -- the wire

    def connect(self, omm: Omm, offset: float = 0.0) -> FakePort:
        for port in self.ports:
            port.lose()
        names = ("GetPPUser", "CreateFixedPP", "SetPP" if self.quirks.set_pp else "SetPPUser")
        facts = SessionFacts(
            park=self.park,
            key=self.key.public,
            omm_version="SIP-DECT 7.1",
            clock_offset=offset,
            versions=dict.fromkeys(names, "1.0") if self.quirks.versions else {},
            limits={"ppnNum": self.quirks.limit} if self.quirks.limit else {},
            profile=self.quirks.profile,
        )
        port = FakePort(self, omm, facts)
        self.ports = [port]
        return port

    def publish(self, event: Element) -> None:
        for port in self.ports:
            port.deliver(event)

    def answer(self, request: Element) -> Element:
        self.requests.append(request)
        if "ConferenceRoom" in request.name:
            return self.rooms.answer(request)
        return self._requests.answer(request)
