"""The states of an OMM's connection and what leads from one to the next.

Every pair of state and input is defined: what does not lead on is taken without effect, because
it can come late (an answer after the administrator disabled the OMM, a second *Reconnect*). The
diagram is ``docs/omm-connection.dot``. This module must not know sockets, timers or messages: what
is to be done is called on ``Effects``.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from automat import TypeMachineBuilder

from mom.fleet.errors import Hindrance
from mom.model.omm import OmmState


class Steps(Protocol):
    """What can happen to a connection."""

    def enable(self) -> None:
        """The administrator wants the OMM connected."""

    def disable(self) -> None:
        """The administrator wants it no more: control is given back."""

    def halt(self) -> None:
        """MOM stops."""

    def reconnect(self) -> None:
        """Drop what there is and try at once."""

    def due(self) -> None:
        """The time of the next try has come."""

    def linked(self) -> None:
        """There is a trusted link to one of the addresses."""

    def turned_away(self) -> None:
        """This address is not the active OMM's; there is another to try."""

    def opened(self) -> None:
        """The OMM took the log-in and is the one it should be."""

    def configured(self) -> None:
        """What must be set before reading is set."""

    def read(self) -> None:
        """All users and devices are read and reconciled."""

    def failed(self, cause: Hindrance) -> None:
        """The try, or the session, ended."""


@dataclass(frozen=True)
class Effects:
    """What the machine has done; none of them may raise.

    ``show`` publishes a state with its reason; ``begin`` starts a try; ``drop`` ends the try or the
    session at once, ``farewell`` after giving control back; ``plan`` sets the time of the next try
    (told the cause, and whether a standing session was lost), ``unplan`` takes it back.
    """

    show: Callable[[OmmState, str], None]
    begin: Callable[[], None]
    drop: Callable[[], None]
    farewell: Callable[[], None]
    plan: Callable[[Hindrance, bool], None]
    unplan: Callable[[], None]


_machine = TypeMachineBuilder(Steps, Effects)
_disabled = _machine.state(OmmState.DISABLED.value)
_connecting = _machine.state(OmmState.CONNECTING.value)
_opening = _machine.state(OmmState.OPENING.value)
_configuring = _machine.state(OmmState.CONFIGURING.value)
_synchronising = _machine.state(OmmState.SYNCHRONISING.value)
_connected = _machine.state(OmmState.CONNECTED.value)
_waiting = _machine.state(OmmState.WAITING.value)


# What leads on.


@_disabled.upon(Steps.enable).to(_connecting)
def _start(_: Steps, effects: Effects) -> None:
    effects.show(OmmState.CONNECTING, "")
    effects.begin()


@_waiting.upon(Steps.due).to(_connecting)
@_waiting.upon(Steps.reconnect).to(_connecting)
def _try_again(_: Steps, effects: Effects) -> None:
    effects.unplan()
    effects.show(OmmState.CONNECTING, "")
    effects.begin()


@_connecting.upon(Steps.reconnect).loop()
@_opening.upon(Steps.reconnect).to(_connecting)
@_configuring.upon(Steps.reconnect).to(_connecting)
@_synchronising.upon(Steps.reconnect).to(_connecting)
@_connected.upon(Steps.reconnect).to(_connecting)
def _start_over(_: Steps, effects: Effects) -> None:
    effects.drop()
    effects.show(OmmState.CONNECTING, "")
    effects.begin()


@_connecting.upon(Steps.linked).to(_opening)
def _log_in(_: Steps, effects: Effects) -> None:
    effects.show(OmmState.OPENING, "")


@_connecting.upon(Steps.turned_away).loop()
@_opening.upon(Steps.turned_away).to(_connecting)
def _next_address(_: Steps, effects: Effects) -> None:
    effects.show(OmmState.CONNECTING, "trying the other address")


@_opening.upon(Steps.opened).to(_configuring)
def _configure(_: Steps, effects: Effects) -> None:
    effects.show(OmmState.CONFIGURING, "")


@_configuring.upon(Steps.configured).to(_synchronising)
def _synchronise(_: Steps, effects: Effects) -> None:
    effects.show(OmmState.SYNCHRONISING, "waiting for its turn to be read")


@_synchronising.upon(Steps.read).to(_connected)
def _arrive(_: Steps, effects: Effects) -> None:
    effects.show(OmmState.CONNECTED, "")


# What leads back.


@_connecting.upon(Steps.failed).to(_waiting)
@_opening.upon(Steps.failed).to(_waiting)
@_configuring.upon(Steps.failed).to(_waiting)
@_synchronising.upon(Steps.failed).to(_waiting)
def _fail(_: Steps, effects: Effects, cause: Hindrance) -> None:
    effects.drop()
    effects.show(OmmState.WAITING, str(cause))
    effects.plan(cause, False)


@_connected.upon(Steps.failed).to(_waiting)
def _lose(_: Steps, effects: Effects, cause: Hindrance) -> None:
    effects.drop()
    effects.show(OmmState.WAITING, str(cause))
    effects.plan(cause, True)


@_connecting.upon(Steps.disable).to(_disabled)
@_opening.upon(Steps.disable).to(_disabled)
@_configuring.upon(Steps.disable).to(_disabled)
@_synchronising.upon(Steps.disable).to(_disabled)
@_connected.upon(Steps.disable).to(_disabled)
def _leave(_: Steps, effects: Effects) -> None:
    effects.farewell()
    effects.show(OmmState.DISABLED, "")


@_connecting.upon(Steps.halt).to(_disabled)
@_opening.upon(Steps.halt).to(_disabled)
@_configuring.upon(Steps.halt).to(_disabled)
@_synchronising.upon(Steps.halt).to(_disabled)
@_connected.upon(Steps.halt).to(_disabled)
def _stop(_: Steps, effects: Effects) -> None:
    effects.drop()
    effects.show(OmmState.DISABLED, "")


@_waiting.upon(Steps.disable).to(_disabled)
@_waiting.upon(Steps.halt).to(_disabled)
def _stop_waiting(_: Steps, effects: Effects) -> None:
    effects.unplan()
    effects.show(OmmState.DISABLED, "")


# What comes too late, twice, or out of turn: the state stays, and nothing is done.

for _state, _inputs in {
    _disabled: (Steps.disable, Steps.halt, Steps.reconnect, Steps.due),
    _connecting: (Steps.enable, Steps.due, Steps.opened, Steps.configured, Steps.read),
    _opening: (Steps.enable, Steps.due, Steps.linked, Steps.configured, Steps.read),
    _configuring: (Steps.enable, Steps.due, Steps.linked, Steps.turned_away, Steps.opened),
    _synchronising: (Steps.enable, Steps.due, Steps.linked, Steps.turned_away, Steps.opened),
    _connected: (Steps.enable, Steps.due, Steps.linked, Steps.turned_away, Steps.opened),
    _waiting: (Steps.enable, Steps.linked, Steps.turned_away, Steps.opened, Steps.configured),
}.items():
    for _input in _inputs:
        _state.upon(_input).loop().returns(None)
for _input in (Steps.linked, Steps.turned_away, Steps.opened, Steps.configured, Steps.read):
    _disabled.upon(_input).loop().returns(None)
_configuring.upon(Steps.read).loop().returns(None)
_synchronising.upon(Steps.configured).loop().returns(None)
_connected.upon(Steps.configured).loop().returns(None)
_connected.upon(Steps.read).loop().returns(None)
_waiting.upon(Steps.read).loop().returns(None)
_disabled.upon(Steps.failed).loop().returns(None)
_waiting.upon(Steps.failed).loop().returns(None)

connection_machine: Callable[[Effects], Steps] = _machine.build()
"""Makes the machine of one connection, in the state ``disabled``, from its effects."""
