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

from standin_records import KEYS, Records, Refused
from standin_requests import Requests, render

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
PAIR_REQUESTS = {"SetPP", "GetPP"}
ROAMING_REQUESTS = {"PPSIPRegister", "PPSIPDeregister", "DECTLocateReject"}
ROAMING_REQUESTS |= {"DECTSubscribeReject", "SetPPLink"}
PERMISSIONS = ["AllCnfRead", "AllCnfWrite", "Messaging", "InfoMessaging", "Monitoring"]
MOM_REQUESTS = {"SetMOMControlState", "GetMOMControlState", "ClientInfo"}
MOM_REQUESTS |= PAIR_REQUESTS | ROAMING_REQUESTS


def opened(cipher, modulus, exponent):
    """The text of a ciphertext for an OMM's key; None if it is none."""
    try:
        number = int.from_bytes(base64.b64decode(cipher, validate=True), "big")
    except binascii.Error:
        return None
    block = pow(number, int(exponent, 16), int(modulus, 16)).to_bytes(64, "big")
    padding, mark, text = block[2:].partition(b"\0")
    if block[:2] != b"\0\2" or not mark or len(padding) < 8:
        return None
    return text.decode()


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
        self.modulus, self.exponent = MODULUS, PRIVATE_EXPONENT
        self.most_phones = 10000
        self.held = {}
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
        refused, by its name. `modulus`, `exponent`: of another key. `mostPhones`: `ppnNum`.
        """
        self.quirks = set(wanted.get("quirks", self.quirks))
        self.open |= wanted.get("open", {})
        self.permissions = wanted.get("permissions", self.permissions)
        self.password = wanted.get("password", self.password)
        self.standby = wanted.get("standby", self.standby)
        self.dislikes = wanted.get("dislikes", self.dislikes)
        self.modulus = wanted.get("modulus", self.modulus)
        self.exponent = wanted.get("exponent", self.exponent)
        self.most_phones = wanted.get("mostPhones", self.most_phones)
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
        return opened(cipher, self.site.modulus, self.site.exponent)

    def do_hold(self, request):
        """Carry out the next such request, but keep its answer until `release`."""
        self.site.held[request] = []
        return {}

    def do_release(self):
        """Give the answers that were kept, as far as their links are there."""
        held, self.site.held = self.site.held, {}
        for link, answer in (each for kept in held.values() for each in kept):
            if link in self.site.links:
                link.push(answer)
        return {}

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
        self.site.heard.append([request.tag, dict(request.attrib), children, time.monotonic()])
        try:
            attrs, inside = self.requests.answer(self, request)
        except Refused as refusal:
            attrs, inside = refusal.attrs, []
        if "chatty" in self.site.quirks and self.open:
            self.push(render("EventRFPState", {"id": 1, "connected": 1}))
        if request.get("seq") is not None:
            attrs = {**attrs, "seq": request.get("seq")}
        answer = render(request.tag + "Resp", attrs, inside)
        if request.tag in self.site.held:
            self.site.held[request.tag].append((self, answer))
            return
        self.push(answer)
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
