"""An entry of the event log: what happened, how bad it was, how often and when.

Pure data; counting equal events and forgetting old ones is the duty of `mom.ops.events`.
"""

import msgspec

from mom.model.omm import Severity


class Event(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """One event, counted: equal are those with the same severity, subsystem and text.

    `first` and `last` are seconds since 1970. `cleared` entries are no longer shown, but kept for
    export until they are too old.
    """

    id: int
    severity: Severity
    subsystem: str
    text: str
    count: int = 1
    first: int
    last: int
    cleared: bool = False
