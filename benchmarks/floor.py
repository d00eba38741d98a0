"""The floor under a cold start: the same bytes through TLS, lxml and the database driver.

A script without any logic: it logs in to every simulated OMM, reads all pages of users and
devices, parses each with lxml into dictionaries, and inserts one wide row a record by the driver,
200 rows a transaction. No record classes, no decisions, no index, no second connection.
Then, measured apart, it tells every pair its numbers as MOM does after a cold start (``SetPP`` out,
``SetPPResp`` in, one at a time for each OMM) and updates the two rows; the numbers are 0, so that
nothing changes at the OMMs.

    python -m benchmarks.floor --host 127.0.0.1 --first-port 30001 --omms 500 --database FILE|URL
"""

import argparse
import json
import re
import resource
import sqlite3
import sys
import time

import psycopg
from lxml import etree
from twisted.internet import reactor, ssl
from twisted.internet.protocol import ClientFactory, Protocol

COLUMNS = 80
PAGE = 20


class Target:
    """Collects the attributes of each record; nothing else."""

    def __init__(self):
        self.records = []
        self.code = ""

    def start(self, tag, attributes):
        if tag in ("user", "pp"):
            self.records.append(dict(attributes))
        else:
            self.code = attributes.get("errCode", self.code)

    def end(self, tag):
        pass

    def data(self, text):
        pass

    def close(self):
        records, self.records = self.records, []
        code, self.code = self.code, ""
        return records, code


class Database:
    """Wide rows by the driver alone."""

    def __init__(self, url):
        self.postgresql = url.startswith("postgresql")
        names = ", ".join(f"c{n} TEXT" for n in range(COLUMNS))
        if self.postgresql:
            self.connection = psycopg.connect(url)
            mark = "%s"
        else:
            self.connection = sqlite3.connect(url, isolation_level=None)
            self.connection.execute("PRAGMA journal_mode=WAL")
            self.connection.execute("PRAGMA synchronous=NORMAL")
            mark = "?"
        cursor = self.connection.cursor()
        cursor.execute("DROP TABLE IF EXISTS floor_records")
        cursor.execute(f"CREATE TABLE floor_records (id INTEGER PRIMARY KEY, {names})")
        marks = ", ".join([mark] * (COLUMNS + 1))
        self.insert = f"INSERT INTO floor_records VALUES ({marks})"
        self.cursor, self.next = cursor, 1

    def update(self, numbers):
        mark = "%s" if self.postgresql else "?"
        if not self.postgresql:
            self.cursor.execute("BEGIN")
        self.cursor.executemany(f"UPDATE floor_records SET c1 = '0' WHERE id = {mark}", numbers)
        self.connection.commit() if self.postgresql else self.cursor.execute("COMMIT")

    def store(self, records):
        rows = []
        for record in records:
            values = list(record.values())[:COLUMNS]
            rows.append((self.next, *values, *[None] * (COLUMNS - len(values))))
            self.next += 1
        if not self.postgresql:
            self.cursor.execute("BEGIN")
        self.cursor.executemany(self.insert, rows)
        self.connection.commit() if self.postgresql else self.cursor.execute("COMMIT")


class Reader(Protocol):
    """Reads one OMM: log in, all users, all devices."""

    def connectionMade(self):
        self.buffer, self.rows, self.pairs, self.told = [], [], [], []
        self.request, self.key = "Open", "uid"
        self.send(f'<Open username="{OPTIONS.user}" password="{OPTIONS.password}"/>')

    def send(self, text):
        self.transport.write(text.encode() + b"\0")

    def dataReceived(self, data):
        self.factory.run.bytes += len(data)
        *frames, rest = data.split(b"\0")
        for frame in frames:
            self.buffer.append(frame)
            whole, self.buffer = b"".join(self.buffer), []
            if whole and whole.startswith(f"<{self.request}Resp".encode()):
                self.answer(whole)
        if rest:
            self.buffer.append(rest)

    def answer(self, frame):
        run = self.factory.run
        records, _ = etree.fromstring(frame, run.parser)
        if self.request == "SetPP":
            self.number()
            return
        if records:
            run.records += len(records)
            self.rows += records
            if self.key == "uid":
                self.pairs += [(r["uid"], r["ppn"]) for r in records if r["ppn"] != "0"]
            start = int(records[-1][self.key]) + 1
        elif self.request == "GetPPDev":
            self.finish()
            return
        elif self.request == "Open":
            self.request, start = "GetPPUser", 0
        else:
            self.request, self.key, start = "GetPPDev", "ppn", 0
        if len(self.rows) >= 180:
            self.store()
        self.send(f'<{self.request} {self.key}="{start}" maxRecords="{PAGE}"/>')

    def store(self):
        self.factory.run.database.store(self.rows)
        self.rows = []

    def finish(self):
        if self.rows:
            self.store()
        self.request = "SetPP"
        self.factory.run.read(self)

    def number(self):
        run = self.factory.run
        if len(self.told) >= 200 or (self.told and not self.pairs):
            run.database.update(self.told)
            self.told = []
        if not self.pairs:
            self.transport.loseConnection()
            run.finished()
            return
        uid, ppn = self.pairs.pop()
        self.told += [(int(uid),), (int(ppn),)]
        user, device = f'<user uid="{uid}" uidSec="0"/>', f'<pp ppn="{ppn}" ppnSec="0"/>'
        self.send(f"<SetPP>{user}{device}</SetPP>")


class Links(ClientFactory):
    """One connection an OMM; a failed one ends the run."""

    protocol = Reader

    def clientConnectionFailed(self, connector, reason):
        print(f"cannot connect: {reason.getErrorMessage()}", file=sys.stderr)
        reactor.stop()


class Run:
    """All OMMs, 32 at a time."""

    def __init__(self):
        self.database = Database(re.sub(r"^sqlite:///", "", OPTIONS.database))
        self.parser = etree.XMLParser(target=Target(), resolve_entities=False, no_network=True)
        self.bytes = self.records = self.done = self.begun = 0
        self.readers = []
        self.after_reading = None
        self.factory = Links()
        self.factory.run = self
        self.context = ssl.CertificateOptions(verify=False)

    def start(self):
        for _ in range(min(32, OPTIONS.omms)):
            self.connect()

    def connect(self):
        port = OPTIONS.first_port + self.begun
        self.begun += 1
        reactor.connectSSL(OPTIONS.host, port, self.factory, self.context)

    def read(self, reader):
        self.readers.append(reader)
        if self.begun < OPTIONS.omms:
            self.connect()
        elif len(self.readers) == OPTIONS.omms:
            self.after_reading = used()
            for each in self.readers:
                each.number()

    def finished(self):
        self.done += 1
        if self.done == OPTIONS.omms:
            reactor.stop()


def used():
    """CPU seconds of this process."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--first-port", type=int, required=True)
    parser.add_argument("--omms", type=int, required=True)
    parser.add_argument("--database", required=True)
    parser.add_argument("--user", default="omm")
    parser.add_argument("--password", default="omm")
    global OPTIONS
    OPTIONS = parser.parse_args()
    run = Run()
    before, began = used(), time.monotonic()
    reactor.callWhenRunning(run.start)
    reactor.run()
    print(
        json.dumps(
            {
                "seconds": round(time.monotonic() - began, 2),
                "cpu": round(run.after_reading - before, 2),
                "numbersCpu": round(used() - run.after_reading, 2),
                "records": run.records,
                "megabytes": round(run.bytes / 1e6, 1),
            }
        )
    )


if __name__ == "__main__":
    sys.exit(main())
