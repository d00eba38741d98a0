"""Telling the service manager how the service is: ready, stopping, alive, and a line of status.

Speaks systemd's notification protocol (sd_notify(3)): one datagram of `NAME=value` lines to the
socket named by the environment variable NOTIFY_SOCKET. Without it all of this does nothing.
"""

import socket
from collections.abc import Mapping

from twisted.logger import Logger

from mom.axi.clock import Clock, Timer


class Notifier:
    """Sends notifications, and signs of life at half the interval that the watchdog asks for."""

    _log = Logger()

    def __init__(self, environment: Mapping[str, str], clock: Clock) -> None:
        self._address = environment.get("NOTIFY_SOCKET", "")
        self._every = watchdog_seconds(environment) / 2
        self._clock = clock
        self._timer: Timer | None = None

    def ready(self) -> None:
        """The service has started; signs of life begin."""
        self._send("READY=1")
        if self._every > 0:
            self._alive()

    def stopping(self) -> None:
        """The service is about to stop; signs of life end."""
        if self._timer is not None and self._timer.active():
            self._timer.cancel()
        self._timer = None
        self._send("STOPPING=1")

    def status(self, text: str) -> None:
        """Show a line of status to the administrator of the machine."""
        self._send("STATUS=" + " ".join(text.split()))

    def _alive(self) -> None:
        self._send("WATCHDOG=1")
        self._timer = self._clock.callLater(self._every, self._alive)

    def _send(self, message: str) -> None:
        if not self._address:
            return
        address = self._address
        if address.startswith("@"):
            address = "\0" + address[1:]
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as channel:
                channel.setblocking(False)
                channel.sendto(message.encode(), address)
        except OSError as error:
            self._log.warn("The service manager was not reached: {error}", error=error)


def watchdog_seconds(environment: Mapping[str, str]) -> float:
    """How often the service manager wants a sign of life, in seconds; 0 = never."""
    text = environment.get("WATCHDOG_USEC", "")
    return int(text) / 1_000_000 if text.isascii() and text.isdecimal() else 0.0
