"""One log event as text: time, level, who says it, and what. Pure.

Which texts are secrets it asks `mom.ops.masking`.
"""

import datetime
from typing import Any

from twisted.logger import LogEvent, LogLevel, formatEvent
from twisted.python.failure import Failure

from mom.ops.masking import masked
from mom.store.errors import NotRead, NotStored

MAX_LINE = 16 * 1024
"""Most characters of one entry; the rest of a longer one is left out."""


def is_worth(event: LogEvent, least: Any) -> bool:
    """Whether an event is of this level (of Twisted's `LogLevel`) at least.

    What Twisted tells of itself (factories that start, ports that close) counts as `debug`, and so
    does what follows everywhere from a database that stores nothing: the store tells that once.
    """
    level = event.get("log_level", LogLevel.info)
    if level is LogLevel.info and _is_of_twisted(event.get("log_namespace", "")):
        level = LogLevel.debug
    failure = event.get("log_failure")
    if failure is not None and isinstance(failure.value, NotStored):
        level = LogLevel.debug
    return bool(level >= least)


def entry_of(event: LogEvent, now: float) -> str:
    """One event with its time, or `now` if it has none, both in seconds since 1970."""
    return f"{stamp(event.get('log_time') or now)} {_line_of(event)}"


def stamp(seconds: float) -> str:
    """Seconds since 1970 as local time."""
    moment = datetime.datetime.fromtimestamp(seconds)
    return moment.isoformat(sep=" ", timespec="milliseconds")


def _is_of_twisted(namespace: str) -> bool:
    return namespace == "log_legacy" or namespace.startswith("twisted.")


def _line_of(event: LogEvent) -> str:
    """Level, who says it, and what, masked; a traceback is indented below."""
    text = formatEvent(event)
    failure = event.get("log_failure")
    if failure is not None:
        text = f"{text}{_told(failure)}"
    if len(text) > MAX_LINE:
        text = text[:MAX_LINE] + " ..."
    text = masked(text).rstrip().replace("\r", "\\r").replace("\n", "\n    ")
    level = event.get("log_level", LogLevel.info).name
    return f"{level} [{event.get('log_namespace', '-')}] {text}"


def _told(failure: Failure) -> str:
    """The way to a failure; its words alone where the database is known to be out of order."""
    if isinstance(failure.value, NotStored | NotRead):
        return f": {failure.value}"
    return f"\n{failure.getTraceback()}"
