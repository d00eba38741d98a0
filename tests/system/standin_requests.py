"""What a stand-in answers to requests. The standard library only."""

import asyncio
from xml.sax.saxutils import quoteattr

from standin_records import KEYS, RELATION, Refused

MOST_RECORDS = 20
ROAMING_EVENTS = ("EventDECTLocate", "EventDECTSubscribe", "EventPPLogin", "EventPPLink")
ROAMING_EVENTS += ("EventPPUserMovedLocally", "EventPPSIPDeregistered")


def render(name, attrs, children=(), shuffle=None):
    """One element as text, its attributes in their order or shuffled."""
    items = list(attrs.items())
    if shuffle is not None:
        shuffle(items)
    head = f"<{name}" + "".join(f" {key}={quoteattr(str(value))}" for key, value in items)
    inside = "".join(children)
    return f"{head}>{inside}</{name}>" if inside else f"{head} />"


class Requests:
    """What the OMM answers: `on_Name` returns attributes and children, or raises `Refused`."""

    def __init__(self, site):
        self.site = site

    def answer(self, link, request):
        name = request.tag
        handler = getattr(self, f"on_{name}", None)
        if not link.open and name not in ("Open", "GetVersions"):
            self.site.complaints.append(f"{name} before Open")
            raise Refused("EPerm")
        if handler is None or name in self.site.refused_requests:
            raise Refused("EInval", info="unknown request")
        return handler(link, request)

    def on_Open(self, link, request):
        site = self.site
        if link.open:
            raise Refused("EInval", info="is open")
        if site.standby:
            raise Refused("EForbidden")
        if (request.get("username"), request.get("password")) != ("omm", site.password):
            raise Refused("EAuth", **{k: v for k, v in site.open.items() if "Version" in k})
        link.open, link.sync = True, request.get("UserDeviceSyncClient") == "true"
        key = render("publicKey", {"modulus": site.modulus, "exponent": "10001"})
        texts = [f"<permission>{text}</permission>" for text in site.permissions]
        return site.open, [key, *texts]

    def on_Ping(self, link, request):
        return ({"timeStamp": self.site.now()} if request.get("timeStamp") else {}), []

    def on_Limits(self, link, request):
        return {"records": MOST_RECORDS, "ppnNum": self.site.most_phones, "axiClients": 100}, []

    def on_GetVersions(self, link, request):
        names = {name[3:] for name in dir(self) if name.startswith("on_")}
        names |= {"EventPPCnf", "EventMOMControlState", *ROAMING_EVENTS}
        return dict.fromkeys(sorted(names - self.site.refused_requests), "1.0.0"), []

    def on_GetPARK(self, link, request):
        return {"park": self.site.park}, []

    def on_GetSARI(self, link, request):
        return {"sari": self.site.sari}, []

    def on_SetSARI(self, link, request):
        self.site.sari = request.get("sari")
        asyncio.get_running_loop().call_later(0.05, self.site.restart)
        return {}, []

    def on_GetUserDeviceSyncOMM(self, link, request):
        return {"enable": self.site.settings["dualHoming"]}, []

    def on_SetUserDeviceSyncOMM(self, link, request):
        self.site.settings["dualHoming"] = request.get("enable")
        return {}, []

    def on_GetDevAutoCreate(self, link, request):
        return {"enable": self.site.settings["autoCreate"]}, []

    def on_SetDevAutoCreate(self, link, request):
        self.site.settings["autoCreate"] = request.get("enable")
        return {}, []

    def on_GetDECTSubscriptionMode(self, link, request):
        return {"mode": self.site.settings["mode"]}, []

    def on_SetDECTSubscriptionMode(self, link, request):
        self.site.settings["mode"] = request.get("mode")
        return {}, []

    def on_SetMOMControlState(self, link, request):
        self.site.control, link.controls = request.get("state"), request.get("state") == "Enabled"
        link.push(render("EventMOMControlState", {"state": self.site.control}))
        return {}, []

    def on_GetMOMControlState(self, link, request):
        return {"state": self.site.control}, []

    def on_ClientInfo(self, link, request):
        return {}, []

    def on_Subscribe(self, link, request):
        names = [element.get("eventType") for element in request.findall("e")]
        if not 1 <= len(names) <= MOST_RECORDS:
            self.site.complaints.append(f"Subscribe with {len(names)} entries")
            raise Refused("EInval", bad="e")
        for name in names:
            if name in self.site.refused_events:
                raise Refused("EInval", eventType=name)
        link.events |= set(names)
        return {}, []

    def on_PPSIPDeregister(self, link, request):
        phone = self.phone(request)
        asyncio.get_running_loop().call_soon(
            self.site.tell, "Roaming", render("EventPPSIPDeregistered", {"ppn": phone["ppn"]})
        )
        return {}, []

    def on_PPSIPRegister(self, link, request):
        self.phone(request)
        return {}, []

    def on_DECTLocateReject(self, link, request):
        return {}, []

    def on_DECTSubscribeReject(self, link, request):
        return {}, []

    def on_SetPPLink(self, link, request):
        self.phone(request)
        return {}, []

    def phone(self, request):
        """The phone with the local number that a request names."""
        phone = self.site.records.kinds["pp"].get(int(request.get("ppn", "0")))
        if phone is None:
            self.site.complaints.append(f"{request.tag} for a phone that is not here")
            raise Refused("ENoEnt")
        return phone

    def on_GetHealthState(self, link, request):
        return {}, [render("health", {"component": "sync", "severity": "OK", "reasonCode": "0"})]

    def on_GetConferenceRoom(self, link, request):
        raise Refused("ENoEnt")

    def on_GetRFPSummary(self, link, request):
        return {"nRFPs": 5, "idFirst": 1, "nConnected": 2}, []

    def on_GetPPUserSummary(self, link, request):
        users = self.site.records.kinds["user"]
        return {"nRecords": len(users), "uidFirst": min(users, default=0)}, []

    def on_GetPPDevSummary(self, link, request):
        devices = self.site.records.kinds["pp"]
        return {"nRecords": len(devices), "ppnFirst": min(devices, default=0)}, []

    def on_GetPPUser(self, link, request):
        return self.page(request, "user")

    def on_GetPPDev(self, link, request):
        return self.page(request, "pp")

    def page(self, request, kind):
        records, key = self.site.records.kinds[kind], KEYS[kind]
        start, most = int(request.get(key, "0")), int(request.get("maxRecords", "0"))
        if most > MOST_RECORDS:
            self.site.complaints.append(f"{request.tag} for {most} records")
        most = min(most, MOST_RECORDS)
        if "uneven" in self.site.quirks and most:
            most = self.site.chance.randint(1, most)
        found = [n for n in sorted(records) if n >= start][:most] if most else []
        if not int(request.get("maxRecords", "0")) and start in records:
            found = [start]
        if not found:
            raise Refused("ENoEnt")
        return {}, [self.site.child(kind, records[number]) for number in found]

    def on_SetPP(self, link, request):
        if not link.sync:
            raise Refused("EPerm")
        records = self.site.records
        elements = {kind: request.find(kind) for kind in ("user", "pp")}
        meant = {k: records.named(k, e) for k, e in elements.items() if e is not None}
        for kind, record in meant.items():
            self.check(kind, record, elements[kind].attrib)
        for kind, record in meant.items():
            attrs = {k: v for k, v in elements[kind].attrib.items() if k not in RELATION}
            records.write(kind, record, attrs)
        self.relate(meant, elements)
        if "echo" in self.site.quirks:
            for kind, record in meant.items():
                self.site.tell_change(kind, record, list(record))
        return {}, [self.site.child(kind, meant[kind]) for kind in ("pp", "user") if kind in meant]

    def check(self, kind, record, attrs):
        for name, refusal in self.site.dislikes.items():
            if attrs.get(name, record.get(name)) != record.get(name):
                raise Refused(**refusal, bad=name)
        self.site.records.check(kind, record, attrs)

    def on_SetPPUser(self, link, request):
        return self.write_one(request, "user")

    def on_SetPPDev(self, link, request):
        return self.write_one(request, "pp")

    def write_one(self, request, kind):
        """The older requests, for one record and no relation."""
        element = request.find(kind)
        record = self.site.records.named(kind, element)
        self.check(kind, record, element.attrib)
        attrs = {k: v for k, v in element.attrib.items() if k not in RELATION}
        self.site.records.write(kind, record, attrs)
        return {}, [self.site.child(kind, record)]

    def relate(self, meant, elements):
        """Who is bound to whom: by local numbers, or the two that came together."""
        kinds = self.site.records.kinds
        for kind, partner in (("user", "pp"), ("pp", "user")):
            element = elements[kind]
            if element is None or element.get("relType") is None:
                continue
            link = KEYS[partner]
            named = kinds[partner].get(int(element.get(link, "0")))
            if element.get(link) not in (None, "0") and named is None:
                raise Refused("ENoEnt", bad=link)
            pair = {kind: meant[kind], partner: named or meant.get(partner)}
            both = all(pair.values()) and element.get("relType") != "Unbound"
            one = {kind: meant[kind]}
            found = pair if both else one
            self.site.records.relate(found.get("user"), found.get("pp"), element.get("relType"))

    def on_DeletePPUser(self, link, request):
        return self.delete(request, "user")

    def on_DeletePPDev(self, link, request):
        return self.delete(request, "pp")

    def delete(self, request, kind):
        record = self.site.records.kinds[kind].pop(int(request.get(KEYS[kind], "0")), None)
        if record is None:
            raise Refused("ENoEnt")
        self.site.records.relate(*((record, None) if kind == "user" else (None, record)), "Unbound")
        if "echo" in self.site.quirks:
            self.site.tell_deleted(kind, record)
        return {}, []
