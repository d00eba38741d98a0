"""Real links: TCP and TLS to site controllers, some of which are old.

Site controllers carry self-signed certificates with keys of 1,024 bits and speak TLS 1.2 at most
(public client code), so the security level of the library is lowered for them, and which
certificate is trusted is decided after the handshake, before anything secret is sent. This module
must not know what a link is for.
"""

from typing import Any

from cryptography import x509
from OpenSSL import SSL
from service_identity import CertificateError, VerificationError
from service_identity.cryptography import (
    verify_certificate_hostname,
    verify_certificate_ip_address,
)
from twisted.internet.abstract import isIPAddress, isIPv6Address
from twisted.internet.defer import Deferred, DeferredSemaphore, TimeoutError
from twisted.internet.endpoints import (
    HostnameEndpoint,
    TCP4ClientEndpoint,
    TCP6ClientEndpoint,
    wrapClientTLS,
)
from twisted.internet.error import ConnectError, ConnectionClosed, DNSLookupError
from twisted.internet.error import ConnectionRefusedError as Refused
from twisted.internet.interfaces import IHandshakeListener, IOpenSSLClientConnectionCreator
from twisted.internet.protocol import Factory, Protocol, connectionDone
from twisted.protocols.tls import TLSMemoryBIOProtocol
from twisted.python.failure import Failure
from zope.interface import implementer  # type: ignore[import-untyped]

from mom.axi.clock import Timer
from mom.axi.protocol import AxiProtocol
from mom.fleet.errors import Unreachable
from mom.fleet.options import FleetOptions, Trust

_EXPECTED = (
    ConnectError,
    ConnectionClosed,
    DNSLookupError,
    SSL.Error,
    OSError,
    ValueError,
)
"""How a link fails to come about: network, name, TLS, or an impossible address."""

SLOT_SECONDS = 2.0
"""Longest that one link keeps a slot: an address that does not answer must not hold up others."""


@implementer(IOpenSSLClientConnectionCreator)
class _Tls:
    """Makes TLS connections, with one context for all links.

    Where authorities decide, the library refuses what none of them vouches for; else it takes any
    certificate, and old keys.
    """

    def __init__(self, trust: Trust) -> None:
        context = SSL.Context(SSL.TLS_CLIENT_METHOD)
        context.set_min_proto_version(SSL.TLS1_2_VERSION)
        context.set_mode(SSL.MODE_RELEASE_BUFFERS)
        if trust is Trust.CA:
            context.set_default_verify_paths()
            context.set_verify(SSL.VERIFY_PEER)
        else:
            context.set_cipher_list(b"DEFAULT:@SECLEVEL=0")
            context.set_verify(SSL.VERIFY_NONE)
        self._context = context

    def clientConnectionForTLS(self, tlsProtocol: TLSMemoryBIOProtocol) -> SSL.Connection:
        """Return a connection for one link; called by Twisted."""
        return SSL.Connection(self._context, None)


@implementer(IHandshakeListener)
class _Handshake(Protocol):
    """Waits for the end of the handshake, then is the wire of ``inner``.

    ``name`` is what the certificate must be for, empty for anything.
    """

    def __init__(self, inner: AxiProtocol, done: Deferred[str], name: str) -> None:
        self._inner: Any = inner
        self._done: Deferred[str] | None = done
        self._name = name

    def handshakeCompleted(self) -> None:
        """Hand the transport on and tell the certificate; called by Twisted."""
        transport: Any = self.transport
        done, self._done = self._done, None
        if done is None:
            return
        certificate = transport.getPeerCertificate()
        if self._name and not is_for(certificate.to_cryptography(), self._name):
            transport.abortConnection()
            done.errback(Unreachable("the certificate is not for this address"))
            return
        self._inner.makeConnection(transport)
        done.callback(certificate.digest("sha256").decode().replace(":", "").lower())

    def dataReceived(self, data: bytes) -> None:
        """Pass bytes on; called by Twisted."""
        self._inner.dataReceived(data)

    def connectionLost(self, reason: Failure = connectionDone) -> None:
        """Tell who waits for the handshake, or the inner protocol; called by Twisted."""
        done, self._done = self._done, None
        if done is not None:
            done.errback(reason)
        elif self._inner.transport is not None:
            self._inner.connectionLost(reason)

    def give_up(self) -> None:
        """Drop the connection, unless the handshake is done."""
        transport: Any = self.transport
        pending, self._done = self._done, None
        if pending is not None and transport is not None:
            transport.abortConnection()


def is_for(certificate: x509.Certificate, address: str) -> bool:
    """Tell whether a certificate names this host name or IP address."""
    is_ip = isIPAddress(address) or isIPv6Address(address)
    verify = verify_certificate_ip_address if is_ip else verify_certificate_hostname
    try:
        verify(certificate, address)
    except (VerificationError, CertificateError):
        return False
    return True


class TlsDialler:
    """Dials over TLS, at most ``handshakes`` links being made at the same moment."""

    def __init__(self, reactor: Any, options: FleetOptions) -> None:
        self._reactor = reactor
        self._options = options
        self._slots = DeferredSemaphore(options.handshakes)
        self._tls: Any = _Tls(options.certificate_trust)

    def dial(self, address: str, port: int, protocol: AxiProtocol) -> Deferred[str]:
        """Connect ``protocol``; see ``mom.fleet.ports.Dialler``."""
        return Deferred.fromCoroutine(self._dial(address, port, protocol))

    async def _dial(self, address: str, port: int, protocol: AxiProtocol) -> str:
        await self._slots.acquire()
        slot = _Slot(self._slots, self._reactor)
        timeout = self._options.connect_timeout
        connecting = Deferred.fromCoroutine(self._connect(address, port, protocol))
        try:
            return await connecting.addTimeout(timeout, self._reactor)
        except TimeoutError as error:
            raise Unreachable(f"no connection within {timeout:g} s") from error
        finally:
            slot.release()

    async def _connect(self, address: str, port: int, protocol: AxiProtocol) -> str:
        done: Deferred[str] = Deferred()
        named = self._options.certificate_trust is Trust.CA
        handshake = _Handshake(protocol, done, address if named else "")
        endpoint: Any = wrapClientTLS(self._tls, self._plain(address, port))
        try:
            await endpoint.connect(_Single(handshake))
            return await done
        except _EXPECTED as error:
            raise Unreachable(_in_words(error)) from error
        finally:
            handshake.give_up()

    def _plain(self, address: str, port: int) -> Any:
        """The way to an address; only a name has to be looked up, in a thread."""
        way: Any = HostnameEndpoint
        if isIPAddress(address):
            way = TCP4ClientEndpoint
        elif isIPv6Address(address):
            way = TCP6ClientEndpoint
        return way(self._reactor, address, port)


class _Single(Factory):
    """Builds the one protocol that was made already."""

    noisy = False

    def __init__(self, protocol: Protocol) -> None:
        self._protocol = protocol

    def buildProtocol(self, addr: object) -> Protocol:
        """Return the protocol; called by Twisted."""
        return self._protocol


class _Slot:
    """One of the slots of making links, given back when the link stands or after a moment."""

    def __init__(self, slots: DeferredSemaphore, reactor: Any) -> None:
        self._slots = slots
        self._timer: Timer = reactor.callLater(SLOT_SECONDS, slots.release)

    def release(self) -> None:
        """Give it back, if it is not back yet."""
        if self._timer.active():
            self._timer.cancel()
            self._slots.release()


def _in_words(error: Exception) -> str:
    """What went wrong, for people."""
    if isinstance(error, Refused):
        return "connection refused"
    if isinstance(error, ConnectionClosed):
        return "connection lost"
    if isinstance(error, DNSLookupError):
        return "the name is not known"
    if isinstance(error, SSL.Error):
        return f"no TLS connection: {'; '.join(_tls_reasons(error))}"
    return str(error).splitlines()[0].rstrip(".") if str(error) else "connection lost"


def _tls_reasons(error: SSL.Error) -> list[str]:
    details = error.args[0] if error.args and isinstance(error.args[0], list) else []
    return [str(detail[-1]) for detail in details] or ["connection lost"]
