"""The users and devices of a fake OMM: local numbers, stamps by its own clock, relations whole at
both ends, secrets encrypted with its key.
"""

import itertools
from abc import ABC, abstractmethod
from collections.abc import Callable

from mom.axi.element import Element, make
from mom.axi.secrets import PrivateKey
from tests.directory.fake_quirks import Quirks

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


class FakeRecords(ABC):
    """What an OMM knows of users and devices, and how it changes."""

    def __init__(self, key: PrivateKey, clock: Callable[[], int]) -> None:
        self.key, self.clock = key, clock
        self.quirks = Quirks()
        self.records: dict[str, dict[int, dict[str, str]]] = {"user": {}, "pp": {}}
        self.secrets: dict[int, dict[str, str]] = {}
        self.ciphers: dict[tuple[int, str], tuple[str, str]] = {}
        self.numbers = {"user": itertools.count(1), "pp": itertools.count(1)}
        self.logins: dict[int, str] = {}
        """The PINs that people typed, by local number of the phone."""
        self.registered: set[int] = set()
        """Local numbers of the devices whose users are registered at SIP."""

    @abstractmethod
    def publish(self, event: Element) -> None:
        """Tell whoever follows."""

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

    def tell(self, kind: str, local: int, attrs: dict[str, str]) -> None:
        self.publish(make("EventPPCnf", None, Element(kind, {LOCAL[kind]: str(local)} | attrs)))

    def whole(self, kind: str, local: int) -> Element:
        record = dict(self.records[kind][local])
        if kind == "user":
            record |= {name: self._cipher(local, name) for name in SECRETS}
        if self.quirks.words:
            record |= {n: WORDS[record[n]] for n in FLAGS if record.get(n) in WORDS}
        if self.quirks.hides_numbers:
            del record[TOLD[kind]]
        return Element(kind, record)

    def link(self, uid: int, ppn: int) -> None:
        self.bind(uid, ppn, "Dynamic")
        self.publish(make("EventPPLink", {"ppn": ppn, "uid": uid, "relType": "Dynamic"}))

    def partner(self, kind: str, local: int) -> int:
        record = self.records[kind].get(local)
        return int(record[RELATION[kind][1]]) if record is not None else 0

    def part(self, kind: str, local: int, former: int) -> None:
        """End the relation at the other end if this one is bound to somebody else now, or none."""
        if former != self.partner(kind, local):
            self._release("pp" if kind == "user" else "user", former, local)

    def _release(self, kind: str, local: int, partner: int) -> None:
        """End the relation of a record, if it is the one with this partner."""
        if local and self.partner(kind, local) == partner:
            self.edit(kind, local, **{RELATION[kind][1]: "0"}, relType="Unbound")

    def is_taken(self, child: Element) -> bool:
        """Whether another record has the number to dial or the IPEI."""
        kind, text = child.name, child.get(UNIQUE[child.name])
        local, number = child.number(LOCAL[kind]), child.get(TOLD[kind], "0")
        return bool(text) and any(
            r[UNIQUE[kind]] == text and n != local and not (not local and r[TOLD[kind]] == number)
            for n, r in self.records[kind].items()
        )

    def store(self, child: Element) -> int:
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
            elif name != LOCAL[kind] and (self.quirks.keeps_numbers or name != TOLD[kind]):
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
