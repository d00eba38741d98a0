"""A stand-in for an OMM that shares no code with MOM: the standard library only.

It answers what the published protocol says, is awkward on purpose (see `quirks`), keeps a log of
every message it was sent, and complains of what a real OMM could not take. Orders come as JSON
lines on standard input, each is answered by a JSON line on standard output; the first line out
says on which port it listens.

    python standin.py --port 0 --certificate FILE --site FILE [--clock-offset SECONDS]

The file of the site holds `park`, `sari`, `users`, `devices` (attributes as on the wire), `knows`
(names of attributes by kind: `user`, `pp`) and `behaviour`: what `Site.behave` takes.
"""

import argparse
import asyncio
import base64
import binascii
import json
import random
import ssl
import sys
import time
import xml.etree.ElementTree as ET
from pathlib import Path
from xml.sax.saxutils import quoteattr

MODULUS = (
    "d7109fcbc000ec442b054c45297cc75df38c6f4d0b5f12356dcd07fb60218629"
    "219c3bfdd460a9776222f4fdf7da04ab4e95df8e3e7bf801788e56bc194bbc91"
)
PRIVATE_EXPONENT = (
    "74c8ee3d32324e1a6652262c986ecdc452f0bbafd6b0f5ae55c5b4c3e85bcc01"
    "a2b0cb8cd034232654caeb19c0b95cd98ae805bd4dd9cea2455b45f46c162001"
)
"""An RSA key of 512 bits, as real OMMs have."""
OPEN = {
    "protocolVersion": "45",
    "ommVersion": "OpenMobility Manager SIP-DECT 7.1-CK14",
    "ommAxiSpecVersion": "7.1.1",
    "axiVersion": "171101",
    "ommStbState": "None",
    "haveSomethingNew": "1",
}
PERMISSIONS = ["AllCnfRead", "AllCnfWrite", "Messaging", "InfoMessaging", "Monitoring"]
SECRETS = {"pin", "sipPw", "credentialPw", "serviceAuthPassword"}
RELATION = {"uid", "ppn", "relType"}
SUBSCRIPTION = {"s", "uak", "ac", "ipei", "subscriptionId", "locationData", "dectIeFixedId"}
SUBSCRIPTION |= {"modicType", "subscribeToPARIOnly", "autoCreate"}
ROAMING = {"ommId", "ommIdAck", "roaming"}
STAMPS = ["Admin", "Relation", "Roaming", "Subscription"]
KEYS = {"user": "uid", "pp": "ppn"}
MOM_REQUESTS = {"SetMOMControlState", "GetMOMControlState", "ClientInfo", "SetPP"}
MOST_RECORDS = 20


def render(name, attrs, children=(), shuffle=None):
    """One element as text, its attributes in their order or shuffled."""
    items = list(attrs.items())
    if shuffle is not None:
        shuffle(items)
    head = f"<{name}" + "".join(f" {key}={quoteattr(str(value))}" for key, value in items)
    inside = "".join(children)
    return f"{head}>{inside}</{name}>" if inside else f"{head} />"


def opened(cipher):
    """The text of a ciphertext for this OMM's key; None if it is none."""
    try:
        number = int.from_bytes(base64.b64decode(cipher, validate=True), "big")
    except binascii.Error:
        return None
    block = pow(number, int(PRIVATE_EXPONENT, 16), int(MODULUS, 16)).to_bytes(64, "big")
    padding, mark, text = block[2:].partition(b"\0")
    if block[:2] != b"\0\2" or not mark or len(padding) < 8:
        return None
    return text.decode()


class Refused(Exception):
    """The request is answered with these attributes."""

    def __init__(self, code, **attrs):
        super().__init__(code)
        self.attrs = {"errCode": code, **attrs}


class Records:
    """Users and devices, by their local numbers, and how they change."""

    def __init__(self, users, devices, now, complain):
        self.kinds = {
            "user": {int(user["uid"]): dict(user) for user in users},
            "pp": {int(device["ppn"]): dict(device) for device in devices},
        }
        self.known = {"user": set(), "pp": set()}
        self.now = now
        self.complain = complain
        for kind, records in self.kinds.items():
            for record in records.values():
                self.known[kind] |= record.keys()

    def named(self, kind, element):
        """The record that an element of SetPP means: it is made if it is new."""
        key, records = KEYS[kind], self.kinds[kind]
        number, told = int(element.get(key, "0")), element.get(key + "Sec", "0")
        if number:
            if number not in records:
                raise Refused("ENoEnt", bad=key)
            return records[number]
        for record in records.values():
            if told != "0" and record.get(key + "Sec") == told:
                return record
        return {key: str(max(records, default=0) + 1), key + "Sec": told, "relType": "Unbound"}

    def check(self, kind, record, attrs):
        """Refuse what would not be unique."""
        unique = {"user": "num", "pp": "ipei"}[kind]
        value = attrs.get(unique, "").replace(" ", "")
        for other in self.kinds[kind].values():
            same = value and other.get(unique, "").replace(" ", "") == value
            if same and other[KEYS[kind]] != record[KEYS[kind]]:
                raise Refused("EExist", bad=unique)

    def write(self, kind, record, attrs):
        """Write attributes that the OMM knows, and stamp what came without a stamp."""
        key = KEYS[kind]
        for name in attrs.keys() - self.known[kind]:
            self.complain(f"{kind} {record[key]}: attribute {name} is unknown here")
        for name in SECRETS & attrs.keys():
            if record.get(name) != attrs[name] and len(base64.b64decode(attrs[name])) != 64:
                self.complain(f"{kind} {record[key]}: {name} is no ciphertext")
        values = {name: text for name, text in attrs.items() if name in self.known[kind]}
        changed = {name for name, text in values.items() if record.get(name) != text}
        record.update(values)
        for group in {group_of(name) for name in changed if name not in (key, key + "Sec")}:
            stamp = f"timeStamp{group}"
            if group and stamp not in attrs and stamp in self.known[kind]:
                record[stamp] = str(self.now())
        stamps = [int(record.get(f"timeStamp{group}", "0")) for group in STAMPS]
        record["timeStamp"] = str(max(stamps))
        self.kinds[kind][int(record[key])] = record

    def relate(self, user, device, rel_type):
        """Bind two records, or part one from whatever it is bound to."""
        if user is not None and device is not None and rel_type != "Unbound":
            self.part(user, "ppn", "pp", device["ppn"])
            self.part(device, "uid", "user", user["uid"])
            user.update(ppn=device["ppn"], relType=rel_type)
            device.update(uid=user["uid"], relType=rel_type)
            return
        if user is not None:
            self.part(user, "ppn", "pp", "0")
        if device is not None:
            self.part(device, "uid", "user", "0")

    def part(self, record, link, other_kind, keep):
        """End the relation of a record, on both sides, unless it is to that one."""
        other = self.kinds[other_kind].get(int(record.get(link, "0")))
        if record.get(link, "0") == keep:
            return
        record.update({link: "0", "relType": "Unbound"})
        if other is not None:
            back = "uid" if other_kind == "pp" else "ppn"
            stamp = {"timeStampRelation": str(self.now())}
            other.update({back: "0", "relType": "Unbound", **stamp})


def group_of(name):
    """The group whose stamp a change of that attribute renews."""
    if name.startswith("timeStamp"):
        return ""
    if name in RELATION:
        return "Relation"
    if name in ROAMING:
        return "Roaming"
    return "Subscription" if name in SUBSCRIPTION else "Admin"


class Site:
    """The OMM: its settings, its records, its links, and how it behaves."""

    def __init__(self, told, clock_offset):
        self.clock_offset = clock_offset
        self.complaints = []
        self.records = Records(told["users"], told["devices"], self.now, self.complaints.append)
        self.park, self.sari = told["park"], told.get("sari", "")
        self.settings = {"autoCreate": "1", "mode": "Configured", "dualHoming": "1"}
        self.control = "Disabled"
        self.links = set()
        self.heard = []
        self.upon = {}
        self.standby = False
        self.dislikes = {}
        self.modulus = MODULUS
        self.quirks = set()
        self.open = dict(OPEN)
        self.permissions = PERMISSIONS
        self.password = "omm"
        self.refused_requests, self.refused_events = set(), set()
        self.chance = random.Random(1)
        for kind, names in told["knows"].items():
            self.records.known[kind] |= set(names)
        self.behave(told.get("behaviour", {}))

    def now(self):
        return int(time.time() + self.clock_offset)

    def behave(self, wanted):
        """Behave so from now on; what is not named stays as it is.

        `quirks`: uneven (pages shorter than asked for), unknown (an attribute nobody knows),
        shuffled (order of attributes), chatty (events between answers), bytes (single bytes),
        echo (reports MOM's own changes). `open`: attributes of OpenResp. `permissions`,
        `password`. `plain`: has no messages of a MOM. `refusedEvents`, `refused`: names.
        `standby`: is the standby OMM of a pair. `dislikes`: how a change of such an attribute is
        refused, by its name. `modulus`: of another key.
        """
        self.quirks = set(wanted.get("quirks", self.quirks))
        self.open |= wanted.get("open", {})
        self.permissions = wanted.get("permissions", self.permissions)
        self.password = wanted.get("password", self.password)
        self.standby = wanted.get("standby", self.standby)
        self.dislikes = wanted.get("dislikes", self.dislikes)
        self.modulus = wanted.get("modulus", self.modulus)
        self.refused_events = set(wanted.get("refusedEvents", self.refused_events))
        if wanted.get("plain"):
            self.refused_requests |= MOM_REQUESTS
        self.refused_requests |= set(wanted.get("refused", ()))

    def child(self, kind, record):
        told = dict(record)
        if "unknown" in self.quirks:
            told.setdefault("xFutureThing", "7")
            self.records.known[kind].add("xFutureThing")
        return render(
            kind, told, shuffle=self.chance.shuffle if "shuffled" in self.quirks else None
        )

    def tell(self, event_type, message):
        """An event to every link that asked for it."""
        for link in self.links:
            if event_type in link.events:
                link.push(message)

    def tell_change(self, kind, record, names):
        """EventPPCnf with the keys and what changed."""
        key = KEYS[kind]
        told = {name: record[name] for name in (key, key + "Sec", *names) if name in record}
        self.tell("PPCnf", render("EventPPCnf", {}, [render(kind, told)]))

    def tell_deleted(self, kind, record):
        key, flag = KEYS[kind], {"user": "deletedUser", "pp": "deletedDev"}[kind]
        keys = {name: record[name] for name in (key, key + "Sec") if name in record}
        self.tell("PPCnf", render("EventPPCnf", {flag: "1"}, [render(kind, keys)]))

    def restart(self):
        """Cut all links; nobody is in control any more."""
        for link in list(self.links):
            link.writer.transport.abort()
        self.control = "Disabled"


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
        return {"records": MOST_RECORDS, "ppnNum": 10000, "axiClients": 100}, []

    def on_GetVersions(self, link, request):
        names = {name[3:] for name in dir(self) if name.startswith("on_")}
        names |= {"EventPPCnf", "EventMOMControlState"}
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

    def on_GetHealthState(self, link, request):
        return {}, [render("health", {"component": "sync", "severity": "OK", "reasonCode": "0"})]

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


class Orders:
    """What the test wants of the stand-in: `do_name` gets the order's values."""

    def __init__(self, site):
        self.site = site

    def obey(self, order):
        return getattr(self, f"do_{order.pop('do')}")(**order)

    def do_state(self):
        site = self.site
        return {
            **{kind: list(records.values()) for kind, records in site.records.kinds.items()},
            **site.settings,
            "control": site.control,
            "sari": site.sari,
            "links": sum(link.open for link in site.links),
            "heard": site.heard,
            "complaints": site.complaints,
        }

    def do_forget(self):
        """Forget what was heard."""
        self.site.heard.clear()
        return {}

    def do_upon(self, request, orders):
        """Obey these orders right after the next answer to such a request."""
        self.site.upon[request] = orders
        return {}

    def do_reveal(self, cipher):
        return opened(cipher)

    def do_cut(self):
        self.site.restart()
        return {}

    def do_behave(self, **wanted):
        self.site.behave(wanted)
        return {}

    def do_tell(self, event, message):
        self.site.tell(event, message)
        return {}

    def do_change(self, kind, number, values, quiet=False):
        """Somebody changes a record at the site."""
        record = self.site.records.kinds[kind][number]
        before = dict(record)
        self.site.records.write(kind, record, values)
        if not quiet:
            names = [name for name in record if record[name] != before.get(name)]
            self.site.tell_change(kind, record, names)
        return {}

    def do_add(self, kind, values, quiet=False):
        record = dict(values)
        self.site.records.kinds[kind][int(record[KEYS[kind]])] = record
        if not quiet:
            self.site.tell_change(kind, record, list(record))
        return {}

    def do_delete(self, kind, number, quiet=False):
        record = self.site.records.kinds[kind].pop(number)
        if not quiet:
            self.site.tell_deleted(kind, record)
        return {}

    def do_bind(self, uid, ppn, rel_type="Dynamic"):
        """Somebody logs in on a phone, or off (`ppn` 0)."""
        kinds = self.site.records.kinds
        user, device = kinds["user"][uid], kinds["pp"].get(ppn)
        last = kinds["pp"].get(int(user["ppn"]))
        self.site.records.relate(user, device, rel_type)
        told = []
        for kind, record in (("user", user), ("pp", device or last)):
            if record is not None:
                record["timeStampRelation"] = record["timeStamp"] = str(self.site.now())
                key = KEYS[kind]
                names = (key, key + "Sec", "uid", "ppn", "relType", "timeStampRelation")
                told.append(render(kind, {n: record[n] for n in names if n in record}))
        self.site.tell("PPCnf", render("EventPPCnf", {}, told))
        return {}


class Link:
    """One connection: frames in, frames out."""

    def __init__(self, site, writer):
        self.site, self.writer = site, writer
        self.requests = Requests(site)
        self.open = self.sync = self.controls = False
        self.events = set()

    def push(self, message):
        data = message.encode() + b"\0"
        if "bytes" not in self.site.quirks:
            self.writer.write(data)
            return
        for index in range(len(data)):
            self.writer.write(data[index : index + 1])

    def take(self, frame):
        request = ET.fromstring(frame.decode())
        children = [[child.tag, dict(child.attrib)] for child in request]
        self.site.heard.append([request.tag, dict(request.attrib), children])
        try:
            attrs, inside = self.requests.answer(self, request)
        except Refused as refusal:
            attrs, inside = refusal.attrs, []
        if "chatty" in self.site.quirks and self.open:
            self.push(render("EventRFPState", {"id": 1, "connected": 1}))
        if request.get("seq") is not None:
            attrs = {**attrs, "seq": request.get("seq")}
        self.push(render(request.tag + "Resp", attrs, inside))
        for order in self.site.upon.pop(request.tag, ()):
            Orders(self.site).obey(order)


async def listen(site, certificate, address, port):
    """Serve the site; returns the server."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    context.load_cert_chain(certificate)

    async def serve(reader, writer):
        link = Link(site, writer)
        site.links.add(link)
        try:
            while True:
                frame = await reader.readuntil(b"\0")
                if frame != b"\0":
                    link.take(frame[:-1])
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()
        finally:
            site.links.discard(link)
            if link.controls:
                site.control = "Disabled"

    return await asyncio.start_server(serve, address, port, ssl=context, limit=2**24)


async def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--address", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--certificate", required=True)
    parser.add_argument("--site", type=Path, required=True)
    parser.add_argument("--clock-offset", type=float, default=0.0)
    options = parser.parse_args()
    site = Site(json.loads(options.site.read_text("utf-8")), options.clock_offset)
    server = await listen(site, options.certificate, options.address, options.port)
    print(json.dumps({"port": server.sockets[0].getsockname()[1]}), flush=True)
    reader = asyncio.StreamReader(limit=2**24)
    await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(reader), sys.stdin
    )
    orders = Orders(site)
    while line := await reader.readline():
        print(json.dumps(orders.obey(json.loads(line))), flush=True)


if __name__ == "__main__":
    asyncio.run(main())
