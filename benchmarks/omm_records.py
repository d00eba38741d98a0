"""Create a record for each OMM of a simulated fleet, while no service runs."""

import sys
import time
from pathlib import Path

from twisted.internet.defer import ensureDeferred
from twisted.internet.task import react

from mom.config import load
from mom.office import open_office


async def create(reactor, config, count, first_port):
    office = await open_office(load(Path(config)), reactor, time.time)
    for number in range(count):
        fields = {
            "name": f"Site {number + 1:04d}",
            "omm1": "127.0.0.1",
            "port": first_port + number,
            "username": "omm",
            "password": "omm",
        }
        await office.omms.create(fields, "benchmark")
    await office.close()


if __name__ == "__main__":
    CONFIG, COUNT, FIRST = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    react(lambda reactor: ensureDeferred(create(reactor, CONFIG, COUNT, FIRST)))
