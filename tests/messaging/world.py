"""Phones in a dictionary, OMMs and applications that keep what they are sent."""

import base64
from typing import Any

from twisted.internet.defer import Deferred
from twisted.internet.task import Clock

from mom.axi.element import Element, Value, make
from mom.axi.errors import LinkLost, RequestRefused
from mom.messaging.message import Message, message_of_application, message_of_phone
from mom.messaging.party import FULL, Party
from mom.messaging.requests import Caller
from mom.messaging.router import Router
from mom.model.identities import OmmId
from mom.model.omm import Omm
from mom.ports import Place, SessionFacts

ID = 1048577
DATA = base64.b64encode(b"open").decode()
RIGHTS = frozenset({"AllCnfRead", "Messaging"})


class Places:
    """Implements `Whereabouts`."""

    def __init__(self) -> None:
        self.phones: dict[str, Place] = {}
        self.users: dict[tuple[int, int], int] = {}
        self.waiting: dict[int, Deferred[None]] = {}

    def put(self, num: str, device: int, omm: int, local: int = 0, moving: bool = False) -> None:
        self.phones[num] = Place(device, OmmId(omm), local or device + 100, moving)

    def move(self, num: str, omm: int) -> None:
        place = self.phones[num]
        self.phones[num] = Place(place.device, OmmId(omm), place.local, True)

    def arrive(self, num: str) -> None:
        place = self.phones[num]
        self.phones[num] = Place(place.device, place.omm, place.local)
        if place.device in self.waiting:
            self.waiting.pop(place.device).callback(None)

    def of_number(self, num: str) -> Place | None:
        return self.phones.get(num)

    def of_device(self, device: int) -> Place | None:
        return next((place for place in self.phones.values() if place.device == device), None)

    def user_number(self, omm: OmmId, local: int) -> int:
        return self.users.get((omm, local), 0)

    def device_number(self, omm: OmmId, local: int) -> int:
        found = (p.device for p in self.phones.values() if (p.omm, p.local) == (omm, local))
        return next(found, 0)

    def number_at(self, device: int) -> str:
        return next((num for num, place in self.phones.items() if place.device == device), "")

    def settled(self, device: int) -> "Deferred[None]":
        return self.waiting.setdefault(device, Deferred(lambda _: self.waiting.pop(device, None)))


class FakeWire:
    """The session of an OMM: keeps requests, and is answered by the test."""

    def __init__(self, number: int) -> None:
        self.omm = Omm(
            id=OmmId(number), name=f"Site {number}", omm1="x", username="x", password="x"
        )
        self.facts = SessionFacts(park=f"1F1029000{number}")
        self.unsent = 0
        self.requests: list[Element] = []
        self.answers: list[Deferred[Element]] = []

    def request(self, element: Element) -> "Deferred[Element]":
        self.requests.append(element)
        self.answers.append(Deferred())
        return self.answers[-1]

    def refuse(self, code: str) -> None:
        """Refuse the last request."""
        name = self.requests[-1].name
        refusal = RequestRefused(name, make(f"{name}Resp", {"errCode": code}))
        self.answers[-1].errback(refusal)

    def lose(self) -> None:
        """The outcome of the last request is not known."""
        self.answers[-1].errback(LinkLost(self.requests[-1].name))

    def fill(self) -> None:
        self.unsent = FULL + 1

    def sent(self, name: str) -> list[Element]:
        return [request for request in self.requests if request.name == name]

    def routed(self) -> list[Element]:
        """The events that MOM had it deliver."""
        return [request.children[0] for request in self.sent("RouteEventFromMOM")]

    def results(self) -> list[str]:
        return [event.get("event") for event in self.routed() if event.has("event")]

    def responses(self) -> list[Element]:
        return [request.children[0] for request in self.sent("RouteResponseFromMOM")]


class Application:
    """An application of MOM."""

    address = "MOM"

    def __init__(self, number: int = 1) -> None:
        self.party = Party(application=number)
        self.unsent = 0
        self.events: list[Element] = []

    def tell(self, event: Element) -> None:
        self.events.append(event)


class World:
    """A router with three OMMs; the phone 100x is at OMM x."""

    def __init__(self) -> None:
        self.clock = Clock()
        self.places = Places()
        self.router = Router(self.clock, self.places)
        self.router.start()
        self.wires = {number: FakeWire(number) for number in (1, 2, 3)}
        self.lines = {number: self.router.open(wire) for number, wire in self.wires.items()}
        for number in self.wires:
            self.places.put(f"100{number}", number, number)

    def __getitem__(self, number: int) -> FakeWire:
        return self.wires[number]

    def tell(self, number: int, event: Element) -> None:
        """An OMM sends an event."""
        self.lines[number].take(event)

    def write(self, number: int = 1, to: str = "tel:1002", **changes: Value) -> None:
        """A phone at an OMM writes a message."""
        self.tell(number, make("EventMessageSend", None, msg(to, number, **changes)))

    def progress(self, number: int, event: str, to: str = "tel:1002", id: int = ID) -> None:
        """An OMM tells how far a message is."""
        attrs: dict[str, Value] = {"sendTime": 5, "id": id, "toAddr": to, "event": event}
        self.tell(number, make("EventMessageProgress", attrs))

    def ask(self, number: int, name: str, /, *children: Element, **attrs: Any) -> Element:
        """An application at an OMM asks MOM; the response."""
        request = make(name, attrs, *children)
        self.tell(number, make("EventRequestToMOM", {"id": 9}, request))
        return self.wires[number].responses()[-1]

    def request(
        self, application: Application, name: str, /, *children: Element, **a: Any
    ) -> Element:
        """An application of MOM asks; the response."""
        replies: list[Element] = []
        asked = self.router.request(Caller(application.party, RIGHTS), make(name, a, *children))

        def replied(reply: Any) -> None:
            replies.append(reply.response)
            self.router.do(reply)

        asked.addCallback(replied)
        return replies[0]


def msg(to: str = "tel:1002", number: int = 1, **changes: Value) -> Element:
    attrs: dict[str, Value] = {
        "sendTime": 5,
        "id": ID,
        "ppn": number + 100,
        "fromAddr": f"tel:100{number}",
        "toAddr": to,
        "content": "Hello",
    }
    return make("msg", attrs | changes, make("confirmReq", text="ReadYes"))


def message(to: str = "tel:1002", sender: int = 1, **changes: Value) -> Message:
    """A message of a phone."""
    event = make("EventMessageSend", None, msg(to, sender, **changes))
    return message_of_phone(Party(omm=OmmId(sender)), event, lambda _: "")


def request_message(to: str = "tel:1002", application: int = 1, **changes: Value) -> Message:
    """A message of an application."""
    values = {"id": 7, "fromAddr": "tel:9", **changes}
    request = make("SendMessage", None, msg(to, 1, **values))
    return message_of_application(Party(application=application), request, RIGHTS)
