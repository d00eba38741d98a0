import random
from collections.abc import Callable, Iterable

import pytest

from mom.axi.catalogue import load
from mom.axi.codec import decode
from mom.axi.element import Element, Value, make
from mom.axi.secrets import PrivateKey
from mom.sim.omm import Omm, all_handlers
from mom.sim.population import Amounts, populate
from mom.sim.quirks import Quirk
from mom.sim.requests.settings import start_settings
from mom.sim.session import Session
from mom.sim.state import Identity, State

NOW = 1_790_000_000
INFERRED = ("EInval", "futureHint", "futureFlag", "futureText", "reasonCode", "@eventType")


class Bench:
    """An OMM on the workbench: asks it, and keeps the events of each client."""

    def __init__(self, omm: Omm) -> None:
        self.omm = omm
        self.state = omm.state
        self.time = float(NOW)
        self.events: dict[int, list[Element]] = {}
        self.order: list[str] = []

    def client(self, *, sync: bool = True, opened: bool = True) -> Session:
        session = self.omm.session()
        if opened:
            attrs = {"username": "omm", "password": "omm", "UserDeviceSyncClient": sync}
            assert not self.ask(session, make("Open", attrs)).get("errCode")
        return session

    def ask(self, session: Session, request: Element, *, passive: bool = False) -> Element:
        """The answer; the events go to `events`, the names of all that is sent to `order`."""
        answer = None
        self.order = []
        for delivery in self.omm.take(session, request, passive=passive):
            element = decode(delivery.frame)
            self.order.append(element.name)
            assert findings(element) == []
            if delivery.is_answer:
                assert delivery.session is session
                answer = element
            else:
                self.events.setdefault(delivery.session.number, []).append(element)
        assert answer is not None
        assert answer.name == request.name + "Resp"
        return answer

    def collect(self) -> None:
        """Take the events of a local deed."""
        for delivery in self.omm.state.drain():
            events = self.events.setdefault(delivery.session.number, [])
            events.append(decode(delivery.frame))

    def told(self, session: Session) -> list[Element]:
        return self.events.pop(session.number, [])

    def listen(self, session: Session, *types: str) -> None:
        items = [
            make("e", {"cmd": "On", "eventType": name, "ppn": -1, "uid": -1}) for name in types
        ]
        assert not self.ask(session, make("Subscribe", {}, *items)).get("errCode")

    def request(self, session: Session, name: str, /, **attrs: Value) -> Element:
        return self.ask(session, make(name, attrs))

    def set_pair(self, session: Session, **children: dict[str, Value]) -> Element:
        parts = [make(tag, attrs) for tag, attrs in children.items()]
        return self.ask(session, make("SetPP", {}, *parts))

    def seal(self, text: str) -> str:
        return self.state.key.public.encrypt(text)


def findings(element: Element) -> list[str]:
    found = load().findings(element)
    return [line for line in found if not any(word in line for word in INFERRED)]


MakeBench = Callable[..., Bench]


@pytest.fixture(scope="session")
def vendor_key() -> PrivateKey:
    return PrivateKey.generate(512, random.Random(7).randbytes)


@pytest.fixture
def make_bench(vendor_key: PrivateKey) -> MakeBench:
    def make_one(
        quirks: Iterable[Quirk] = (), users: int = 0, devices: int = 0, unbound: int = 0
    ) -> Bench:
        holder: list[Bench] = []
        rng = random.Random(11)

        def now() -> float:
            return holder[0].time if holder else float(NOW)

        identity = Identity(4, "1F10290004")
        state = State(identity, frozenset(quirks), vendor_key, now, rng)
        state.settings = start_settings(state, "1F1028D085", "Site 4")
        populate(state, Amounts(users, devices, unbound, unbound), random.Random(5))
        bench = Bench(Omm(state, all_handlers()))
        holder.append(bench)
        return bench

    return make_one


@pytest.fixture
def bench(make_bench: MakeBench) -> Bench:
    """An OMM with five bound pairs, one further user and one further device."""
    return make_bench(users=5, devices=5, unbound=1)


@pytest.fixture
def empty(make_bench: MakeBench) -> Bench:
    return make_bench()
