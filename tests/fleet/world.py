"""A scripted OMM at the other end of links without sockets, and the fleet's surroundings."""

from collections.abc import Callable
from typing import Any

from twisted.internet.defer import Deferred, fail
from twisted.internet.error import ConnectionDone, ConnectionLost
from twisted.internet.task import Clock
from twisted.internet.testing import StringTransport
from twisted.python.failure import Failure

from mom.axi.codec import decode, encode
from mom.axi.element import Element, make
from mom.axi.frames import Framer
from mom.axi.protocol import AxiProtocol
from mom.fleet.errors import Unreachable
from mom.fleet.fleet import Fleet
from mom.fleet.options import FleetOptions, Wishes
from mom.fleet.ports import Learned, OmmChange
from mom.model.identities import OmmId
from mom.model.omm import Omm, OmmStatus, Severity
from mom.ports import OmmPort, OmmWire, ReadingResult

PARK = "1F1028D67A"
NOW = 1_700_000_000.0
Answer = Element | Callable[[Element], Element | None] | None


def omm_record(number: int = 1, **changes: Any) -> Omm:
    values: dict[str, Any] = {
        "id": OmmId(number),
        "name": f"Site {number}",
        "omm1": f"10.0.0.{number}",
        "username": "omm",
        "password": "secret",
    }
    return Omm(**{**values, **changes})


class Wire(StringTransport):
    """The client's end of a link; what is written reaches the OMM at once."""

    def __init__(self, omm: "ScriptedOmm", protocol: AxiProtocol) -> None:
        super().__init__()
        self.omm = omm
        self.client = protocol
        self.framer = Framer()
        self.is_open = True

    def write(self, data: bytes) -> None:
        for frame in self.framer.feed(data):
            self.omm.requests.append(decode(frame))
            self.omm.clock.callLater(0, self.omm.reply, self, decode(frame))

    def loseConnection(self) -> None:
        self.disconnecting = True
        self.omm.clock.callLater(0, self.lose, ConnectionDone())

    def abortConnection(self) -> None:
        self.omm.clock.callLater(0, self.lose, ConnectionLost())

    def lose(self, error: Exception) -> None:
        if self.is_open:
            self.is_open = False
            self.omm.wires.remove(self)
            self.client.connectionLost(Failure(error))


class ScriptedOmm:
    """Answers requests from a table; a test changes the table to make it an odd one."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.requests: list[Element] = []
        self.wires: list[Wire] = []
        self.fingerprint = "ab" * 32
        self.unreachable = False
        self.silent = False
        self.answers: dict[str, Answer] = {
            "Open": make(
                "OpenResp",
                {"protocolVersion": 45, "ommVersion": "SIP-DECT 7.1-CK14"},
                make("permission", text="AllCnfRead"),
                make("permission", text="AllCnfWrite"),
            ),
            "GetPARK": make("GetPARKResp", {"park": PARK}),
            "Limits": make("LimitsResp", {"records": 20, "ppnNum": 10000}),
            "GetVersions": make("GetVersionsResp", {"SetPP": "1.0.0", "Ping": "1.0.2"}),
            "Ping": lambda _: make("PingResp", {"timeStamp": int(NOW + clock.seconds())}),
            "GetDevAutoCreate": make("GetDevAutoCreateResp", {"enable": False}),
            "GetUserDeviceSyncOMM": make("GetUserDeviceSyncOMMResp", {"enable": False}),
            "GetHealthState": make(
                "GetHealthStateResp", {}, make("health", {"component": "rfp", "severity": "OK"})
            ),
            "GetRFPSummary": make("GetRFPSummaryResp", {"nRFPs": 5, "nConnected": 2}),
            "GetSARI": make("GetSARIResp", {"sari": "1F00000000"}),
        }

    def refuse(self, name: str, code: str, **attrs: str) -> None:
        self.answers[name] = make(f"{name}Resp", {"errCode": code, **attrs})

    def reply(self, wire: Wire, request: Element) -> None:
        if self.silent or not wire.is_open:
            return
        answer = self.answers.get(request.name, make(f"{request.name}Resp"))
        if callable(answer):
            answer = answer(request)
        if answer is not None:
            wire.client.dataReceived(encode(answer.having({"seq": request.get("seq")})) + b"\0")

    def tell(self, event: Element) -> None:
        for wire in list(self.wires):
            wire.client.dataReceived(encode(event) + b"\0")

    def send(self, data: bytes) -> None:
        for wire in list(self.wires):
            wire.client.dataReceived(data)

    def cut(self) -> None:
        for wire in list(self.wires):
            wire.lose(ConnectionLost())

    def asked(self, name: str) -> list[Element]:
        return [request for request in self.requests if request.name == name]

    def names(self) -> list[str]:
        return [request.name for request in self.requests]


class FakeDialler:
    """Connects to scripted OMMs by address."""

    def __init__(self) -> None:
        self.omms: dict[str, ScriptedOmm] = {}
        self.dialled: list[tuple[str, int]] = []
        self.pending: list[Deferred[str]] = []
        self.hangs = False

    def dial(self, address: str, port: int, protocol: AxiProtocol) -> Deferred[str]:
        self.dialled.append((address, port))
        omm = self.omms.get(address)
        if self.hangs:
            self.pending.append(Deferred())
            return self.pending[-1]
        if omm is None or omm.unreachable:
            return fail(Unreachable("connection refused"))
        wire = Wire(omm, protocol)
        omm.wires.append(wire)
        connected: Deferred[str] = Deferred()

        def connect() -> None:
            protocol.makeConnection(wire)  # type: ignore[no-untyped-call]
            connected.callback(omm.fingerprint)

        omm.clock.callLater(0, connect)
        return connected


class FakeSitting:
    def __init__(self, port: OmmPort) -> None:
        self.port = port
        self.events: list[str] = []
        self.calls: list[str] = []
        self.result: Deferred[ReadingResult] = Deferred()
        self.notes: tuple[str, ...] = ()

    def take(self, event: Element) -> None:
        self.events.append(event.name)

    async def read(self, progress: Callable[[int, int], None]) -> ReadingResult:
        self.calls.append("read")
        self.progress = progress
        return await self.result

    def follow(self) -> None:
        self.calls.append("follow")

    def close(self) -> None:
        self.calls.append("close")


class FakeDesk:
    """Reads at once, unless ``at_once`` is off."""

    def __init__(self) -> None:
        self.sittings: list[FakeSitting] = []
        self.at_once = True

    def open(self, port: OmmPort) -> FakeSitting:
        sitting = FakeSitting(port)
        if self.at_once:
            sitting.result.callback(ReadingResult(users=3, devices=2, changed=0))
        self.sittings.append(sitting)
        return sitting

    def counts(self, omm: OmmId) -> tuple[int, int]:
        return 3, 2


class FakeLine:
    def __init__(self, wire: OmmWire) -> None:
        self.wire = wire
        self.events: list[str] = []
        self.closed = False

    def take(self, event: Element) -> None:
        self.events.append(event.name)

    def close(self) -> None:
        self.closed = True


class FakeSwitchboard:
    def __init__(self) -> None:
        self.lines: list[FakeLine] = []

    def open(self, wire: OmmWire) -> FakeLine:
        self.lines.append(FakeLine(wire))
        return self.lines[-1]


class FakeRecorder:
    def __init__(self) -> None:
        self.events: list[tuple[Severity, str]] = []

    def record(self, severity: Severity, subsystem: str, text: str) -> None:
        self.events.append((severity, text))

    def texts(self) -> list[str]:
        return [text for _, text in self.events]


class FakeRecords:
    """Records in a dictionary."""

    def __init__(self) -> None:
        self.omms: dict[OmmId, Omm] = {}
        self.listener: Callable[[OmmChange], None] | None = None
        self.flushed = 0

    async def load(self) -> list[Omm]:
        return list(self.omms.values())

    def learn(self, omm: OmmId, learned: Learned) -> None:
        if omm in self.omms:
            self.omms[omm] = learned.applied(self.omms[omm])

    async def flush(self) -> None:
        self.flushed += 1

    def subscribe(self, listener: Callable[[OmmChange], None]) -> "FakeRecords":
        self.listener = listener
        return self

    def stop(self) -> None:
        self.listener = None

    def put(self, omm: Omm) -> None:
        before = self.omms.get(omm.id)
        self.omms[omm.id] = omm
        if self.listener is not None:
            self.listener(OmmChange(before, omm))

    def delete(self, number: int) -> None:
        before = self.omms.pop(OmmId(number))
        if self.listener is not None:
            self.listener(OmmChange(before, None))


class World:
    """One fleet with everything around it."""

    def __init__(self) -> None:
        self.clock = Clock()
        self.dialler = FakeDialler()
        self.desk = FakeDesk()
        self.switchboard = FakeSwitchboard()
        self.records = FakeRecords()
        self.recorder = FakeRecorder()
        self.wishes = Wishes()
        self.options = FleetOptions()
        self.fleet = self.build()

    def build(self) -> Fleet:
        return Fleet(
            clock=self.clock,
            now=lambda: NOW + self.clock.seconds(),
            random=lambda: 0.5,
            desk=self.desk,
            switchboard=self.switchboard,
            records=self.records,
            recorder=self.recorder,
            dialler=self.dialler,
            wishes=lambda: self.wishes,
            options=self.options,
        )

    def add_omm(self, address: str) -> ScriptedOmm:
        omm = ScriptedOmm(self.clock)
        self.dialler.omms[address] = omm
        return omm

    def start(self, *omms: Omm) -> ScriptedOmm:
        """Start the fleet with these records (one by default); return the OMM of the first."""
        for omm in omms or (omm_record(),):
            self.records.omms[omm.id] = omm
            if omm.omm1 not in self.dialler.omms:
                self.add_omm(omm.omm1)
        self.run(self.fleet.start())
        self.settle()
        return self.dialler.omms[next(iter(self.records.omms.values())).omm1]

    def run(self, coroutine: Any) -> None:
        Deferred.fromCoroutine(coroutine)

    def settle(self) -> None:
        """Let everything happen that takes no time."""
        for _ in range(200):
            self.clock.advance(0)

    def advance(self, seconds: float) -> None:
        """Let time pass, in steps of at most a second."""
        self.settle()
        while seconds > 0:
            step = min(1.0, seconds)
            self.clock.advance(step)
            seconds -= step
            for _ in range(10):
                self.clock.advance(0)
        self.settle()

    def status(self, number: int = 1) -> OmmStatus:
        return self.fleet.status(OmmId(number))

    def record(self, number: int = 1) -> Omm:
        return self.records.omms[OmmId(number)]

    def stop(self) -> None:
        self.run(self.fleet.stop())
        self.settle()
        self.advance(5)
