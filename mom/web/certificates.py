"""The certificate of the HTTPS listener: made at set-up, replaced and read again without restart.

Knows nothing of requests; `mom.web.server` listens with it.
"""

import datetime
import ipaddress
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from OpenSSL import SSL
from twisted.internet.interfaces import IOpenSSLServerConnectionCreator
from twisted.protocols.tls import TLSMemoryBIOProtocol
from zope.interface import implementer  # type: ignore[import-untyped]

CHAIN_FILE = "https.crt"
KEY_FILE = "https.key"
VALID_DAYS = 3650
"""Days for which a self-signed certificate is made."""
HTTP_1_1 = b"http/1.1"
_MIN_RSA_BITS = 2048
_CIPHERS = b"ECDHE+AESGCM:ECDHE+CHACHA20:!aNULL"
"""The ciphers of TLS 1.2; those of TLS 1.3 are all good."""


class CertificateError(Exception):
    """A certificate or key that cannot be used; the text says why."""


def make_self_signed(
    hosts: Sequence[str], now: datetime.datetime, valid_days: int = VALID_DAYS
) -> tuple[bytes, bytes]:
    """A self-signed certificate for host names and addresses, with an ECDSA P-256 key: both PEM."""
    if not hosts:
        raise CertificateError("a certificate needs at least one host name or address")
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, hosts[0][:64])])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=valid_days))
        .add_extension(x509.SubjectAlternativeName([_general_name(h) for h in hosts]), False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), False)
        .sign(key, hashes.SHA256())
    )
    return certificate.public_bytes(serialization.Encoding.PEM), key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )


def _general_name(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        return x509.DNSName(host)


def write_pair(folder: Path, chain: bytes, key: bytes) -> None:
    """Put certificate chain and key (PEM) into `folder`, each whole or not at all, mode 0600."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in ((KEY_FILE, key), (CHAIN_FILE, chain)):
        beside = folder / f"{name}.new"
        beside.unlink(missing_ok=True)
        handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(folder / name)


def ensure_pair(folder: Path, hosts: Sequence[str], now: datetime.datetime) -> bool:
    """Make a self-signed pair in `folder` if there is none; whether one was made."""
    if (folder / CHAIN_FILE).exists() and (folder / KEY_FILE).exists():
        return False
    write_pair(folder, *make_self_signed(hosts, now))
    return True


class Pair:
    """A certificate chain with its key, checked to fit together."""

    def __init__(self, chain: bytes, key: bytes) -> None:
        """Raises `CertificateError` if the PEM texts are no such pair."""
        try:
            self._certificates = x509.load_pem_x509_certificates(chain)
            private = serialization.load_pem_private_key(key, password=None)
        except (ValueError, TypeError, UnsupportedAlgorithm) as error:
            raise CertificateError(
                "a chain of certificates and an unencrypted private key are expected, both as PEM"
            ) from error
        if not isinstance(private, rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey):
            raise CertificateError("the key must be RSA or ECDSA")
        if isinstance(private, rsa.RSAPrivateKey) and private.key_size < _MIN_RSA_BITS:
            raise CertificateError(f"an RSA key needs at least {_MIN_RSA_BITS} bits")
        self._key = private
        if self._certificates[0].public_key() != self._key.public_key():
            raise CertificateError("the key does not belong to the first certificate of the chain")

    @property
    def not_after(self) -> datetime.datetime:
        """When the certificate ends."""
        return self._certificates[0].not_valid_after_utc

    @property
    def subject(self) -> str:
        """The subject of the certificate, as RFC 4514 writes names."""
        return self._certificates[0].subject.rfc4514_string()

    @property
    def issuer(self) -> str:
        """The issuer of the certificate, as RFC 4514 writes names."""
        return self._certificates[0].issuer.rfc4514_string()

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the certificate, hex."""
        return self._certificates[0].fingerprint(hashes.SHA256()).hex()

    def context(self) -> SSL.Context:
        """An OpenSSL context: TLS 1.2 or later, modern ciphers, HTTP/1.1."""
        first, *others = self._certificates
        context = SSL.Context(SSL.TLS_SERVER_METHOD)
        context.set_min_proto_version(SSL.TLS1_2_VERSION)
        context.set_options(SSL.OP_NO_COMPRESSION | SSL.OP_CIPHER_SERVER_PREFERENCE)
        context.set_options(SSL.OP_NO_RENEGOTIATION)
        context.set_cipher_list(_CIPHERS)
        context.set_alpn_select_callback(_only_http_1_1)
        context.use_certificate(first)
        for other in others:
            context.add_extra_chain_cert(other)
        context.use_privatekey(self._key)
        context.check_privatekey()
        return context


def _only_http_1_1(_connection: SSL.Connection, offered: list[bytes]) -> Any:
    """HTTP/1.1 if the client names it; else the connection goes on without an agreed protocol."""
    return HTTP_1_1 if HTTP_1_1 in offered else SSL.NO_OVERLAPPING_PROTOCOLS


@implementer(IOpenSSLServerConnectionCreator)
class Certificates:
    """The pair in a folder that new connections are served with."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._pair: Pair | None = None
        self._context: SSL.Context | None = None

    def load(self) -> Pair:
        """Read the folder again; open connections go on with the former pair.

        Raises `CertificateError`, and the former pair stays in use.
        """
        try:
            chain = (self._folder / CHAIN_FILE).read_bytes()
            key = (self._folder / KEY_FILE).read_bytes()
        except OSError as error:
            raise CertificateError(f"cannot read {error.filename}: {error.strerror}") from error
        return self._use(Pair(chain, key))

    def replace(self, chain: bytes, key: bytes) -> Pair:
        """Check a new pair, store it and use it from the next connection on."""
        pair = Pair(chain, key)
        pair.context()
        write_pair(self._folder, chain, key)
        return self._use(pair)

    @property
    def pair(self) -> Pair:
        """The pair in use; `load` has been called."""
        if self._pair is None:
            raise CertificateError("no certificate has been loaded")
        return self._pair

    def not_after(self) -> float:
        """When the certificate in use ends, in seconds since 1970."""
        return self.pair.not_after.timestamp()

    def _use(self, pair: Pair) -> Pair:
        self._context = pair.context()
        self._pair = pair
        return pair

    def serverConnectionForTLS(self, protocol: TLSMemoryBIOProtocol) -> SSL.Connection:
        """The TLS state of one new connection; called by Twisted."""
        if self._context is None:
            raise CertificateError("no certificate has been loaded")
        return SSL.Connection(self._context, None)
