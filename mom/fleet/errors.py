"""Why an OMM is not connected, as exceptions whose text an administrator reads.

The tree::

    FleetError
    +-- NotConnected     asked of an OMM that has no session at the moment
    +-- Hindrance        a try to connect ended, or a session did
        +-- Unreachable  no link came about, or it broke
        +-- StandBy      the address belongs to the standby OMM of the pair
        +-- Broken       MOM itself failed while it worked on the session
    +-- GivenUp      MOM could not go on with the session, for the reason that is told
        +-- Restarting   the OMM restarts because MOM told it to: expected
        +-- Unfit        the OMM or its account must be put right first
        |   +-- WrongCredentials, NoFullAccess, OtherVersion, TooOld, NoIdentity
        +-- MustAccept   the administrator must accept what has changed

This module must not know sockets or states.
"""

from mom.model.omm import Severity


class FleetError(Exception):
    """Anything that goes wrong between MOM and one OMM."""


class NotConnected(FleetError):
    """The OMM has no open session, so nothing can be asked of it."""


class Hindrance(FleetError):
    """Why a try or a session ended; the text is the reason that people read."""

    severity = Severity.WARNING


class Unreachable(Hindrance):
    """No link could be made, or it was lost."""


class StandBy(Hindrance):
    """The OMM at this address is the standby of its pair."""

    def __init__(self) -> None:
        super().__init__("is the standby OMM")


class Broken(Hindrance):
    """An unexpected failure in MOM, logged with its traceback."""

    severity = Severity.ERROR

    def __init__(self) -> None:
        super().__init__("internal error, see the trace log")


class GivenUp(Hindrance):
    """MOM could not go on with the session: its database stores nothing, for example."""

    severity = Severity.ERROR


class Restarting(Hindrance):
    """The OMM restarts to take over a setting; it will be back by itself."""

    severity = Severity.OK


class Unfit(Hindrance):
    """The OMM answers, but cannot be worked with as it is."""

    severity = Severity.ERROR


class WrongCredentials(Unfit):
    """The OMM refused user name and password (``EAuth``)."""

    def __init__(self) -> None:
        super().__init__("wrong user name or password")


class NoFullAccess(Unfit):
    """The account lacks the permission ``AllCnfWrite``."""

    def __init__(self) -> None:
        super().__init__("account without full access")


class OtherVersion(Unfit):
    """The OMM speaks a protocol version that this MOM is not set up for."""

    def __init__(self, told: int | None, spoken: tuple[int, ...]) -> None:
        wanted = ", ".join(str(version) for version in spoken)
        super().__init__(
            f"Different AXI or OMM version (protocol {told or 'not told'}, MOM speaks {wanted})"
        )


class TooOld(Unfit):
    """The OMM is older than SIP-DECT 7.0."""

    def __init__(self, version: str) -> None:
        super().__init__(f"SIP-DECT 7.0 or later needed (the OMM has {version})")


class NoIdentity(Unfit):
    """The OMM has no usable PARK, so it cannot be told from others."""

    def __init__(self, told: str) -> None:
        super().__init__(f"the OMM tells no valid PARK ({told[:20]!r})")


class MustAccept(Hindrance):
    """Something is not as learned; MOM waits until the administrator accepts it.

    ``waiting_for`` is ``certificate`` or ``park``, ``seen`` what was met instead, in the form of
    ``mom.model.omm.Omm.seen``.
    """

    severity = Severity.ERROR

    def __init__(self, waiting_for: str, seen: str, text: str) -> None:
        super().__init__(text)
        self.waiting_for = waiting_for
        self.seen = seen
