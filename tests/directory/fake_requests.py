"""What a fake OMM answers to requests about its users and devices."""

from mom.axi.element import Element, make
from tests.directory.fake_records import LOCAL, RELATION, TOLD, UNIQUE, FakeRecords


class FakeRequests:
    """Works requests off on the records of a fake OMM."""

    def __init__(self, site: FakeRecords) -> None:
        self._site = site

    def answer(self, request: Element) -> Element:
        """What an OMM answers to a request."""
        name = request.name
        if name in self._site.quirks.refuse_requests:
            return make(f"{name}Resp", {"errCode": self._site.quirks.refuse_requests[name]})
        if name in ("PPSIPRegister", "PPSIPDeregister"):
            return self._sip(request)
        if name in ("DECTLocateReject", "DECTSubscribeReject", "SetPPLink"):
            return make(f"{name}Resp")
        if name in ("GetPPUserSummary", "GetPPDevSummary"):
            kind = "user" if "User" in name else "pp"
            return make(f"{name}Resp", {"nRecords": len(self._site.records[kind])})
        if name in ("GetPPUser", "GetPPDev"):
            return self._get(request, "user" if "User" in name else "pp")
        if name in ("DeletePPUser", "DeletePPDev"):
            kind = "user" if "User" in name else "pp"
            local = request.number(LOCAL[kind])
            if local not in self._site.records[kind]:
                return make(f"{name}Resp", {"errCode": "ENoEnt"})
            self._site.remove(kind, local)
            return make(f"{name}Resp")
        if name == "SetPP" and self._site.quirks.set_pp:
            return self._set(request)
        if name == "CreateFixedPP":
            created = self._set(request)
            locals_ = [child.number(LOCAL[child.name]) for child in created.children]
            self._site.bind(*locals_)
            both = zip(("user", "pp"), locals_, strict=True)
            return make(f"{name}Resp", None, *(self._site.whole(*each) for each in both))
        if name == "SetPPUserDevRelation":
            user = self._site.records["user"][request.number("uid")]
            self._site.bind(request.number("uid"), int(user["ppn"]), request.get("relType"))
            return make(f"{name}Resp", request.attrs)
        if name[:3] in ("Set", "Cre") and name[-6:] in ("PPUser", "tPPDev", "ePPDev"):
            return self._set(request)
        return make(f"{name}Resp", {"errCode": "EInval"})

    def _sip(self, request: Element) -> Element:
        local = request.number("ppn")
        if local not in self._site.records["pp"]:
            return make(f"{request.name}Resp", {"errCode": "ENoEnt"})
        if request.name == "PPSIPRegister":
            self._site.registered.add(local)
        else:
            self._site.registered.discard(local)
            self._site.publish(make("EventPPSIPDeregistered", {"ppn": local}))
        return make(f"{request.name}Resp")

    def _get(self, request: Element, kind: str) -> Element:
        start = request.number(LOCAL[kind])
        most = min(request.number("maxRecords"), self._site.quirks.page)
        if request.number("maxRecords"):
            found = [n for n in sorted(self._site.records[kind]) if n >= start][:most]
        else:
            found = [start] if start in self._site.records[kind] else []
        if not found:
            return make(f"{request.name}Resp", {"errCode": "ENoEnt"})
        return make(f"{request.name}Resp", None, *(self._site.whole(kind, n) for n in found))

    def _set(self, request: Element) -> Element:
        site, name = self._site, f"{request.name}Resp"
        for child in request.children:
            for value, (code, bad) in site.quirks.refuse.items():
                if value in child.attrs.values():
                    return make(name, {"errCode": code, "bad": bad, "maxLen": 10})
            local = child.number(LOCAL[child.name])
            if local and local not in site.records[child.name]:
                return make(name, {"errCode": "ENoEnt"})
            if site.is_taken(child):
                return make(name, {"errCode": "EExist", "bad": UNIQUE[child.name]})
        wish = request.child("user")
        phone = wish.number("ppn") if wish is not None and wish.has("ppn") else 0
        if wish is not None and phone in site.logins and wish.get("relType") == "Dynamic":
            return self._log_in(request, wish, phone)
        former = {c.name: site.partner(c.name, c.number(LOCAL[c.name])) for c in request.children}
        locals_ = {child.name: site.store(child) for child in request.children}
        types = [child.get("relType", "Unbound") for child in request.children]
        if len(types) == 2 and "Unbound" not in types:
            user = site.records["user"][locals_["user"]]
            device = site.records["pp"][locals_["pp"]]
            user |= {"ppn": str(locals_["pp"]), "relType": types[0]}
            device |= {"uid": str(locals_["user"]), "relType": types[0]}
        for kind, local in locals_.items():
            self._bind_partner(kind, local)
            site.part(kind, local, former[kind])
        if site.quirks.echoes:
            for kind, local in locals_.items():
                site.publish(make("EventPPCnf", None, site.whole(kind, local)))
        return make(name, None, *(self._stored(c, locals_[c.name]) for c in request.children))

    def _stored(self, child: Element, local: int) -> Element:
        """A record after a request, as it is answered."""
        stored = self._site.whole(child.name, local)
        number = TOLD[child.name]
        if self._site.quirks.repeats_numbers and child.has(number):
            stored = stored.having({number: child.get(number)})
        return stored

    def _bind_partner(self, kind: str, local: int) -> None:
        """The record that this one is bound to by its local number is bound to this one."""
        site, record = self._site, self._site.records[kind][local]
        other = "pp" if kind == "user" else "user"
        partner = site.records[other].get(site.partner(kind, local))
        back = RELATION[other][1]
        if partner is None or partner[back] == str(local):
            return
        former = int(partner[back])
        partner |= {back: str(local), "relType": record["relType"]}
        site.part(other, int(partner[LOCAL[other]]), former)

    def _log_in(self, request: Element, wish: Element, phone: int) -> Element:
        """The OMM compares the PIN, binds the user and reports the link, or drops the copy."""
        typed = self._site.logins.pop(phone)
        if self._site.key.decrypt(wish.get("pin")) != typed:
            return make(f"{request.name}Resp", {"errCode": "EAuth"})
        attrs = {n: t for n, t in wish.attrs.items() if n not in ("ppn", "relType")}
        local = self._site.store(Element("user", attrs))
        if self._site.quirks.links:
            self._site.link(local, phone)
        return make(f"{request.name}Resp", None, self._site.whole("user", local))
