"""The floor under roaming: the same messages by a script without any decision.

It reads every simulated OMM once, and then answers each location registration as MOM does: store a
row, `PPSIPDeregister` at the old OMM, `SetPP` and `PPSIPRegister` at the new one, store a row,
delete at the old one. TLS, lxml and the bare database driver; no records, no index, no merge.
Prints `ready`, and a line of JSON when it is ended by SIGTERM.

    python -m benchmarks.roaming_floor --first-port 30001 --omms 500 --database FILE
"""

import argparse
import json
import resource
import sqlite3
import time
from collections import deque
from xml.sax.saxutils import quoteattr

from lxml import etree
from twisted.internet import reactor, ssl
from twisted.internet.defer import Deferred, ensureDeferred
from twisted.internet.protocol import ClientFactory, Protocol

PAGE = 20
OWN = {"user": ("uid", "ppn", "ppnOld"), "pp": ("ppn", "uid")}


def element(name, attrs, inside=""):
    text = "".join(f" {key}={quoteattr(str(value))}" for key, value in attrs.items())
    return f"<{name}{text}>{inside}</{name}>" if inside else f"<{name}{text}/>"


class Omm(Protocol):
    """One OMM: requests are answered in order, events come between."""

    def connectionMade(self):
        self.buffer, self.waiting = b"", deque()
        ensureDeferred(self.factory.run.begin(self))

    def ask(self, text):
        answered = Deferred()
        self.waiting.append(answered)
        self.transport.write(text.encode() + b"\0")
        return answered

    def dataReceived(self, data):
        *frames, self.buffer = (self.buffer + data).split(b"\0")
        for frame in frames:
            parsed = etree.fromstring(frame)
            if parsed.tag == "EventDECTLocate":
                moved = ensureDeferred(self.factory.run.move(parsed.get("ipei"), self))
                moved.addErrback(self.factory.run.failed)
            elif not parsed.tag.startswith("Event"):
                self.waiting.popleft().callback(parsed)


class Run:
    """All OMMs, and where each phone is: its OMM, user and device as told."""

    def __init__(self, options):
        self.options = options
        self.phones, self.stored = {}, []
        self.failures = []
        self.ready = 0
        self.database = sqlite3.connect(options.database, isolation_level=None)
        self.database.execute("PRAGMA journal_mode=WAL")
        self.database.execute("PRAGMA synchronous=NORMAL")
        self.database.execute("CREATE TABLE moves (id INTEGER PRIMARY KEY, ipei, home, state)")
        self.context = ssl.CertificateOptions(verify=False)

    def start(self):
        factory = ClientFactory.forProtocol(Omm)
        factory.noisy, factory.run = False, self
        for place in range(self.options.omms):
            port = self.options.first_port + place
            reactor.connectSSL("127.0.0.1", port, factory, self.context)
        self.cpu = cpu()

    async def begin(self, omm):
        opened = {"username": "omm", "password": "omm", "UserDeviceSyncClient": "true"}
        await omm.ask(element("Open", opened))
        park = (await omm.ask("<GetPARK/>")).get("park")
        omm.ari = park[2:]
        devices = await self.read(omm, "GetPPDev", "ppn")
        users = {user["uid"]: user for user in await self.read(omm, "GetPPUser", "uid")}
        for device in devices:
            if device["uid"] in users:
                self.phones[device["ipei"]] = (omm, users[device["uid"]], device)
        await omm.ask('<Subscribe><e cmd="On" eventType="Roaming"/></Subscribe>')
        self.ready += 1
        if self.ready == self.options.omms:
            self.cpu = cpu()
            print("ready", flush=True)

    async def read(self, omm, name, key):
        found, start = [], 0
        while True:
            answer = await omm.ask(element(name, {key: start, "maxRecords": PAGE}))
            if answer.get("errCode"):
                return found
            found += [dict(child.attrib) for child in answer]
            start = int(found[-1][key]) + 1

    def store(self, ipei, home, state):
        self.database.execute("BEGIN")
        row = (ipei, home, state)
        self.database.execute("INSERT INTO moves (ipei, home, state) VALUES (?, ?, ?)", row)
        self.database.execute("COMMIT")

    async def move(self, ipei, there):
        began = time.monotonic()
        here, user, device = self.phones[ipei]
        self.store(ipei, there.ari, "RoamingStarted")
        await here.ask(element("PPSIPDeregister", {"ppn": device["ppn"]}))
        home = {"ommId": there.ari, "ommIdAck": there.ari, "roaming": "RoamingComplete"}
        keys = ({**user, "uid": 0}, {**device, **home, "ppn": 0})
        for record, kind in zip(keys, ("user", "pp"), strict=True):
            for name in OWN[kind][1:]:
                record.pop(name)
        pair = element("user", keys[0]) + element("pp", keys[1])
        told = {
            child.tag: dict(child.attrib) for child in await there.ask(element("SetPP", {}, pair))
        }
        self.phones[ipei] = (there, told["user"], told["pp"])
        await there.ask(element("PPSIPRegister", {"ppn": told["pp"]["ppn"]}))
        self.store(ipei, there.ari, "RoamingComplete")
        self.stored.append(time.monotonic() - began)
        here.ask(element("DeletePPUser", {"uid": user["uid"]}))
        here.ask(element("DeletePPDev", {"ppn": device["ppn"]}))

    def failed(self, why):
        """A phone that MOM left half way when it was ended cannot be moved."""
        self.failures.append(repr(why.value))

    def report(self):
        found = {
            "stored": sorted(self.stored),
            "cpu": cpu() - self.cpu,
            "failed": len(self.failures),
            "why": self.failures[:3],
        }
        print(json.dumps(found), flush=True)


def cpu():
    """CPU seconds so far."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--first-port", type=int, required=True)
    parser.add_argument("--omms", type=int, required=True)
    parser.add_argument("--database", required=True)
    run = Run(parser.parse_args())
    reactor.callWhenRunning(run.start)
    reactor.addSystemEventTrigger("after", "shutdown", run.report)
    reactor.run()


if __name__ == "__main__":
    main()
