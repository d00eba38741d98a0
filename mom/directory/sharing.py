"""Puts what several OMMs told at the same moment into one unit of work.

A phone that moves costs a few small units, each of which waits for the database once. When many
move, what waits while a unit is under way goes into the next one together. It knows no decisions.
"""

from collections.abc import Awaitable, Callable
from typing import Any, TypeVar, cast

import msgspec
from twisted.internet.defer import Deferred, ensureDeferred

from mom.directory.bench import Bench
from mom.directory.units import Units

FEW = 20
"""Records of a task that needs no unit of work of its own."""
MOST_AT_ONCE = 100
"""Tasks in one unit of work."""
_SEVERAL = "several OMMs"
T = TypeVar("T")


class _Task(msgspec.Struct):
    cause: str
    act: Callable[[Bench], Awaitable[Any]]
    done: Deferred[Any]


class Sharing:
    """Small tasks that need no unit of work of their own."""

    def __init__(self, units: Units) -> None:
        self._units = units
        self._waiting: list[_Task] = []
        self._working = False

    def run(
        self, cause: str, act: Callable[[Bench], Awaitable[T]], records: int = 1
    ) -> "Deferred[T]":
        """Run `act`, about so many `records`; fires with its result when that is stored.

        `act` awaits nothing but the bench and its work, and may be run again on another bench: if
        one task fails, the others of its unit are done apart from it.
        """
        done: Deferred[T] = Deferred()
        task = _Task(cause, act, cast("Deferred[Any]", done))
        if records > FEW:
            ensureDeferred(self._together([task]))
            return done
        self._waiting.append(task)
        if not self._working:
            self._working = True
            ensureDeferred(self._work())
        return done

    async def _work(self) -> None:
        try:
            while self._waiting:
                tasks = self._waiting[:MOST_AT_ONCE]
                del self._waiting[:MOST_AT_ONCE]
                await self._together(tasks)
        finally:
            self._working = False

    async def _together(self, tasks: list[_Task]) -> None:
        causes = {task.cause for task in tasks}
        cause = causes.pop() if len(causes) == 1 else _SEVERAL
        try:
            async with self._units.open(cause=cause) as bench:
                results = [await task.act(bench) for task in tasks]
        except Exception as error:  # noqa: BLE001 - whose task it was is found out, and told
            if len(tasks) == 1:
                tasks[0].done.errback(error)
                return
            for task in tasks:
                await self._together([task])
            return
        for task, result in zip(tasks, results, strict=True):
            task.done.callback(result)
