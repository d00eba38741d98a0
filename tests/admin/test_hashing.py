from collections.abc import Callable
from typing import Any

import pytest
from pytest_twisted import ensureDeferred
from twisted.internet.defer import Deferred
from twisted.internet.defer import ensureDeferred as started

from mom.admin.errors import TooBusy
from mom.admin.hashing import MAX_WAITING, Hasher
from tests.admin.fakes import at_once, quick_hasher


@ensureDeferred
async def test_a_hash_fits_its_password_and_no_other() -> None:
    hasher = quick_hasher()
    encoded = await hasher.hash("Kx7!pw")
    assert await hasher.matches(encoded, "Kx7!pw")
    assert not await hasher.matches(encoded, "Kx7!pW")


@ensureDeferred
async def test_the_same_password_never_has_the_same_hash() -> None:
    hasher = quick_hasher()
    assert await hasher.hash("Kx7!pw") != await hasher.hash("Kx7!pw")


@ensureDeferred
async def test_hashes_are_argon2id_with_the_costs_as_shipped() -> None:
    encoded = await Hasher(at_once).hash("Kx7!pw")
    assert encoded.startswith("$argon2id$v=19$m=19456,t=2,p=1$")


@ensureDeferred
async def test_nobody_has_no_password() -> None:
    assert not await quick_hasher().matches("", "nobody has this password")


class SlowThread:
    """A thread that finishes when it is told to."""

    def __init__(self) -> None:
        self.running: list[tuple[Callable[[], Any], Deferred[Any]]] = []
        self.most = 0

    def __call__(self, work: Callable[[], Any]) -> Deferred[Any]:
        done: Deferred[Any] = Deferred()
        self.running.append((work, done))
        self.most = max(self.most, len(self.running))
        return done

    def finish(self) -> None:
        work, done = self.running.pop(0)
        done.callback(work())


def test_only_one_check_runs_at_a_time() -> None:
    thread = SlowThread()
    hasher = Hasher(thread, memory=8, passes=1)
    both = [started(hasher.matches("", "x")) for _ in range(2)]
    assert len(thread.running) == 1
    thread.finish()
    thread.finish()
    assert thread.most == 1
    assert [done.result for done in both] == [False, False]


def test_who_comes_while_too_many_wait_is_sent_away() -> None:
    thread = SlowThread()
    hasher = Hasher(thread, memory=8, passes=1)
    waiting = [started(hasher.matches("", "x")) for _ in range(MAX_WAITING + 1)]
    refused = started(hasher.matches("", "x"))
    failures: list[object] = []
    refused.addErrback(lambda failure: failures.append(failure.trap(TooBusy)))
    assert failures == [TooBusy]
    for _ in waiting:
        thread.finish()


def test_a_damaged_hash_matches_nothing_and_is_logged(logged_errors: Any) -> None:
    done = started(quick_hasher().matches("$argon2id$damaged", "x"))
    assert done.result is False
    assert len(logged_errors.flush()) == 1


@pytest.mark.parametrize("password", ["", "x" * 10_000, "\0", "é"])
def test_any_text_can_be_checked(password: str) -> None:
    hasher = quick_hasher()
    encoded = started(hasher.hash(password)).result
    assert started(hasher.matches(str(encoded), password)).result is True
