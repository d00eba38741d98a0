"""Real TLS on the loopback address."""

import datetime
import ipaddress
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID
from OpenSSL import SSL
from pytest_twisted import ensureDeferred
from twisted.internet import reactor as installed_reactor
from twisted.internet.interfaces import IOpenSSLServerConnectionCreator
from twisted.internet.protocol import Factory, Protocol
from zope.interface import implementer

from mom.axi.element import Element, make
from mom.axi.protocol import AxiServerProtocol
from mom.fleet.dial import TlsDialler, is_for
from mom.fleet.errors import Unreachable
from mom.fleet.link import OmmLink
from mom.fleet.options import FleetOptions, Trust

reactor: Any = installed_reactor
LOCAL = "127.0.0.1"


def self_signed(key: rsa.RSAPrivateKey, *names: x509.GeneralName) -> x509.Certificate:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "SIP-DECT")])
    begin = datetime.datetime(2012, 1, 1)
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name)
    builder = builder.public_key(key.public_key()).serial_number(1)
    builder = builder.not_valid_before(begin).not_valid_after(begin + datetime.timedelta(3650))
    if names:
        builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
    return builder.sign(key, hashes.SHA256())


@implementer(IOpenSSLServerConnectionCreator)
class OldOmm:
    """A TLS 1.2 server with a self-signed certificate over a key of 1,024 bits, long expired."""

    def __init__(self, answers: Mapping[str, Element] | None = None) -> None:
        self._answers = answers or {}
        key = rsa.generate_private_key(65537, 1024)
        certificate = self_signed(key)
        self.fingerprint = certificate.fingerprint(hashes.SHA256()).hex()
        self._context = SSL.Context(SSL.TLS_SERVER_METHOD)
        self._context.set_max_proto_version(SSL.TLS1_2_VERSION)
        self._context.set_cipher_list(b"DEFAULT:@SECLEVEL=0")
        self._context.use_certificate(certificate)
        self._context.use_privatekey(key)
        self.servers: list[AxiServerProtocol] = []

    def serverConnectionForTLS(self, tlsProtocol: object) -> SSL.Connection:
        return SSL.Connection(self._context, None)

    def buildProtocol(self, addr: object) -> AxiServerProtocol:
        server: AxiServerProtocol

        def answer(request: Element) -> None:
            answer = self._answers.get(request.name, make(f"{request.name}Resp"))
            server.send(answer.having({"seq": request.get("seq")}))

        server = AxiServerProtocol(reactor, answer, lambda _: None)
        self.servers.append(server)
        return server


class Ports:
    """Listening ports that are closed after the test."""

    def __init__(self) -> None:
        self._ports: list[Any] = []

    def tls(self, omm: OldOmm) -> int:
        factory = Factory()
        factory.buildProtocol = omm.buildProtocol  # type: ignore[method-assign, assignment]
        return self._listen(reactor.listenSSL(0, factory, omm, interface=LOCAL))

    def silent(self) -> int:
        return self.plain(Protocol)

    def plain(self, protocol: type[Protocol]) -> int:
        return self._listen(reactor.listenTCP(0, Factory.forProtocol(protocol), interface=LOCAL))

    def _listen(self, port: Any) -> int:
        self._ports.append(port)
        return int(port.getHost().port)

    def close(self) -> None:
        for port in self._ports:
            port.stopListening()


@pytest.fixture
def ports() -> Iterator[Ports]:
    made = Ports()
    yield made
    made.close()


@pytest.fixture(scope="module")
def old_omm() -> OldOmm:
    return OldOmm()


class Client:
    """A link with what it was told."""

    def __init__(self) -> None:
        self.reasons: list[str] = []
        self.link = OmmLink(reactor, lambda _: None, self.reasons.append, 30.0)


@pytest.mark.feature("F224")
@ensureDeferred
async def test_an_old_omm_is_reached_and_its_certificate_told(
    ports: Ports, old_omm: OldOmm
) -> None:
    client = Client()
    dialler = TlsDialler(reactor, FleetOptions())
    assert await dialler.dial(LOCAL, ports.tls(old_omm), client.link) == old_omm.fingerprint
    assert (await client.link.request(make("Ping"))).name == "PingResp"
    await client.link.shut(2.0)
    assert len(client.reasons) == 1


@ensureDeferred
async def test_a_certificate_nobody_vouches_for_is_refused_where_authorities_decide(
    ports: Ports, old_omm: OldOmm
) -> None:
    client = Client()
    dialler = TlsDialler(reactor, FleetOptions(certificate_trust=Trust.CA))
    with pytest.raises(Unreachable, match="no TLS connection"):
        await dialler.dial(LOCAL, ports.tls(old_omm), client.link)
    assert client.reasons == []


def test_a_certificate_is_for_the_names_and_addresses_in_it() -> None:
    names = (x509.DNSName("omm.site"), x509.IPAddress(ipaddress.ip_address("10.0.0.1")))
    certificate = self_signed(rsa.generate_private_key(65537, 1024), *names)
    assert [is_for(certificate, each) for each in ("omm.site", "10.0.0.1")] == [True, True]
    others = ("other.site", "10.0.0.2", "::1")
    assert [is_for(certificate, each) for each in others] == [False, False, False]
    bare = self_signed(rsa.generate_private_key(65537, 1024))
    assert not is_for(bare, "omm.site")


@ensureDeferred
async def test_a_server_that_does_not_shake_hands_is_given_up(ports: Ports) -> None:
    dialler = TlsDialler(reactor, FleetOptions(connect_timeout=0.05))
    with pytest.raises(Unreachable, match=r"no connection within 0\.05 s"):
        await dialler.dial(LOCAL, ports.silent(), Client().link)


@ensureDeferred
async def test_a_closed_port_is_a_refused_connection(ports: Ports) -> None:
    port = ports.silent()
    ports.close()
    dialler = TlsDialler(reactor, FleetOptions())
    with pytest.raises(Unreachable, match="connection refused"):
        await dialler.dial(LOCAL, port, Client().link)


@pytest.mark.parametrize("address", ["no such host", "a" * 300, "\x00"])
@ensureDeferred
async def test_an_impossible_address_is_an_ordinary_failure(address: str) -> None:
    with pytest.raises(Unreachable):
        await TlsDialler(reactor, FleetOptions()).dial(address, 1, Client().link)


@ensureDeferred
async def test_a_cancelled_attempt_leaves_nothing_behind(ports: Ports) -> None:
    dialler = TlsDialler(reactor, FleetOptions(handshakes=1))
    first = dialler.dial(LOCAL, ports.silent(), Client().link)
    second = dialler.dial(LOCAL, ports.silent(), Client().link)
    failed: list[object] = []
    for attempt in (second, first):
        attempt.cancel()
        attempt.addErrback(failed.append)
    assert len(failed) == 2


@ensureDeferred
async def test_at_most_so_many_links_are_made_at_the_same_moment(
    ports: Ports, old_omm: OldOmm
) -> None:
    dialler = TlsDialler(reactor, FleetOptions(handshakes=1))
    slow, quick = Client(), Client()
    first = dialler.dial(LOCAL, ports.silent(), slow.link)
    second = dialler.dial(LOCAL, ports.tls(old_omm), quick.link)
    assert not second.called
    first.cancel()
    first.addErrback(lambda _: None)
    assert await second == old_omm.fingerprint
    await quick.link.shut(2.0)


class HangUp(Protocol):
    """Closes each connection before the handshake."""

    def connectionMade(self) -> None:
        transport: Any = self.transport
        transport.abortConnection()


@ensureDeferred
async def test_a_link_that_breaks_in_the_handshake_is_lost_in_plain_words(ports: Ports) -> None:
    port = ports.plain(HangUp)
    with pytest.raises(Unreachable, match=r"\Aconnection lost\Z"):
        await TlsDialler(reactor, FleetOptions()).dial(LOCAL, port, Client().link)
