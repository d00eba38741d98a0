"""Scripts: commands with times, so that a run can be repeated exactly.

One JSON object a line; `at` is the time in seconds from the start. Blank lines and lines that begin
with `#` are skipped.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
from twisted.logger import Logger

from mom.axi.clock import Clock, Timer


class Step(msgspec.Struct, frozen=True):
    """One command and when it is due."""

    at: float
    command: dict[str, Any]


def parse_script(text: str) -> list[Step]:
    """Read a script; the steps come in the order of their times.

    Raises `ValueError` that names the line.
    """
    steps = []
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        try:
            command = msgspec.json.decode(line, type=dict[str, Any])
            at = float(command.pop("at", 0))
        except (msgspec.DecodeError, TypeError, ValueError) as error:
            raise ValueError(f"line {number}: {error}") from error
        steps.append(Step(at, command))
    return sorted(steps, key=lambda step: step.at)


class ScriptRun:
    """Carries out a script; `run` does one command."""

    log = Logger()

    def __init__(
        self, clock: Clock, steps: list[Step], run: Callable[[object], dict[str, Any]]
    ) -> None:
        self._clock = clock
        self._steps = steps
        self._run = run
        self._timers: list[Timer] = []

    def start(self) -> None:
        """Begin: the times count from now."""
        for step in self._steps:
            self._timers.append(self._clock.callLater(step.at, self._do, step))

    def stop(self) -> None:
        """Leave out what is still to come."""
        for timer in self._timers:
            if timer.active():
                timer.cancel()

    def _do(self, step: Step) -> None:
        result = self._run(step.command)
        what = step.command.get("cmd")
        if result.get("ok"):
            self.log.info("script: {what} at {at} s done", what=what, at=step.at)
        else:
            why = result.get("error")
            self.log.warn("script: {what} at {at} s: {why}", what=what, at=step.at, why=why)
