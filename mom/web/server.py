"""The web server: the application with all its routes, and its HTTPS and HTTP listeners.

Constructing opens nothing; `start` listens, `stop` closes what is open.
"""

import errno
import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from twisted.internet.defer import maybeDeferred
from twisted.internet.endpoints import serverFromString
from twisted.internet.error import CannotListenError
from twisted.logger import Logger
from twisted.protocols.tls import TLSMemoryBIOFactory

from mom.web.app import Application
from mom.web.certificates import Certificates
from mom.web.gate import Gate
from mom.web.openapi import OpenApiRoutes
from mom.web.redirect import DEFAULT_PORT, Redirect
from mom.web.site import ConnectionLimit, LimitedSite, Limits
from mom.web.webroot import Webroot

log = Logger(namespace="mom.web")
_PORT = re.compile(r"tcp6?:(?:port=)?(\d+)")


def application(
    *,
    gate: Gate,
    groups: Iterable[object],
    webroot: Path,
    version: str,
) -> Application:
    """The application: the groups' routes behind the gate, and the page's files."""
    app = Application(gate)
    openapi = OpenApiRoutes()
    app.add([*groups, openapi])
    openapi.describe(app.routes, version)
    app.mount_page(Webroot(webroot))
    return app


class NotListening(Exception):
    """A port cannot be opened; the text names it and says why."""


def place_of(address: Any) -> str:
    """The address of a port that listens, for people."""
    port = getattr(address, "port", None)
    if port is None:
        return str(getattr(address, "name", address))
    return f"port {port}" if address.host in ("0.0.0.0", "::") else f"{address.host}, port {port}"


def _reason(error: CannotListenError) -> str:
    number = getattr(error.socketError, "errno", 0)
    if number == errno.EADDRINUSE:
        return f"another program has port {error.port}"
    if number == errno.EADDRNOTAVAIL:
        return f"{error.interface} is no address of this machine"
    if number == errno.EACCES:
        return f"port {error.port} takes the right to open ports below 1024"
    return str(getattr(error.socketError, "strerror", None) or error.socketError)


class WebServer:
    """Listens for browsers and scripts.

    `https` and `http` are Twisted endpoint strings without a TLS part; empty = off.
    """

    def __init__(
        self,
        reactor: Any,
        app: Application,
        certificates: Certificates,
        *,
        https: str,
        http: str = "",
        limits: Limits | None = None,
    ) -> None:
        self._reactor = reactor
        self._app = app
        self._certificates = certificates
        self._https = https
        self._http = http
        self._limits = limits or Limits()
        self._ports: list[Any] = []
        self._factories: list[ConnectionLimit] = []

    @property
    def ports(self) -> Sequence[Any]:
        """The listening ports (`IListeningPort`), HTTPS first."""
        return tuple(self._ports)

    async def start(self) -> None:
        """Load the certificate and listen. Raises `CertificateError` or `NotListening`."""
        self._certificates.load()
        if self._https:
            site: Any = LimitedSite(self._app.resource(), self._reactor, self._limits)
            certificates: Any = self._certificates
            secure = TLSMemoryBIOFactory(certificates, False, site, self._reactor)
            await self._listen("HTTPS", self._https, secure)
        if self._http:
            redirect = Redirect(self._https_port())
            await self._listen(
                "HTTP", self._http, LimitedSite(redirect, self._reactor, self._limits)
            )

    async def stop(self) -> None:
        """Listen no more, and close the connections that are open."""
        ports, self._ports = self._ports, []
        factories, self._factories = self._factories, []
        for port in ports:
            await maybeDeferred(port.stopListening)
        for factory in factories:
            factory.close()

    async def _listen(self, what: str, endpoint: str, factory: Any) -> None:
        limited = ConnectionLimit(factory, self._limits)
        listening: Any = serverFromString(self._reactor, endpoint)  # type: ignore[no-untyped-call]
        try:
            port = await listening.listen(limited)
        except CannotListenError as error:
            raise NotListening(f"{endpoint} cannot be opened: {_reason(error)}") from error
        log.info("listening on {place} for {what}", place=place_of(port.getHost()), what=what)
        self._ports.append(port)
        self._factories.append(limited)

    def _https_port(self) -> int:
        """The port that browsers are sent to: the real one where it can be told."""
        if self._ports:
            port = getattr(self._ports[0].getHost(), "port", None)
            if isinstance(port, int):
                return port
        found = _PORT.match(self._https)
        return int(found[1]) if found else DEFAULT_PORT
