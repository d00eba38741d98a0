"""A stand-in for an OMM that shares no code with MOM: the standard library only.

It answers what the published protocol says, is awkward on purpose (uneven pages, unknown
attributes, attributes in another order, events between answers, answers in single bytes), and
keeps a log of every message it was sent. Commands come as JSON lines on standard input, answers
go as JSON lines to standard output.

    python standin.py --port 0 --certificate FILE --records FILE [--quirk uneven ...]
"""

import argparse
import asyncio
import base64
import json
import random
import ssl
import sys
import xml.etree.ElementTree as ET
from xml.sax.saxutils import quoteattr

MODULUS = (
    "c0ffee" + "5d" * 58 + "ad0b2f"
)  # 512 bits, opaque: nobody has the private key, ciphertexts stay sealed
RELEASE = {
    "protocolVersion": "45",
    "ommVersion": "OpenMobility Manager SIP-DECT 7.1-CK14",
    "ommAxiSpecVersion": "7.1.1",
    "axiVersion": "171101",
    "ommStbState": "None",
}


def render(name, attrs, children=(), order=None):
    items = list(attrs.items())
    if order is not None:
        order.shuffle(items)
    inside = "".join(children)
    head = f"<{name}" + "".join(f" {key}={quoteattr(str(value))}" for key, value in items)
    return f"{head}>{inside}</{name}>" if inside else f"{head} />"


class Site:
    """The records of the OMM, and how it answers."""

    def __init__(self, options):
        with open(options.records, encoding="utf-8") as source:
            told = json.load(source)
        self.users = {int(user["uid"]): dict(user) for user in told["users"]}
        self.devices = {int(device["ppn"]): dict(device) for device in told["devices"]}
        self.park = told.get("park", "1F102A7C82")
        self.sari = told.get("sari", "")
        self.settings = {"autoCreate": "1", "mode": "Configured", "dual": "1"}
        self.quirks = set(options.quirk)
        self.chance = random.Random(options.seed)
        self.clock_offset = options.clock_offset
        self.links = set()
        self.heard = []
        self.mom_control = "Disabled"

    def now(self):
        import time

        return int(time.time() + self.clock_offset)

    # ------------------------------------------------------------------ answers

    def answer(self, link, request):
        name = request.tag
        if name == "Open":
            return self.open(link, request)
        if not link.opened:
            return [("", {"errCode": "EPerm"})]
        handler = getattr(self, "on_" + name, None)
        if handler is None:
            return [("", {"errCode": "EInval", "info": "unknown request"})]
        return handler(link, request)

    def open(self, link, request):
        if (request.get("username"), request.get("password")) != ("omm", "omm"):
            return [("", {**RELEASE, "errCode": "EAuth"})]
        link.opened = True
        link.sync = request.get("UserDeviceSyncClient") in ("true", "1")
        children = [
            render("publicKey", {"modulus": MODULUS, "exponent": "10001"}),
            *(f"<permission>{text}</permission>" for text in ("AllCnfRead", "AllCnfWrite")),
        ]
        return [("", dict(RELEASE, haveSomething="1"), children)]

    def on_Ping(self, link, request):
        asked = request.get("timeStamp") is not None
        return [("", {"timeStamp": self.now()} if asked else {})]

    def on_Limits(self, link, request):
        return [("", {"records": 20, "ppnNum": 10000, "axiClients": 100})]

    def on_GetVersions(self, link, request):
        names = [n[3:] for n in dir(self) if n.startswith("on_")] + ["Open", "EventPPCnf"]
        return [("", dict.fromkeys(names, "1.0.0"))]

    def on_GetPARK(self, link, request):
        return [("", {"park": self.park})]

    def on_GetSARI(self, link, request):
        return [("", {"sari": self.sari})]

    def on_SetSARI(self, link, request):
        self.sari = request.get("sari")
        asyncio.get_running_loop().call_soon(self.drop)
        return [("", {})]

    def on_GetUserDeviceSyncOMM(self, link, request):
        return [("", {"enable": self.settings["dual"]})]

    def on_SetUserDeviceSyncOMM(self, link, request):
        self.settings["dual"] = request.get("enable")
        return [("", {})]

    def on_GetDevAutoCreate(self, link, request):
        return [("", {"enable": self.settings["autoCreate"]})]

    def on_SetDevAutoCreate(self, link, request):
        self.settings["autoCreate"] = request.get("enable")
        return [("", {})]

    def on_GetDECTSubscriptionMode(self, link, request):
        return [("", {"mode": self.settings["mode"]})]

    def on_SetDECTSubscriptionMode(self, link, request):
        self.settings["mode"] = request.get("mode")
        return [("", {})]

    def on_SetMOMControlState(self, link, request):
        self.mom_control = request.get("state")
        link.push(render("EventMOMControlState", {"state": self.mom_control}))
        return [("", {})]

    def on_GetMOMControlState(self, link, request):
        return [("", {"state": self.mom_control})]

    def on_ClientInfo(self, link, request):
        return [("", {})]

    def on_Subscribe(self, link, request):
        elements = request.findall("e")
        if not 1 <= len(elements) <= 20:
            return [("", {"errCode": "EInval", "bad": "e"})]
        for element in elements:
            if element.get("eventType") == "ApplicationDataChannel":
                return [("", {"errCode": "EInval", "eventType": "ApplicationDataChannel"})]
        link.events |= {element.get("eventType") for element in elements}
        return [("", {})]

    def on_GetHealthState(self, link, request):
        return [("", {}, [render("health", {"component": "sync", "severity": "OK", "reason": "0"})])]

    def on_GetRFPSummary(self, link, request):
        return [("", {"nRFPs": 5, "idFirst": 1, "nConnected": 2})]

    def on_GetPPUserSummary(self, link, request):
        return [("", {"nRecords": len(self.users), "uidFirst": min(self.users, default=0)})]

    def on_GetPPDevSummary(self, link, request):
        return [("", {"nRecords": len(self.devices), "ppnFirst": min(self.devices, default=0)})]

    def page(self, request, records, key, child):
        start, most = int(request.get(key, "0")), int(request.get("maxRecords", "0"))
        if not most:
            if start not in records:
                return [("", {"errCode": "ENoEnt"})]
            found = [start]
        else:
            size = self.chance.randint(1, 20) if "uneven" in self.quirks else 20
            found = [number for number in sorted(records) if number >= start][: min(most, size)]
        if not found:
            return [("", {"errCode": "ENoEnt"})]
        return [("", {}, [self.child(child, records[number]) for number in found])]

    def child(self, name, record):
        told = dict(record)
        if "unknown" in self.quirks:
            told["xFutureThing"] = "7"
        return render(name, told, order=self.chance if "shuffled" in self.quirks else None)

    def on_GetPPUser(self, link, request):
        return self.page(request, self.users, "uid", "user")

    def on_GetPPDev(self, link, request):
        return self.page(request, self.devices, "ppn", "pp")

    def on_SetPP(self, link, request):
        if not link.sync:
            return [("", {"errCode": "EPerm"})]
        user, device = request.find("user"), request.find("pp")
        shown = []
        if device is not None:
            shown.append(self.child("pp", self.store(self.devices, "ppn", device)))
        if user is not None:
            shown.append(self.child("user", self.store(self.users, "uid", user)))
        return [("", {}, shown)]

    def store(self, records, key, element):
        number, second = int(element.get(key, "0")), element.get(key + "Sec", "0")
        if not number and second != "0":
            number = next((n for n, r in records.items() if r.get(key + "Sec") == second), 0)
        if not number:
            number = max(records, default=0) + 1
            records[number] = {key: str(number), key + "Sec": second}
        record = records[number]
        record.update({k: v for k, v in element.attrib.items() if k != key})
        return record

    def on_DeletePPUser(self, link, request):
        gone = self.users.pop(int(request.get("uid", "0")), None)
        return [("", {} if gone else {"errCode": "ENoEnt"})]

    def on_DeletePPDev(self, link, request):
        gone = self.devices.pop(int(request.get("ppn", "0")), None)
        return [("", {} if gone else {"errCode": "ENoEnt"})]

    # ------------------------------------------------------------------ commands

    def tell(self, message):
        for link in self.links:
            if link.opened:
                link.push(message)

    def drop(self):
        for link in list(self.links):
            link.writer.transport.abort()

    def command(self, order):
        name = order["cmd"]
        if name == "dump":
            return {"users": list(self.users.values()), "devices": list(self.devices.values())}
        if name == "heard":
            return {"heard": self.heard}
        if name == "drop":
            self.drop()
        elif name == "event":
            self.tell(order["message"])
        elif name == "change":
            record = (self.users if order["noun"] == "user" else self.devices)[order["number"]]
            record.update(order["values"])
        elif name == "add":
            key = "uid" if order["noun"] == "user" else "ppn"
            records = self.users if order["noun"] == "user" else self.devices
            records[int(order["values"][key])] = dict(order["values"])
        elif name == "delete":
            (self.users if order["noun"] == "user" else self.devices).pop(order["number"])
        elif name == "settings":
            return {**self.settings, "momControl": self.mom_control, "sari": self.sari}
        elif name == "links":
            return {"links": sum(link.opened for link in self.links)}
        else:
            return {"error": f"unknown command {name}"}
        return {"ok": True}


class Link:
    """One AXI connection: frames in, frames out."""

    def __init__(self, site, writer):
        self.site, self.writer = site, writer
        self.opened = self.sync = False
        self.events = set()

    def push(self, message):
        data = message.encode() + b"\0"
        if "bytes" in self.site.quirks:
            for index in range(len(data)):
                self.writer.write(data[index : index + 1])
        else:
            self.writer.write(data)

    def take(self, frame):
        request = ET.fromstring(frame.decode())
        self.site.heard.append(
            [request.tag, dict(request.attrib), [[c.tag, dict(c.attrib)] for c in request]]
        )
        for _ in self.site.answer(self, request):
            suffix, attrs, *rest = _
            if "chatty" in self.site.quirks and self.opened:
                self.push(render("EventRFPState", {"id": 1, "connected": 1}))
            if request.get("seq") is not None:
                attrs = {**attrs, "seq": request.get("seq")}
            self.push(render(request.tag + "Resp" + suffix, attrs, *rest))


async def serve(site, options):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    context.load_cert_chain(options.certificate)

    async def link(reader, writer):
        link = Link(site, writer)
        site.links.add(link)
        try:
            while True:
                frame = await reader.readuntil(b"\0")
                if frame != b"\0":
                    link.take(frame[:-1])
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            site.links.discard(link)
            writer.close()

    server = await asyncio.start_server(
        link, "127.0.0.1", options.port, ssl=context, limit=2**24
    )
    return server.sockets[0].getsockname()[1]


async def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--certificate", required=True)
    parser.add_argument("--records", required=True)
    parser.add_argument("--quirk", action="append", default=[])
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--clock-offset", type=float, default=0.0)
    options = parser.parse_args()
    site = Site(options)
    print(json.dumps({"port": await serve(site, options)}), flush=True)
    reader = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(reader), sys.stdin
    )
    while line := await reader.readline():
        print(json.dumps(site.command(json.loads(line))), flush=True)


def sealed(text):
    """Some 64 bytes that nobody can open, in the form of a ciphertext."""
    noise = random.Random(text).randbytes(64)
    return base64.b64encode(noise).decode()


if __name__ == "__main__":
    asyncio.run(main())
