"""A process that commits one durable unit after the other and says each number that is safe."""

import sys

from twisted.internet import reactor
from twisted.internet.defer import Deferred, ensureDeferred
from twisted.internet.task import react

from mom.model.copy import Noun
from mom.model.user import User
from mom.store.store import Store
from mom.store.vault import KEY_BYTES, Vault


async def commit_for_ever(url: str) -> None:
    store = await Store.open(url, Vault(bytes(range(KEY_BYTES))), reactor, lambda: 0.0)
    while True:
        async with store.write(durable=True) as work:
            (number,) = work.next_numbers(Noun.USER, 1)
            work.put_user(None, User(uid=number, num=str(number)))
            work.add_line(Noun.USER, number, 0, "created")
        sys.stdout.write(f"{number}\n")
        sys.stdout.flush()


def main(_reactor: object, url: str) -> Deferred[None]:
    return ensureDeferred(commit_for_ever(url))


if __name__ == "__main__":
    react(main, sys.argv[1:])
