"""The conference rooms of a fake OMM: local numbers, an encrypted password, events."""

from collections.abc import Callable, Mapping

from mom.axi.element import Element, make
from mom.axi.secrets import PrivateKey

START = {"name": "", "conferenceId": "", "sipAuthId": "", "fixedSipPort": "0"}


class FakeRooms:
    """What an OMM knows of rooms and answers about them."""

    def __init__(self, key: PrivateKey, publish: Callable[[Element], None], first: int = 1) -> None:
        self._key = key
        self._publish = publish
        self._next = first
        self.records: dict[int, dict[str, str]] = {}
        self.passwords: dict[int, str] = {}
        self._ciphers: dict[str, str] = {}
        self.able = True
        self.echoes = False
        self.reencrypts = False
        self.silent = False
        """Answers to Set and Create leave the room out."""
        self.keeps: Mapping[str, str] = {}
        """Values that nobody can change: the OMM takes them and keeps its own."""
        self.refuse: dict[str, tuple[str, str]] = {}
        """Attribute value -> errCode and bad: refused when written."""

    def add(self, password: str | None = None, **attrs: str) -> int:
        """Somebody makes a room at the site."""
        local = self._next
        self._next += 1
        self.records[local] = START | attrs
        if password is not None:
            self.passwords[local] = password
        self._tell(local)
        return local

    def edit(self, local: int, password: str | None = None, **attrs: str) -> None:
        """Somebody changes a room at the site: the event tells what has changed."""
        self.records[local] |= attrs
        told = dict(attrs)
        if password is not None:
            self.passwords[local] = password
            told["sipPw"] = self._cipher(local)
        self._publish(make("EventConferenceRoomCnf", None, make("room", {"id": local, **told})))

    def remove(self, local: int) -> None:
        """Somebody deletes a room at the site."""
        del self.records[local]
        self._publish(make("EventConferenceRoomCnf", {"id": local, "deleted": True}))

    def named(self, conference: str) -> dict[str, str]:
        """The one room with that conference number."""
        (found,) = [room for room in self.records.values() if room["conferenceId"] == conference]
        return found

    def password(self, conference: str) -> str:
        """The password of the one room with that conference number."""
        (local,) = [n for n, r in self.records.items() if r["conferenceId"] == conference]
        return self.passwords[local]

    def answer(self, request: Element) -> Element:
        """Answer a request about rooms."""
        name = f"{request.name}Resp"
        if not self.able:
            return make(name, {"errCode": "EForbidden"})
        if request.name == "GetConferenceRoom":
            start, most = request.number("id"), min(request.number("maxRecords"), 20)
            found = sorted(local for local in self.records if local >= start)[:most]
            if not found:
                return make(name, {"errCode": "ENoEnt"})
            return make(name, None, *map(self.whole, found))
        if request.name == "DeleteConferenceRoom":
            local = request.number("id")
            if local not in self.records:
                return make(name, {"errCode": "ENoEnt"})
            self.remove(local)
            return make(name)
        return self._store(request, name)

    def whole(self, local: int) -> Element:
        """A room as the OMM shows it."""
        room = self.records[local]
        port = room["fixedSipPort"] if room["fixedSipPort"] != "0" else "5060"
        secret = {"sipPw": self._cipher(local)} if local in self.passwords else {}
        return make("room", {"id": local, **room, **secret, "calculatedSipPort": port})

    def _store(self, request: Element, name: str) -> Element:
        (child,) = request.children
        for value, (code, bad) in self.refuse.items():
            if value in child.attrs.values():
                return make(name, {"errCode": code, "bad": bad, "maxLen": 10})
        new = request.name == "CreateConferenceRoom"
        local = self._next if new else child.number("id")
        if not new and local not in self.records:
            return make(name, {"errCode": "ENoEnt"})
        wanted = child.get("conferenceId")
        taken = [n for n, r in self.records.items() if wanted and r["conferenceId"] == wanted]
        if taken and taken != [local]:
            return make(name, {"errCode": "EExist", "bad": "conferenceId"})
        self._next += new
        attrs = {n: text for n, text in child.attrs.items() if n not in ("id", "sipPw")}
        self.records[local] = START | self.records.get(local, {}) | attrs | dict(self.keeps)
        if child.has("sipPw"):
            self.passwords[local] = self._key.decrypt(child.get("sipPw"))
        if self.echoes:
            self._tell(local)
        return make(name) if self.silent else make(name, None, self.whole(local))

    def _tell(self, local: int) -> None:
        self._publish(make("EventConferenceRoomCnf", None, self.whole(local)))

    def _cipher(self, local: int) -> str:
        text = self.passwords[local]
        if self.reencrypts or text not in self._ciphers:
            self._ciphers[text] = self._key.public.encrypt(text)
        return self._ciphers[text]
