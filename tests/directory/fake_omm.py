"""A small OMM in memory: local numbers, stamps by its own clock, quirks; and its port.

Answers and events come later, one at a time, when the test pumps: in the order of a real link.
"""

import itertools
from collections import deque
from collections.abc import Callable

import msgspec
from twisted.internet.defer import Deferred, fail

from mom.axi.element import Element, make
from mom.axi.errors import LinkLost, RequestRefused, RequestTimeout
from mom.axi.secrets import PrivateKey
from mom.model.omm import Omm
from mom.ports import SessionFacts
from tests.directory.fake_rooms import FakeRooms

SECRETS = ("pin", "sipPw", "credentialPw", "serviceAuthPassword", "keyLockPin")
RELATION = {"user": ("relType", "ppn"), "pp": ("relType", "uid")}
ROAMING = ("ommId", "ommIdAck", "roaming")
SUBSCRIPTION = ("ipei", "s", "uak", "ac", "subscriptionId", "subscribeToPARIOnly", "autoCreate")
FLAGS = ("vip", "permanent", "external", "encrypt", "futureFlag")
WORDS = {"0": "false", "1": "true"}
DIGITS = {"false": "0", "true": "1"}
STAMPS = {
    "user": ("timeStampAdmin", "timeStampRelation"),
    "pp": ("timeStampAdmin", "timeStampRelation", "timeStampRoaming", "timeStampSubscription"),
}
LOCAL = {"user": "uid", "pp": "ppn"}
UNIQUE = {"user": "num", "pp": "ipei"}
TOLD = {"user": "uidSec", "pp": "ppnSec"}
DEFAULTS = {
    "user": {
        "name": "", "num": "", "hierarchy1": "", "addId": "", "sipAuthId": "", "lang": "English",
        "vip": "0", "permanent": "0", "external": "0", "fixedSipPort": "0",
        "relType": "Unbound", "ppn": "0",
    },
    "pp": {
        "ipei": "", "ac": "", "s": "No", "uak": "", "encrypt": "1", "hwType": "Unknown",
        "ommId": "", "ommIdAck": "", "roaming": "RoamingComplete",
        "relType": "Unbound", "uid": "0",
    },
}  # fmt: skip


class Quirks(msgspec.Struct, kw_only=True):
    """How this OMM differs from others."""

    echoes: bool = False
    echo_first: bool = False
    restamps: bool = False
    reencrypts: bool = False
    words: bool = False
    """Booleans are written as `true` and `false`, those that MOM does not know too."""
    page: int = 20
    set_pp: bool = True
    versions: bool = True
    refuse: dict[str, tuple[str, str]] = {}
    """Attribute value -> errCode and bad: refused when written."""
    refuse_requests: dict[str, str] = {}
    """Request -> errCode: refused."""
    silent: set[str] = set()
    """Requests that are carried out and never answered."""
    deaf: set[str] = set()
    """Requests that are neither carried out nor answered."""
    limit: int = 0
    """How many phones the OMM says that it takes; 0 = it does not tell."""
    profile: bool = True
    links: bool = True
    """Whether a log-in with the right PIN is reported at once."""


class FakeOmm:
    """The data of one OMM and what it answers."""

    def __init__(self, park: str, key: PrivateKey, clock: Callable[[], int]) -> None:
        self.park, self.key, self.clock = park, key, clock
        self.quirks = Quirks()
        self.records: dict[str, dict[int, dict[str, str]]] = {"user": {}, "pp": {}}
        self.secrets: dict[int, dict[str, str]] = {}
        self.ciphers: dict[tuple[int, str], tuple[str, str]] = {}
        self.numbers = {"user": itertools.count(1), "pp": itertools.count(1)}
        self.ports: list[FakePort] = []
        self.requests: list[Element] = []
        self.logins: dict[int, str] = {}
        """The PINs that people typed, by local number of the phone."""
        self.registered: set[int] = set()
        """Local numbers of the devices whose users are registered at SIP."""
        self.rooms = FakeRooms(key, self.publish)

    @property
    def ari(self) -> str:
        return self.park[2:]

    # -- what people and phones do at the site

    def add(self, kind: str, secrets: dict[str, str] | None = None, **attrs: str) -> int:
        local = next(self.numbers[kind])
        now = str(self.clock())
        record = {LOCAL[kind]: str(local), TOLD[kind]: "0", **DEFAULTS[kind]}
        record |= dict.fromkeys(STAMPS[kind], now) | {"timeStamp": now} | attrs
        self.records[kind][local] = record
        if kind == "user":
            self.secrets[local] = dict.fromkeys(SECRETS, "") | (secrets or {})
        self.tell(kind, local, record)
        return local

    def edit(self, kind: str, local: int, **attrs: str) -> None:
        record = self.records[kind][local]
        told = {n: t for n, t in attrs.items() if n not in SECRETS}
        changed = {n: t for n, t in told.items() if record.get(n) != t}
        for name in set(attrs) & set(SECRETS):
            self.secrets[local][name] = attrs[name]
            changed[name] = ""
        if not changed:
            return
        record |= told
        stamps = self._stamp(kind, local, changed)
        sealed = {n: self._cipher(local, n) for n in changed if n in SECRETS}
        self.tell(kind, local, {LOCAL[kind]: str(local), **changed, **sealed, **stamps})

    def bind(self, uid: int, ppn: int, rel_type: str = "Fixed") -> None:
        user, device = self.records["user"][uid], self.records["pp"][ppn]
        former = (("pp", int(user["ppn"]), uid), ("user", int(device["uid"]), ppn))
        for kind, local, other in former:
            if local not in (uid if kind == "user" else ppn, 0):
                self._release(kind, local, other)
        self.edit("user", uid, ppn=str(ppn), relType=rel_type)
        self.edit("pp", ppn, uid=str(uid), relType=rel_type)

    def unbind(self, uid: int) -> None:
        ppn = int(self.records["user"][uid]["ppn"])
        self.edit("user", uid, ppn="0", relType="Unbound")
        self._release("pp", ppn, uid)

    def remove(self, kind: str, local: int) -> None:
        record = self.records[kind].pop(local, None)
        if record is None:
            return
        if kind == "pp":
            self.registered.discard(local)
        flag = "deletedUser" if kind == "user" else "deletedDev"
        event = make("EventPPCnf", {flag: True}, self._key(kind, record))
        self.publish(event)
        partner = int(record[RELATION[kind][1]])
        self._release("pp" if kind == "user" else "user", partner, local)

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

    def connect(self, omm: Omm, offset: float = 0.0) -> "FakePort":
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

    def tell(self, kind: str, local: int, attrs: dict[str, str]) -> None:
        self.publish(make("EventPPCnf", None, Element(kind, {LOCAL[kind]: str(local)} | attrs)))

    def whole(self, kind: str, local: int) -> Element:
        record = dict(self.records[kind][local])
        if kind == "user":
            record |= {name: self._cipher(local, name) for name in SECRETS}
        if self.quirks.words:
            record |= {n: WORDS[record[n]] for n in FLAGS if record.get(n) in WORDS}
        return Element(kind, record)

    def answer(self, request: Element) -> Element:
        self.requests.append(request)
        if "ConferenceRoom" in request.name:
            return self.rooms.answer(request)
        return self._answer(request)

    def _answer(self, request: Element) -> Element:
        name = request.name
        if name in self.quirks.refuse_requests:
            return make(f"{name}Resp", {"errCode": self.quirks.refuse_requests[name]})
        if name in ("PPSIPRegister", "PPSIPDeregister"):
            return self._sip(request)
        if name in ("DECTLocateReject", "DECTSubscribeReject", "SetPPLink"):
            return make(f"{name}Resp")
        if name in ("GetPPUserSummary", "GetPPDevSummary"):
            kind = "user" if "User" in name else "pp"
            return make(f"{name}Resp", {"nRecords": len(self.records[kind])})
        if name in ("GetPPUser", "GetPPDev"):
            return self._get(request, "user" if "User" in name else "pp")
        if name in ("DeletePPUser", "DeletePPDev"):
            kind = "user" if "User" in name else "pp"
            local = request.number(LOCAL[kind])
            if local not in self.records[kind]:
                return make(f"{name}Resp", {"errCode": "ENoEnt"})
            self.remove(kind, local)
            return make(f"{name}Resp")
        if name == "SetPP" and self.quirks.set_pp:
            return self._set(request)
        if name == "CreateFixedPP":
            created = self._set(request)
            locals_ = [child.number(LOCAL[child.name]) for child in created.children]
            self.bind(*locals_)
            both = zip(("user", "pp"), locals_, strict=True)
            return make(f"{name}Resp", None, *(self.whole(*each) for each in both))
        if name == "SetPPUserDevRelation":
            user = self.records["user"][request.number("uid")]
            self.bind(request.number("uid"), int(user["ppn"]), request.get("relType"))
            return make(f"{name}Resp", request.attrs)
        if name[:3] in ("Set", "Cre") and name[-6:] in ("PPUser", "tPPDev", "ePPDev"):
            return self._set(request)
        return make(f"{name}Resp", {"errCode": "EInval"})

    def _sip(self, request: Element) -> Element:
        local = request.number("ppn")
        if local not in self.records["pp"]:
            return make(f"{request.name}Resp", {"errCode": "ENoEnt"})
        if request.name == "PPSIPRegister":
            self.registered.add(local)
        else:
            self.registered.discard(local)
            self.publish(make("EventPPSIPDeregistered", {"ppn": local}))
        return make(f"{request.name}Resp")

    def _get(self, request: Element, kind: str) -> Element:
        start = request.number(LOCAL[kind])
        most = min(request.number("maxRecords"), self.quirks.page)
        if request.number("maxRecords"):
            found = [n for n in sorted(self.records[kind]) if n >= start][:most]
        else:
            found = [start] if start in self.records[kind] else []
        if not found:
            return make(f"{request.name}Resp", {"errCode": "ENoEnt"})
        return make(f"{request.name}Resp", None, *(self.whole(kind, n) for n in found))

    def _set(self, request: Element) -> Element:
        name = f"{request.name}Resp"
        for child in request.children:
            for value, (code, bad) in self.quirks.refuse.items():
                if value in child.attrs.values():
                    return make(name, {"errCode": code, "bad": bad, "maxLen": 10})
            local = child.number(LOCAL[child.name])
            if local and local not in self.records[child.name]:
                return make(name, {"errCode": "ENoEnt"})
            if self._is_taken(child):
                return make(name, {"errCode": "EExist", "bad": UNIQUE[child.name]})
        wish = request.child("user")
        phone = wish.number("ppn") if wish is not None and wish.has("ppn") else 0
        if wish is not None and phone in self.logins and wish.get("relType") == "Dynamic":
            return self._log_in(request, wish, phone)
        former = {c.name: self._partner(c.name, c.number(LOCAL[c.name])) for c in request.children}
        locals_ = {child.name: self._store(child) for child in request.children}
        types = [child.get("relType", "Unbound") for child in request.children]
        if len(types) == 2 and "Unbound" not in types:
            user, device = (
                self.records["user"][locals_["user"]], self.records["pp"][locals_["pp"]]
            )  # fmt: skip
            user |= {"ppn": str(locals_["pp"]), "relType": types[0]}
            device |= {"uid": str(locals_["user"]), "relType": types[0]}
        for kind, local in locals_.items():
            self._part(kind, local, former[kind])
        if self.quirks.echoes:
            for kind, local in locals_.items():
                self.publish(make("EventPPCnf", None, self.whole(kind, local)))
        return make(name, None, *(self.whole(k, n) for k, n in locals_.items()))

    def _log_in(self, request: Element, wish: Element, phone: int) -> Element:
        """The OMM compares the PIN, binds the user and reports the link, or drops the copy."""
        typed = self.logins.pop(phone)
        if self.key.decrypt(wish.get("pin")) != typed:
            return make(f"{request.name}Resp", {"errCode": "EAuth"})
        attrs = {n: t for n, t in wish.attrs.items() if n not in ("ppn", "relType")}
        local = self._store(Element("user", attrs))
        if self.quirks.links:
            self.link(local, phone)
        return make(f"{request.name}Resp", None, self.whole("user", local))

    def link(self, uid: int, ppn: int) -> None:
        self.bind(uid, ppn, "Dynamic")
        self.publish(make("EventPPLink", {"ppn": ppn, "uid": uid, "relType": "Dynamic"}))

    def _partner(self, kind: str, local: int) -> int:
        record = self.records[kind].get(local)
        return int(record[RELATION[kind][1]]) if record is not None else 0

    def _part(self, kind: str, local: int, former: int) -> None:
        """End the relation at the other end if this one is bound to somebody else now, or none."""
        if former != self._partner(kind, local):
            self._release("pp" if kind == "user" else "user", former, local)

    def _release(self, kind: str, local: int, partner: int) -> None:
        """End the relation of a record, if it is the one with this partner."""
        if local and self._partner(kind, local) == partner:
            self.edit(kind, local, **{RELATION[kind][1]: "0"}, relType="Unbound")

    def _is_taken(self, child: Element) -> bool:
        """Whether another record has the number to dial or the IPEI."""
        kind, text = child.name, child.get(UNIQUE[child.name])
        local, number = child.number(LOCAL[kind]), child.get(TOLD[kind], "0")
        return bool(text) and any(
            r[UNIQUE[kind]] == text and n != local and not (not local and r[TOLD[kind]] == number)
            for n, r in self.records[kind].items()
        )

    def _store(self, child: Element) -> int:
        kind, local = child.name, child.number(LOCAL[child.name])
        number = child.get(TOLD[kind], "0")
        if not local:
            same = [n for n, r in self.records[kind].items() if r[TOLD[kind]] == number != "0"]
            local = same[0] if same else next(self.numbers[kind])
        new = local not in self.records[kind]
        if new:
            now = str(self.clock())
            base = {LOCAL[kind]: str(local), TOLD[kind]: "0"} | DEFAULTS[kind]
            self.records[kind][local] = base | dict.fromkeys((*STAMPS[kind], "timeStamp"), now)
            if kind == "user":
                self.secrets[local] = dict.fromkeys(SECRETS, "")
        record = self.records[kind][local]
        before = dict(record)
        for name, text in child.attrs.items():
            if name in SECRETS:
                self.secrets[local][name] = self.key.decrypt(text)
            elif name != LOCAL[kind]:
                record[name] = DIGITS.get(text, text) if name in FLAGS else text
        changed = {n: t for n, t in record.items() if before.get(n) != t}
        if self.quirks.restamps and changed:
            self._stamp(kind, local, changed)
        return local

    def _stamp(self, kind: str, local: int, changed: dict[str, str]) -> dict[str, str]:
        groups = set()
        for name in changed:
            if name in RELATION[kind]:
                groups.add("timeStampRelation")
            elif kind == "pp" and name in ROAMING:
                groups.add("timeStampRoaming")
            elif kind == "pp" and name in SUBSCRIPTION:
                groups.add("timeStampSubscription")
            elif not name.startswith("timeStamp") and name not in TOLD.values():
                groups.add("timeStampAdmin")
        stamps = {name: str(self.clock()) for name in groups}
        self.records[kind][local] |= stamps
        return stamps

    def _cipher(self, local: int, name: str) -> str:
        text = self.secrets[local][name]
        kept = self.ciphers.get((local, name))
        if kept is None or kept[0] != text or self.quirks.reencrypts:
            kept = self.ciphers[local, name] = (text, self.key.public.encrypt(text))
        return kept[1]

    def _key(self, kind: str, record: dict[str, str]) -> Element:
        return Element(kind, {n: record[n] for n in (LOCAL[kind], TOLD[kind])})


class FakePort:
    """The session of a fake OMM: what it says waits until the test pumps it."""

    def __init__(self, site: FakeOmm, omm: Omm, facts: SessionFacts) -> None:
        self.site, self.omm, self.facts = site, omm, facts
        self.take: Callable[[Element], None] = lambda event: None
        self.held = False
        self.holds = 0
        self.lost = False
        self.given_up = ""
        self._line: deque[Callable[[], None]] = deque()
        self._open: set[Deferred[Element]] = set()

    def request(self, element: Element) -> Deferred[Element]:
        if self.lost:
            return fail(LinkLost(element.name))
        answer: Deferred[Element] = Deferred()
        self._open.add(answer)
        self._line.append(lambda: self._perform(element, answer))
        return answer

    @property
    def is_asked(self) -> bool:
        """A request waits for its answer."""
        return bool(self._open)

    def hold(self) -> None:
        self.held = True
        self.holds += 1

    def release(self) -> None:
        self.held = False

    def give_up(self, why: str) -> None:
        self.given_up = why

    def deliver(self, event: Element) -> None:
        if not self.lost:
            self._line.append(lambda: self.take(event))

    def lose(self) -> None:
        """The link breaks: open requests fail, nothing more arrives."""
        self.lost = True
        self._line.clear()
        waiting, self._open = self._open, set()
        for answer in waiting:
            answer.errback(LinkLost("request"))

    def time_out(self) -> None:
        """What was asked is never answered; the link stays."""
        self._line.clear()
        waiting, self._open = self._open, set()
        for answer in waiting:
            answer.errback(RequestTimeout("request", 10))

    def step(self) -> bool:
        """Let the next thing happen on the link; False if nothing waits."""
        if not self._line or self.held:
            return False
        self._line.popleft()()
        return True

    def _perform(self, element: Element, answer: Deferred[Element]) -> None:
        """The OMM works the request off now; what it says about it comes after what it said."""
        if element.name in self.site.quirks.deaf:
            return
        response = self.site.answer(element)
        if element.name in self.site.quirks.silent:
            return

        def fire() -> None:
            self._open.discard(answer)
            if "errCode" in response.attrs:
                answer.errback(RequestRefused(element.name, response))
            else:
                answer.callback(response)

        self._line.append(fire)
