"""What is counted in MOM, as it is shown. Pure data."""

from collections.abc import Mapping

import msgspec


class MessagingFigures(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """The counters at one moment; all but the first three only count up.

    `results` are final results by name, those that OMMs told and those of MOM itself.
    """

    open_messages: int
    channels: int
    endpoints: int
    from_omms: int
    from_applications: int
    results: Mapping[str, int]
    confirmations: int
    alarms: int
    data: int
    no_mem: int
    """Messages of data channels that a full receiver lost."""
    repeated: int
    """Messages that came again while they were known: repetitions and loops."""
    strays: int
    """Progress and confirmations of messages that MOM did not send."""
    malformed: int
    untold: int
    """Events that their receiver did not take, or that was gone."""
    requests: int
    refused: int
